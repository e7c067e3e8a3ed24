"""The site that mkdocs.yml describes: it builds strictly, and its pages load nothing from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("mkdocs")
pytest.importorskip("mkdocstrings_handlers.python")
ROOT = Path(__file__).resolve().parent.parent
# What a browser fetches by itself; links that a reader may follow are not among it.
LOADS = re.compile(
    r"""<(?:script|img|iframe|source|embed|object|video|audio)\b[^>]*\b(?:src|data|srcset)=["']?(?:https?:)?//"""
    r"""|<link\b[^>]*>|url\(["']?(?:https?:)?//"""
)
HARMLESS = re.compile(r"""<link\b(?![^>]*\bhref=["']?(?:https?:)?//)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_every_page_is_built_and_no_helper_is_published(site: Path) -> None:
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= {path.stem for path in site.glob("*.html")}
    assert (site / "notebook.ipynb").exists()
    assert (site / "schema" / "report-1.json").exists()
    assert not list(site.rglob("*.py"))


def test_pages_and_styles_name_nothing_elsewhere_to_load(site: Path) -> None:
    files = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(files) > 10
    for path in files:
        found = [m[0] for m in LOADS.finditer(path.read_text(encoding="utf-8")) if not HARMLESS.match(m[0])]
        assert found == [], path.relative_to(site)


def test_reference_shows_names_fields_and_examples(site: Path) -> None:
    page = (site / "api.html").read_text(encoding="utf-8")
    shown = re.sub(r"<[^>]+>", "", page)
    for words in ("score_many", "FramingVectorizer", "LabeledAttribution", "author_score: float"):
        assert words in shown
    assert "<blockquote>" not in page  # what Markdown makes of an example that is not fenced
    assert "&gt;&gt;&gt;" in page
    assert "```" not in shown


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Where the site is served, on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_browser_asks_no_other_host(address: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no chromium")
    asked: list[str] = []
    errors: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(timeout=600_000, executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        for name in ("index", "devices", "api", "scale"):
            page.goto(f"{address}/{name}.html", wait_until="networkidle", timeout=120_000)
        browser.close()
    assert errors == []
    assert len(asked) > 4
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
