"""A return that is drawn up once more from a later release: both together do not tell who was entered late."""

import hashlib
import random
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from custody.returns.drawing import draw_up
from ledger import CheckResult, open_ledger
from release.return_periods import period_named
from release.returns_reading import template_named
from tests import return_release as releases
from tests.small_release import CONTRACT, FRAMEWORK

LATER = "2024-10-31-002"
FAMILIES_ALONE = releases.TEMPLATE.split('[[table]]\nname = "ended"')[0]
Cells = dict[str | None, list[Any]]


def rows(*, late: bool) -> dict[str, list[dict[str, Any]]]:
    """A council of 160 families; `late`: and one of Croft, helped since August, that was entered afterwards."""
    tables = releases.rows(random.Random(4), 160)
    digest = hashlib.sha256(CONTRACT.encode()).hexdigest()
    tables["framework_file"] = [
        {"framework": FRAMEWORK, "framework_version": "3", "sha256": digest, "text": CONTRACT}
    ]
    if late:
        at = {
            "family": "late",
            "ward": "Croft",
            "locality": "South",
            "start_month": "2024-08",
            "end_month": None,
        }
        episode = {**tables["episode"][0], **at, "episode": "late", "closure_reason": "open"}
        tables["episode"].append(episode)
        tables["family"].append({**tables["family"][0], **at, "episodes": 1, "record_key": 99_999})
    return tables


def by_ward(content: Mapping[str, Any], column: int) -> Cells:
    """A column of the only table: what is shown of each ward; None: of all."""
    (table,) = content["tables"]
    return {row["codes"][0]: row["cells"][column] for row in table["rows"]}


@pytest.mark.proof
@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_family_entered_late_is_not_told_by_two_versions_of_a_return(
    tmp_path: Path, withdrawn: bool
) -> None:
    """Also where the first was withdrawn after it was signed: until then all who see returns had it."""
    places = releases.made(tmp_path / "data", rows(late=False))
    releases.with_template(places, FAMILIES_ALONE)
    template, period = template_named(places, "a-return"), period_named("2024-25-Q2")
    with closing(open_ledger(places)) as ledger:
        first = draw_up(places, ledger, template, period, releases.NAME)
        releases.made(places.data, rows(late=True), LATER)
        alone = draw_up(places, ledger, template, period, LATER)
        number = ledger.returns.draw_up(
            "a-return",
            period.code,
            release=releases.NAME,
            ledger_line=first.content["ledger_line"],
            template_digest=template.digest,
            content=first.text,
            files={name: hashlib.sha256(data).hexdigest() for name, data in first.files.items()},
            signers=["returns_officer", "manager"],
            checks=["released_together"],
            by="ann@example.org",
            role="returns_officer",
        )
        if withdrawn:
            ledger.returns.checked(number, [CheckResult("released_together", "passed", "safe")])
            for who in ("ann@example.org", "bob@example.org"):
                ledger.returns.sign(number, ledger.returns.standing(number).digest, by=who, role="manager")
            ledger.returns.withdraw(number, "not sent", by="ann@example.org", role="returns_officer")
        again = draw_up(places, ledger, template, period, LATER)
    before, naive, now = (by_ward(one.content, 0) for one in (first, alone, again))
    # Nobody stops whoever does not look at what left before: the ward of the one family is told.
    assert [ward for ward in before if naive[ward] != before[ward]] == [None, "Croft"]
    moved = [ward for ward in before if now[ward][1] == "" and now[ward] != before[ward]]
    assert moved == [None]
    # And it is not the only one that is withheld, so the total does not tell of it either.
    hidden = [ward for ward in now if now[ward][1] == "c"]
    assert "Croft" in hidden
    assert len(hidden) == 2
