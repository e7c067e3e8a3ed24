"""What a piece of a flag's evidence is called where a person reads it.

``Flag.why`` names what the heads add up; most of it is worded already, and of a pair of quotation marks the features have names of
their own (``pairs.py``).  Machine formats keep those; pages say them in English.  A name that is not known stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from framing.rendering import spoken

_COUNTS = {"2": "two words", "3": "three words or more"}
_CAPS = {"all": "each with a capital", "most": "most with a capital", "some": "some with a capital", "none": "none with a capital"}
_SIDES = {"b": "before", "a": "after"}
_CUES = {
    "says": "a verb of saying",
    "judges": "a verb of praise or blame",
    "thinks": "a verb of thinking",
    "names": "a word that names or defines",
    "work": "a word for a work, a law or a campaign",
    "sneers": "a word of distance, such as so-called",
    "doubts": "a word of doubt",
    "according": "“according to”",
    "document": "a word for a poll, a paper or a post",
}
_NEAR = {"0": "right ", "1": "shortly ", "2": "a few words ", "3": "further ", "near": "shortly ", "far": "further ", "": ""}
_LENGTHS = {"6": "6 to 9 words inside", "10": "10 to 19 words inside", "20": "20 words or more inside"}
_SPOKEN = {
    "TrueTrue": "verbs of saying and of judging near",
    "TrueFalse": "a verb of saying near",
    "FalseTrue": "a verb of judging near",
    "FalseFalse": "no verb of saying near",
}
_FOLLOWS = {"noun": "a word after", "stop": "a stop or the end after", "other": "a mark after"}
_BORDERS = {"w": "a word", "∅": "the end of the sentence"}
_PLAIN = {
    "phrase strength": "the strength of a listed phrase",
    "short": "four words or fewer inside",
    "sentences>1": "more than one sentence inside",
    "all-upper": "all in capitals",
    "exclaims": "ends with ! or ?",
    "whole-sentence": "the marks hold the whole sentence",
    "starts-sentence": "the marks open the sentence",
}


def _inside(number: str) -> str:
    return _LENGTHS.get(number) or f"{number} {'word' if number == '1' else 'words'} inside"


def _words(number: str) -> str:
    return "four words or more inside" if number == "4" else _inside(number)


def _caps(which: str, number: str) -> str:
    if number == "1":
        return f"one word inside, with{'out' if which == 'none' else ''} a capital"
    return f"{_COUNTS[number]} inside, {_CAPS[which]}"


def _first(has_capital: str, opens: str) -> str:
    return f"the first word {'has a' if has_capital == 'True' else 'has no'} capital" + (", at the sentence’s beginning" if opens == "True" else "")


def _determined(before: str, after: str) -> str:
    if after in _FOLLOWS:
        return f"{'an article or the like' if before == 'True' else 'no article'} before, {_FOLLOWS[after]}"
    return ("no article" if before == "-" else f"“{before}”") + f" before, {_words(after)}"


def _end(inner: str, outer: str) -> str:
    return f"ends with {_border(inner)}, then {_border(outer)}"


def _border(mark: str) -> str:
    return _BORDERS.get(mark) or f"“{mark}”"


def _heard(cues: str, length: str) -> str:
    return f"{_SPOKEN[cues]}, {'more than five words' if length == 'long' else 'five words or fewer'} inside"


def _unheard(determined: str, number: str) -> str:
    return f"no verb of saying near, {'an article or the like' if determined == 'True' else 'no article'} before, {_words(number)}"


def _cue(side: str, cue: str, near: str | None) -> str:
    return f"{_CUES[cue]} {_NEAR[near or '']}{_SIDES[side]}"


def _beside(sign: str, distance: str, what: str) -> str:
    return f"{distance} words {'before' if sign == '-' else 'on'}: {what}"


# what a name looks like -> its words, from what the pattern caught
_FORMS: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"ip=(.*)", "“{}-” inside, with a hyphen".format),
        (r"b01=(.*)", "“{}” before".format),
        (r"before: (.*)", "“{}” before".format),
        (r"([-+])(\d+) (.+)", _beside),
        (r"phrase=(\w+)", lambda device: f"a listed phrase ({spoken(device)})"),
        (r"n=(\d+)", _inside),
        (r"caps=(all|most|some|none):(\d)", _caps),
        (r"first-cap=(True|False):(True|False)", _first),
        (r"mark=(.*)", "the mark {}".format),
        (r"end=(.*?)\|(.*)", _end),
        (r"det=(.*):(\w+)", _determined),
        (r"cue=((?:True|False){2}):(long|short)", _heard),
        (r"no-cue:(True|False):(\d)", _unheard),
        (rf"([ab]):({'|'.join(_CUES)})(?::(\w+))?", _cue),
    )
)


def worded(name: str) -> str:
    """The piece of evidence `name` in plain words.

    >>> worded("caps=none:1"), worded("b:says:1"), worded("lexicon")
    ('one word inside, without a capital', 'a verb of saying shortly before', 'lexicon')
    """
    if name in _PLAIN:
        return _PLAIN[name]
    for pattern, words in _FORMS:
        if found := pattern.fullmatch(name):
            return words(*found.groups())
    return name
