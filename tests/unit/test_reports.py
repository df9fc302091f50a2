"""What runs leave for the next one to be held against, and what is swept away."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.quality import COUNTS
from pipelines.running.reports import earlier, keep_counts, of_refused, sweep
from release.places import Places

FIRST, SECOND, THIRD = "2024-10-31-001", "2024-07-31-002", "2025-01-31-003"


def inputs(*digests: str) -> pl.DataFrame:
    return pl.DataFrame({"contract": ["need"] * len(digests), "digest": digests})


def counts(failures: int) -> pl.DataFrame:
    line = ("need", "need_code_is_given", "stops_a_claim", "…", 100, failures)
    return pl.DataFrame([line], schema=COUNTS, orient="row")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path)
    keep_counts(places, FIRST, counts(1), inputs("a", "b"))
    keep_counts(places, SECOND, counts(2), inputs("c"))
    keep_counts(places, THIRD, counts(3), inputs("d"))
    return places


@pytest.mark.parametrize(
    ("published", "now", "release"),
    [
        ({FIRST, SECOND}, inputs("z"), SECOND),  # by when it was published, not by what it speaks of
        ({FIRST, SECOND, THIRD}, inputs("z"), THIRD),
        ({FIRST, SECOND, THIRD}, inputs("d"), SECOND),  # the same extracts again are no new run
        ({FIRST}, inputs("b", "a"), None),
        ({FIRST}, inputs("a"), FIRST),
        (set(), inputs("z"), None),
        ({"2023-01-31-009", "..", FIRST}, inputs("z"), FIRST),  # counts that are gone are passed over
    ],
)
def test_a_run_is_held_against_the_newest_release_of_other_extracts(
    places: Places, published: set[str], now: pl.DataFrame, release: str | None
) -> None:
    found = earlier(places, published, now)
    assert found.release == release
    assert found.shown is None  # none of these releases is there
    if release is None:
        assert found.counts is None
    else:
        assert found.counts is not None
        assert dict(found.counts.schema) == dict(COUNTS)


@pytest.mark.parametrize("content", [b"", b"PAR1 no", None])
def test_damaged_counts_are_passed_over(places: Places, content: bytes | None) -> None:
    file = places.vault / "quality" / f"{THIRD}.parquet"
    if content is None:
        pl.DataFrame({"extract": ["need"]}).write_parquet(file)
    else:
        file.write_bytes(content)
    assert earlier(places, {SECOND, THIRD}, inputs("z")).release == SECOND


def test_what_never_published_is_swept_away_and_nothing_else(places: Places) -> None:
    for name in (FIRST, THIRD, f".making-{FIRST}", "kept by hand"):
        folder = places.quality / name
        folder.mkdir(parents=True)
        (folder / "report.html").touch()
    (places.vault / "quality" / f"{FIRST}.part").touch()
    assert of_refused(places, {FIRST, "kept by hand"}) is not None
    sweep(places, {FIRST, SECOND})
    assert {folder.name for folder in places.quality.iterdir()} == {FIRST, "kept by hand"}
    assert {file.name for file in (places.vault / "quality").iterdir()} == {
        f"{FIRST}.parquet",
        f"{SECOND}.parquet",
    }
    assert (places.vault / "quality" / f"{FIRST}.parquet").stat().st_mode & 0o077 == 0
