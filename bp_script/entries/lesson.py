"""The whole lesson, key by key."""

from typing import Annotated, Any, Literal

from bp_script.entries.base import Count, Entry, Range, Text, Whole
from bp_script.entries.cost import CostEntry, CostName
from bp_script.entries.examples import CsvEntry, Examples
from bp_script.entries.look import Look
from bp_script.entries.network import NetworkEntry
from bp_script.entries.training import TrainingEntry
from bp_script.entries.voice import Service, VoiceEntry


class LessonEntry(Entry):
    """A lesson: a network, its examples, and the chapters that explain them."""

    version: Literal[1] = 1
    """of this language"""
    title: Text
    """the lesson's title"""
    playground: Text | None = None
    """a TensorFlow Playground URL, for network, cost, examples and training where they are left out"""
    network: NetworkEntry
    """the network"""
    cost: CostName | CostEntry
    """the cost function, or a mapping of function and l2"""
    examples: Examples | CsvEntry
    """inputs and targets, or a CSV file that holds them"""
    focus: Annotated[Whole, Range(0)] = 0
    """the number of the example that one-example chapters show"""
    training: TrainingEntry | None = None
    """how the network is trained; left out, it is not"""
    look: Look = Look()
    """how the film looks"""
    voice: Service | VoiceEntry | None = None
    """who says the words: espeak-ng, or a mapping with a service or recordings; left out, nobody"""
    chapters: Annotated[tuple[Any, ...], Count("chapter", limit="chapters")]
    """the chapters in order: a name, or a name with its parameters"""
