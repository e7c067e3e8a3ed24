"""The text of a corpus file; every reader that wants all of it gets it here."""

from pathlib import Path

from framing.errors import DataError


def text_of(path: Path) -> str:
    """What the file holds as it is, so that offsets hold: line ends and a byte order mark too.  ``DataError`` names the line that is not UTF-8."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        number, byte = before.count(b"\n") + 1, len(before) - before.rfind(b"\n") - 1
        raise DataError(f"{path}:{number}: {not_utf8(byte)}") from None


def not_utf8(byte: int) -> str:
    """What is wrong with a line whose byte number `byte`, from 0, is none of UTF-8."""
    return f"not UTF-8 at byte {byte}; save the file as UTF-8"
