"""What the commands share: errors as one line, progress for a person who watches, digests of files."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import click

from framing.errors import DataWarning, FramingError, ModelWarning
from framing.rendering import one_line, shielded

# The keys of framing.corpus.READERS, repeated so that help needs no numpy; a test holds the two together.
DATA_FORMATS = (
    *("jsonl", "babe", "anno-lexical", "semeval-2020", "semeval-2023", "basil", "wikibias", "checkthat"),
    *("doccano", "label-studio", "prodigy", "brat", "spacy", "conll"),
)

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


class OneLineError(click.ClickException):
    """Shown as one line on the error stream; exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        complain(self.message)


class Commands(click.Group):
    """Turns the errors that users can mend into one line, and Ctrl-C into status 130; a broken pipe stays click's to handle."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with data_warnings_told():
                return super().invoke(ctx)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "framing"
            raise OneLineError(f"{error.format_message()} (see {command} --help)") from None
        except BrokenPipeError:
            raise
        except KeyboardInterrupt:  # click would say "Aborted!" and exit 1, which means flags here
            raise SystemExit(INTERRUPTED) from None
        except FramingError as error:
            raise OneLineError(str(error)) from None
        except OSError as error:
            if not error.filename:  # a stream that was open already
                _discard_output()
            raise OneLineError(f"{error.filename or 'the output'}: {error.strerror}" if error.strerror else str(error)) from None
        except MemoryError:
            raise OneLineError("out of memory; nothing was written to -o; give it less at once, fewer --jobs, or a machine with more") from None


def _discard_output() -> None:
    """What a full disk did not take is not tried again at the end, where the interpreter would change the exit status for it."""
    with suppress(OSError, ValueError):  # no stream of the system's
        number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(number, sys.stdout.fileno())
        os.close(number)


@contextmanager
def data_warnings_told() -> Iterator[None]:
    """What readers leave out by rule, and that a model is an older one, is told in one line each; other warnings go their way."""
    with warnings.catch_warnings():
        show = warnings.showwarning

        def tell(message: Warning | str, category: type[Warning], *rest: Any, **named: Any) -> None:
            if issubclass(category, (DataWarning, ModelWarning)):
                complain(str(message), "warning")
            else:
                show(message, category, *rest, **named)

        warnings.simplefilter("always", DataWarning)
        warnings.simplefilter("always", ModelWarning)
        warnings.showwarning = tell
        yield


@contextmanager
def held() -> Iterator[None]:
    """Ctrl-C waits for the end of the block; a second one does not.  Only in the main thread, where signals arrive."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return
    came = False

    def later(number: int, frame: Any) -> None:
        nonlocal came
        if came:
            raise KeyboardInterrupt
        came = True

    signal.signal(signal.SIGINT, later)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


class Whole:
    """A stream whose writes Ctrl-C does not cut: what a large write has not yet passed on to a pipe would be lost, in mid-line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with held():
            return self._stream.write(text)

    def flush(self) -> None:
        with held():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def complain(message: str, kind: str = "error") -> None:
    """One line on the error stream."""
    say(f"{kind}: {one_line(str(message))}", err=True)


def say(text: str, *, err: bool = False) -> None:
    """Print lines for a person.  File names and models come from strangers: what could steer a terminal is shown as ``�``.

    A character that the stream's encoding lacks is shown as ``?``.
    """
    stream = sys.stderr if err else sys.stdout
    shown = "\n".join(shielded(line) for line in text.split("\n"))
    click.echo(shown.encode(stream.encoding or "utf-8", "replace").decode(stream.encoding or "utf-8"), err=err)


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
