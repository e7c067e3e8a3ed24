"""The lexicon: forms by rule, matches by longest phrase, and seed files that hold what they promise."""

import json
from collections import Counter
from pathlib import Path

import pytest

from framing.document import read
from framing.errors import DataError
from framing.lexicon import COLUMNS, Entry, Lexicon, conjugate, pluralize, read_lexicon, split_term
from framing.taxonomy import DEVICE_NAMES

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
EXAMPLES = json.loads((Path(__file__).parent / "cases" / "lexicon.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def seeds() -> Lexicon:
    return read_lexicon(SEEDS)


def terms_in(lexicon: Lexicon, text: str) -> list[tuple[str, str]]:
    document = read(text)
    found = []
    for m in lexicon.match(document.words, document.numbers):
        found.append((lexicon.entries[m.entry].device, text[document.starts[m.start] : document.ends[m.end - 1]]))
    return found


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("slam", "slam slams slammed slammed slamming"),
        ("lie", "lie lies lied lied lying"),
        ("decry", "decry decries decried decried decrying"),
        ("panic", "panic panics panicked panicked panicking"),
        ("admit", "admit admits admitted admitted admitting"),
        ("flee", "flee flees fled fled fleeing"),
        ("whitewash", "whitewash whitewashes whitewashed whitewashed whitewashing"),
        ("echo", "echo echoes echoed echoed echoing"),
        ("obey", "obey obeys obeyed obeyed obeying"),
        ("tear", "tear tears tore torn tearing"),
    ],
)
def test_verbs_are_conjugated_by_rule(verb: str, forms: str) -> None:
    assert list(conjugate(verb).values()) == forms.split()


@pytest.mark.parametrize(
    ("noun", "plural"),
    [("thug", "thugs"), ("crony", "cronies"), ("strongman", "strongmen"), ("crash", "crashes"), ("day", "days"), ("propaganda", "propaganda")],
)
def test_nouns_are_made_plural_by_rule(noun: str, plural: str) -> None:
    assert pluralize(noun) == plural


def test_the_longest_phrase_wins() -> None:
    lexicon = Lexicon([Entry("cat", "emotive", "n", 1, (), ""), Entry("fat cat", "contentious_label", "n", 3, (), "")])
    assert terms_in(lexicon, "The fat cats and a cat") == [("contentious_label", "fat cats"), ("emotive", "cat")]


def test_suggestions_take_the_form_of_what_they_replace() -> None:
    entry = Entry("slam", "loaded_verb", "v", 3, ("criticize", "object to"), "")
    assert entry.suggestions("past") == ("criticized", "objected to")
    assert Entry("thug", "contentious_label", "n", 3, ("man",), "").suggestions("plural") == ("men",)


def test_curly_and_straight_apostrophes_are_one() -> None:
    lexicon = Lexicon([Entry("the people's champion", "puffery", "n", 3, (), "")])
    assert terms_in(lexicon, "He is the people’s champion.") == [("puffery", "the people’s champion")]


def test_payload_and_back_changes_nothing(seeds: Lexicon) -> None:
    assert Lexicon.from_payload(seeds.to_payload()).entries == seeds.entries


# ---------------------------------------------------------------- the seed files
def test_there_are_enough_terms_for_every_device(seeds: Lexicon) -> None:
    counts = Counter(e.device for e in seeds.entries)
    assert set(counts) == set(DEVICE_NAMES)
    assert len(seeds) >= 4000
    assert min(counts.values()) >= 80


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.tsv")), ids=lambda p: p.stem)
def test_seed_file_is_sorted_and_of_one_device(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == list(COLUMNS)
    terms = [line.split("\t")[0] for line in lines[1:]]
    assert terms == sorted(terms, key=lambda t: (t.casefold(), t))
    assert {line.split("\t")[1] for line in lines[1:]} == {path.stem}


def test_terms_are_listed_in_their_base_form_only(seeds: Lexicon) -> None:
    """An inflected form listed beside its base would be two entries for one word."""
    made: dict[tuple[str, ...], str] = {}
    for entry in seeds.entries:
        forms = {tuple(split_term(form)) for name, form in entry.forms() if name in ("third", "ing", "plural")}
        for form in forms - {tuple(split_term(entry.term))}:
            made.setdefault(form, entry.term)
    doubled = [e.term for e in seeds.entries if e.pos in "vn" and made.get(tuple(split_term(e.term)), e.term) != e.term and e.device == "loaded_verb"]
    assert doubled == []


@pytest.mark.parametrize("device", DEVICE_NAMES)
def test_every_device_fires_on_its_example_and_not_on_its_look_alike(seeds: Lexicon, device: str) -> None:
    assert EXAMPLES[device], device
    for fires, quiet in EXAMPLES[device]:
        assert device in {d for d, _ in terms_in(seeds, fires)}, fires
        assert device not in {d for d, _ in terms_in(seeds, quiet)}, quiet


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("slam\tloaded_verb\tv\t3\t", "columns"),
        ("slam\tloaded_noun\tv\t3\t\t", "unknown device"),
        ("slam\tloaded_verb\tq\t3\t\t", "part of speech"),
        ("slam\tloaded_verb\tv\t4\t\t", "strength"),
        ("\tloaded_verb\tv\t3\t\t", "no term"),
    ],
)
def test_a_broken_row_is_named_by_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    (tmp_path / "x.tsv").write_text("\t".join(COLUMNS) + "\n" + row + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"x\.tsv:2: .*{message}"):
        read_lexicon(tmp_path)


def test_a_term_given_twice_is_an_error(tmp_path: Path) -> None:
    row = "slam\tloaded_verb\tv\t3\t\t\n"
    (tmp_path / "x.tsv").write_text("\t".join(COLUMNS) + "\n" + row + row, encoding="utf-8")
    with pytest.raises(DataError, match=r"x\.tsv:3: 'slam' is already at"):
        read_lexicon(tmp_path)
