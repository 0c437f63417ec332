"""The command's help in the language of whoever calls it."""

from __future__ import annotations

import inspect

import click

from bp_script.language.caller import tr


def translated(command: click.Command) -> click.Command:
    """A command with its help in the caller's language."""
    command.help = tr(inspect.cleandoc(command.help)) if command.help else None
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = tr(parameter.help)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            translated(inner)
    return command
