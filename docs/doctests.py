"""For mkdocs.yml alone: examples in docstrings become code blocks.

Docstrings here are prose with ``>>>`` examples after a blank line.  Markdown would take the arrows for block quotes, so each
run of lines that begins with one is fenced before the page is made.  Nothing else in a docstring is changed.
"""

import re

from griffe import Extension, Object

EXAMPLE = re.compile(r"(?:^|(?<=\n\n))(>>> .*?)(?=\n\n|\Z)", re.DOTALL)


def fenced(docstring: str) -> str:
    """The docstring with its examples between fences.

    >>> print(fenced("A sum.\\n\\n>>> 1 + 1\\n2"))
    A sum.
    <BLANKLINE>
    ```python
    >>> 1 + 1
    2
    ```
    """
    return EXAMPLE.sub(r"```python\n\1\n```", docstring)


class Doctests(Extension):
    """Fences the examples of every object that the pages show."""

    def on_object(self, *, obj: Object, **_: object) -> None:
        """Change `obj`'s docstring, where it has one."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)
