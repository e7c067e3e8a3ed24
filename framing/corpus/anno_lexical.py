"""AnnoLexical (Horych et al., NAACL 2025): the published Parquet files, sentence labels by language models.

Needs pyarrow (``pip install framing[parquet]``).  Some texts carry stray white space at their ends, which is taken off.
"""

from collections.abc import Iterator
from pathlib import Path

from framing.corpus.examples import Example
from framing.corpus.rows import shown
from framing.errors import DataError


def read(path: Path) -> Iterator[Example]:
    """The examples of one file, with label; the group is the outlet.  Raises ``DataError`` if columns are missing or values are none of theirs."""
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise DataError(f"{path}: reading Parquet needs pyarrow; pip install 'framing[parquet]'") from error
    try:
        table = parquet.read_table(path, columns=["text", "label", "sentence_id"])
        columns = [table.column(name).to_pylist() for name in ("text", "label", "sentence_id")]
    except Exception as error:  # pyarrow's errors share no base class that says "broken file"; text may be no UTF-8 although the type says so
        what = " ".join(str(error).split())[:200]
        raise DataError(f"{path}: not a Parquet file of AnnoLexical (columns text, label, sentence_id), or damaged: {what}") from error
    for number, (text, label, name) in enumerate(zip(*columns, strict=True)):
        where = f"{path}: row {number}"
        if not isinstance(text, str):
            raise DataError(f"{where} has no text")
        if label not in (0, 1):  # NaN, null, a word; a whole number may be stored as 1.0 or as true
            raise DataError(f"{where}: label {shown(label)}; wanted 0 or 1")
        yield Example(text.strip(), label=int(label), id=str(name)).checked(where)
