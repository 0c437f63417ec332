"""Nudge: how a small change of one weight travels through z and a to the cost."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from manim import DOWN, RIGHT, UP, FadeIn, FadeOut, LaggedStart, ValueTracker, VGroup, rate_functions
from pydantic import Field

from bp_core.nodes import Number
from bp_core.quantities import C, Variable, d
from bp_core.sweep import sweep
from bp_script.names import parse_quantity
from scenes.kit.chain import Chain
from scenes.kit.chapter import BaseParameters, Chapter
from scenes.kit.formula import Formula, Side
from scenes.kit.number_line import Change, QuantityLine, span_of
from scenes.kit.tree import CostTree
from scenes.kit.view import View
