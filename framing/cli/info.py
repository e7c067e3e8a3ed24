"""``framing info`` and ``framing devices``: what a model holds, and what the devices are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from framing import taxonomy
from framing.cli.console import say, sha256
from framing.errors import ConfigError
from framing.rendering import one_line, plural


@click.command()
@click.argument("model", required=False)
def info(model: str | None) -> None:
    """Say what a model file holds; the shipped one by default."""
    from framing import features, persistence
    from framing.scoring import load

    path = Path(model) if model else _shipped()
    judge = load(path)
    manifest = dict(judge.manifest)
    sources = manifest.pop("sources", [])
    rows: list[tuple[str, str]] = [
        ("model", judge.name),
        ("file", str(path)),
        ("bytes", f"{path.stat().st_size:,}"),
        ("sha256", sha256([path])),
        ("format", str(persistence.FORMAT)),
        ("features", f"version {judge.features_version}, this framing computes {features.VERSION}"),
        *((f"head {name}", f"{head.coef.size:,} weights, {int((head.coef != 0).sum()):,} in use") for name, head in sorted(judge.heads.items())),
        *((f"head {name}", "off: never trained") for name in judge.off),
        *((f"threshold {name}", f"{value:g}") for name, value in sorted(judge.thresholds.items())),
        ("lexicon", plural(len(judge.lexicon), "term")),
    ]
    for name, value in manifest.items():
        if name not in ("name", "version"):
            rows.append((name, ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)))
    rows += [("source", ", ".join(f"{k} {v}" for k, v in source.items())) for source in sources]
    rows = [(one_line(name), one_line(value)) for name, value in rows]  # a stranger's model says what it likes
    width = min(max(len(name) for name, _ in rows), 40)
    for name, value in rows:
        say(f"{name.ljust(width)}  {value}")


def _shipped() -> Path:
    """The file that ``framing.load()`` reads."""
    from framing.scoring import SHIPPED

    override = os.environ.get("FRAMING_MODEL")
    if override:
        return Path(override)
    found = next((path for path in SHIPPED if path.exists()), None)
    if found is None:
        raise ConfigError("the shipped model is missing; reinstall framing, set FRAMING_MODEL, or name a model file")
    return found


@click.command()
def devices() -> None:
    """List the framing devices and the uses of quotation marks."""
    rows = [("device", "what it is", "is one", "is not one")]
    rows += [(d.name, d.definition, d.is_one, d.is_not_one) for d in taxonomy.DEVICES]
    _echo_table(rows)
    say("")
    _echo_table([("use of marks", "how to tell it", "example"), *((u.name, u.definition, u.example) for u in taxonomy.QUOTE_USES)])


def _echo_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
