"""Symbols, numbers and words: what is written on the screen, and how."""
