"""Reports as a SARIF 2.1.0 log, for code scanning, editors and whatever else reads it.

A log is written in three parts, ``head``, one piece per result, ``tail``, so that any number of texts needs no more
memory than one.  Devices are the rules.  Columns count code points.  Nothing here reads a file or knows where the
project's root is: paths are written as they come, as URIs.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from framing.rendering import LONGEST_SOURCE, Lines, device_of, is_warning, one_line, shielded, spoken, voice_of
from framing.taxonomy import DEVICES, QUOTE_USES, SCARE_REASON

if TYPE_CHECKING:
    from framing.report import Flag, Report

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "framingFlag/v1"  # a new number when the same flag would get another value


def head(version: str) -> str:
    """The beginning of a log up to the opened list of results; `version` is this program's."""
    driver = {"name": "framing", "version": version, "rules": rules()}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "defaultEncoding": "utf-8",
    }
    opened = json.dumps({"$schema": SCHEMA_URI, "version": "2.1.0"}, indent=2)[:-2]
    return f'{opened},\n  "runs": [\n{json.dumps(run, ensure_ascii=False)[:-1]}, "results": ['


def tail(model: str = "") -> str:
    """What closes a log after its last result; `model` is the name of the model that judged."""
    properties = f', "properties": {json.dumps({"model": one_line(model)}, ensure_ascii=False)}' if model else ""
    return f"\n]{properties}}}\n  ]\n}}\n"


def rules() -> list[dict[str, Any]]:
    """The nine devices, the scare quote and the loaded term without a device, with help made from the taxonomy."""
    scare = QUOTE_USES[0]
    told_apart = "".join(f"\n- {use.name}: {use.definition}, as in {use.example}" for use in QUOTE_USES[1:])
    found = [
        _rule(d.name, d.definition, f"The word or phrase {d.reason}.", f"Is one: {d.is_one}.\n\nIs none: {d.is_not_one}.", "loaded-language") for d in DEVICES
    ]
    uses = f"Is one: {scare.example}.\n\nOther uses are not flagged:\n{told_apart}"
    found.append(_rule("scare_quote", scare.definition, f"It {SCARE_REASON}.", uses, "quotes"))
    found.append(_rule("loaded_term", "takes a side", "The word or phrase takes a side; this model tells no devices apart.", "", "loaded-language"))
    return found


def _rule(name: str, definition: str, reason: str, examples: str, tag: str) -> dict[str, Any]:
    advice = "A flag is a question to the editor, not a verdict on the writer."
    text = "\n\n".join(part for part in (f"{spoken(name).capitalize()}: {definition}.", reason, examples, advice) if part)
    return {
        "id": name,
        "name": "Framing" + "".join(part.capitalize() for part in name.split("_")),  # the id again, in other letters, would be no name (3.49.7)
        "shortDescription": {"text": f"{spoken(name).capitalize()}: {definition}"},
        "fullDescription": {"text": reason},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["framing", tag]},
    }


_RULE_INDEX = {name: number for number, name in enumerate([*(d.name for d in DEVICES), "scare_quote", "loaded_term"])}


def results(report: Report, *, path: str = "-") -> Iterator[str]:
    """Each flag as the JSON text of one result, on one line; commas between them are the caller's to set.

    ``warning`` and ``note`` as in ``framing.rendering.is_warning``; ``rank`` is the chance in percent.  The fingerprint is
    made of the words, their device and their sentence, and a number where these repeat, so it stays when lines move.
    """
    lines = Lines(report.text)
    location = {"uri": uri_of(path)}
    sentences = _Sentences(report)
    seen: Counter[str] = Counter()
    for flag in report.flags:
        region = _region(flag, lines)
        mark = sha256("\0".join((device_of(flag), " ".join(flag.text.split()), sentences.mark(flag.start))).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[mark] += 1
        yield json.dumps(_result(flag, location, region, f"{mark}:{seen[mark]}"), ensure_ascii=False)


def _result(flag: Flag, location: dict[str, str], region: dict[str, Any], fingerprint: str) -> dict[str, Any]:
    rule = device_of(flag)
    result: dict[str, Any] = {
        "ruleId": shielded(rule),
        "level": "warning" if is_warning(flag) else "note",
        "message": {"text": _plain(f"{flag.reason} Chance {flag.probability:.2f}, {voice_of(flag.voice, flag.source)}.")},
        "locations": [{"physicalLocation": {"artifactLocation": location, "region": region | {"snippet": {"text": shielded_lines(flag.text)}}}}],
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "rank": round(100 * flag.probability, 2),
        "properties": {"kind": flag.kind, "probability": round(flag.probability, 6), "voice": flag.voice},
    }
    if rule in _RULE_INDEX:
        result["ruleIndex"] = _RULE_INDEX[rule]
    if flag.source:
        result["properties"]["source"] = one_line(flag.source[:LONGEST_SOURCE])
    if flag.suggestions:
        result["fixes"] = [_fix(words, location, region) for words in flag.suggestions]
    return result


def _fix(words: str, location: dict[str, str], region: dict[str, Any]) -> dict[str, Any]:
    inserted = one_line(words)
    change = {"artifactLocation": location, "replacements": [{"deletedRegion": region, "insertedContent": {"text": inserted}}]}
    return {"description": {"text": _plain(f"Write “{inserted}” instead.")}, "artifactChanges": [change]}


def _region(flag: Flag, lines: Lines) -> dict[str, int]:
    (line, column), (last_line, last_column) = lines.place(flag.start), lines.place(flag.end)
    return {"startLine": line, "startColumn": column, "endLine": last_line, "endColumn": last_column}


class _Sentences:
    """A digest of the sentence at an offset; each is made once, since a sentence may be long and hold many flags."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._starts = [s.start for s in report.sentences]
        self._made: dict[int, str] = {}

    def mark(self, offset: int) -> str:
        number = bisect_right(self._starts, offset) - 1
        if number < 0:
            return ""
        if number not in self._made:
            sentence = self._report.sentences[number]
            words = " ".join(self._report.text[sentence.start : sentence.end].split())
            self._made[number] = sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
        return self._made[number]


def uri_of(path: str) -> str:
    """`path` as a URI: absolute ones with ``file:``, others as references relative to where the command ran.

    >>> uri_of("drafts/a b.txt"), uri_of("/srv/a#1.txt"), uri_of("a:b.txt")
    ('drafts/a%20b.txt', 'file:///srv/a%231.txt', 'a%3Ab.txt')
    """
    posix = PurePath(path).as_posix() if path else path
    try:
        data = posix.encode("utf-8", "surrogateescape")  # a file name that is no UTF-8 keeps its bytes
    except UnicodeEncodeError:
        data = shielded(posix).encode("utf-8")
    name = quote(data, safe="/")
    if PurePath(path).is_absolute():
        return "file:///" + name.lstrip("/")
    return name


def _plain(text: str) -> str:
    """`text` as a message that viewers show as it is: braces would be placeholders, ``[…](…)`` a link."""
    return one_line(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def shielded_lines(text: str) -> str:
    """`text` without control characters, but with its line ends and tabs."""
    return "".join(c if c in "\n\r\t" else shielded(c) for c in text)
