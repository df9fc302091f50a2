"""The timeline: every bar and mark within the drawing, in the order of days, and all of it in words."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from custody.timeline import Lane, Mark, Span, drawings

AS_OF = date(2024, 10, 31)
DAYS = st.dates(date(1995, 1, 1), date(2090, 12, 31))


def a_lane(label: str, first: date | None, last: date | None, *marks: Mark, state: str = "sustained") -> Lane:
    return Lane(label, state, first, last, marks, ())


def test_nothing_to_draw() -> None:
    assert drawings([], claim_date=None, as_of=AS_OF) == []


def test_a_year_of_days_where_they_belong() -> None:
    lane = a_lane("8.1 family", date(2023, 11, 1), AS_OF, Mark(date(2023, 11, 1), "met"))
    (drawn,) = drawings([lane], claim_date=AS_OF, as_of=AS_OF)
    assert [tick["words"] for tick in drawn["ticks"]] == [
        "Nov 2023",
        "Jan 2024",
        "Mar 2024",
        "May 2024",
        "Jul 2024",
        "Sep 2024",
    ]
    assert drawn["lanes"][0]["bar"] == {"from": 0, "to": 1, "state": "sustained"}
    assert drawn["lanes"][0]["marks"] == [{"at": 0, "kind": "met"}]
    assert drawn["words"] == (
        "Timeline up to the as-of date, 31 October 2024. Claim date: 31 October 2024. 8.1 family: judged met 1 "
        "November 2023; sustained, window from 1 November 2023 to 31 October 2024."
    )


def test_many_needs_are_drawn_in_parts_on_one_scale() -> None:
    lanes = [a_lane(f"need {number}", AS_OF - timedelta(number), AS_OF) for number in range(1, 40)]
    parts = drawings(lanes, claim_date=None, as_of=AS_OF)
    assert [lane["label"] for part in parts for lane in part["lanes"]] == [lane.label for lane in lanes]
    assert all(part["ticks"] == parts[0]["ticks"] for part in parts)
    assert max(len(part["lanes"]) for part in parts) <= 16


@given(
    st.lists(
        st.builds(
            Lane,
            st.just("need"),
            st.sampled_from(("sustained", "outstanding")),
            st.none() | DAYS,
            st.none() | DAYS,
            st.lists(st.builds(Mark, DAYS, st.sampled_from(("identified", "record", "waiver")))).map(tuple),
            st.lists(st.builds(Span, DAYS, DAYS, st.sampled_from(("covered", "not_covered", "term")))).map(
                tuple
            ),
        ),
        max_size=5,
    ),
    st.none() | DAYS,
    DAYS,
)
def test_everything_lies_within_the_drawing_in_the_order_of_days(
    lanes: list[Lane], claim_date: date | None, as_of: date
) -> None:
    for drawn in drawings(lanes, claim_date=claim_date, as_of=as_of):
        assert 1 <= len(drawn["ticks"]) <= 12
        assert 0 <= drawn["as_of"] < 1
        for lane, given_lane in zip(drawn["lanes"], lanes, strict=True):
            bars = [*([lane["bar"]] if lane["bar"] else []), *lane["spans"]]
            assert all(0 <= bar["from"] <= bar["to"] <= 1 for bar in bars)
            assert all(0 <= mark["at"] < 1 for mark in lane["marks"])
            for one, mark in zip(lane["marks"], given_lane.marks, strict=True):
                assert mark.day <= as_of or one["at"] >= drawn["as_of"]
                assert f"{mark.day.day} {mark.day:%B} {mark.day.year}" in drawn["words"]
