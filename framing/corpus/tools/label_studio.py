"""Label Studio: the JSON export, a list of tasks with ``annotations`` and ``predictions``.

Read: results of type ``labels`` (ranges), ``choices`` (categories) and ``relation``.  Of several annotations of a task the one marked as
ground truth counts, else the first that was not cancelled; the others are counted.  Tasks with predictions alone are left out unless asked
for, since nobody has checked them.  ``start`` and ``end`` count code points or, in exports of some versions, UTF-16 units; the ``text`` that
stands beside them tells which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from framing.corpus.rows import as_json, document, encoded, listed, mapped, shown, whole, word
from framing.corpus.tools.records import LABELS, LOADED, META, NEUTRAL, SOURCE, Entry, Link, Mark, Record, meta_of
from framing.errors import DataError

LABELING, SENTENCE, TEXT = "label", "sentence", "text"  # names of the controls and of the object, in the set-up below

SET_UP = "\n".join(
    [
        "<View>",
        f'  <Choices name="{SENTENCE}" toName="{TEXT}" choice="single">',
        *(f'    <Choice value="{name}"/>' for name in (LOADED, NEUTRAL)),
        "  </Choices>",
        f'  <Labels name="{LABELING}" toName="{TEXT}">',
        *(f'    <Label value="{name}"/>' for name, kind in LABELS.items() if kind != "label"),
        "  </Labels>",
        f'  <Relations><Relation value="{SOURCE}"/></Relations>',
        f'  <Text name="{TEXT}" value="$text"/>',
        "</View>",
    ]
)


def entries(path: Path, *, unchecked: bool = False) -> Iterator[Entry]:
    """One entry per task; `unchecked` takes the first prediction of a task that has no annotation.  ``DataError`` if the file is no list."""
    tasks = document(path)
    if not isinstance(tasks, list):
        raise DataError(f"{path}: wanted a list of tasks, found {type(tasks).__name__}; export from Label Studio as JSON, not JSON-MIN")
    for number, task in enumerate(tasks, start=1):
        where = f"{path}: task {number}"
        try:
            yield _entry(where, mapped(task, "task"), unchecked)
        except ValueError as error:
            yield Entry(where, problems=(str(error),))


def _entry(where: str, task: dict[str, Any], unchecked: bool) -> Entry:
    data = mapped(task.get("data"), "data")
    text = _text(data)
    meta = meta_of(data, task.get("meta"), {"id": task.get("id")})
    annotations = [mapped(a, "annotation") for a in listed(task.get("annotations"), "annotations")]
    kept = [a for a in annotations if not a.get("was_cancelled")]
    omitted = ["cancelled annotation left out"] * (len(annotations) - len(kept))
    if not kept:
        predictions = [mapped(p, "prediction") for p in listed(task.get("predictions"), "predictions")]
        if unchecked and predictions:
            kept = predictions[:1]
        elif predictions or annotations:
            return Entry(where, omitted=(*omitted, "task without an annotation left out; nobody has checked it"))
        else:  # a text that was not labelled
            return Entry(where, Record(text, meta=meta | {"labelled": []}))
    chosen = next((a for a in kept if a.get("ground_truth")), kept[0])
    omitted += ["further annotation of a task left out"] * (len(kept) - 1)
    categories, marks, links = _results(listed(chosen.get("result"), "result"), text, omitted)
    return Entry(where, Record(text, categories, marks, links, meta), omitted=tuple(omitted))


def _text(data: dict[str, Any]) -> str:
    """The task's text: what stands under ``text``, or the only string there is."""
    if TEXT in data:
        return word(data[TEXT], "text")
    strings = [value for value in data.values() if isinstance(value, str)]
    if len(strings) != 1:
        raise ValueError(f"no 'text' among the task's data ({', '.join(map(shown, data)) or 'empty'}); wanted the text under that key")
    return strings[0]


def _results(results: list[Any], text: str, omitted: list[str]) -> tuple[tuple[str, ...], tuple[Mark, ...], tuple[Link, ...]]:
    categories: list[str] = []
    marks: list[Mark] = []
    places: dict[str, int] = {}
    for result in results:
        kind = mapped(result, "result").get("type")
        if kind == "labels":
            value = mapped(result.get("value"), "value")
            start, end = _range(value, text)
            places[shown(result.get("id"))] = len(marks)
            names = listed(value.get("labels"), "labels")
            if not names:
                omitted.append("range without a label left out")
            marks += [Mark(start, end, word(name, "label")) for name in names]
        elif kind == "choices":
            categories += [word(name, "choice") for name in listed(mapped(result.get("value"), "value").get("choices"), "choices")]
        elif kind != "relation":
            omitted.append(f"result of type {shown(kind)} left out")
    links = []
    for result in results:
        if result.get("type") == "relation":
            ends = [places.get(shown(result.get(key))) for key in ("from_id", "to_id")]
            if ends[0] is None or ends[1] is None:
                raise ValueError(f"relation from {shown(result.get('from_id'))} to {shown(result.get('to_id'))}, which are no ranges of this task")
            names = listed(result.get("labels"), "labels") or [SOURCE]
            links.append(Link(word(names[0], "label"), ends[0], ends[1]))
    return tuple(categories), tuple(marks), tuple(links)


def _range(value: dict[str, Any], text: str) -> tuple[int, int]:
    """(start, end) in code points."""
    start, end = whole(value.get("start"), "start"), whole(value.get("end"), "end")
    words = value.get("text")
    if words is None or _same(text[max(start, 0) : max(end, 0)], word(words, "text")):
        return start, end
    units = text.encode("utf-16-le", "surrogatepass")
    if 0 <= start < end <= len(units) // 2:
        before, inside = (units[2 * a : 2 * b].decode("utf-16-le", "replace") for a, b in ((0, start), (start, end)))
        if _same(inside, words):
            return len(before), len(before) + len(inside)
    raise ValueError(f"range {start}–{end} covers {shown(text[max(start, 0) : max(end, 0)])}, its text is {shown(words)}")


def _same(one: str, other: str) -> bool:
    """Are the words the same, however line ends were written?"""
    return one == other or one.split() == other.replace("\\n", "\n").split()


def write(records: Iterable[Record], file: BinaryIO, model: str | None) -> None:
    """One list of tasks: what is labelled becomes an annotation, what a `model` proposes a prediction."""
    mark = "["
    for number, record in enumerate(records):
        file.write(encoded(mark + "\n" + as_json(_task(record, model)), f"record {number}"))
        mark = ","
    file.write(b"[]\n" if mark == "[" else b"\n]\n")


def _task(record: Record, model: str | None) -> dict[str, Any]:
    task: dict[str, Any] = {"data": {TEXT: record.text, META: dict(record.meta)}}
    results: list[dict[str, Any]] = [
        {
            "id": f"m{i}",
            "from_name": LABELING,
            "to_name": TEXT,
            "type": "labels",
            "value": {"start": m.start, "end": m.end, "text": record.text[m.start : m.end], "labels": [m.label]},
        }
        for i, m in enumerate(record.marks)
    ]
    results += [
        {"id": f"c{i}", "from_name": SENTENCE, "to_name": TEXT, "type": "choices", "value": {"choices": [name]}} for i, name in enumerate(record.categories)
    ]
    results += [{"type": "relation", "from_id": f"m{k.tail}", "to_id": f"m{k.head}", "direction": "right", "labels": [k.label]} for k in record.links]
    if model is not None:
        task["predictions"] = [{"model_version": model, "result": results} | ({"score": record.chance} if record.chance is not None else {})]
    elif record.meta.get("labelled"):
        task["annotations"] = [{"was_cancelled": False, "result": results}]
    return task
