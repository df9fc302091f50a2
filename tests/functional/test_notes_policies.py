"""What becomes of notes in a run on the sample extracts, under each policy: by default no text is kept, and where
texts are kept for a purpose, nobody is in them."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.notes.lexicon import words
from pipelines.running.vault import read_note_spans
from release.keys import read_key
from release.opening import open_answers, open_protected
from release.places import PROJECT, Places
from release.pointer import current
from tests.conftest import SAMPLE, every_value, once, pipelines

SHIPPED = (PROJECT / "data" / "privacy.toml").read_text(encoding="utf-8")
PURPOSE = "how help for families reads, a study of May 2024"
RELEASE = "2024-10-31-001"
# So many letters in a row are nobody else's words.
STRETCH = 25


def _policy(notes: str) -> str:
    changed = SHIPPED.replace('keep = "themes"\n', f"{notes}\n")
    assert changed != SHIPPED
    return changed


def _run(factory: pytest.TempPathFactory, name: str, notes: str) -> Places:
    policy = {"privacy.toml": _policy(notes)}
    return Places(once(factory, name, ["run", "--extracts", SAMPLE], policy))


@pytest.fixture(scope="module")
def themes(sample_data: Path) -> Places:
    return Places(sample_data)


@pytest.fixture(scope="module")
def redacted(tmp_path_factory: pytest.TempPathFactory) -> Places:
    kept = f'keep = "redacted"\npurpose = "{PURPOSE}"\nuntil = 2024-10-31'
    return _run(tmp_path_factory, "sample-redacted", kept)


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return _run(tmp_path_factory, "sample-nothing", 'keep = "nothing"')


def _table(places: Places, name: str) -> pl.DataFrame:
    with open_protected(places, "current", read_key(places.protected_key)) as connection:
        return connection.execute(f'SELECT * FROM protected."{name}"').pl()


def _facts(places: Places) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(
        (places.releases / RELEASE / "manifest.json").read_text(encoding="utf-8")
    )
    return facts


def _log(places: Places) -> list[dict[str, Any]]:
    (log,) = places.logs.glob("*.jsonl")
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def _cells() -> dict[tuple[str, str, int], str]:
    """Every text of the sample as it stands: contract, file and row to the cell."""
    files = {
        "case_note": ("case_notes.csv", "utf-8", "text"),
        "family_episode": ("family_episodes.csv", "utf-8", "referral_reason"),
        "progress": ("progress_reviews.csv", "cp1252", "Comments"),
    }
    found = {}
    for contract, (name, encoding, column) in files.items():
        with (SAMPLE / name).open(newline="", encoding=encoding) as file:
            for number, row in enumerate(csv.DictReader(file), start=1):
                found[contract, name, number] = row[column]
    return found


def _identities() -> set[tuple[str, ...]]:
    """The truth's own list, in words; without single words that are words of the language too."""
    listed = (SAMPLE / "truth" / "identities.txt").read_text(encoding="utf-8").split("\n")
    folded = {tuple(_words(identity)) for identity in listed}
    return {one for one in folded if one and not (len(one) == 1 and one[0] in words())}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _stretches(text: str, longest: int) -> Iterator[tuple[str, ...]]:
    said = _words(text)
    for first in range(len(said)):
        for last in range(first + 1, min(first + longest, len(said)) + 1):
            yield tuple(said[first:last])


# By default


def test_by_default_themes_are_counted_and_no_text_is_kept(themes: Places) -> None:
    assert _table(themes, "redacted_note").is_empty()
    found = _table(themes, "note_theme")
    assert found.columns == ["family", "month", "theme", "notes"]
    assert found.height > 1000
    assert found["notes"].min() == 1
    assert found.unique(["family", "month", "theme"]).height == found.height
    assert set(found["family"]) <= set(_table(themes, "family")["family"])
    assert _facts(themes)["notes"] == "themes"


def test_no_stretch_of_any_text_is_in_a_release_by_default(themes: Places) -> None:
    texts = [cell for cell in _cells().values() if len(cell) >= STRETCH]
    values = [value for _, values in every_value(themes) for value in values]
    everything = "\n".join(values)
    bad = sum(text[:STRETCH] in everything or text[-STRETCH:] in everything for text in texts)
    assert not bad, bad


def test_managers_see_how_many_families_a_theme_is_about(themes: Places) -> None:
    with open_answers(themes) as connection:
        shown = dict(
            connection.execute(
                "SELECT code_1, value FROM answer WHERE question = 'families_with_theme|theme'"
            ).fetchall()
        )
        labels = dict(
            connection.execute("SELECT code, label FROM dimension WHERE dimension = 'theme'").fetchall()
        )
    exact = dict(_table(themes, "note_theme").group_by("theme").agg(pl.col("family").n_unique()).iter_rows())
    assert shown
    assert all(abs(shown[theme] - exact.get(theme, 0)) <= 7 for theme in shown)
    assert set(shown) <= set(labels)


def test_the_audit_tells_every_span_and_no_text(themes: Places) -> None:
    file = themes.vault / "note-spans" / f"{RELEASE}.parquet"
    assert file.stat().st_mode & 0o777 == 0o600
    spans = read_note_spans(themes, RELEASE)
    cells = _cells()
    assert spans.height > len(cells)
    content = file.read_bytes()
    written = {
        cells[contract, name, row][start:end].encode()
        for contract, name, row, start, end in spans.select(
            "contract", "file", "row", "start", "end"
        ).iter_rows()
    }
    assert all(written), "a span is empty, or lies outside its text"
    bad = sum(len(one) >= 8 and one in content for one in written)
    assert not bad, bad
    for column in ("note", "kind", "rule"):
        values = spans[column].unique().to_list()
        assert not {value.encode() for value in values} & written


def test_the_log_counts_texts_and_spans_by_kind(themes: Places) -> None:
    (line,) = [line for line in _log(themes) if "spans" in line]
    spans = read_note_spans(themes, RELEASE)
    assert line["spans"] == dict(Counter(spans["kind"]))
    assert line["texts"] > line["destroyed"]
    assert any(one.get("stage") == "notes" for one in _log(themes))


def test_the_manifest_names_the_model(themes: Places) -> None:
    facts = _facts(themes)
    assert facts["notes_model"]
    assert (facts["notes_model"] == "none") or re.fullmatch("[0-9a-f]{64}", facts["notes_model_digest"])
    assert facts["themes_version"] == "1"


# Where redacted texts are kept


def test_redacted_texts_are_kept_where_the_policy_says_so(redacted: Places) -> None:
    assert current(redacted) == RELEASE
    kept = _table(redacted, "redacted_note")
    spans = read_note_spans(redacted, RELEASE)
    assert kept["note"].n_unique() == kept.height
    facts = _facts(redacted)
    assert (facts["notes"], facts["notes_purpose"], facts["notes_until"]) == (
        "redacted",
        PURPOSE,
        "2024-10-31",
    )
    episodes = _table(redacted, "episode")
    assert kept.join(episodes, on=["episode", "family"]).height == kept.height
    read = [line["texts"] for line in _log(redacted) if "spans" in line]
    assert kept.height > 0.8 * sum(read), "more are destroyed than should be"
    assert set(kept["extract"]) == {"case_note", "family_episode", "progress"}
    assert spans["note"].n_unique() > 0.5 * kept.height


def test_no_identity_of_the_truth_is_in_a_redacted_text(redacted: Places) -> None:
    identities = _identities()
    longest = max(map(len, identities))
    texts = _table(redacted, "redacted_note")["text"].to_list()
    bad = sum(not identities.isdisjoint(_stretches(text, longest)) for text in texts)
    assert not bad, f"{bad} of {len(texts)} texts"


def _without_tokens(text: str) -> str:
    return re.sub(r"\[[A-Z_]+(?:_[0-9a-f]+)?\]", "[]", text)


def test_a_redacted_text_is_its_text_without_its_spans(redacted: Places) -> None:
    """What identifies nobody stays, word for word, and in its order."""
    cells, spans = _cells(), read_note_spans(redacted, RELEASE)
    texts = Counter(_without_tokens(text) for text in _table(redacted, "redacted_note")["text"])
    checked = 0
    for _, mine in spans.group_by("note"):
        contract, name, row = mine.select("contract", "file", "row").row(0)
        cell, at, rest = cells[contract, name, row], 0, []
        for start, end in mine.sort("start").select("start", "end").iter_rows():
            rest.append(cell[at:start])
            at = end
        rest.append(cell[at:])
        blank = _without_tokens("[PERSON]".join(rest))
        if texts[blank]:
            texts[blank] -= 1
            checked += 1
    assert checked > 1000
    # Only texts in which nothing was found are left: they stand in the extracts as they are.
    unread = Counter(_without_tokens(cell) for cell in cells.values())
    bad = sum((texts - unread).values())
    assert not bad, f"{bad} of {checked} texts"


def test_nothing_joins_a_redacted_text_with_where_it_came_from(redacted: Places) -> None:
    """Files and rows stand in the vault: beside a text that is shown they would say whose record it is."""
    spans = set(read_note_spans(redacted, RELEASE)["note"])
    assert spans
    assert spans.isdisjoint(_table(redacted, "redacted_note")["note"])


def test_people_have_the_same_token_in_all_texts_of_their_family(redacted: Places) -> None:
    kept = _table(redacted, "redacted_note")
    tokens = (
        kept.select(
            "family", token=pl.col("text").str.extract_all(r"\[(?:MOTHER|FATHER|CHILD)_[0-9a-f]{6}\]")
        )
        .explode("token")
        .drop_nulls()
    )
    by_family = tokens.group_by("family").agg(pl.col("token").n_unique())
    # A family has few people, however often they are named.
    assert by_family["token"].max() <= 12
    assert tokens.height > 3 * tokens.unique().height


def test_themes_do_not_depend_on_what_is_kept(themes: Places, redacted: Places) -> None:
    one, other = (
        Counter(_table(places, "note_theme").select("month", "theme", "notes").iter_rows())
        for places in (themes, redacted)
    )
    assert one == other


# Where nothing is


def test_nothing_is_read_where_nothing_is_kept(nothing: Places) -> None:
    assert current(nothing) == RELEASE
    assert _table(nothing, "note_theme").is_empty()
    assert _table(nothing, "redacted_note").is_empty()
    assert not any(one.get("stage") == "notes" for one in _log(nothing))
    assert not (nothing.vault / "note-spans").exists()
    assert _facts(nothing)["notes"] == "nothing"
    with open_answers(nothing) as connection:
        query = "SELECT count(*) FROM answer WHERE question LIKE 'families_with_theme%'"
        assert connection.execute(query).fetchone() == (0,)


def test_everything_else_is_as_with_notes(themes: Places, nothing: Places) -> None:
    for table in ("family", "person", "episode", "claim"):
        assert _table(nothing, table).height == _table(themes, table).height


@pytest.mark.parametrize(
    ("file", "content", "code", "said"),
    [
        ("privacy.toml", _policy('keep = "redacted"'), 4, "[notes] purpose"),
        ("privacy.toml", _policy('keep = "all"'), 4, "[notes] keep"),
        ("themes.toml", "version = 1", 65, "[theme.NAME]"),
    ],
)
def test_a_mistake_in_a_setting_is_told_before_a_row_is_read(
    tmp_path: Path, file: str, content: str, code: int, said: str
) -> None:
    (tmp_path / file).write_text(content, encoding="utf-8")
    ended = pipelines("run", "--extracts", SAMPLE, "--data", tmp_path)
    assert ended.code == code
    assert file in ended.words
    assert said in ended.words
