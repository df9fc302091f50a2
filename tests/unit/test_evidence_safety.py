"""How safe a release is, in words: what was tried, what is not answered as asked, and how figures are changed."""

import polars as pl
import pytest

from evidence import attacks, unanswered
from evidence.evidence import Evidence
from evidence.safety import changed
from release import schema
from tests.fakes import NAME, FakeContents, evidence_of, fake_evidence
from tests.fakes import question as asked

_COLUMNS = [column.name for column in schema.ATTACK.columns]


def _attacked(*rows: tuple[str, int, int, int | None, int | None, str]) -> Evidence:
    contents = FakeContents()
    kinds = dict.fromkeys(_COLUMNS, pl.String) | dict.fromkeys(_COLUMNS[3:7], pl.Int64)
    contents.attack = pl.DataFrame(
        [(None, name, "As it means.", *rest) for name, *rest in rows], schema=kinds, orient="row"
    )
    return evidence_of(contents)


@pytest.mark.parametrize(
    ("row", "here", "limit"),
    [
        (("exact_disclosures", 1200, 0, 0, 0, "passed"), "none of 1,200", "Withstood: none may"),
        (("reconstruction", 210, 50, 240, 250, "passed"), "24 of 100", "Withstood: at most 25 of 100"),
        (
            ("one_more_or_nobody", 900, 450, 505, 550, "passed"),
            "50 of 100 right; 50 is chance",
            "Withstood: at most 55 of 100",
        ),
        (("by_chance", 900, 40, 44, None, "told"), "about 40 of 900", "No limit: told only"),
        (
            ("membership_between_2", 0, 0, None, 550, "passed"),
            "nothing to try it on",
            "Withstood: at most 55 of 100",
        ),
        (("something_new", 10, 0, 1500, None, "told"), "1.5", "No limit: told only"),
    ],
)
def test_an_attack_is_told_in_words(
    row: tuple[str, int, int, int | None, int | None, str], here: str, limit: str
) -> None:
    (told,) = attacks.table(_attacked(row)).iter_rows(named=True)
    assert (told["Here"], told["Limit"]) == (here, limit)
    words = told["What somebody would try"]
    assert ("the release 2 before" in words) is row[0].endswith("_2")
    assert (words == "As it means.") is (row[0] == "something_new")


def test_what_is_told_without_a_limit_is_no_part_of_the_verdict() -> None:
    passed = ("reconstruction", 210, 50, 240, 250, "passed")
    told = ("by_chance", 900, 40, 44, None, "told")
    assert "withstood both attacks" in str(attacks.verdict(_attacked(passed, passed, told)))
    assert attacks.verdict(_attacked(told)) is None
    failed = ("averaging", 210, 50, 700, 550, "failed")
    assert (
        attacks.verdict(_attacked(passed, failed))
        == "This release withstood 1 of 2 attacks that have a limit."
    )


def test_the_trend_is_over_releases_and_its_own_rows_have_no_name_yet() -> None:
    evidence = fake_evidence()
    assert attacks.releases(evidence)[-1] == NAME
    chart = attacks.chart(evidence)
    assert chart is not None
    assert chart.table["Leak score"].to_list() == ["18", "15", "12"]
    assert attacks.chart(_attacked(("leak_score", 0, 0, 12_000, None, "told"))) is None
    found = attacks.summary(evidence)
    assert (found.leak, found.shown, found.error) == (12.0, 95.0, 1.55)
    assert attacks.summary(fake_evidence("empty")) == attacks.Summary(None, None, None)


def test_what_is_not_answered_as_asked_is_told_by_measure_and_under_the_framework_and_the_part_asked_under() -> (
    None
):
    contents = FakeContents()
    gone: dict[str, tuple[str, str | None]] = {
        "families_helped|quarter|ward": ("coarser", "families_helped|locality|quarter"),
        "episodes_started": ("withdrawn", None),
        "contract:needs_identified|need": ("withdrawn", None),
        "north@families_helped|ward": ("withdrawn", None),
    }
    contents.question = asked(["families_helped", "needs_identified|need", *gone], gone)
    evidence = evidence_of(contents)
    assert [one.code for one in unanswered.measures(evidence)] == ["families_helped", "episodes_started"]
    assert unanswered.table(evidence, "families_helped").rows() == [
        ("Quarter, ward", "By locality, quarter", "Too much of it would be withheld")
    ]
    assert unanswered.table(evidence, "episodes_started")["What is shown"].to_list() == ["Nothing"]
    assert str(unanswered.sentence(evidence)).startswith("Of 4 questions that can be asked, 2 are answered")
    assert unanswered.sentence(fake_evidence("empty")) is None


def test_how_figures_are_changed_is_said_with_the_manifests_own_figures() -> None:
    said = " ".join(changed(fake_evidence(noise_most="7", noise_change="15", smallest="3", kept_from="none")))
    assert "off by more than 7" in said
    assert "less than 15" in said
    assert "from 1 to 3" in said
    assert "since release" not in said
    assert "since release 2024-07-31-001" in " ".join(changed(fake_evidence()))
