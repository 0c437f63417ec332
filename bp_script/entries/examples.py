"""``examples``: inputs and targets, written out or from a CSV file."""

from typing import Annotated, TypeAlias

from bp_script.entries.base import Count, Entry, Row, Text
from bp_script.entries.network import MOST_NEURONS


class ExampleEntry(Entry):
    """One example."""

    x: Row
    """its inputs"""
    y: Row
    """its targets"""


class OneHotEntry(Entry):
    """Classes as targets: 1 for the output of the example's class, 0 for the others."""

    one_hot: Text
    """the column that names each example's class; outputs follow the sorted names"""


class CsvEntry(Entry):
    """Examples from a CSV file, one a line below a line of column names."""

    csv: Text
    """a .csv file beside the lesson"""
    inputs: Annotated[tuple[Text, ...], Count("column", 1, MOST_NEURONS)]
    """the columns of the inputs"""
    targets: Annotated[tuple[Text, ...], Count("column", 1, MOST_NEURONS)] | OneHotEntry
    """the columns of the targets, or the column of the class"""


Examples: TypeAlias = Annotated[tuple[ExampleEntry, ...], Count("example", limit="examples")]
