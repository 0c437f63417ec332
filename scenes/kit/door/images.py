"""Draws images with Cairo, for every renderer: manim's own way of it fails with this Pillow."""

from __future__ import annotations

from typing import Any

import cairo
import numpy as np
from manim.camera.camera import Camera
from manim.constants import RIGHT
from manim.mobject.types.image_mobject import AbstractImageMobject, ImageMobject

from scenes.kit.stage import Region


def draws_images(camera: Camera) -> None:
    """Let a camera draw images by :func:`draw_image`."""

    def draw(image: AbstractImageMobject, pixels: np.ndarray) -> None:
        draw_image(camera.get_cairo_context(pixels), image)

    camera.display_image_mobject = draw


def lay_under(camera: Camera, pixels: np.ndarray, room: Region) -> None:
    """Make a picture part of a camera's ground, which every frame begins with: as large as its room, at the right."""
    height, width = pixels.shape[:2]
    image = ImageMobject(pixels).stretch_to_fit_height(height).stretch_to_fit_width(width)
    image.scale(min(room.width / width, room.height / height))
    image.move_to(room.centre).shift(RIGHT * (room.width - image.width) / 2)
    draw_image(camera.get_cairo_context(camera.background), image)


def draw_image(context: cairo.Context[Any], image: AbstractImageMobject) -> None:
    """Paint an image between its corners, smooth at any size."""
    pixels = np.asarray(image.get_pixel_array())
    height, width = pixels.shape[:2]
    (left, top), right, lower = image.points[0, :2], image.points[1, :2], image.points[2, :2]
    across, down = (right - (left, top)) / width, (lower - (left, top)) / height
    if abs(across[0] * down[1] - across[1] * down[0]) < 1e-12:
        return  # seen from the side
    # Cairo's pixels hold their colours times their opacity
    opacity = pixels[:, :, 3:].astype(np.float64) / 255
    painted = np.concatenate([pixels[:, :, :3] * opacity, pixels[:, :, 3:]], axis=2)
    surface = cairo.ImageSurface.create_for_data(
        bytearray(np.rint(painted).astype(np.uint8).tobytes()), cairo.FORMAT_ARGB32, width, height
    )
    context.new_path()  # manim leaves the path that it filled last
    context.save()
    context.transform(cairo.Matrix(across[0], across[1], down[0], down[1], left, top))
    context.set_source_surface(surface)
    context.get_source().set_filter(cairo.FILTER_GOOD)
    context.get_source().set_extend(cairo.EXTEND_PAD)
    context.rectangle(0, 0, width, height)
    context.fill()
    context.restore()
