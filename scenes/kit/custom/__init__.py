"""Scenes that a lesson scripts: the things a step can show, their rooms, and the player of the steps."""
