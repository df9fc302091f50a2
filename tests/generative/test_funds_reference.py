"""Several frameworks and the ledger: what counts where, against plain Python, one claim at a time."""

from dataclasses import replace
from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from outcomes import read_framework
from pipelines.running.slots import LIVE
from pipelines.running.standing import once_for_each_fund, with_steps
from release.places import PROJECT

NATIONAL = read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")
FRAMEWORKS = tuple(
    replace(NATIONAL, id=name, fund=fund) for name, fund in (("a", "one"), ("b", "two"), ("c", "one"))
)
FUND = {one.id: one.fund for one in FRAMEWORKS}
KIND, DAY = NATIONAL.claims[0].code, date(2024, 7, 1)
STEPS = ["claimable", "selected_for_audit", "audited", "submitted", "paid"]

rows = st.lists(
    st.tuples(
        st.sampled_from([one.id for one in FRAMEWORKS]),
        st.sampled_from(["e1", "e2"]),
        st.sampled_from(["claimable", "in_progress"]),
        st.sampled_from(["none", "already_claimed", "other_episode", "need_outstanding"]),
    ),
    max_size=6,
    unique_by=lambda one: one[:2],
)
lives = st.lists(
    st.tuples(
        st.sampled_from([one.id for one in FRAMEWORKS]),
        st.sampled_from(["e1", "e2"]),
        st.sampled_from(STEPS),
        st.sampled_from(["d:e1", "d:e2", "gone"]),
    ),
    max_size=3,
    # The ledger lets one live claim stand on a slot, and one on what is paid for once.
    unique_by=(lambda one: one[0], lambda one: (FUND[one[0]], one[1])),
)


def claim(given_rows):
    """One family: a framework has one slot, an episode one in each fund."""
    return pl.DataFrame(
        [
            (
                framework,
                episode,
                KIND,
                f"slot {framework}",
                f"{FUND[framework]} {episode}",
                state,
                obstacle,
                800,
                DAY,
                f"d:{episode}",
            )
            for framework, episode, state, obstacle in given_rows
        ],
        schema={
            **dict.fromkeys(
                ("framework", "episode", "kind", "slot", "fund_slot", "evidence_state", "obstacle"), pl.String
            ),
            "worth": pl.Int64,
            "claim_date": pl.Date,
            "evidence_digest": pl.String,
        },
        orient="row",
    )


def live(given_lives):
    entries = []
    for number, (framework, episode, step, evidence) in enumerate(given_lives):
        for slot, own in ((f"slot {framework}", True), (f"{FUND[framework]} {episode}", False)):
            entries.append((slot, own, number, step, evidence, KIND, DAY))
    return pl.DataFrame(entries, schema=LIVE, orient="row")


@given(rows, lives)
def test_no_episode_counts_twice_in_a_fund(given_rows, given_lives):
    given_rows.sort(key=lambda one: [one_framework.id for one_framework in FRAMEWORKS].index(one[0]))
    held = {(FUND[framework], episode): framework for framework, episode, *_ in given_lives}
    expected = []
    for framework, episode, _, obstacle in given_rows:
        found = obstacle
        if obstacle == "none":
            holder = held.get((FUND[framework], episode), framework)
            before = [
                one
                for one in given_rows[: given_rows.index((framework, episode, _, obstacle))]
                if FUND[one[0]] == FUND[framework]
                and one[1] == episode
                and one[2] == "claimable"
                # One that a claim of another framework bars takes nothing itself.
                and (
                    one[3] == "already_claimed"
                    or (one[3] == "none" and held.get((FUND[one[0]], episode), one[0]) == one[0])
                )
            ]
            if holder != framework or before:
                found = "other_framework"
        expected.append((framework, episode, found, 0 if found == "other_framework" else 800))
    counted = once_for_each_fund(claim(given_rows), FRAMEWORKS, live(given_lives))
    assert counted.select("framework", "episode", "obstacle", "worth").rows() == expected


@given(rows, lives)
def test_every_live_claim_is_about_one_row_at_most(given_rows, given_lives):
    expected = {}
    for framework, _, step, evidence in given_lives:
        mine = [row for row in given_rows if row[0] == framework]
        if mine:
            best = min(mine, key=lambda row: (f"d:{row[1]}" != evidence, row[2] != "claimable"))
            expected[best[:2]] = (step, f"d:{best[1]}" != evidence)
    found = with_steps(claim(given_rows), live(given_lives))
    told = {
        (row[0], row[1]): (row[2], row[3])
        for row in found.select("framework", "episode", "step", "evidence_changed").iter_rows()
    }
    assert told == {row[:2]: expected.get(row[:2], ("none", False)) for row in given_rows}
