"""Moves that explain: symbols travel, numbers change in place and run."""
