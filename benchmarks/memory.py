"""How much memory a process holds while articles stream through ``score_many``; ``speed.py`` starts it.

    python benchmarks/memory.py [NEWS.jsonl.gz] [--megabytes 100] [--points 10] [--model MODEL]

Prints a JSON list of [megabytes scored, peak megabytes so far].  It is a process of its own because a peak cannot be taken back,
and imports nothing that scoring does not need.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import framing
from measuring import MEGA, size, stream


def peak() -> float:
    """The most memory that this process has held, in megabytes.

    On Linux not from ``getrusage``: a child there starts with the peak of the process that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / MEGA
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEGA


def points(news: Path | None, megabytes: float, count: int, model: str | None) -> Iterator[tuple[float, float]]:
    """(megabytes scored, peak) `count` times on the way and at the end."""
    done, step = 0, megabytes * MEGA / count
    following = step
    for report in framing.score_many(stream(news, megabytes), model=model):
        done += size(report.text)
        if done >= following:
            yield done / MEGA, peak()
            following += step * (1 + (done - following) // step)  # a large article may pass several points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path, nargs="?")
    parser.add_argument("--megabytes", type=float, default=100.0)
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--model")
    args = parser.parse_args()
    print(json.dumps([[round(a, 3), round(b, 1)] for a, b in points(args.news, args.megabytes, args.points, args.model)]))


if __name__ == "__main__":
    main()
