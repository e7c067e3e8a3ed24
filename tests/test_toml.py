"""TOML with lines: every key and element has the line on which it stands."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing import toml
from framing.errors import ConfigError

TRICKY = '''# a comment with = and [brackets]
"quoted key" = "a # b"
a.b = 1.5
text = """
fake = 1
[no.header]
"""
raw = \'\'\'
[[none]]
\'\'\'
list = [
  "x", # ] no end
  {term = "y", deep = [1,
     2]},
]

[table]
when = 1979-05-27T07:32:00Z
[table.inner]
z = {p = {q = true}}

[[row]]
n = 1
[row.sub]
s = 's'
[[row]]
n = 2
[[row.cell]]
c = 3
'''


def test_every_key_has_its_line_whatever_stands_around_it() -> None:
    _, lines = toml.parse(TRICKY, "f")
    assert lines == {
        ("quoted key",): 2,
        ("a",): 3,
        ("a", "b"): 3,
        ("text",): 4,
        ("raw",): 8,
        ("list",): 11,
        ("list", 0): 12,
        ("list", 1): 13,
        ("list", 1, "term"): 13,
        ("list", 1, "deep"): 13,
        ("list", 1, "deep", 0): 13,
        ("list", 1, "deep", 1): 14,
        ("table",): 17,
        ("table", "when"): 18,
        ("table", "inner"): 19,
        ("table", "inner", "z"): 20,
        ("table", "inner", "z", "p"): 20,
        ("table", "inner", "z", "p", "q"): 20,
        ("row",): 22,
        ("row", 0): 22,
        ("row", 0, "n"): 23,
        ("row", 0, "sub"): 24,
        ("row", 0, "sub", "s"): 25,
        ("row", 1): 26,
        ("row", 1, "n"): 27,
        ("row", 1, "cell"): 28,
        ("row", 1, "cell", 0): 28,
        ("row", 1, "cell", 0, "c"): 29,
    }


def test_lines_cover_every_value_that_was_read() -> None:
    values, lines = toml.parse(TRICKY.replace("\n", "\r\n"), "f")

    def paths(value: Any, at: toml.Path) -> set[toml.Path]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return {at}.union(*(paths(part, (*at, key)) for key, part in inner))

    assert paths(values, ()) - {()} == set(lines)


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ("[t\n", 1), ("a = 'x", 1), ("\n\n]", 3), ('a = """\n\n', 3), ("a = 1 b = 2", 1)]
)
def test_what_is_no_toml_is_an_error_with_the_line(text: str, line: int) -> None:
    with pytest.raises(ConfigError, match=rf"^f\.toml:{line}: no TOML: "):
        toml.parse(text, "f.toml")


def test_deep_nesting_is_an_error_and_not_a_crash() -> None:
    with pytest.raises(ConfigError):
        toml.parse("a = " + "[" * 100_000, "f.toml")


@given(st.text(alphabet="a=[]{}.,\"'#\n \\1", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        values, lines = toml.parse(text, "f")
    except ConfigError:
        return
    assert {path[0] for path in lines} == set(values)
