"""What each ingredient of the shipped model brings: the same training without it, measured on labelled data that was not trained on.

    python benchmarks/ablation.py training_data ANNO_LEXICAL marks.jsonl --test BABE.csv --test PTC_FOLDER [--weight PATH W] [--only ROW ...]

The data are given as to ``framing train``; each of them is left out in turn, and so are the lexicon, the word vectors, their last
dimension (how loaded the teacher finds a word) and the two settings that make chances fit texts of another kind.  One line per
training, with ROC-AUC and macro-F1 of sentences, F1 of words and macro-F1 of the uses of quotation marks, where a test set is
labelled with them.  A training takes minutes; ``--only`` chooses rows by number, and ``--list`` shows them without training.
``--plain PATH`` adds what the field starts from: TF-IDF of words and pairs of words and a logistic regression, on the sentence labels of
PATH alone.  How hard a test set is shows there.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.pipeline import make_pipeline

import framing
from framing.corpus import Example, read_examples
from framing.errors import FramingError
from framing.lexicon import Lexicon, read_lexicon
from framing.model import Model
from framing.training import Settings
from framing.vectors import WordVectors, read_vectors
from measuring import ROOT, markdown

SHOWN = {"sentences.auc": "AUC", "sentences.macro_f1": "sentences F1", "terms.token_f1": "words F1", "quotes.macro_f1": "quotes F1"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a model is made of; `data` are groups of examples by the name of where they come from."""

    data: dict[str, list[Example]]
    lexicon: Lexicon
    vectors: WordVectors
    settings: Settings

    def made(self) -> Model:
        examples = [example for rows in self.data.values() for example in rows]
        return framing.train(examples, base=None, lexicon=self.lexicon, vectors=self.vectors, settings=self.settings)


def rows(whole: Recipe) -> Iterator[tuple[str, Callable[[], Recipe]]]:
    """(what is left out, the recipe without it); the first has everything."""
    yield "nothing", lambda: whole
    for name in whole.data:
        yield name, partial(without, whole, name)
    yield "lexicon", lambda: replace(whole, lexicon=Lexicon())
    yield "word vectors", lambda: replace(whole, vectors=WordVectors())
    yield "last dimension of the vectors", lambda: replace(whole, vectors=WordVectors(whole.vectors.forms, without_last(whole.vectors.table)))
    yield "loaded share", lambda: replace(whole, settings=replace(whole.settings, loaded_share=None))
    yield "transfer", lambda: replace(whole, settings=replace(whole.settings, transfer=1.0))


def without(whole: Recipe, name: str) -> Recipe:
    return replace(whole, data={other: rows for other, rows in whole.data.items() if other != name})


def without_last(table: np.ndarray) -> np.ndarray:
    return np.column_stack([table[:, :-1], np.zeros(len(table), table.dtype)])


def figures(model: Model, tests: dict[str, list[Example]]) -> Iterator[str]:
    """A cell for each test set and figure of ``SHOWN`` that it has; empty where the model has not."""
    for examples in tests.values():
        found = framing.evaluate(model, examples, resamples=0)
        for name in SHOWN:
            if name in labelled(examples):
                yield f"{found.metric(name).value:.3f}" if name in found.names() else ""


def plain_figures(silver: Sequence[Example], tests: dict[str, list[Example]]) -> Iterator[str]:
    """The same cells for TF-IDF and logistic regression, which judge sentences alone."""
    pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), LogisticRegression(max_iter=1000))
    rows = [example for example in silver if example.label is not None]
    pipeline.fit([example.text for example in rows], [example.label >= 0.5 for example in rows])
    for examples in tests.values():
        found = {}
        if "sentences.auc" in labelled(examples):
            judged = [example for example in examples if example.label is not None]
            truth = [example.label >= 0.5 for example in judged]
            chances = pipeline.predict_proba([example.text for example in judged])[:, 1]
            found = {"sentences.auc": roc_auc_score(truth, chances), "sentences.macro_f1": f1_score(truth, chances >= 0.5, average="macro")}
        yield from (f"{found[name]:.3f}" if name in found else "" for name in labelled(examples))


def labelled(examples: Iterable[Example]) -> tuple[str, ...]:
    """The figures of ``SHOWN`` that can be had on `examples`."""
    fields = {"sentences": "label", "terms": "spans", "quotes": "quotes"}
    examples = list(examples)
    return tuple(name for name in SHOWN if any(getattr(example, fields[name.partition(".")[0]]) is not None for example in examples))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--test", type=Path, action="append", required=True)
    parser.add_argument("--weight", nargs=2, action="append", default=[], metavar=("PATH", "W"))
    parser.add_argument("--lexicon", type=Path, default=ROOT / "seeds")
    parser.add_argument("--vectors", type=Path, default=ROOT / "recipes/word_vectors.npz")
    parser.add_argument("--loaded-share", type=float, default=0.45)
    parser.add_argument("--threshold", type=float, default=0.32)
    parser.add_argument("--transfer", type=float, default=0.7)
    parser.add_argument("--plain", type=Path)
    parser.add_argument("--only", type=int, nargs="+", metavar="ROW")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args(arguments)
    try:
        weights = {Path(path): float(weight) for path, weight in args.weight}
        data = {path.name: list(read_examples(path, weight=weights.get(path, 1.0))) for path in args.data}
        tests = {path.name: list(read_examples(path)) for path in args.test}
        settings = Settings(loaded_share=args.loaded_share, threshold=args.threshold, transfer=args.transfer)
        whole = Recipe(data, read_lexicon(args.lexicon), read_vectors(args.vectors), settings)
    except (FramingError, ValueError) as error:
        print(f"ablation: {error}", file=sys.stderr)
        return 2
    header = ["without", *(f"{name}: {SHOWN[figure]}" for name, examples in tests.items() for figure in labelled(examples))]
    for number, line in enumerate(markdown(header, [])):
        print(("| | " if number == 0 else "|---| ") + line[2:])
    for number, (left_out, recipe) in enumerate(rows(whole)):
        if args.only and number not in args.only:
            continue
        cells = ["not made"] if args.list else list(figures(recipe().made(), tests))
        print("| " + " | ".join([str(number), left_out, *cells]) + " |", flush=True)
    if args.plain:
        cells = ["not made"] if args.list else list(plain_figures(list(read_examples(args.plain)), tests))
        print("| " + " | ".join(["", f"all but the words of {args.plain.name}", *cells]) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
