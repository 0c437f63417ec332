"""Plots of real values: axes that can be read, curves told apart without hue, dots that follow, contours."""
