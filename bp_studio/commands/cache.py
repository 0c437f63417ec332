"""``bp cache``: the clips that are kept for the next film."""

from __future__ import annotations

import click

from bp_script.language.caller import callers_language
from bp_studio.cache import Cache, default_folder


@click.group("cache", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Show how much is kept of what was drawn, and where ($BP_CACHE chooses another place); clear throws it away."""
    if context.invoked_subcommand is None:
        context.invoke(show)


@command.command("show")
def show() -> None:
    """Say where the cache is and what it holds."""
    cache = Cache(default_folder())
    sizes = [stat.st_size for _, stat in cache.entries()]
    language = callers_language()
    told = language.tr(
        "%(entries)s entries, %(used)s of %(limit)s MB",
        entries=language.whole(len(sizes)),
        used=language.numeral(f"{sum(sizes) / 1e6:.1f}"),
        limit=language.whole(round(cache.limit / 1e6)),
    )
    click.echo(f"{cache.folder}: {told}")


@command.command("clear")
def clear() -> None:
    """Throw everything away."""
    cache = Cache(default_folder())
    size = sum(stat.st_size for _, stat in cache.entries())
    cache.clear()
    language = callers_language()
    told = language.tr("%(size)s MB cleared", size=language.numeral(f"{size / 1e6:.1f}"))
    click.echo(f"{cache.folder}: {told}")
