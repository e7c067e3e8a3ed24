"""For mkdocs.yml alone: examples in docstrings become code blocks.

Docstrings here are prose with ``>>>`` examples after a blank line.  Markdown would take the arrows for block quotes, so each
run of lines that begins with one is fenced before the page is made; after numpydoc sections, which would swallow it, it gets
a section of its own.  Nothing else in a docstring is changed.
"""

import re

from griffe import Extension, Object

SECTION = re.compile(r"^-{3,}$", re.MULTILINE)
EXAMPLE = re.compile(r"(?:^|(?<=\n\n))(>>> .*?)(?=\n\n|\Z)", re.DOTALL)


def fenced(docstring: str) -> str:
    """The docstring with its examples between fences, or in their own section."""
    if SECTION.search(docstring):
        return EXAMPLE.sub(r"Examples\n--------\n\1", docstring, count=1)
    return EXAMPLE.sub(r"```pycon\n\1\n```", docstring)


class Doctests(Extension):
    """Fences the examples of every object that the pages show."""

    def on_object(self, *, obj: Object, **_: object) -> None:
        """Change `obj`'s docstring, where it has one."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)
