"""``Model``: heads, lexicon, thresholds and a manifest, together able to score text."""

import platform
import warnings
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from framing import features, persistence, soundness
from framing.document import read
from framing.errors import ModelError, ModelWarning
from framing.features import Vocabulary
from framing.flagging import SPAN_PARTS, Calibration, Deciding, decide, term_evidence, token_chances
from framing.heads import BagHead, Block, NamedHead, TableHead, sigmoid
from framing.judging import SENTENCE_COLUMNS, TERM_COLUMNS, Judgement, judge, softmax
from framing.lexicon import Lexicon
from framing.pairs import PARTS
from framing.report import Attribution, Flag, Quote, Report, Sentence
from framing.taxonomy import QUOTE_USE_NAMES
from framing.tokens import Words
from framing.vectors import WordVectors

HEADS = ("terms", "devices", "quotes", "sentences")
OLDEST_FEATURES = 2  # that can still be read; the sentences head of version 1 weighed columns that are no longer computed
BATCH = 1 << 18  # characters that are judged at once
LARGEST_VOCABULARY = 400_000  # distinct tokens after which per-word rows are dropped and made anew


class Model:
    """Linear heads over one lexicon.

    ``heads`` maps ``terms``, ``devices``, ``quotes`` and ``sentences`` to heads whose ``estimator`` is a fitted
    scikit-learn ``LogisticRegression``.  A head that was never trained is missing, and ``off`` names it.
    ``features_version`` is that of the features the heads were trained on; this framing computes ``features.VERSION``.
    """

    def __init__(
        self,
        heads: Mapping[str, Any],
        vocabulary: Vocabulary,
        calibration: Calibration,
        thresholds: Mapping[str, float],
        manifest: Mapping[str, Any],
        features_version: int = features.VERSION,
    ) -> None:
        self.heads = dict(heads)
        self.vocabulary = vocabulary
        self.calibration = calibration
        self.thresholds = dict(thresholds)
        self.manifest = dict(manifest)
        self.features_version = features_version
        self._words = Words()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels to worker processes as its plain payload."""
        return Model.from_payload, (self.to_payload(),)

    @property
    def name(self) -> str:
        """Name and version, as reports carry it."""
        return f"{self.manifest.get('name', 'unnamed')} {self.manifest.get('version', '')}".strip()

    @property
    def lexicon(self) -> Lexicon:
        """The terms that the model knows."""
        return self.vocabulary.lexicon

    @property
    def off(self) -> tuple[str, ...]:
        """The heads that this model lacks."""
        return tuple(name for name in HEADS if name not in self.heads)

    def score(self, text: str, *, threshold: float | None = None) -> Report:
        """The report on `text`.

        `threshold`: the least chance, in [0, 1], at which a term is flagged; the model's own by default.
        Raises ``TypeError`` when `text` is not a string.
        """
        return next(self.score_many([text], threshold=threshold))

    def score_many(self, texts: Iterable[str], *, threshold: float | None = None) -> Iterator[Report]:
        """A report for each of `texts`, in order; `texts` is read as reports are taken, memory stays bounded."""
        if isinstance(texts, (str, bytes)):
            raise TypeError("score_many takes an iterable of texts; for one text call score")
        if threshold is not None and not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold {threshold}; wanted a chance in [0, 1]")
        return self._batched(texts, threshold)

    def _batched(self, texts: Iterable[str], threshold: float | None) -> Iterator[Report]:
        batch: list[str] = []
        size = 0
        for text in texts:
            if not isinstance(text, str):
                raise TypeError(f"framing scores str, not {type(text).__name__}; decode bytes first, e.g. data.decode('utf-8')")
            batch.append(text)
            size += len(text)
            if size >= BATCH:
                yield from self._reports(batch, threshold)
                batch, size = [], 0
        if batch:
            yield from self._reports(batch, threshold)

    def judge(self, texts: Iterable[str]) -> list[Judgement]:
        """What the heads say of `texts`, before anything is decided."""
        missing = [h for h in self.off if h != "devices"]
        if missing:
            raise ModelError(f"this model has no {', '.join(missing)} head; train it with labels for it, or with base='shipped'")
        if len(self._words) > LARGEST_VOCABULARY:
            self._words = Words()
        words = self._words
        documents = [read(text, words=words) for text in texts]
        return judge(documents, terms=self.heads["terms"], quotes=self.heads["quotes"], sentences=self.heads["sentences"], vocabulary=self.vocabulary)

    def _reports(self, texts: list[str], threshold: float | None) -> Iterator[Report]:
        judgements = self.judge(texts)
        for judgement, flags in zip(judgements, decide(judgements, self._deciding(threshold)), strict=True):
            yield self._report(judgement, flags)

    def _report(self, judgement: Judgement, flags: list[Flag]) -> Report:
        document = judgement.document
        kept = ~document.furniture_sentences
        scores, author = sigmoid(judgement.sentence_logits).astype(float), sigmoid(judgement.author_logits).astype(float)
        first, last = document.starts[document.sentences[:-1]][kept], document.ends[document.sentences[1:] - 1][kept]
        return Report(
            text=document.text,
            score=float(scores[kept].mean()) if kept.any() else 0.0,
            author_score=float(author[kept].mean()) if kept.any() else 0.0,
            sentences=tuple(map(Sentence, first.tolist(), last.tolist(), scores[kept].tolist(), author[kept].tolist())),
            flags=tuple(flags),
            quotes=tuple(_quotes(judgement)),
            attributions=tuple(_attributions(judgement)),
            ignored=document.ignored,
            model=self.name,
        )

    def _deciding(self, threshold: float | None) -> Deciding:
        return Deciding(
            terms=self.heads["terms"],
            devices=self.heads.get("devices"),
            quotes=self.heads["quotes"],
            vocabulary=self.vocabulary,
            calibration=self.calibration,
            threshold=self.thresholds["terms"] if threshold is None else threshold,
            scare_threshold=self.thresholds["scare"] if threshold is None else threshold,
        )

    def explain(self, text: str, flag: Flag) -> tuple[tuple[str, float], ...]:
        """The evidence for `flag` in `text`: (feature, weight), summing to the logit of its probability."""
        [judgement] = self.judge([text])
        if flag.kind == "scare_quote":
            for found in decide([judgement], self._deciding(0.0))[0]:
                if (found.start, found.end, found.kind) == (flag.start, flag.end, flag.kind):
                    return found.why
        elif text[flag.start : flag.end] == flag.text:
            document = judgement.document
            first, last = np.searchsorted(document.ends, flag.start, "right"), np.searchsorted(document.starts, flag.end, "left")
            if first < last:
                peak = int(first + token_chances(judgement, self.calibration)[first:last].argmax())
                return term_evidence(judgement, self.heads["terms"], self.calibration, [peak])[0]
        raise ValueError(f"this text has no {flag.text!r} at {flag.start} that this model could flag")

    # ------------------------------------------------------------ to a file and back
    def save(self, path: str | Path) -> None:
        """Write the model to `path`; the same model gives the same bytes."""
        persistence.save(self.to_payload(), path)

    def to_payload(self) -> dict[str, Any]:
        """The model as plain data: strings, numbers, arrays."""
        return {
            "format": persistence.FORMAT,
            "features": self.features_version,
            "manifest": self.manifest,
            "lexicon": self.lexicon.to_payload(),
            "plain": "\n".join(sorted(self.vocabulary.plain)),
            "vectors": self.vocabulary.vectors.to_payload(),
            "calibration": [self.calibration.token, self.calibration.intercept],
            "thresholds": self.thresholds,
            "heads": {name: _payload(head) for name, head in self.heads.items()},
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any], where: str = "model") -> "Model":
        """The model that `to_payload` was made from, by this framing or an older one.  Raises ``ModelError`` naming `where`."""
        version = payload.get("features")
        if type(version) is not int or not OLDEST_FEATURES <= version <= features.VERSION:
            shown = ascii(version)[:20] if version is None or isinstance(version, (int, str)) else type(version).__name__
            raise ModelError(f"{where}: features version {shown}, this framing reads {OLDEST_FEATURES} to {features.VERSION}; retrain with `framing train`")
        try:
            soundness.check(payload)
            vectors = WordVectors.from_payload(payload["vectors"])
            vocabulary = Vocabulary(Lexicon.from_payload(payload["lexicon"]), payload["plain"].split("\n"), vectors)
            heads = {name: _head(name, data, vocabulary) for name, data in payload["heads"].items()}
            token, intercept = map(float, payload["calibration"])
            thresholds = {name: float(payload["thresholds"][name]) for name in ("terms", "scare")}
            return cls(heads, vocabulary, Calibration(token, intercept), thresholds, payload["manifest"], version)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError) as error:
            raise ModelError(f"{where}: parts are missing or broken ({str(error)[:200]}); retrain with `framing train`") from error


def _quotes(judgement: Judgement) -> Iterator[Quote]:
    chances = softmax(judgement.quote_logits)
    uses = chances.argmax(axis=1).tolist() if len(chances) else []
    for pair, use, row in zip(judgement.document.quotes, uses, chances.tolist(), strict=True):
        yield Quote(pair.start, pair.end, judgement.document.text[pair.start : pair.end], QUOTE_USE_NAMES[use], row[use])


def _attributions(judgement: Judgement) -> Iterator[Attribution]:
    document, passages = judgement.document, judgement.passages
    if not passages:
        return
    spans = [(p.start, p.end, *(p.source or (0, 1)), *(p.cue or (0, 1))) for p in passages]
    tokens = np.array(spans, np.int64).reshape(-1, 2)
    places = np.stack([document.starts[tokens[:, 0]], document.ends[tokens[:, 1] - 1]], axis=1).reshape(-1, 6)
    for passage, (start, end, *rest) in zip(passages, places.tolist(), strict=True):
        if start < end:
            source, cue = (rest[0], rest[1]) if passage.source else None, (rest[2], rest[3]) if passage.cue else None
            yield Attribution(start, end, mode=passage.mode, source=source, cue=cue)


def load_model(path: str | Path) -> Model:
    """The model in the file `path`; ``ModelError`` says what is wrong with it.

    One that was trained on an older version of the features scores as well as it can, with a ``ModelWarning``.
    """
    model = Model.from_payload(persistence.load(path), where=str(path))
    if model.features_version < features.VERSION:
        warnings.warn(
            f"{path}: made with features version {model.features_version}; this framing reads words by version {features.VERSION}, so chances may differ "
            "from those it was made with; train it anew on its labelled data: framing train DATA -o MODEL",
            ModelWarning,
            stacklevel=3,
        )
    return model


def library_versions() -> dict[str, str]:
    """Versions of what a model's numbers come from."""
    return {"python": platform.python_version()} | {name: version(name) for name in ("numpy", "scikit-learn", "nltk", "joblib")}


def _payload(head: TableHead | BagHead | NamedHead) -> dict[str, Any]:
    match head:
        case TableHead():
            blocks = [[b.offset, b.kind, b.bits] for b in head.blocks]
            sizes = {"blocks": blocks, "pair_bits": head.pairs.bits}
            return {"type": "table", **sizes, "columns": list(head.columns), "coef": head.coef, "intercept": head.intercept}
        case BagHead():
            sizes = {"bits": head.bits, "pair_bits": head.pairs.bits, "power": head.power}
            return {"type": "bag", **sizes, "columns": list(head.columns), "coef": head.coef, "intercept": head.intercept}
        case NamedHead():
            return {"type": "named", "classes": list(head.classes), "coef": head.coef, "intercept": head.intercept}


def _head(name: str, data: Mapping[str, Any], vocabulary: Vocabulary) -> TableHead | BagHead | NamedHead:
    match data["type"]:
        case "table":
            blocks = [Block(int(o), str(k), int(b)) for o, k, b in data["blocks"]]
            bits = data.get("pair_bits", 0)  # older files have none
            _check_size(data, sum(1 << b.bits for b in blocks) + (2 << bits if bits else 0) + len(TERM_COLUMNS), tuple(data["columns"]) == TERM_COLUMNS)
            return TableHead(blocks, bits, data["columns"], vocabulary, data["coef"], data["intercept"])
        case "bag":
            size = (1 << data["bits"]) + (1 << data["pair_bits"]) + len(SENTENCE_COLUMNS)
            _check_size(data, size, tuple(data["columns"]) == SENTENCE_COLUMNS)
            return BagHead(data["bits"], data["pair_bits"], data["power"], data["columns"], vocabulary, data["coef"], data["intercept"])
        case "named":
            size = data["coef"].shape[0]
            whole = data["coef"].ndim == 2 and data["coef"].shape[1] == len(data["classes"]) == len(data["intercept"])
            _check_size(data, size, whole and size > 0 and size & (size - 1) == 0)
            return NamedHead(data["classes"], data["coef"], data["intercept"], vocabulary, {"quotes": PARTS, "devices": SPAN_PARTS}[name])
        case other:
            raise ValueError(f"unknown kind of head {other!r}")


def _check_size(data: Mapping[str, Any], size: int, whole: bool) -> None:
    if not whole or len(data["coef"]) != size or not np.isfinite(data["coef"]).all():
        raise ValueError(f"a head of {len(data['coef'])} weights, wanted {size} finite ones for the columns that this framing computes")
