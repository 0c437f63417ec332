"""The narration as sound: what is said for symbols, who says it, how loud, and when each word comes.

Nothing here draws; manim is not loaded.
"""
