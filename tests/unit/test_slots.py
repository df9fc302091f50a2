"""What can be claimed for once: tokens that last as long as a claim."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from outcomes import Framework, read_framework
from pipelines.keys import Keys, Purpose
from pipelines.register.facets import FACETS
from pipelines.running.slots import LIVE, claims_made, with_slots
from release.places import PROJECT

FOLDER = PROJECT / "data" / "frameworks"
NATIONAL = read_framework(FOLDER / "supporting-families-2022.toml")
CONTRACT = read_framework(FOLDER / "family-outcomes-contract.toml")
KEYS = Keys("11" * 32, "22" * 32, "33" * 32)
AS_OF = date(2024, 10, 31)


NOBODY_MERGED = pl.DataFrame(schema={"key": pl.String, "present": pl.String})


def units(
    framework: Framework,
    keys: Keys,
    *rows: tuple[str, str, str, str | None],
    live: pl.DataFrame | None = None,
    merged: pl.DataFrame = NOBODY_MERGED,
) -> pl.DataFrame:
    """Units with slots: `episode, family, kind, person` by what outlasts a rotation; pseudonyms are under `keys`."""
    purposes = {
        "episode": Purpose.EPISODE,
        "family": Purpose.FAMILY_PSEUDONYM,
        "person": Purpose.PERSON_PSEUDONYM,
    }
    frame = pl.DataFrame(
        rows, schema=dict.fromkeys(("episode", "family", "kind", "person"), pl.String), orient="row"
    )
    references = []
    for column, purpose in purposes.items():
        tokens = keys.tokens(purpose, frame[column])
        references.append(
            tokens.select(
                pl.lit(column).alias("kind"),
                pl.col("token").alias("pseudonym"),
                pl.col("key").alias("reference"),
                pl.col("key") if column != "episode" else pl.lit(None, pl.String).alias("key"),
            )
        )
        named = tokens.rename({"key": column, "token": "pseudonym"})
        frame = (
            frame.join(named, on=column, how="left", maintain_order="left")
            .with_columns(pl.col("pseudonym").alias(column))
            .drop("pseudonym")
        )
    known = LIVE.to_frame() if live is None else live
    return with_slots(frame, framework, pl.concat(references), keys, known, merged)


def kind_of(framework: Framework, about: str, *, in_set: bool | None = None) -> str:
    return next(
        kind.code
        for kind in framework.claims
        if kind.about == about and (in_set is None or (kind.one_of is not None) == in_set)
    )


def test_a_programme_claims_once_for_a_family_and_pays_once_for_an_episode() -> None:
    kind = NATIONAL.claims[0].code
    found = units(
        NATIONAL, KEYS, ("e1", "f1", kind, None), ("e2", "f1", kind, None), ("e3", "f2", kind, None)
    )
    one, two, three = found["slot"]
    assert one == two != three
    assert found["fund_slot"].n_unique() == 3
    assert not set(found["slot"]) & set(found["fund_slot"])
    assert found["slot"].str.contains("^[0-9a-f]{24}$").all()


def test_frameworks_of_one_fund_share_what_is_paid_once_and_nothing_else() -> None:
    kind = NATIONAL.claims[0].code
    other = replace(NATIONAL, id="supporting-families-2020")
    elsewhere = replace(NATIONAL, id="elsewhere", fund="another")
    found = {one.id: units(one, KEYS, ("e1", "f1", kind, None)) for one in (NATIONAL, other, elsewhere)}
    assert found[NATIONAL.id]["fund_slot"][0] == found[other.id]["fund_slot"][0]
    assert found[NATIONAL.id]["slot"][0] != found[other.id]["slot"][0]
    assert found[elsewhere.id]["fund_slot"][0] != found[NATIONAL.id]["fund_slot"][0]


def test_a_rate_card_claims_for_each_kind_person_and_episode() -> None:
    of_set = [kind.code for kind in CONTRACT.claims if kind.one_of]
    alone = kind_of(CONTRACT, "attachment")
    found = units(
        CONTRACT,
        KEYS,
        ("e1", "f1", alone, None),
        ("e2", "f1", alone, None),
        *(("e1", "f1", code, "p1") for code in of_set[:2]),
        ("e1", "f1", of_set[0], "p2"),
    )
    slots = found["slot"].to_list()
    assert len(set(slots[:2])) == 2
    assert slots[2] == slots[3], "two of a set are one thing to claim for"
    assert slots[4] not in slots[:4]


def test_what_one_person_achieved_is_one_thing_to_claim_for_in_whichever_episode_or_family() -> None:
    code = next(kind.code for kind in CONTRACT.claims if kind.unit == "person")
    rows = [(episode, family, code, "p1") for episode, family in (("e1", "f1"), ("e2", "f1"), ("e3", "f2"))]
    found = units(CONTRACT, KEYS, *rows, ("e1", "f1", code, "p2"))
    assert found["slot"].n_unique() == found["fund_slot"].n_unique() == 2
    assert found["slot"][:3].n_unique() == 1
    barred = made(CONTRACT, found, found["slot"][0], code, AS_OF)
    assert {row[0] for row in barred} == set(found["family"])
    assert len(barred) == 2, "once for each family, not for each episode"


def test_the_tokens_outlast_a_rotation_of_the_master_key() -> None:
    rotated = KEYS.rotated("44" * 32, FACETS)
    rows = [("e1", "f1", CONTRACT.claims[0].code, "p1"), ("e1", "f1", CONTRACT.claims[0].code, None)]
    before, after = units(CONTRACT, KEYS, *rows), units(CONTRACT, rotated, *rows)
    assert before.select("slot", "fund_slot").equals(after.select("slot", "fund_slot"))
    assert not set(before["family"]) & set(after["family"])


def test_parts_of_a_token_do_not_run_together() -> None:
    kind = kind_of(CONTRACT, "attachment")
    found = units(CONTRACT, KEYS, ("a|b", "f", kind, None), ("a", "f", kind, None), ("b", "f", kind, None))
    assert found["slot"].n_unique() == 3


def made(framework: Framework, found: pl.DataFrame, slot: str, kind: str, day: date) -> list[tuple]:
    live = pl.DataFrame([(slot, True, 1, "paid", "d", kind, day)], schema=LIVE, orient="row")
    rows = claims_made(found, live, framework, AS_OF)
    return rows.select("family", "framework", "claimed_on", "kind", "person", "episode").rows()


def test_a_programme_claim_bars_every_episode_of_the_family() -> None:
    kind = NATIONAL.claims[0].code
    found = units(
        NATIONAL, KEYS, ("e1", "f1", kind, None), ("e2", "f1", kind, None), ("e3", "f2", kind, None)
    )
    (row,) = made(NATIONAL, found, found["slot"][0], kind, date(2024, 5, 1))
    assert row == (found["family"][0], NATIONAL.id, date(2024, 5, 1), None, None, None)


@pytest.mark.parametrize("day", [AS_OF, date(2025, 1, 1)])
def test_a_claim_of_a_rate_card_bars_that_very_unit_and_never_lies_in_the_future(day: date) -> None:
    of_set = [kind.code for kind in CONTRACT.claims if kind.one_of][:2]
    found = units(CONTRACT, KEYS, *(("e1", "f1", code, "p1") for code in of_set))
    (row,) = made(CONTRACT, found, found["slot"][0], of_set[1], day)
    assert row[2:] == (AS_OF, of_set[1], found["person"][0], None)


@pytest.mark.parametrize(
    ("steps", "whose"),
    [
        ({}, "present"),
        ({"former": "paid"}, "former"),
        ({"former": "claimable"}, "former"),
        ({"present": "claimable"}, "present"),
        ({"present": "paid", "former": "paid"}, "present"),
        ({"present": "claimable", "former": "submitted"}, "former"),
    ],
)
def test_of_two_families_that_are_one_the_live_claim_of_either_is_theirs(
    steps: dict[str, str], whose: str
) -> None:
    kind = NATIONAL.claims[0].code
    slot = {
        name: units(NATIONAL, KEYS, ("e1", name, kind, None))["slot"][0]
        for name in ("present", "former", "third")
    }
    live = pl.DataFrame(
        [(slot[name], True, n, step, "d", kind, AS_OF) for n, (name, step) in enumerate(steps.items())],
        schema=LIVE,
        orient="row",
    )
    merged = pl.DataFrame({"key": ["former"], "present": ["present"]})
    rows = [("e1", "present", kind, None), ("e2", "present", kind, None), ("e3", "third", kind, None)]
    found = units(NATIONAL, KEYS, *rows, live=live, merged=merged)
    assert found["slot"].to_list() == [slot[whose], slot[whose], slot["third"]]
    assert found["fund_slot"].equals(units(NATIONAL, KEYS, *rows)["fund_slot"])


def test_of_two_people_that_are_one_the_live_claim_of_either_is_theirs() -> None:
    kind = next(kind.code for kind in CONTRACT.claims if kind.unit == "person")
    former = units(CONTRACT, KEYS, ("e1", "f", kind, "p2"))
    live = pl.DataFrame([(former["slot"][0], True, 1, "paid", "d", kind, AS_OF)], schema=LIVE, orient="row")
    merged = pl.DataFrame({"key": ["p2"], "present": ["p1"]})
    found = units(CONTRACT, KEYS, ("e1", "f", kind, "p1"), ("e2", "f", kind, "p1"), live=live, merged=merged)
    assert found.select("slot", "fund_slot").row(0) == former.select("slot", "fund_slot").row(0)
    assert found["slot"][1] == found["slot"][0], "a person is claimed for once, in whichever episode"
