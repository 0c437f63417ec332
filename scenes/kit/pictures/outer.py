"""A column times a row: the column at the left, the row on top, and what each pair makes where the two meet."""

from __future__ import annotations

from typing import Any

from manim import DOWN, LEFT, UP, AnimationGroup, FadeIn, FadeOut, LaggedStart, VGroup

from bp_core.matrices import Outer
from scenes.kit.pictures.matrix import LEAST, MOST, MatrixPicture, fewer, most_lines
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Rows and columns that are kept at least.
_FEWEST = 3


class OuterProduct(VGroup):
    """What one example says of a layer's weights, as the product δ aᵀ, as large as a region has room for."""

    def __init__(self, view: View, outer: Outer, region: Region, *, name: float, decimals: int) -> None:
        super().__init__()
        sizes = view.trace.sizes
        longest = max(len(axis.places(sizes)) for axis in (outer.rows, outer.columns))
        em, most = MOST, min(longest, most_lines(region))
        self._lay_out(view, outer, em, most, name, decimals)
        while (share := min(region.width / self.width, region.height / self.height)) < 1:
            if em > LEAST:
                em = max(LEAST, em * share)
            elif most > _FEWEST:
                most = fewer(most, em * share)
            else:
                self.scale(share)
                break
            self._lay_out(view, outer, em, most, name, decimals)
        self.move_to(region.centre)

    def _lay_out(self, view: View, outer: Outer, em: float, most: int, name: float, decimals: int) -> None:  # noqa: PLR0917
        self.remove(*self.submobjects)
        product = outer.product
        self.result = MatrixPicture(view, outer, em=em, decimals=decimals, most=most, above=product.right)
        self.row = MatrixPicture(view, product.right, em=em, decimals=decimals, most=most, under=self.result)
        self.column = MatrixPicture(view, product.left, em=em, decimals=decimals, most=most)
        self.row.next_to(self.result, UP, buff=em, coor_mask=[0, 1, 0])
        self.column.next_to(self.result, LEFT, buff=em).set_y(self.result.get_y())
        self.column_name = self.column.letter(name, where=DOWN)
        self.row_name = self.row.letter(name, where=LEFT)
        self.add(self.result, self.row, self.column, self.column_name, self.row_name)

    def row_coming(self, j: Any) -> LaggedStart:
        """One entry of the column, times each of the row."""
        places = self.result.columns.kept
        going = [FadeOut(self.column.entry(j).copy(), target_position=self.result.entry(j, k)) for k in places]
        joining = [FadeOut(self.row.entry(0, k).copy(), target_position=self.result.entry(j, k)) for k in places]
        return LaggedStart(AnimationGroup(*going, *joining), FadeIn(self.result.row(j)), lag_ratio=0.6)
