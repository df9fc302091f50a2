"""Returns from template to submitted version, as officers make them: drawn up, signed by two, submitted, restated."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from custody.errors import RoleError
from custody.returns import ReturnChangedError, ReturnContentError, ReturnPeriodError, draw_up
from custody.returns.checks import CHECKS, back_test
from custody.worker import answer
from ledger import Ledger, Outcome, RequestKind, ReturnState, open_ledger
from release.places import Places
from release.return_content import cells_of, read_content, reconcile
from release.return_periods import period_named
from release.returns_reading import template_named
from tests import return_release

PERIOD = period_named("2024-25-Q2")


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


def _submitted(places: Places, ledger: Ledger, *, why: str = "") -> int:
    """A version drawn up without the joint audit, passed, signed by two people and submitted."""
    template = template_named(places, "a-return")
    drawn = draw_up(places, ledger, template, PERIOD, audited=False)
    from custody.packs import digest
    from ledger import CheckResult

    number = ledger.returns.draw_up(
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
    ledger.returns.checked(number, [CheckResult(name, Outcome.PASSED, "looked at") for name in CHECKS])
    for who, role in (("ann", "returns_officer"), ("bob", "manager")):
        ledger.returns.sign(number, ledger.returns.standing(number).digest, by=who, role=role)
    ledger.returns.submit(number, by="ann", role="returns_officer")
    return number


def test_a_submitted_return_comes_out_again_and_a_later_release_is_reconciled(
    places: Places, ledger: Ledger
) -> None:
    first = _submitted(places, ledger)
    assert back_test(places, ledger, ledger.returns.standing(first))[0]
    more = return_release.rows(random.Random(7), 90)
    return_release.made(places.data, more, "2024-10-31-002")
    assert back_test(places, ledger, ledger.returns.standing(first))[0]
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


def test_a_template_changed_since_and_a_release_that_is_gone_fail_the_back_test(
    places: Places, ledger: Ledger
) -> None:
    number = _submitted(places, ledger)
    standing = ledger.returns.standing(number)
    return_release.with_template(places, return_release.TEMPLATE + "\n# changed\n")
    same, words = back_test(places, ledger, standing)
    assert not same
    assert "template was changed" in words
    return_release.with_template(places)
    return_release.made(places.data, return_release.rows(random.Random(1), 20), "2024-10-31-002")
    (places.releases / "2024-10-31-001").rename(places.data / "moved-away")
    same, words = back_test(places, ledger, standing)
    assert not same
    assert "is gone" in words
    assert str(places.data) not in words


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
