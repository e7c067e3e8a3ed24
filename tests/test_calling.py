"""Any way of calling: threads, processes, an event loop, over and over; the answers are the same and nothing grows."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import tracemalloc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from fuzz.texts import alike

from framing.model import Model, load_model
from framing.report import Report

NAMES = ["Krill", "Venn", "Tamm"] * 8
TEXTS = [f"Row {n}. The thugs of {name} said “the gate stays shut”. A shameful, brutal vote of w{n}x ended it." for n, name in enumerate(NAMES)]
_model: Model | None = None


def _open(path: str) -> None:
    global _model
    _model = load_model(path)


def _score(text: str) -> Report:
    assert _model is not None
    return _model.score(text, threshold=0.1)


def same(found: list[Report], expected: list[Report]) -> None:
    assert [r.text for r in found] == [r.text for r in expected]
    for one, two in zip(found, expected, strict=True):
        alike(one, two, threshold=0.1)
        assert [f.device for f in one.flags] == [f.device for f in two.flags]


@pytest.fixture
def serial(tiny_model: Model) -> list[Report]:
    return [tiny_model.score(text, threshold=0.1) for text in TEXTS]


def test_sixteen_threads_on_one_model_give_what_one_gives(tiny_file: str, serial: list[Report]) -> None:
    for _ in range(3):  # a fresh model each time: its words are met for the first time by all threads at once
        model = load_model(tiny_file)
        with ThreadPoolExecutor(16) as pool:
            same(list(pool.map(partial(model.score, threshold=0.1), TEXTS * 2)), serial * 2)


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_processes_give_what_one_gives(tiny_file: str, tiny_model: Model, serial: list[Report], way: str) -> None:
    if way not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {way} here")
    context: Any = multiprocessing.get_context(way)
    with ProcessPoolExecutor(2, mp_context=context, initializer=_open, initargs=(tiny_file,)) as pool:
        same(list(pool.map(_score, TEXTS)), serial)


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_model_inherited_by_a_fork_scores(tiny_model: Model, serial: list[Report]) -> None:
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("no fork here")
    global _model
    _model = tiny_model
    with multiprocessing.get_context("fork").Pool(2) as pool:
        same(pool.map(_score, TEXTS), serial)
    same([tiny_model.score(text, threshold=0.1) for text in TEXTS], serial)


def test_event_loop_with_an_executor_gives_what_one_call_gives(tiny_model: Model, serial: list[Report]) -> None:
    async def all_at_once() -> list[Report]:
        return await asyncio.gather(*(asyncio.to_thread(tiny_model.score, text, threshold=0.1) for text in TEXTS))

    same(asyncio.run(all_at_once()), serial)


def test_memory_is_flat_over_hundreds_of_calls(tiny_file: str) -> None:
    model = load_model(tiny_file)

    def call(times: int) -> None:
        for n in range(times):
            model.score(TEXTS[n % len(TEXTS)], threshold=0.1)

    def grown() -> int:
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        call(300)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    tracemalloc.start()
    try:
        call(200)  # caches of words are full now, and most of the interpreter's free lists
        least = min(grown() for _ in range(3))
    finally:
        tracemalloc.stop()
    assert least < 300 * 40, f"{least:,} bytes over 300 calls"  # a leak of the smallest object at each call would be more, each time
