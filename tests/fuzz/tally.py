"""What came of a fuzz target's inputs: outcomes counted, failures counted by their place in framing, the first of each told and kept."""

from __future__ import annotations

import hashlib
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

FAILURES = Path(__file__).resolve().parent / "failures"


def keep(data: bytes, kind: str) -> Path:
    """Write an input that failed, and say where."""
    FAILURES.mkdir(exist_ok=True)
    path = FAILURES / f"{kind}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    return path


class Tally:
    """``told``: how many inputs had which outcome; ``failures``: how many failed where.  With `every`, a line after so many inputs."""

    def __init__(self, noun: str, every: int = 0) -> None:
        self.noun, self.every = noun, every
        self.told: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()

    @property
    def failed(self) -> int:
        return sum(self.failures.values())

    @property
    def tried(self) -> int:
        return sum(self.told.values()) + self.failed

    def take(self, kind: str, content: bytes, attempt: Callable[[], str]) -> bool:
        """Try one input: `attempt` gives its outcome, or raises what no user must ever see.  Was it sound?"""
        try:
            self.count(f"{kind}: {attempt()}")
        except Exception as error:
            self.fail(kind, content, error)
            return False
        return True

    def count(self, outcome: str, number: int = 1) -> None:
        """`number` inputs had this outcome."""
        self.told[outcome] += number
        self._report(number)

    def fail(self, kind: str, content: bytes, error: Exception) -> None:
        """One input failed with `error`."""
        frames = traceback.extract_tb(error.__traceback__)
        place = next((f for f in reversed(frames) if "/framing/" in f.filename.replace("\\", "/")), frames[-1])
        key = f"{kind}: {type(error).__name__} {Path(place.filename).name}:{place.lineno}"
        self.failures[key] += 1
        if self.failures[key] == 1:
            print(f"{key}: {str(error)[:300]}: {keep(content, kind)}", flush=True)
        self._report(1)

    def _report(self, number: int) -> None:
        if self.every and self.tried // self.every != (self.tried - number) // self.every:
            print(f"{self.tried:,} {self.noun}, {self.failed} failed", flush=True)

    def finish(self) -> int:
        """Print all counts; the exit status."""
        for outcome, number in sorted(self.told.items()):
            print(f"{number:>9,} {outcome}")
        for key, number in self.failures.most_common():
            print(f"{number:>9,} FAILED {key}")
        print(f"{self.tried:,} {self.noun}, {self.failed} failed")
        return 1 if self.failed else 0
