"""The command's help, and what click says for it, in the language of whoever calls it."""

from __future__ import annotations

import copy
import gettext
import inspect
import sys

import click

from bp_script.language import N_
from bp_script.language.caller import callers_language, tr, tr_n
from bp_script.language.catalogues import SOURCE

#: What click calls the kinds of what options take.
_KINDS = (N_("integer"), N_("integer range"), N_("text"), N_("file"), N_("directory"))


def translated(command: click.Command) -> click.Command:
    """A command with its help in the caller's language."""
    if callers_language().words == SOURCE:
        return command
    said = copy.copy(command)
    said.help = tr(inspect.cleandoc(command.help)) if command.help else None
    said.options_metavar = tr("[OPTIONS]")
    said.params = [_parameter(parameter) for parameter in command.params]
    if isinstance(said, click.Group):
        said.subcommand_metavar = tr("[COMMAND] [ARGS]...") if said.invoke_without_command else tr("COMMAND [ARGS]...")
        said.commands = {name: translated(inner) for name, inner in said.commands.items()}
    return said


def _parameter(parameter: click.Parameter) -> click.Parameter:
    said = copy.copy(parameter)
    said.metavar = tr(parameter.metavar) if parameter.metavar else None
    if parameter.type.name in _KINDS:
        said.type = copy.copy(parameter.type)
        said.type.name = tr(parameter.type.name)
    if isinstance(said, click.Option):
        said.help = tr(said.help) if said.help else None
    return said


def translate_click() -> None:
    """Click asks gettext for its words, by functions that its modules hold: now they ask the catalogues."""
    if callers_language().words == SOURCE:
        return
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "click":
            if getattr(module, "_", None) is gettext.gettext:
                vars(module)["_"] = tr
            if getattr(module, "ngettext", None) is gettext.ngettext:
                vars(module)["ngettext"] = tr_n
