"""The errors that framing raises on purpose; all share one base class.

Each message says what was found, what was wanted and what to do next.  Wrong types are plain ``TypeError``.
"""


class FramingError(Exception):
    """Base class of every error that framing raises on purpose."""


class DataError(FramingError):
    """Labelled data, a lexicon or an input file that cannot be used.  The message names the file and the line."""


class ModelError(FramingError):
    """A model file that cannot be loaded, or a model that lacks what was asked of it."""


class ConfigError(FramingError):
    """A configuration file with a key or a value that framing does not know."""


class ModelWarning(UserWarning):
    """A model file is read, and its chances may differ from those it was made with; the message says why and what to do."""


class DataWarning(UserWarning):
    """Labelled data were read, and something in them was left out or changed by rule; the message says what, with counts."""
