"""Finds loaded language, framing devices and scare quotes in news text.

    >>> import framing
    >>> report = framing.score("The regime's “non-military” operation was a triumph.")

Nothing heavy is imported until it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# name -> the module it lives in
_LAZY = {
    "score": "framing.scoring",
    "score_many": "framing.scoring",
    "load": "framing.scoring",
    "compare": "framing.comparison",
    "Comparison": "framing.comparison",
    "frame": "framing.tables",
    "flags_frame": "framing.tables",
    "train": "framing.training",
    "evaluate": "framing.evaluation",
    "Evaluation": "framing.evaluation",
    "FramingVectorizer": "framing.vectorizer",
    "read": "framing.document",
    "read_examples": "framing.corpus",
    "Example": "framing.corpus",
    "LabeledSpan": "framing.corpus",
    "LabeledQuote": "framing.corpus",
    "LabeledAttribution": "framing.corpus",
    "Model": "framing.model",
    "Report": "framing.report",
    "Sentence": "framing.report",
    "Flag": "framing.report",
    "Quote": "framing.report",
    "Attribution": "framing.report",
    "FramingError": "framing.errors",
    "DataError": "framing.errors",
    "ModelError": "framing.errors",
    "ConfigError": "framing.errors",
    "DataWarning": "framing.errors",
    "ModelWarning": "framing.errors",
}

__all__ = ["__version__", *_LAZY]

if TYPE_CHECKING:
    from framing.comparison import Comparison, compare
    from framing.corpus import Example, LabeledAttribution, LabeledQuote, LabeledSpan, read_examples
    from framing.document import read
    from framing.errors import ConfigError, DataError, DataWarning, FramingError, ModelError, ModelWarning
    from framing.evaluation import Evaluation, evaluate
    from framing.model import Model
    from framing.report import Attribution, Flag, Quote, Report, Sentence
    from framing.scoring import load, score, score_many
    from framing.tables import flags_frame, frame
    from framing.training import train
    from framing.vectorizer import FramingVectorizer


def __getattr__(name: str) -> Any:
    try:
        module = import_module(_LAZY[name])
    except KeyError:
        raise AttributeError(f"module 'framing' has no attribute {name!r}") from None
    value = globals()[name] = getattr(module, name)
    return value


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext framing`` in a notebook: a list of reports is shown as a table."""
    from framing import notebook

    notebook.load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext framing``: lists are shown as before."""
    from framing import notebook

    notebook.unload(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
