"""The examples of the devices."""

from __future__ import annotations

import re

import pytest

from framing.taxonomy import DEVICES, Device, device

PLAIN = frozenset("a an the of to that is in was were she had who and say".split())


def words(phrase: str) -> set[str]:
    return set(re.findall(r"[\w-]+", phrase.lower())) - PLAIN


@pytest.mark.parametrize("found", DEVICES, ids=lambda found: found.name)
def test_the_example_and_what_is_none_share_their_word(found: Device) -> None:
    """Context decides, and a pair shows it only where the word is the same."""
    assert words(found.is_one) & words(found.is_not_one)
    assert found.is_one != found.is_not_one


def test_a_name_that_is_no_device_is_told_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="metaphor"):
        device("sarcasm")
