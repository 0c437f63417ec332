"""A film as slides: a clip a step, and a handout to read."""
