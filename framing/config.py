"""What a house has decided for itself: the keys of ``framing.toml``, or of ``[tool.framing]`` in ``pyproject.toml``.

Finds the file, reads it, and refuses what it does not know, with file, line and the nearest key that it does.  It decides
nothing about texts: the command puts a ``Config`` into force, and its own options win over it.  The library's functions
never look for a file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from framing import toml
from framing.errors import ConfigError
from framing.rendering import QUOTED
from framing.taxonomy import DEVICE_NAMES

FLAGGED = (*DEVICE_NAMES, "scare_quote")  # what a flag can be, as this file names it
FORMS = ("any", "noun", "verb", "fixed")
STATED = 0.9  # the chance of a house's own term where it states none: above every threshold in use, and not certain
LONGEST_TERM = 8  # words, as in the lexicon
LARGEST = 1 << 22  # bytes; a larger file is no configuration

# key -> (type in words, default in words); the order is that of `framing config` and of docs/config.md
KEYS = {
    "min-probability": ("a number from 0 to 1", "the model's own"),
    "quoted": (f"one of {', '.join(QUOTED)}", "include"),
    "format": ("the name of a format", "text"),
    "model": ("the path of a model file", "the shipped one"),
    "exclude": ("an array of paths", "none"),
    "devices": ("a table of devices", "all on"),
    "allow": ("an array of terms", "none"),
    "terms": ("an array of tables", "none"),
}
ALLOW_KEYS = ("term", "reason", "device")
TERM_KEYS = ("term", "device", "instead", "reason", "probability", "forms")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A term that is not to be flagged; with `device`, not as that device.  `place` is ``file:line``."""

    term: str
    reason: str
    device: str | None
    place: str


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A term that is always flagged, as `device`, with at least the chance `probability`, in (0, 1).

    `instead` are neutral wordings, `forms` says how it is inflected, `place` is ``file:line``.
    """

    term: str
    device: str
    instead: tuple[str, ...]
    reason: str
    probability: float
    forms: str
    place: str


@dataclass(frozen=True, slots=True)
class Config:
    """What is set, with defaults for the rest.

    `thresholds` maps devices to the least chance at which they are flagged, `off` holds the devices that are not looked
    for, `exclude` holds globs below `folder`, and `places` maps each key that was set to ``file:line``.
    """

    path: Path | None = None
    min_probability: float | None = None
    quoted: str = "include"
    format: str = "text"
    model: Path | None = None
    exclude: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    allow: tuple[Allowed, ...] = ()
    terms: tuple[OwnTerm, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where relative paths of the file begin."""
        return self.path.parent if self.path else Path()

    def excludes(self, file: str | Path) -> bool:
        """Is `file` one of the excluded paths, or below one?"""
        if not self.exclude:
            return False
        try:
            inside = Path(file).resolve().relative_to(self.folder.resolve()).as_posix()
        except ValueError:  # outside the folder that the globs speak of
            return False
        return any(is_covered(inside, pattern) for pattern in self.exclude)


def find(start: Path) -> Path | None:
    """The nearest configuration file in `start` or above it, or None.

    In one folder ``framing.toml`` wins.  A ``pyproject.toml`` without ``[tool.framing]`` is passed by.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        own, project = folder / "framing.toml", folder / "pyproject.toml"
        if own.is_file():
            return own
        if project.is_file() and _speaks_of_framing(project):
            return project
    return None


def _speaks_of_framing(project: Path) -> bool:
    """Whether the file has the table; a broken or unreadable file above the drafts is nobody's error if it never names framing."""
    try:
        if b"framing" not in project.read_bytes():
            return False
    except OSError:
        return False
    tool = toml.parse(_text(project), str(project))[0].get("tool", {})
    return isinstance(tool, dict) and "framing" in tool


def read(path: Path) -> Config:
    """The configuration in the file `path`.

    Raises ``ConfigError`` with file and line for unknown keys and values of a wrong type, ``OSError`` for a file that
    cannot be opened.
    """
    values, lines = toml.parse(_text(path), str(path))
    root: toml.Path = ()
    if path.name == "pyproject.toml":
        tool = values.get("tool", {})
        if not isinstance(tool, dict) or "framing" not in tool:
            raise ConfigError(f"{path}: there is no [tool.framing] in it; add the table, or name another file")
        values, root = tool["framing"], ("tool", "framing")
    elif set(values) == {"tool"}:
        raise ConfigError(f"{path}:{lines.get(('tool',), 1)}: in this file the keys stand at the top level; take [tool.framing] away")
    return _Reader(path, lines).config(values, root)


def _text(path: Path) -> str:
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise ConfigError(f"{path}: {len(data):,} bytes; a configuration file has at most {LARGEST:,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}:{data.count(10, 0, error.start) + 1}: not UTF-8; TOML files are UTF-8, save it as that") from None


class _Reader:
    """Turns the values of one file into a ``Config``; every complaint names the line."""

    def __init__(self, path: Path, lines: Mapping[toml.Path, int]) -> None:
        self.path, self.lines = path, lines

    def place(self, at: toml.Path) -> str:
        while at and at not in self.lines:
            at = at[:-1]
        return f"{self.path}:{self.lines.get(at, 1)}"

    def fail(self, at: toml.Path, message: str) -> NoReturn:
        raise ConfigError(f"{self.place(at)}: {message}")

    def wrong(self, at: toml.Path, value: object, wanted: str) -> NoReturn:
        self.fail(at, f"{_dotted(at)} = {_shown(value)}; wanted {wanted}")

    def known(self, name: str, names: Iterable[str], at: toml.Path, what: str) -> None:
        names = tuple(names)
        if name in names:
            return
        near = difflib.get_close_matches(name.replace("_", "-"), names, n=1, cutoff=0.5) or difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"the {what}s are {', '.join(names)}"
        self.fail(at, f"unknown {what} {name!r}; {hint}")

    # ------------------------------------------------------------ types
    def string(self, value: object, at: toml.Path, wanted: str = "a string in quotation marks") -> str:
        if not isinstance(value, str) or not value.strip():
            self.wrong(at, value, wanted)
        return value

    def chance(self, value: object, at: toml.Path, *, is_open: bool = False) -> float:
        wanted = "a number above 0 and below 1" if is_open else "a number from 0 to 1"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.wrong(at, value, wanted)
        if not (0 < value < 1 if is_open else 0 <= value <= 1):
            self.wrong(at, value, wanted)
        return float(value)

    def choice(self, value: object, at: toml.Path, names: Iterable[str]) -> str:
        names = tuple(names)
        if not isinstance(value, str) or value not in names:
            near = difflib.get_close_matches(value, names, n=1) if isinstance(value, str) else []
            self.wrong(at, value, f"one of {', '.join(names)}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return value

    def strings(self, value: object, at: toml.Path) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.wrong(at, value, 'an array of strings, such as ["a", "b"]')
        return tuple(self.string(item, (*at, number)) for number, item in enumerate(value))

    def table(self, value: object, at: toml.Path, keys: Iterable[str], what: str = "key") -> dict[str, Any]:
        if not isinstance(value, dict):
            self.wrong(at, value, "a table")
        for key in value:
            self.known(key, keys, (*at, key), what)
        return value

    def term(self, value: object, at: toml.Path) -> str:
        term = " ".join(self.string(value, at, "a word or a phrase").split())
        if len(term.split()) > LONGEST_TERM or not any(map(str.isalnum, term)):
            self.wrong(at, value, f"1 to {LONGEST_TERM} words")
        return term

    # ------------------------------------------------------------ keys
    def config(self, values: object, root: toml.Path) -> Config:
        found = self.table(values, root, KEYS)
        at = {key: (*root, key) for key in KEYS}
        set_to: dict[str, Any] = {}
        if "min-probability" in found:
            set_to["min_probability"] = self.chance(found["min-probability"], at["min-probability"])
        if "quoted" in found:
            set_to["quoted"] = self.choice(found["quoted"], at["quoted"], QUOTED)
        if "format" in found:  # which formats there are, the command knows
            set_to["format"] = self.string(found["format"], at["format"])
        if "model" in found:
            set_to["model"] = self.path.parent / self.string(found["model"], at["model"])
        if "exclude" in found:
            set_to["exclude"] = self.strings(found["exclude"], at["exclude"])
        thresholds, off = self.devices(found.get("devices", {}), at["devices"])
        config = Config(
            path=self.path,
            thresholds=thresholds,
            off=off,
            allow=self.allowed(found.get("allow", []), at["allow"]),
            terms=self.terms(found.get("terms", []), at["terms"], off, at["devices"]),
            places={key: self.place(at[key]) for key in found} | {f"devices.{name}": self.place((*at["devices"], name)) for name in found.get("devices", {})},
            **set_to,
        )
        _check_apart(config)
        return config

    def devices(self, value: object, at: toml.Path) -> tuple[dict[str, float], frozenset[str]]:
        thresholds: dict[str, float] = {}
        off: set[str] = set()
        for name, setting in self.table(value, at, FLAGGED, "device").items():
            if setting is False:
                off.add(name)
            elif setting is not True:
                if not isinstance(setting, (int, float)):
                    self.wrong((*at, name), setting, "true, false, or the least chance as a number from 0 to 1")
                thresholds[name] = self.chance(setting, (*at, name))
        return thresholds, frozenset(off)

    def allowed(self, value: object, at: toml.Path) -> tuple[Allowed, ...]:
        if not isinstance(value, list):
            self.wrong(at, value, 'an array, such as ["regime", {term = "coup", reason = "as the court put it"}]')
        out = []
        for number, item in enumerate(value):
            here = (*at, number)
            row = {"term": item} if isinstance(item, str) else self.table(item, here, ALLOW_KEYS)
            if "term" not in row:
                self.fail(here, "an allowed term needs the key 'term'")
            device = self.choice(row["device"], (*here, "device"), FLAGGED) if "device" in row else None
            reason = self.string(row["reason"], (*here, "reason")) if "reason" in row else ""
            out.append(Allowed(self.term(row["term"], (*here, "term")), reason, device, self.place(here)))
        return tuple(out)

    def terms(self, value: object, at: toml.Path, off: frozenset[str], devices_at: toml.Path) -> tuple[OwnTerm, ...]:
        if not isinstance(value, list):
            self.wrong(at, value, "an array of tables, each under [[terms]]")
        out = []
        seen: dict[str, str] = {}
        for number, item in enumerate(value):
            here = (*at, number)
            row = self.table(item, here, TERM_KEYS)
            for key in ("term", "device"):
                if key not in row:
                    self.fail(here, f"an own term needs the key {key!r}")
            term, device = self.term(row["term"], (*here, "term")), self.choice(row["device"], (*here, "device"), DEVICE_NAMES)
            if device in off:
                self.fail(here, f"the term {term!r} is to be flagged as {device}, which is off at {self.place((*devices_at, device))}; drop one of the two")
            if term.casefold() in seen:
                self.fail(here, f"the term {term!r} is already at {seen[term.casefold()]}; keep one")
            seen[term.casefold()] = self.place(here)
            out.append(
                OwnTerm(
                    term=term,
                    device=device,
                    instead=self.strings(row.get("instead", []), (*here, "instead")),
                    reason=self.string(row["reason"], (*here, "reason")) if "reason" in row else "",
                    probability=self.chance(row.get("probability", STATED), (*here, "probability"), is_open=True),
                    forms=self.choice(row.get("forms", "any"), (*here, "forms"), FORMS),
                    place=self.place(here),
                )
            )
        return tuple(out)


def _check_apart(config: Config) -> None:
    """Nothing is both flagged and allowed."""
    allowed = {a.term.casefold(): a for a in config.allow}
    for own in config.terms:
        other = allowed.get(own.term.casefold())
        if other and other.device in (None, own.device):
            raise ConfigError(f"{own.place}: the term {own.term!r} is allowed at {other.place}; drop one of the two")


def _dotted(at: toml.Path) -> str:
    names = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in at).lstrip(".")
    return names.removeprefix("tool.framing.") or "the file"


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def is_covered(inside: str, pattern: str, *, below: bool = True) -> bool:
    """Does the glob `pattern` cover the relative path `inside`, or with `below` a folder above it?

    ``*`` and ``?`` stay inside one name, ``**`` crosses folders; a pattern without a slash is a name at any depth.

    >>> is_covered("drafts/2024/a.md", "drafts"), is_covered("drafts/2024/a.md", "drafts/*.md"), is_covered("drafts/2024/a.md", "*.md")
    (True, False, True)
    """
    return re.fullmatch(_glob(pattern) + ("(?:/.*)?" if below else ""), inside, re.DOTALL) is not None


@lru_cache(maxsize=256)
def _glob(pattern: str) -> str:
    """The expression for the paths that `pattern` covers."""
    parts = [p for p in pattern.strip().replace("\\", "/").split("/") if p not in ("", ".")]
    out = "" if "/" in pattern.strip().rstrip("/") else "(?:[^/]+/)*"
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            out += ".*" if last else "(?:[^/]+/)*"
        else:
            out += re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]") + ("" if last else "/")
    return out
