"""``.ci/audit``: a finding fails, and an audit that looked up nothing is no audit.  pip-audit is played by a script."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

AUDIT = Path(__file__).resolve().parent.parent / ".ci" / "audit"
pytestmark = pytest.mark.skipif(not AUDIT.exists() or shutil.which("bash") is None, reason="a checkout and bash")
UNKNOWN = "Dependency not found on PyPI and could not be audited"


@pytest.mark.parametrize(
    ("said", "status", "exits", "told"),
    [
        ("No known vulnerabilities found", 0, 0, "2 of 2 packages looked up, no known weakness; 0 SKIPPED"),
        (f"No known vulnerabilities found\nclick  {UNKNOWN}: click", 0, 0, "1 of 2 packages looked up, no known weakness; 1 SKIPPED"),
        (f"No known vulnerabilities found\nclick  {UNKNOWN}: click\ntqdm  {UNKNOWN}: tqdm", 0, 0, "SKIPPED, its database could look up none of the 2"),
        ("Found 1 known vulnerability in 1 package\nclick 8.1 X-1", 1, 1, "click 8.1 X-1"),
        ("Connection reset\nFound 2 known vulnerabilities in 1 package", 1, 1, "Found 2 known"),
        ("requests: HTTPSConnectionPool: Max retries exceeded, connection refused", 1, 0, "SKIPPED, its database cannot be reached: requests"),
        ("Traceback (most recent call last)", 1, 1, "Traceback"),
    ],
)
def test_what_pip_audit_says_decides(tmp_path: Path, said: str, status: int, exits: int, told: str) -> None:
    (tmp_path / "said").write_text(said + "\n", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("click==8.1\ntqdm==4.64\n", encoding="utf-8")
    played = tmp_path / "pip-audit"
    played.write_text(f"#!/bin/sh\ncat {tmp_path / 'said'}\nexit {status}\n", encoding="utf-8")
    played.chmod(0o755)
    done = subprocess.run(["bash", AUDIT, played, tmp_path / "requirements.txt"], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (exits, "")
    assert told in done.stdout
