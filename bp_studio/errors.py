"""The studio's own errors. What a user did or what went wrong, in one line each; never a traceback."""

from __future__ import annotations


class StudioError(Exception):
    """Something failed on the way to a film; the message is for the user."""
