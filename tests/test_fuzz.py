"""The fuzz targets' kept inputs, and some rounds of each target; ``tests/fuzz`` runs them by the million."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fuzz import corpora, large, models, texts
from fuzz.tally import Tally
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.corpus import READERS
from framing.model import Model, load_model

ANY = st.text(st.characters(exclude_categories=()), max_size=40)  # every plane, lone surrogates too
PIECES = st.lists(st.sampled_from(texts.FRAGMENTS) | ANY, max_size=25).map("".join)


@pytest.mark.parametrize("name", sorted(path.name for path in texts.CORPUS.iterdir()))
def test_kept_texts_are_sound_alone_and_together(tiny_model: Model, name: str) -> None:
    text = texts.text_of((texts.CORPUS / name).read_bytes())
    for seed in range(4):
        texts.check_batch(tiny_model, [text, "The thugs left.", text * 2, ""], random.Random(seed))


@pytest.mark.parametrize("text", ["\x1c ", "a–\x1esaid"])
def test_information_separators_are_white_space(tiny_model: Model, text: str) -> None:
    texts.hold(tiny_model.score(text, threshold=0.01), text)


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES, min_size=1, max_size=6), st.integers(0, 99))
def test_any_texts_are_sound_alone_together_and_in_any_order(tiny_model: Model, batch: list[str], seed: int) -> None:
    texts.check_batch(tiny_model, batch, random.Random(seed))


def test_some_rounds_of_mutated_texts_are_sound(tiny_model: Model) -> None:
    tally = texts.run(tiny_model, 500, seed=1, batch=64)
    assert (tally.tried, tally.failed) == (512, 0)


def test_text_of_reaches_every_plane_and_lone_surrogates() -> None:
    random_ = random.Random(0)
    seen = set("".join(texts.text_of(b"\x02" + random_.randbytes(30)) for _ in range(300)))
    assert {ord(c) >> 16 for c in seen} == set(range(17))
    assert any(0xD800 <= ord(c) < 0xE000 for c in set(texts.text_of(b"\x01\x00\xd8a\x00")))
    assert texts.text_of(b"") == ""


def test_unsound_report_is_noticed(tiny_model: Model) -> None:
    report = tiny_model.score("The thugs left.", threshold=0.01)
    with pytest.raises(AssertionError):
        texts.hold(report, "The thugs left!")
    with pytest.raises(AssertionError):
        texts.alike(report, tiny_model.score("The clerk left.", threshold=0.01), threshold=0.01)


def test_some_rounds_of_changed_model_files_are_refused_or_score() -> None:
    tally = models.run(300, seed=1)
    assert (tally.tried, tally.failed) == (300, 0)
    assert tally.told["values: refused"] > 50
    assert tally.told["pickle: refused"] > 50


@pytest.mark.parametrize("name", ["format-1", "features-2", "features-3"])
def test_some_rounds_of_changed_fixtures_are_refused_or_score(name: str) -> None:
    tally = models.run(40, seed=2, file=texts.FIXTURE.with_name(f"{name}.joblib"))
    assert (tally.tried, tally.failed) == (40, 0)


def test_audit_notices_an_import_and_a_process(tmp_path: Path) -> None:
    with models.watched() as seen:
        __import__("this_module_is_nowhere") if (tmp_path / "x").exists() else compile("1", "x", "eval")
    assert seen


def test_some_rounds_of_changed_corpora_are_read_or_refused() -> None:
    tally = corpora.run(150, seed=1)
    assert (tally.tried, tally.failed) == (150, 0)
    assert {name.partition(": ")[2] for name in tally.told} >= {"read", "refused"}


def test_a_failure_is_counted_told_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("fuzz.tally.FAILURES", tmp_path / "failures")

    def breaks(text: str) -> str:
        return str(len(text) // 0)

    tally = Tally("texts", every=2)
    assert tally.take("text", b"fine", lambda: "sound")
    assert not tally.take("text", b"one", lambda: breaks("one"))
    assert not tally.take("text", b"two", lambda: breaks("two"))
    assert (tally.tried, tally.failed, tally.finish()) == (3, 2, 1)
    assert [path.read_bytes() for path in (tmp_path / "failures").iterdir()] == [b"one"]
    out = capsys.readouterr().out.splitlines()
    assert [line for line in out if line.startswith("text: ZeroDivisionError test_fuzz.py:")] == out[:1]
    assert out[1:3] == ["2 texts, 1 failed", "        1 text: sound"]
    assert out[-1] == "3 texts, 2 failed"


def test_every_format_that_is_read_is_fuzzed(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    assert set(corpora.valid(tmp_path)) | {"spacy"} == set(READERS)


def test_valid_corpora_are_read_and_come_out_clean(tmp_path: Path) -> None:
    (tmp_path / "valid").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    for name, files in corpora.valid(tmp_path / "valid").items():
        assert corpora.attempt(corpora.lay(files, tmp_path / "in"), name, tmp_path / "out", "jsonl") == "read", name


def test_calls_leave_no_blocks_and_no_objects_behind(tiny_file: str) -> None:
    blocks, objects = large.calls(load_model(tiny_file), 3000)
    assert max(blocks, objects) < 500  # 2,700 would be one for each call


def test_a_command_that_ends_badly_is_noticed() -> None:
    assert large.verdict(1, "") is None
    assert large.verdict(2, "error: a.jsonl:1: broken JSON\n") is None
    for status, told in ((-9, ""), (2, ""), (2, "error: a\nerror: b"), (1, "Traceback (most recent call last)")):
        assert large.verdict(status, told)
