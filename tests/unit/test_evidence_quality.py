"""What the app says of data quality and of linkage: shown figures alone, and nothing that rounding could make."""

from collections.abc import Mapping

import polars as pl
import pytest

from evidence.evidence import Evidence
from evidence.quality import (
    broken,
    extracts,
    headlines_at_risk,
    matching,
    missed,
    rules,
    severities,
    turn,
)
from evidence.trust import Standing, caution, headline_caution, poorly_matched, verdict
from tests.fakes import FakeContents, FakeDesk, catalogue, fake_evidence


def with_linkage(change: Mapping[str, tuple[int | None, int | None]], **standing: str) -> Evidence:
    """The made-up release with other counts for some measures (all together), and other standings of extracts."""
    contents = FakeContents()
    rows = contents.linkage_quality.with_columns(
        standing=pl.col("code").replace_strict(standing, default=pl.col("standing"))
        if standing
        else pl.col("standing")
    )
    for measure, (whole, part) in change.items():
        here = (pl.col("measure") == measure) & (pl.col("dimension") == "all")
        rows = rows.with_columns(
            whole=pl.when(here).then(pl.lit(whole, pl.Int64)).otherwise("whole"),
            part=pl.when(here).then(pl.lit(part, pl.Int64)).otherwise("part"),
        )
    contents.linkage_quality = rows
    return Evidence(contents, catalogue(), FakeDesk())


def test_the_tables_show_no_share_of_a_withheld_figure() -> None:
    evidence = fake_evidence()
    assert extracts(evidence).row(0) == (
        "Family member",
        "7,850",
        "7,350",
        "15 (under 1%)",
        "about the same",
    )
    assert [code for code, _ in severities(evidence)] == ["stops_a_claim", "stops_linkage", "worth_a_look"]
    assert broken(evidence, "worth_a_look").is_empty()
    assert broken(evidence, "stops_linkage").row(0)[-3:] == ("310", "4%", "better")
    assert [row[-3:] for row in rules(evidence, "need").rows()] == [
        ("c", "c", "c"),
        ("25", "under 1%", "about the same"),
    ]


def test_the_poorly_matched_come_first_with_what_rests_on_them() -> None:
    table = matching(fake_evidence())
    assert table["Extract"].to_list() == ["Police incident", "Family member", "School attendance"]
    assert table.row(0) == ("Police incident", "Poorly", "53%", "79%", "75%", "56%", "20%")
    assert table["Needs that rest on it"].to_list() == ["20%", "none", "15%"]


def test_who_is_missed_is_told_by_group_and_never_of_a_withheld_count() -> None:
    table = missed(fake_evidence())
    by_label = {row[1]: row for row in table.rows()}
    assert by_label["Asian"][2:] == ("400", "about 15%")
    assert by_label["Mixed"][2:] == ("25", "c")
    assert "Black" not in by_label


def test_the_verdict_rests_on_shown_figures() -> None:
    found = verdict(fake_evidence())
    assert found.standing is Standing.CARE
    assert found.words == (
        "Mostly, with care: the extract police incident is poorly matched, and 20% of needs rest on it."
    )
    shares = (found.in_order, found.matched, found.at_risk, found.missed)
    assert [one.words for one in shares] == ["over 99%", "94%", "20%", "7%"]


@pytest.mark.parametrize(
    ("at_risk", "police", "standing"),
    [
        ((9800, 4000), "poor", Standing.DOUBTFUL),
        ((9800, 1960), "poor", Standing.CARE),
        ((9800, None), "poor", Standing.CARE),
        ((9800, None), "good", Standing.SOUND),
    ],
)
def test_the_verdict_goes_by_what_rests_on_poor_matching(
    at_risk: tuple[int, int | None], police: str, standing: Standing
) -> None:
    evidence = with_linkage({"needs_at_risk": at_risk}, police_incident=police)
    assert verdict(evidence).standing is standing
    assert (caution(evidence) is None) == (police == "good")


def test_one_extract_that_lost_many_rows_is_named() -> None:
    evidence = with_linkage({"needs_at_risk": (9800, None)}, police_incident="good")
    lost = (pl.col("extract") == "need") & (pl.col("rule") == "quarantined")
    quality = evidence.contents.data_quality
    evidence.contents.data_quality = quality.with_columns(
        failures=pl.when(lost).then(pl.lit(1500)).otherwise("failures")
    )
    assert verdict(evidence).standing is Standing.CARE
    assert verdict(evidence).words == (
        "Mostly, with care: many rows of need broke their contract and are in no figure."
    )
    assert verdict(evidence).at_risk.words == "0%"


@pytest.mark.parametrize("show", ["nothing", "empty"])
def test_nothing_is_claimed_where_nothing_is_known(show: str) -> None:
    evidence = fake_evidence(show)
    assert verdict(evidence).standing is Standing.UNKNOWN
    assert poorly_matched(evidence) == []
    assert caution(evidence) is None
    assert headline_caution(evidence, "8") is None
    assert headlines_at_risk(evidence).is_empty()


def test_a_headline_has_a_caution_of_its_own() -> None:
    evidence = fake_evidence()
    assert "60% of the needs of this headline" in str(headline_caution(evidence, "8"))
    assert headline_caution(evidence, "1") is None
    assert headlines_at_risk(evidence).rows() == [("Safe from domestic abuse", "60%")]


@pytest.mark.parametrize(
    ("rows", "failures", "before", "failed", "symbol", "words"),
    [
        (1000, 100, 1000, 105, None, "about the same"),
        (1000, 100, 1000, 110, None, "about the same"),
        (1000, 100, 1000, 115, None, "better"),
        (1000, 115, 1000, 100, None, "worse"),
        (2000, 100, 1000, 100, None, "better"),
        (1000, None, 1000, 100, None, "better"),
        (1000, None, 1000, 10, None, "c"),
        (1000, 100, 1000, None, "c", "worse"),
        (1000, 10, 1000, None, "c", "c"),
        (1000, None, 1000, None, "c", "c"),
        (1000, 100, None, None, "z", "–"),
        (1000, 100, None, None, "x", "x"),
    ],
)
def test_a_turn_is_told_only_where_shown_figures_can_tell(
    rows: int, failures: int | None, before: int | None, failed: int | None, symbol: str | None, words: str
) -> None:
    row: dict[str, object] = {
        "rows": rows,
        "failures": failures,
        "rows_before": before,
        "failures_before": failed,
        "failures_symbol": "c" if failures is None else None,
        "failures_before_symbol": "c" if failed is None and symbol is None else symbol,
    }
    assert turn(row, 5, 10) == words
    if failures is None or failed is None:
        assert turn(row, 5) in ("c", "x", "–")  # without the threshold nothing is said of what is withheld
