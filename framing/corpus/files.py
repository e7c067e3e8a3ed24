"""The text of a corpus file; every reader that wants all of it gets it here."""

from pathlib import Path

from framing.errors import DataError


def text_of(path: Path) -> str:
    """What the file holds as it is, so that offsets hold: line ends and a byte order mark too.  ``DataError`` names the line that is not UTF-8."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}:{line}: not UTF-8 at byte {error.start} of the file; save the file as UTF-8") from None
