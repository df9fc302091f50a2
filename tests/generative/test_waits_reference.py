"""The share assessed in time against sums in plain Python, whatever is shown, withheld, nothing or above its whole."""

from math import sqrt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.derived import FURTHEST
from evidence.evidence import Evidence
from evidence.journeys import assessed_within
from release.measures import question_name
from tests.fakes import MANIFEST, FakeContents, FakeDesk, catalogue, visitor

WAITS = ("0-14", "15-28", "29-56", "57+", "none")
TEAMS = ("North team", "Centre team", "South team", "West team", "Young parents' team")
NOISE = (int(MANIFEST["noise_usual"]), int(MANIFEST["noise_most"]))
counts = st.none() | st.just(0) | st.integers(3, 400)


class Told(FakeContents):
    """A release in which these teams wait so long. None: withheld."""

    def __init__(self, bands: dict[tuple[str, str], int | None], wholes: dict[str, int | None]) -> None:
        super().__init__()
        self.bands, self.wholes = bands, wholes

    def answer(self, question: str) -> pl.DataFrame:
        rows: list[tuple[str | None, ...]] = []
        values: list[int] = []
        if question == question_name("episodes_started", ("team", "wait")):
            shown = {codes: value for codes, value in self.bands.items() if value is not None}
            rows, values = [(*codes, None) for codes in shown], list(shown.values())
        elif question == question_name("episodes_started", ("team",)):
            known = {team: value for team, value in self.wholes.items() if value is not None}
            rows, values = [(team, None, None) for team in known], list(known.values())
        kinds = dict.fromkeys(("code_1", "code_2", "code_3"), pl.String)
        return pl.DataFrame(rows, schema=kinds, orient="row").with_columns(
            value=pl.Series(values, dtype=pl.Int64)
        )


def expected(parts: list[int | None], whole: int | None) -> tuple[float | None, str | None, float | None]:
    """The share in per cent, its symbol, and how far it may be off."""
    if whole is None or None in parts:
        return None, "c", None
    if whole == 0:
        return None, "u", None
    usual, _ = NOISE
    part = sum(one for one in parts if one is not None)
    ratio = min(part / whole, 1)
    off = 100 * sqrt(len(parts) * usual**2 + ratio**2 * usual**2) / whole
    if off > FURTHEST:
        return None, "u", None
    return float(round(100 * ratio)), None, off + 0.5


@settings(max_examples=25, deadline=None)
@given(
    bands=st.fixed_dictionaries({(team, wait): counts for team in TEAMS for wait in WAITS}),
    wholes=st.fixed_dictionaries(dict.fromkeys(TEAMS, counts)),
    days=st.sampled_from([14, 28, 56]),
)
def test_the_share_assessed_in_time(
    bands: dict[tuple[str, str], int | None], wholes: dict[str, int | None], days: int
) -> None:
    evidence = Evidence(Told(bands, wholes), catalogue(), FakeDesk()).seen_by(visitor("manager"))
    share, whole = assessed_within(evidence, days, "team", {})
    soon = WAITS[: (14, 28, 56).index(days) + 1]
    assert share.frame["team"].to_list() == whole.frame["team"].to_list() == list(TEAMS)
    for team, value, symbol, tolerance in share.frame.select(
        "team", "value", "symbol", "tolerance"
    ).iter_rows():
        at, why, off = expected([bands[team, wait] for wait in soon], wholes[team])
        assert symbol == why
        # Halves may go either way.
        assert (value is None) == (at is None)
        assert value is None or at is None or abs(value - at) <= 1
        assert (tolerance is None) == (off is None)
        assert off is None or abs(tolerance - off) < 1e-9
