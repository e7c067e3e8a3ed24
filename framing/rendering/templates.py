"""The one door to jinja2: the templates in ``assets``, filled.

What is put into a template is hostile: an article, the name of a file, a model.  All of it is escaped, and only this package's own
style and script, and what a template has made, count as markup.  A name that a template asks for and that nobody gave is an error.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from framing.rendering import comparison_text, device_of, one_line, shielded, spoken, voice_of
from framing.rendering.evidence import worded

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that HTML has no place for


def template(name: str) -> Template:
    """The template `name` of ``assets``."""
    return _environment().get_template(name)


def fill(name: str, /, **values: Any) -> str:
    """The template `name` with `values`, which are escaped."""
    return template(name).render(values)


def trusted(made: str) -> Markup:
    """`made` as markup; only for what a template or this package's own files gave."""
    from markupsafe import Markup

    return Markup(made)


@lru_cache
def asset(name: str) -> str:
    """A file of ``assets``."""
    return files("framing.rendering").joinpath("assets").joinpath(name).read_text(encoding="utf-8")


@lru_cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        loader=FunctionLoader(asset), autoescape=True, undefined=StrictUndefined, finalize=_plain, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    made.filters |= {"device": device_of, "one_line": one_line, "spaced": _spaced, "spoken": spoken, "worded": worded}
    made.filters |= {"class_name": _class_name, "thousands": "{:,}".format}
    made.filters |= {"shown": comparison_text.shown, "leaning": comparison_text.leaning, "per_100": comparison_text.per_100}
    made.globals |= {"asset": lambda name: trusted(asset(name)), "voice_of": voice_of}
    return made


def _spaced(text: str) -> str:
    """`text` safe to show, all white space as single spaces, also at its ends."""
    return shielded(re.sub(r"\s+", " ", text))


def _class_name(device: str) -> str:
    """The device as the name of a class, which holds no space."""
    return "-".join(device.split())


def _plain(value: Any) -> Any:
    """What is shown of a value: None as nothing, coordinates short, characters that no page may hold as ``�``."""
    if value is None:
        return ""
    if hasattr(value, "__html__"):
        return value
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return _FORBIDDEN.sub("\ufffd", str(value))
