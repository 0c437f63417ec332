"""The quick renderer: the frames that manim's own would draw, drawn and coded only where they change."""
