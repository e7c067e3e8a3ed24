"""A house's own rules over a finished report: devices off, thresholds, allowed terms, own terms.

Takes the report that a model made and gives another; nothing is judged anew, and the scores of sentences stay as they are.
A lexicon's entry is only evidence for the model, so an own term is flagged here, by rule, in all its forms.  Of flags of
one kind no two overlap: an own term takes the place of what the model flagged there.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from framing import taxonomy
from framing.config import Allowed, Config, OwnTerm
from framing.lexicon import Entry, Lexicon
from framing.report import Flag, Report
from framing.tokens import Words

LARGEST_VOCABULARY = 400_000  # distinct tokens after which the table of words is made anew, as the model's is
PARTS = {"any": ("n", "v"), "noun": ("n",), "verb": ("v",), "fixed": ("x",)}


class Hit(NamedTuple):
    """A listed term met in a text, with the neutral wordings in the form it has there."""

    start: int
    end: int
    number: int
    suggestions: tuple[str, ...]


class Terms:
    """Listed terms, each with the way it is inflected and its wordings, and where they occur."""

    def __init__(self, terms: Iterable[tuple[str, str, Sequence[str]]]) -> None:
        entries: list[Entry] = []
        self._numbers: list[int] = []
        for number, (term, forms, instead) in enumerate(terms):
            for part in PARTS[forms]:
                entries.append(Entry(term, "", part, 1, tuple(instead), ""))
                self._numbers.append(number)
        self._lexicon = Lexicon(entries)

    def __len__(self) -> int:
        return len(self._lexicon)

    def find(self, words: Words, text: str) -> Iterator[Hit]:
        """Every term in `text`, in order, none overlapping another; of those that could, the longest."""
        numbers, starts, ends, _ = words.cut(text)
        for match in self._lexicon.match(words, numbers):
            suggestions = self._lexicon.entries[match.entry].suggestions(match.form)
            yield Hit(int(starts[match.start]), int(ends[match.end - 1]), self._numbers[match.entry], suggestions)


class Rules:
    """What a ``Config`` asks for, ready to be applied to many reports.

    `terms` and `scare` are the thresholds that the model flags at when it is asked for none; `least` is the one that it
    was asked for instead, which also overrides those of single devices.
    """

    def __init__(self, config: Config, *, terms: float, scare: float, least: float | None = None) -> None:
        self.config = config
        self.thresholds = dict(config.thresholds) if least is None else {}
        self.least = config.min_probability if least is None else least
        base = dict.fromkeys(taxonomy.DEVICE_NAMES, terms) | {"scare_quote": scare}
        self._lowered = {
            name: value for name, value in self.thresholds.items() if value < (base[name] if self.least is None else self.least) and name not in config.off
        }
        self._own = Terms((own.term, own.forms, own.instead) for own in config.terms)
        by_term: dict[str, list[Allowed]] = {}
        for allowed in config.allow:
            by_term.setdefault(allowed.term.casefold(), []).append(allowed)
        self._allowances = list(by_term.values())
        self._allowed = Terms((term, "any", ()) for term in by_term)
        self._words = Words()

    @property
    def second(self) -> float | None:
        """The threshold of a second report that `apply` needs, where a device is to be flagged at less than the others.

        Two reports rather than one at the lower threshold, because that would lengthen the flags of all devices.
        """
        return min(self._lowered.values(), default=None)

    def apply(self, report: Report, second: Report | None = None) -> tuple[Report, int]:
        """(the report under the rules, how many flags were left out as allowed terms)."""
        if not (self.thresholds or self.config.off or self.config.terms or self.config.allow):
            return report, 0
        flags = list(report.flags)
        if second is not None:
            flags += _apart(report.flags, (f for f in second.flags if f.device in self._lowered))
        flags = [f for f in flags if f.device not in self.config.off and f.probability >= self.thresholds.get(f.device or "", 0.0)]
        if not len(self._own) and not len(self._allowed):
            return replace(report, flags=_ordered(flags)), 0
        if len(self._words) > LARGEST_VOCABULARY:
            self._words = Words()
        allowed = list(self._allowed.find(self._words, report.text)) if len(self._allowed) else []
        kept = [f for f in flags if not self._is_allowed(allowed, f.start, f.end, f.device)]
        own = [h for h in self._own.find(self._words, report.text) if self._is_wanted(report, allowed, h)] if len(self._own) else []
        return replace(report, flags=_ordered(self._with_own(report, kept, own))), len(flags) - len(kept)

    def _is_allowed(self, allowed: Sequence[Hit], start: int, end: int, device: str | None) -> bool:
        """Does an allowed term cover `start` to `end`, for this device?"""
        number = bisect_right(allowed, start, key=lambda h: h.start) - 1
        if number < 0 or allowed[number].end < end:
            return False
        return any(a.device in (None, device) for a in self._allowances[allowed[number].number])

    def _is_wanted(self, report: Report, allowed: Sequence[Hit], hit: Hit) -> bool:
        number = bisect_right(report.ignored, hit.start, key=lambda span: span[0]) - 1
        if number >= 0 and report.ignored[number][1] > hit.start:  # page furniture
            return False
        return not self._is_allowed(allowed, hit.start, hit.end, self.config.terms[hit.number].device)

    def _with_own(self, report: Report, flags: list[Flag], hits: Sequence[Hit]) -> list[Flag]:
        """The flags, with those that own terms touch replaced by flags of the own terms.

        A flag that reaches beyond the one term it touches lends the new flag its range, so that its other words stay
        flagged; one that touches several terms gives way to them.
        """
        loaded = sorted((f for f in flags if f.kind == "loaded_term"), key=lambda f: f.start)
        out = [f for f in flags if f.kind != "loaded_term"]
        touched = [_touched(loaded, h) for h in hits]
        counts: dict[int, int] = {}
        for numbers in touched:
            for number in numbers:
                counts[number] = counts.get(number, 0) + 1
        voices = _voices(report, hits)
        for hit, numbers, (voice, source) in zip(hits, touched, voices, strict=True):
            flag = self._flag(report.text, hit, [loaded[n] for n in numbers], [loaded[n] for n in numbers if counts[n] == 1], voice, source)
            if flag.probability >= self.thresholds.get(flag.device or "", self.least or 0.0):
                out.append(flag)
        return out + [f for number, f in enumerate(loaded) if number not in counts]

    def _flag(self, text: str, hit: Hit, replaced: Sequence[Flag], lent: Sequence[Flag], voice: str, source: str | None) -> Flag:
        own: OwnTerm = self.config.terms[hit.number]
        start, end = min([hit.start, *(f.start for f in lent)]), max([hit.end, *(f.end for f in lent)])
        place = PurePath(own.place).name  # without the folders: reports travel
        surest = max(replaced, key=lambda f: f.probability, default=None)
        named = f"own term: {own.term} ({place})"
        if surest is not None and surest.probability > own.probability:
            probability, why = surest.probability, ((named, 0.0), *surest.why)
        else:
            probability, why = own.probability, ((named, math.log(own.probability / (1 - own.probability))),)
        if surest is not None:
            voice, source = surest.voice, surest.source
        said = own.reason.strip().rstrip(".") or f"it {taxonomy.device(own.device).reason}"
        return Flag(
            start=start,
            end=end,
            text=text[start:end],
            kind="loaded_term",
            device=own.device,
            probability=probability,
            voice=voice,
            source=source,
            reason=f"“{text[hit.start : hit.end]}” is your own term ({place}): {said}.",
            suggestions=tuple(text[start : hit.start] + wording + text[hit.end : end] for wording in hit.suggestions),
            why=why,
        )


def _ordered(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    return tuple(sorted(flags, key=lambda f: (f.start, f.end, f.kind)))


def _touched(flags: Sequence[Flag], hit: Hit) -> range:
    """The numbers of the flags, which are in order and apart, that overlap the hit."""
    first = bisect_right(flags, hit.start, key=lambda f: f.end)
    return range(first, max(first, bisect_left(flags, hit.end, key=lambda f: f.start)))


def _apart(flags: Sequence[Flag], others: Iterable[Flag]) -> Iterator[Flag]:
    """Those of `others` that overlap none of the flags of their kind; the flags are in order."""
    by_kind: dict[str, list[Flag]] = {}
    for flag in flags:
        by_kind.setdefault(flag.kind, []).append(flag)
    for other in others:
        same = by_kind.get(other.kind, [])
        number = bisect_left(same, other.end, key=lambda f: f.start) - 1
        if number < 0 or same[number].end <= other.start:
            yield other


def _voices(report: Report, hits: Sequence[Hit]) -> list[tuple[str, str | None]]:
    """The voice and the source at each hit: those of the innermost attribution around it."""
    waiting = sorted(report.attributions, key=lambda a: a.start, reverse=True)
    around = []
    out: list[tuple[str, str | None]] = []
    for hit in hits:
        while waiting and waiting[-1].start <= hit.start:
            around.append(waiting.pop())
        around = [a for a in around if a.end > hit.start]
        inner = min(around, key=lambda a: a.end - a.start, default=None)
        out.append(("author", None) if inner is None else (inner.mode, report.text[slice(*inner.source)] if inner.source else None))
    return out
