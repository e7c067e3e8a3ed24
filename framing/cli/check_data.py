"""``framing check-data``: what is wrong with labelled data."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from framing.cli.console import DATA_FORMATS, say


@click.command("check-data")
@click.argument("data", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(DATA_FORMATS), help="The data's format; by default found from each file's name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
def check_data(data: Sequence[str], form: str | None, as_json: bool, strict: bool) -> None:
    """Find everything that is wrong with labelled data, and count what it holds.

    Errors (exit status 1): lines that are no example, offsets that cut words, unknown labels, quotes without marks,
    duplicates.  Warnings: near-duplicates in other groups, loaded rows without a neutral twin.
    """
    from framing.checking import check

    findings = check(data, format=form)
    say(json.dumps(findings.to_dict(), indent=2) if as_json else str(findings))
    sys.exit(1 if findings.errors or (strict and findings.warnings) else 0)
