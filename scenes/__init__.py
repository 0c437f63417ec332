"""Pictures: one file a chapter, each a plain manim scene; what they share is in :mod:`scenes.kit`."""
