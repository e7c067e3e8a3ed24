"""What the commands share: errors as one line, progress for a person who watches, digests of files."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from framing.errors import DataWarning, FramingError

# The keys of framing.corpus.READERS, repeated so that help needs no numpy; a test holds the two together.
DATA_FORMATS = (
    *("jsonl", "babe", "anno-lexical", "semeval-2020", "semeval-2023", "basil", "wikibias", "checkthat"),
    *("doccano", "label-studio", "prodigy", "brat", "spacy", "conll"),
)


class OneLineError(click.ClickException):
    """Shown as one line on the error stream; exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        complain(self.message)


class Commands(click.Group):
    """Turns the errors that users can mend into one line; a broken pipe and an interrupt stay click's to handle."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with data_warnings_told():
                return super().invoke(ctx)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "framing"
            raise OneLineError(f"{error.format_message()} (see {command} --help)") from None
        except BrokenPipeError:
            raise
        except FramingError as error:
            raise OneLineError(str(error)) from None
        except OSError as error:
            raise OneLineError(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None


@contextmanager
def data_warnings_told() -> Iterator[None]:
    """What readers leave out by rule is told in one line each; other warnings go their way."""
    with warnings.catch_warnings():
        show = warnings.showwarning

        def tell(message: Warning | str, category: type[Warning], *rest: Any, **named: Any) -> None:
            if issubclass(category, DataWarning):
                complain(str(message), "warning")
            else:
                show(message, category, *rest, **named)

        warnings.simplefilter("always", DataWarning)
        warnings.showwarning = tell
        yield


def complain(message: str, kind: str = "error") -> None:
    click.echo(f"{kind}: {' '.join(str(message).split())}", err=True)


def progress(items: Sequence[Any], title: str) -> Iterable[Any]:
    from tqdm import tqdm

    shown: Iterable[Any] = tqdm(items, desc=title, unit=" files", disable=len(items) < 2 or not sys.stderr.isatty())
    return shown


def sha256(files: Iterable[Path]) -> str:
    import hashlib

    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()
