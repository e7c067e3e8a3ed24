"""``framing config``: what is in force, and which line says so."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from framing.cli.console import say
from framing.cli.house import Settings, settings
from framing.cli.writers import WRITERS
from framing.config import FLAGGED, KEYS
from framing.rendering import one_line

Row = tuple[str, str, str]


@click.command()
@click.option("--config", "file", metavar="FILE", help="A configuration file; by default the nearest one upward.")
@click.option("--no-config", is_flag=True, help="Read no configuration file.")
def config(file: str | None, no_config: bool) -> None:
    """Show the configuration that `framing score` would use here, and the line that sets each key."""
    found = settings(WRITERS, config=file, no_config=no_config)
    if found.config.path:
        say(one_line(f"file: {found.config.path}"))
    else:
        say("file: none" + ("" if no_config else " (no framing.toml and no [tool.framing] in a pyproject.toml, here or above)"))
    rows = [("key", "value", "from"), *_rows(found)]
    widths = [max(len(row[k]) for row in rows) for k in range(2)]
    for row in rows:
        say("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[2]]).rstrip())


def _rows(found: Settings) -> Iterator[Row]:
    given = found.config
    values = {
        "min-probability": None if given.min_probability is None else f"{given.min_probability:g}",
        "quoted": given.quoted,
        "format": given.format,
        "model": None if given.model is None else str(given.model),
        "exclude": ", ".join(given.exclude) or None,
    }
    override = os.environ.get("FRAMING_MODEL")
    for key, (_, default) in KEYS.items():
        if key == "model" and override:
            yield key, one_line(override), "the environment's FRAMING_MODEL"
        elif key in values:
            yield key, one_line(values[key] or default), _place(found, key)
        elif key == "devices":
            yield from _devices(found)
        elif key == "allow":
            for allowed in given.allow:
                value = allowed.term + (f" (as {allowed.device})" if allowed.device else "") + (f": {allowed.reason}" if allowed.reason else "")
                yield key, one_line(value), _short(allowed.place)
        else:
            for own in given.terms:
                instead = f", instead: {', '.join(own.instead)}" if own.instead else ""
                yield key, one_line(f"{own.term} ({own.device}, {own.probability:g}, forms: {own.forms}{instead})"), _short(own.place)


def _devices(found: Settings) -> Iterator[Row]:
    given = found.config
    for name in FLAGGED:
        value = "off" if name in given.off else f"from {given.thresholds[name]:g}" if name in given.thresholds else "on"
        yield f"devices.{name}", value, _place(found, f"devices.{name}")


def _place(found: Settings, key: str) -> str:
    return _short(found.config.places[key]) if key in found.config.places else "default"


def _short(place: str) -> str:
    """The file's name and the line; the first line of the output has the folder."""
    return one_line(os.path.basename(place))
