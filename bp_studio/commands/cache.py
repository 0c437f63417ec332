"""``bp cache``: the clips that are kept for the next film."""

from __future__ import annotations

import click

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
    click.echo(f"{cache.folder}: {len(sizes):,} entries, {sum(sizes) / 1e6:.1f} of {cache.limit / 1e6:,.0f} MB")


@command.command("clear")
def clear() -> None:
    """Throw everything away."""
    cache = Cache(default_folder())
    size = sum(stat.st_size for _, stat in cache.entries())
    cache.clear()
    click.echo(f"{cache.folder}: {size / 1e6:.1f} MB cleared")
