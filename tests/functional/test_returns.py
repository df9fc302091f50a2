"""Returns from template to submitted version, as officers make them: drawn up, signed by two, submitted, restated."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

import custody.released
from custody.errors import RoleError
from custody.packs import digest
from custody.released import Audited, GivesAwayError
from custody.returns.checks import CHECKS, back_test, run_checks
from custody.returns.commands import returns
from custody.returns.drawing import draw_up
from custody.returns.errors import ReturnChangedError, ReturnContentError, ReturnPeriodError
from custody.returns.proposals import proposed_of
from custody.returns.source import open_source
from custody.worker import answer
from disclosure.audit import Report, Use
from ledger import CheckResult, Ledger, Outcome, RequestKind, ReturnState, open_ledger
from release.places import Places
from release.return_content import cells_of, read_content, reconcile
from release.return_periods import period_named
from release.returns_reading import template_named
from tests import return_release

PERIOD = period_named("2024-25-Q2")
WARDS = list(return_release.WARDS)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = return_release.made(tmp_path / "data", return_release.rows(random.Random(7), 60))
    return_release.with_template(places)
    return places


@pytest.fixture
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


def test_the_same_release_template_and_line_give_the_same_bytes(places: Places, ledger: Ledger) -> None:
    template = template_named(places, "a-return")
    one, other = (draw_up(places, ledger, template, PERIOD, line=1, audited=False) for _ in range(2))
    assert one.text == other.text
    assert one.files == other.files
    assert set(one.files) >= {"a-return-2024-25-q2.json", "a-return-2024-25-q2-families.csv"}


def test_the_order_of_the_rows_of_a_release_changes_nothing(
    places: Places, ledger: Ledger, tmp_path: Path
) -> None:
    tables = return_release.rows(random.Random(7), 60)
    for found in tables.values():
        found.reverse()
    turned = return_release.made(tmp_path / "other", tables)
    return_release.with_template(turned)
    template = template_named(places, "a-return")
    texts = [
        draw_up(where, ledger, template, PERIOD, line=1, audited=False).text for where in (places, turned)
    ]
    assert texts[0] == texts[1]


def test_no_small_count_is_told_and_every_withheld_one_has_a_reason(places: Places, ledger: Ledger) -> None:
    drawn = draw_up(places, ledger, template_named(places, "a-return"), PERIOD, audited=False)
    counts = [
        cell.value for _, cell in cells_of(drawn.content) if cell.decimals == 0 and cell.value is not None
    ]
    assert counts
    assert not [value for value in counts if 0 < value < 6]
    withheld = [
        place
        for place, cell in cells_of(drawn.content)
        if cell.symbol == "c" and cell.source["from"] == "release"
    ]
    assert len(drawn.why) == len(withheld) > 0
    assert all(reason for *_, reason in drawn.why)
    # Why a figure is withheld tells the small ones from those beside them: it stands in no file and in no ledger.
    assert "primary" not in drawn.text
    assert not any(b"primary" in content for content in drawn.files.values())


@pytest.mark.parametrize(
    ("period", "said"), [("2024-25-Q3", "is not over"), ("2024-25", "is none"), ("2019-20-Q1", "lies before")]
)
def test_a_period_that_is_not_covered_is_refused_in_words(
    places: Places, ledger: Ledger, period: str, said: str
) -> None:
    with pytest.raises(ReturnPeriodError, match=said):
        draw_up(places, ledger, template_named(places, "a-return"), period_named(period))


def test_a_code_that_the_release_does_not_know_is_refused(places: Places, ledger: Ledger) -> None:
    text = return_release.TEMPLATE.replace(
        'counted = "families_open"', 'counted = "families_open"\nfilters = { team = ["Z"] }'
    )
    return_release.with_template(places, text)
    with pytest.raises(ReturnContentError, match="no code 'Z'"):
        draw_up(places, ledger, template_named(places, "a-return"), PERIOD)


def test_a_release_that_is_gone_is_told(places: Places, ledger: Ledger) -> None:
    with pytest.raises(ReturnChangedError, match="is gone"):
        draw_up(places, ledger, template_named(places, "a-return"), PERIOD, "2020-01-01-001")


class _Audits:
    """In the place of the joint audit: it finds a cell of a table a time, as often as is said, or none to withhold."""

    def __init__(self, codes: list[str]) -> None:
        self._codes = list(codes)

    def __call__(self, _places: Places, _ledger: Ledger, _release: str, tables: Any, **_more: Any) -> Audited:
        if not self._codes:
            return Audited(True, Report((), Use(0, 0, 0.0)), (), {}, True, (), 0.0)
        found = pl.DataFrame({"ward": [code]}) if (code := self._codes.pop(0)) else None
        leaks = {} if found is None else {"families/open_at_end": found}
        return Audited(False, Report((), Use(0, 0, 0.0)), ("Somebody is found.",), leaks, True, (), 0.0)


@pytest.mark.parametrize("codes", [[""], WARDS[:1] * 2, [*WARDS, "unknown", ""]])
def test_what_gives_somebody_away_is_not_drawn_up_at_all(
    places: Places, ledger: Ledger, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custody.released, "audit", _Audits([*codes, *codes[-1:] * 9]))
    with pytest.raises(GivesAwayError, match=r"cannot be made safe .* Somebody is found\."):
        draw_up(places, ledger, template_named(places, "a-return"), PERIOD)


def test_what_an_audit_finds_is_withheld_and_tried_again(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custody.released, "audit", _Audits(WARDS[:4]))
    drawn = draw_up(places, ledger, template_named(places, "a-return"), PERIOD)
    assert drawn.content["besides"] == [["families", "open_at_end", [ward]] for ward in sorted(WARDS[:4])]


def _drawn(places: Places, ledger: Ledger, *, why: str = "") -> int:
    """A version drawn up without the joint audit."""
    template = template_named(places, "a-return")
    drawn = draw_up(places, ledger, template, PERIOD, audited=False)
    return ledger.returns.draw_up(
        template.id,
        PERIOD.code,
        release=str(drawn.content["release"]),
        ledger_line=drawn.content["ledger_line"],
        template_digest=template.digest,
        content=drawn.text,
        files={name: digest(content) for name, content in drawn.files.items()},
        signers=template.roles,
        checks=CHECKS,
        why=why,
        by="ann",
        role="returns_officer",
    )


def _submitted(places: Places, ledger: Ledger, *, why: str = "") -> int:
    """A version that passed, was signed by two people and submitted."""
    number = _drawn(places, ledger, why=why)
    ledger.returns.checked(number, [CheckResult(name, Outcome.PASSED, "looked at") for name in CHECKS])
    for who, role in (("ann", "returns_officer"), ("bob", "manager")):
        ledger.returns.sign(number, ledger.returns.standing(number).digest, by=who, role=role)
    ledger.returns.submit(number, by="ann", role="returns_officer")
    return number


def test_a_submitted_return_comes_out_again_and_a_later_release_is_reconciled(
    places: Places, ledger: Ledger
) -> None:
    first = _submitted(places, ledger)
    assert back_test(places, ledger, ledger.returns.standing(first))[0] is Outcome.PASSED
    more = return_release.rows(random.Random(7), 90)
    return_release.made(places.data, more, "2024-10-31-002")
    assert back_test(places, ledger, ledger.returns.standing(first))[0] is Outcome.PASSED
    second = _submitted(places, ledger, why="families that came late")
    assert ledger.returns.standing(first).state is ReturnState.SUPERSEDED
    before, now = (read_content(ledger.returns.content(number)) for number in (first, second))
    found = reconcile(before, now)
    assert found
    assert now["version"] == 2
    assert now["changes"] == json.loads(json.dumps([vars(one) for one in found]))
    assert {one.why for one in found} >= {
        "Records were added or corrected between the releases 2024-10-31-001 and 2024-10-31-002"
    }
    assert not reconcile(now, now)


def test_a_template_changed_since_and_a_release_that_is_gone_are_queries_of_the_back_test(
    places: Places, ledger: Ledger
) -> None:
    number = _submitted(places, ledger)
    standing = ledger.returns.standing(number)
    return_release.with_template(places, return_release.TEMPLATE + "\n# changed\n")
    outcome, words = back_test(places, ledger, standing)
    assert outcome is Outcome.QUERY
    assert "template was changed" in words
    return_release.with_template(places)
    return_release.made(places.data, return_release.rows(random.Random(1), 20), "2024-10-31-002")
    (places.releases / "2024-10-31-001").rename(places.data / "moved-away")
    outcome, words = back_test(places, ledger, standing)
    assert outcome is Outcome.QUERY
    assert "is gone" in words
    assert str(places.data) not in words


def test_a_submitted_return_whose_template_was_taken_away_is_not_left_out_of_the_back_test(
    places: Places, ledger: Ledger
) -> None:
    _submitted(places, ledger)
    assert CliRunner().invoke(returns, ["backtest", "--data", str(places.data)]).exit_code == 0
    (places.data / "returns" / "a-return.toml").unlink()
    ended = CliRunner().invoke(returns, ["backtest", "--data", str(places.data)])
    assert isinstance(ended.exception, ReturnChangedError)
    assert "Return 1" in str(ended.exception)


def test_a_return_that_does_not_come_out_again_is_mended_by_restating_it_alone(
    places: Places, ledger: Ledger
) -> None:
    first = _submitted(places, ledger)
    # As though another version of the code had counted them.
    (places.releases / "2024-10-31-001").rename(places.data / "moved-away")
    return_release.made(places.data, return_release.rows(random.Random(2), 60), "2024-10-31-001")
    assert back_test(places, ledger, ledger.returns.standing(first))[0] is Outcome.FAILED
    number = _drawn(places, ledger, why="counted otherwise")
    outcomes = {one.name: one.outcome for one in run_checks(places, ledger, number)}
    assert outcomes["back_test"] is Outcome.QUERY


def test_a_measure_that_the_catalogue_has_no_more_brings_nothing_down(places: Places, ledger: Ledger) -> None:
    _submitted(places, ledger)
    content = read_content(ledger.returns.content(1).replace('"episodes_ended"', '"once_counted"'))
    with open_source(places, return_release.NAME) as source:
        told = proposed_of(source, content)
    assert {one.measure for one in told if one.name.startswith("ended/")} == {"once_counted"}


def test_files_are_laid_out_again_only_as_the_ledger_has_them(places: Places, ledger: Ledger) -> None:
    number = _submitted(places, ledger)
    asked = ledger.ask(
        RequestKind.RETURN_FILES, by="ann", role="auditor", release=return_release.NAME, subject=str(number)
    )
    done = answer(places, ledger, asked)
    assert done.refusal is None
    assert {file.name for file in done.files} == {
        f"return-{number:06d}-{name}" for name in ledger.returns.standing(number).files
    }


def test_whoever_may_not_draw_up_a_return_is_refused(places: Places, ledger: Ledger) -> None:
    asked = ledger.ask(
        RequestKind.DRAW_UP_RETURN,
        by="eve",
        role="researcher",
        release=return_release.NAME,
        subject="a-return/2024-25-Q2",
    )
    done = answer(places, ledger, asked)
    assert isinstance(done.refusal, RoleError)
    assert not ledger.returns.standings()
