"""What a film's look can be chosen from."""

from typing import Literal, TypeAlias

Notation: TypeAlias = Literal["superscript", "delta", "from_to", "worked"]
Theme: TypeAlias = Literal["dark", "light", "high_contrast", "no_hue"]
Aspect: TypeAlias = Literal["16:9", "9:16", "1:1"]
Captions: TypeAlias = Literal["file", "drawn"]
#: Where a logo is shown: in a corner of all chapters, or of the cards alone.
Where: TypeAlias = Literal["corner", "cards"]
