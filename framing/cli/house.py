"""What is in force in one run of ``framing score``: options over the configuration file over defaults."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from framing import config as configuration
from framing.cli.console import complain
from framing.config import Config
from framing.errors import ConfigError
from framing.rendering import plural

if TYPE_CHECKING:
    from framing.model import Model
    from framing.report import Report
    from framing.sources import Source


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command works with.  `min_probability` is the option's; the file's is in `config`."""

    config: Config
    form: str
    quoted: str
    model: str | None
    min_probability: float | None


def settings(
    formats: Iterable[str],
    *,
    config: str | None = None,
    no_config: bool = False,
    form: str | None = None,
    quoted: str | None = None,
    model: str | None = None,
    min_probability: float | None = None,
) -> Settings:
    """Options where they are given, else what the file says, else defaults.

    The environment's ``FRAMING_MODEL`` stands between the option and the file.  Raises ``ConfigError``.
    """
    if config is not None and no_config:
        raise click.UsageError("--config and --no-config: pass one of them")
    path = None if no_config else Path(config) if config else configuration.find(Path())
    read = configuration.read(path) if path else Config()
    formats = tuple(formats)
    if read.format not in formats:
        raise ConfigError(f"{read.places['format']}: format = {read.format!r}; wanted one of {', '.join(formats)}")
    if model is None and not os.environ.get("FRAMING_MODEL") and read.model is not None:
        model = str(read.model)
    return Settings(read, form or read.format, quoted or read.quoted, model, min_probability)


class House:
    """Reads sources and applies the rules to their reports, counting what is left out."""

    def __init__(self, found: Settings, model: Model, *, encoding: str | None = None, read_as: str | None = None) -> None:
        from framing import sources
        from framing.rules import Rules

        if encoding is not None:
            sources.check_encoding(encoding)
        self.model = model
        self.encoding, self.read_as = encoding, read_as
        self.rules = Rules(found.config, terms=model.thresholds["terms"], scare=model.thresholds["scare"], least=found.min_probability)
        self.ignored = self.allowed = self.extracted = 0

    @property
    def threshold(self) -> float | None:
        """What the model is asked to flag at."""
        return self.rules.least

    def read(self, name: str, shown: str) -> Source:
        """The source in the file `name`, or in the standard input; warns of what is odd about it.  Raises ``DataError``."""
        from framing import language, sources

        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        source = sources.read(data, shown, encoding=self.encoding, read_as=self.read_as)
        for message in source.warnings:
            complain(message, "warning")
        found = language.foreign(source.judged)
        if found:
            complain(f"{shown}: reads like {found}; framing knows English only, so what it says of this text means little", "warning")
        self.extracted += source.is_extracted
        return source

    def finish(self, source: Source, report: Report) -> Report:
        """The report under the house's rules and the text's comments, on the text as its author has it."""
        second = self.rules.second
        ruled, allowed = self.rules.apply(report, None if second is None else self.model.score(source.judged, threshold=second))
        final, ignored = source.ignoring(source.restore(ruled))
        self.allowed, self.ignored = self.allowed + allowed, self.ignored + ignored
        return final

    def say_what_was_left_out(self) -> None:
        if self.extracted:
            complain("lines and columns of HTML pages count in the text that was extracted from them, not in the page's source", "note")
        if self.ignored:
            complain(f"{plural(self.ignored, 'flag')} left out by comments in the text", "note")
        if self.allowed:
            complain(f"{plural(self.allowed, 'flag')} left out as allowed terms ({self.rules.config.path})", "note")


def kept(files: Iterable[str], named: Iterable[str], config: Config) -> list[str]:
    """The files without those that the configuration excludes; one that was asked for by name is not dropped in silence."""
    named = frozenset(named)
    out: list[str] = []
    left: list[str] = []
    for file in files:
        (out if file == "-" or not config.excludes(file) else left).append(file)
    for file in dict.fromkeys(left):
        if file in named:
            complain(f"{file}: left out, it is excluded at {config.places['exclude']}", "note")
    return out
