"""Scenes of one's own: the steps a lesson scripts, what they show, and which of them can act on what is there."""
