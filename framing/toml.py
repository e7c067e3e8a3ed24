"""TOML with the line of every key; the only door to tomllib (tomli before Python 3.11).

The library reads the values and is the judge of what is TOML.  It says no lines, and an error that names no line is half an
error, so a text that has been accepted is walked through once more for its keys alone.  Opens no files.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from framing.errors import ConfigError

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|\#[^\n]*)
      | (?P<newline>\n)
      | (?P<string>\"\"\"(?:[^"\\]|\\[\s\S]|"(?!""))*\"{3,5} | '''(?:[^']|'(?!''))*'{3,5} | "(?:[^"\\\n]|\\.)*" | '[^'\n]*')
      | (?P<mark>[\[\]{}=,.])
      | (?P<bare>[^\s\[\]{}=,."'\#]+)""",
    re.VERBOSE,
)
_PLACE = re.compile(r"\s*\(at line (\d+), column \d+\)$")


def parse(text: str, where: str) -> tuple[dict[str, Any], dict[Path, int]]:
    """The values of `text`, and for each key and array element the line on which it stands, from 1.

    `where` names the text in errors.  Raises ``ConfigError`` with the line for what is no TOML.

    >>> parse('a = 1\\n[b]\\nc = [\\n  "x",\\n]', "f")
    ({'a': 1, 'b': {'c': ['x']}}, {('a',): 1, ('b',): 2, ('b', 'c'): 3, ('b', 'c', 0): 4})
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        line = found.group(1) if found else str(text.count("\n") + 1)
        raise ConfigError(f"{where}:{line}: no TOML: {_PLACE.sub('', str(error))}") from None
    except RecursionError:
        raise ConfigError(f"{where}: nested too deeply for a configuration file") from None
    return values, _Walk(text.replace("\r\n", "\n")).lines


class _Walk:
    """One pass over the tokens of valid TOML; `lines` is what it finds."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}  # tables met so far in each array of tables
        self._tokens = [*_tokens(text), ("end", "", 0)]
        self._at = 0
        self._statements()

    def _take(self) -> tuple[str, str, int]:
        self._at += 1
        return self._tokens[self._at - 1]

    def _next_is(self, *texts: str) -> bool:
        kind, text, _ = self._tokens[self._at]
        return kind in ("mark", "newline") and text in texts

    def _note(self, path: Path, line: int) -> None:
        for size in range(1, len(path) + 1):
            self.lines.setdefault(path[:size], line)

    def _statements(self) -> None:
        table: Path = ()
        while self._tokens[self._at][0] != "end":
            if self._next_is("\n"):
                self._take()
            elif self._next_is("["):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line = self._take()[2]
        is_array = self._next_is("[")
        if is_array:
            self._take()
        keys = self._key()
        for _ in range(1 + is_array):
            self._take()
        path: Path = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            if number == len(keys) - 1 and is_array:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        self._note(path, line)
        return path

    def _key(self) -> list[str]:
        keys = [_plain(*self._take()[:2])]
        while self._next_is("."):
            self._take()
            keys.append(_plain(*self._take()[:2]))
        return keys

    def _pair(self, table: Path) -> None:
        line = self._tokens[self._at][2]
        path = (*table, *self._key())
        self._take()  # the equals sign
        self._note(path, line)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._next_is("["):
            self._take()
            number = 0
            while not self._next_is("]"):
                if self._next_is("\n", ","):
                    self._take()
                    continue
                self._note((*path, number), self._tokens[self._at][2])
                self._value((*path, number))
                number += 1
            self._take()
        elif self._next_is("{"):
            self._take()
            while not self._next_is("}"):
                if self._next_is("\n", ","):
                    self._take()
                else:
                    self._pair(path)
            self._take()
        else:
            while not self._next_is("\n", ",", "]", "}") and self._tokens[self._at][0] != "end":
                self._take()


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for found in _TOKEN.finditer(text):
        kind = str(found.lastgroup)
        if kind != "skip":
            yield kind, found.group(), line
        line += found.group().count("\n")


def _plain(kind: str, text: str) -> str:
    """A key without its quotation marks; escapes in keys are left as they stand."""
    return text[1:-1] if kind == "string" else text
