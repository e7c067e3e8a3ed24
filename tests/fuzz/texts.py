"""Fuzz target: any text at all gives a sound report.

``python tests/fuzz/texts.py --rounds 1000000`` mutates the kept corpus and scores batches; it prints how many texts it ran.
``python tests/fuzz/texts.py --atheris -runs=100000`` lets atheris (``pip install atheris``) look for new paths.  Neither is part
of the test run; ``tests/test_fuzz.py`` replays the corpus and some hundred rounds.  A text that fails is written to ``failures/``.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from fuzz.tally import Tally  # noqa: E402

from framing.model import Model, load_model  # noqa: E402
from framing.report import Report  # noqa: E402

CORPUS = HERE / "corpus" / "texts"
FIXTURE = HERE.parent / "models" / "format-1.joblib"

# What texts are made of when they are not bytes: each byte of the input picks one.
FRAGMENTS = (
    *"“”‘’\"'«»„‟‚‛`´″′‹›",
    *".!?…。！？,;:-–—()[]{}|/\\*_#@&%",
    *" \t\n\r\x0b\x0c\x00\x1c\x1d\x1e\x85\xa0\xad\ufeff\u200b\u200c\u200d\u2028\u2029\u202a\u202e\u202c\u2066\u2069\u3000",
    *"\ud800\udbff\udc00\udfff\ufffe\uffff\U0001f600\U0001d538\U000e0041\U0010ffff",
    *"\u0301\u0323\u20dd\u05d0\u0627\u4e2d\u1e9e\u0130\ufb01\u0149\u01c5\u2460\u0966\u00bd",
    *"a7éZ",
    "\r\n",
    "\n\n",
    "a\u0301" * 3,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "thugs ",
    "thugs",
    "shameful ",
    "brutal ",
    "critics say ",
    "flood of ",
    "boasted ",
    "the “reform” ",
    "so-called ",
    "“the gate stays shut” ",
    "she said that ",
    "he said ",
    " said",
    "according to the warden, ",
    "The warden said on Monday: ",
    "told the panel that ",
    "isn’t ",
    "’tis ",
    "the boats’ ",
    "Mr. ",
    "U.S. ",
    "e.g. ",
    "3.5 ",
    "1,000,000 ",
    "Share this:\n",
    "Leave a comment\n",
    "Advertisement\n",
    "Home | News | Sport\n",
    "The quay closed. ",
    "Oddny Krill ",
    "https://x.example/a?b=c ",
    "<b>&amp;</b> ",
    "<!-- framing: off --> ",
    "a" * 60,
    "." * 20,
    "“" * 12,
    "’" * 12,
    "(" * 12,
    "-" * 12,
    "said " * 6,
)


def text_of(data: bytes) -> str:
    """The text that fuzz input stands for; the first byte picks how, so that every plane and lone surrogates can be reached."""
    way, rest = (data[0] % 4, data[1:]) if data else (0, b"")
    if way == 0:
        return rest.decode("utf-8", "surrogateescape")
    if way == 1:
        return rest[: len(rest) // 2 * 2].decode("utf-16-le", "surrogatepass")
    if way == 2:
        return "".join(chr(int.from_bytes(rest[i : i + 3], "little") % 0x110000) for i in range(0, len(rest) - 2, 3))
    return "".join(FRAGMENTS[b % len(FRAGMENTS)] for b in rest)


def hold(report: Report, text: str) -> None:
    """Offsets true, flags sorted and apart within a kind, chances in [0, 1]."""
    assert report.text == text
    for part in (*report.flags, *report.quotes):
        assert text[part.start : part.end] == part.text, (part.start, part.end)
    for part in (*report.sentences, *report.flags, *report.quotes, *report.attributions):
        assert 0 <= part.start < part.end <= len(text), part
    for span in report.ignored:
        assert 0 <= span[0] < span[1] <= len(text), span
    for attribution in report.attributions:
        for place in (attribution.source, attribution.cue):
            assert place is None or 0 <= place[0] < place[1] <= len(text), attribution
    chances = [report.score, report.author_score]
    chances += [s.score for s in report.sentences] + [s.author_score for s in report.sentences]
    chances += [f.probability for f in report.flags] + [q.probability for q in report.quotes]
    assert all(0.0 <= c <= 1.0 for c in chances), chances
    assert [f.start for f in report.flags] == sorted(f.start for f in report.flags)
    last: dict[str, int] = defaultdict(int)
    for flag in report.flags:
        assert last[flag.kind] <= flag.start, f"flags of kind {flag.kind} overlap at {flag.start}"
        last[flag.kind] = flag.end
    for one, two in zip(report.sentences, report.sentences[1:]):
        assert one.end <= two.start, "sentences overlap"


def alike(one: Report, two: Report, *, threshold: float) -> None:
    """The same answer, but for the last digits, and for flags whose chance lies on the threshold to those digits."""
    assert len(one.sentences) == len(two.sentences)
    assert [(s.start, s.end) for s in one.sentences] == [(s.start, s.end) for s in two.sentences]
    pairs = [(one.score, two.score), (one.author_score, two.author_score)]
    pairs += [(a.score, b.score) for a, b in zip(one.sentences, two.sentences)]
    assert all(abs(a - b) < 1e-5 for a, b in pairs), pairs
    assert [(q.start, q.end) for q in one.quotes] == [(q.start, q.end) for q in two.quotes]
    assert one.attributions == two.attributions
    assert one.ignored == two.ignored
    if not any(abs(f.probability - threshold) < 1e-5 for r in (one, two) for f in r.flags):
        assert [(f.start, f.end, f.kind) for f in one.flags] == [(f.start, f.end, f.kind) for f in two.flags]


def check_batch(model: Model, texts: Sequence[str], random_: random.Random) -> None:
    """All that must hold of a batch: each report is sound, and one of them is the same alone and in another order."""
    threshold = random_.choice((0.01, 0.2, 0.5, 0.9))
    reports = list(model.score_many(texts, threshold=threshold))
    assert len(reports) == len(texts)
    for report, text in zip(reports, texts):
        hold(report, text)
    pick = random_.randrange(len(texts))
    alike(reports[pick], model.score(texts[pick], threshold=threshold), threshold=threshold)
    if random_.random() < 0.05:
        for report, again in zip(reports[::-1], model.score_many(texts[::-1], threshold=threshold)):
            alike(report, again, threshold=threshold)


def corpus() -> list[bytes]:
    """The kept inputs, in order."""
    return [path.read_bytes() for path in sorted(CORPUS.glob("*"))]


def mutate(data: bytes, others: Sequence[bytes], random_: random.Random, longest: int = 48) -> bytes:
    """`data` with some bytes changed, cut, doubled, or crossed with another input; short, so that rounds are many."""
    out = bytearray(data)
    for _ in range(random_.randint(1, 6)):
        at = random_.randrange(len(out) + 1)
        match random_.randrange(7):
            case 0:
                out[at:at] = random_.randbytes(random_.randint(1, 6))
            case 1:
                del out[at : at + random_.randint(1, 8)]
            case 2:
                if at < len(out):
                    out[at] = random_.randrange(256)
            case 3:
                if at < len(out):
                    out[at] ^= 1 << random_.randrange(8)
            case 4:
                piece = out[at : at + random_.randint(1, 12)]
                out[at:at] = piece * random_.randint(1, 4)
            case 5:
                other = random_.choice(others)
                start = random_.randrange(len(other) + 1)
                out[at:at] = other[start : start + random_.randint(1, 30)]
            case _:
                if len(out) > 1:
                    out[0] = random_.randrange(4)
    return bytes(out[:longest])


def run(model: Model, rounds: int, seed: int, *, batch: int = 128, loud: bool = False) -> Tally:
    """Score at least `rounds` mutated texts, in batches."""
    random_ = random.Random(seed)
    pool = corpus() or [b"\x00The thugs said \xe2\x80\x9cno\xe2\x80\x9d."]
    tally = Tally("texts", every=20_000 if loud else 0)

    def alone(text: str) -> str:
        for _ in range(4):
            check_batch(model, [text], random_)
        return "sound"

    while tally.tried < rounds:
        inputs = [mutate(random_.choice(pool), pool, random_) for _ in range(batch)]
        try:
            check_batch(model, [text_of(data) for data in inputs], random_)
            tally.count("text: sound", batch)
        except Exception as error:  # which of them?
            sound = [tally.take("text", data, partial(alone, text_of(data))) for data in inputs]
            if all(sound):
                tally.fail("batch", b"\xff\xff".join(inputs), error)
    return tally


def fuzz(model_path: Path, arguments: Sequence[str]) -> None:
    """Hand over to atheris; `arguments` are libFuzzer's."""
    import atheris

    with atheris.instrument_imports(include=["framing"]):
        for name in [m for m in sys.modules if m == "framing" or m.startswith("framing.")]:
            del sys.modules[name]  # so that they are imported again, instrumented
        from framing.model import load_model as load

    model: Any = load(model_path)

    def one(data: bytes) -> None:
        text = text_of(data)
        for threshold in (0.01, 0.5):
            hold(model.score(text, threshold=threshold), text)

    atheris.Setup([sys.argv[0], *arguments, str(CORPUS)], one)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", type=Path, default=FIXTURE)
    parser.add_argument("--atheris", action="store_true")
    options, rest = parser.parse_known_args()
    if options.atheris:
        fuzz(options.model, rest)
    elif rest:
        parser.error(f"unknown: {' '.join(rest)}")
    sys.exit(run(load_model(options.model), options.rounds, options.seed, loud=True).finish())


if __name__ == "__main__":
    main()
