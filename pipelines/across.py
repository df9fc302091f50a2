"""Facts that contradict one another, within an extract or between extracts: counted, for no row is to blame alone.

Each rule looks at good rows. Where a fact that it compares is missing, it says nothing.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines import rules
from pipelines.contracts import Contract, Part, Rule, Severity
from pipelines.counting import Count, covers_to
from pipelines.landing import Landed

Good = Mapping[str, pl.DataFrame]
# A child may be known, and helped, before it is born.
BEFORE_BIRTH = "280d"
_WHERE = ("file", "row")
_EVER, _NEVER = pl.lit("9999-12-31").str.to_date(), pl.lit("0001-01-01").str.to_date()

ONE_ROLE = Rule(
    "roles_do_not_contradict",
    Severity.STOPS_A_CLAIM,
    "nobody has two roles in one family at the same time",
    "the same person has another role in the same family at the same time: correct one of the two, or its dates",
    "role",
)
JOINED_BEFORE_BIRTH = Rule(
    "from_date_is_not_before_birth",
    Severity.WORTH_A_LOOK,
    "nobody belongs to a family more than nine months before their birth",
    "the person belongs to the family more than nine months before their birth: correct from_date or date_of_birth",
    "from_date",
)
ONE_EPISODE_AT_A_TIME = Rule(
    "episodes_do_not_overlap",
    Severity.WORTH_A_LOOK,
    "a family has one spell of help at a time",
    "another spell of help of the same family had not ended: end the earlier one, or make one of the two",
    "start_date",
)
NEED_OF_A_MEMBER = Rule(
    "person_is_in_the_family",
    Severity.STOPS_A_CLAIM,
    "the person with the need is in the family that is helped",
    "the person is not in the family that this spell of help is for: correct person_ref or episode_ref",
    "person_ref",
)
IDENTIFIED_WITHIN = Rule(
    "identified_during_the_episode",
    Severity.WORTH_A_LOOK,
    "the need was identified between the first and the last day of its spell of help",
    "the need was identified before help began or after it ended: correct the day, or the spell of help",
    "identified_on",
)
JUDGED_AFTER = Rule(
    "judged_after_it_was_identified",
    Severity.STOPS_A_CLAIM,
    "the judgement is not earlier than the day on which the need was identified",
    "the need was identified only after this judgement: correct the wrong one of the two days",
    "recorded_on",
)
ONE_STORY = Rule(
    "incident_is_told_one_way",
    Severity.STOPS_A_CLAIM,
    "rows of one incident agree on its day, and on whether it was domestic abuse",
    "another row of the same incident gives another day, or says otherwise about domestic abuse: ask which is right",
    "incident_ref",
)
SESSIONS_ADD_UP = Rule(
    "sessions_add_up",
    Severity.WORTH_A_LOOK,
    "sessions attended and missed are not more than were possible",
    "sessions attended and missed are more than were possible: ask the school for the right figures",
    "sessions_possible",
)
ONE_FIGURE_A_TERM = Rule(
    "term_is_told_one_way",
    Severity.WORTH_A_LOOK,
    "a pupil has one row for a term at a school",
    "an earlier row for the same pupil, school and term has other figures: ask which are right",
    "sessions_attended",
)


def one_person(own_key: str) -> Rule:
    """The sender gave a number to one person alone."""
    return Rule(
        "number_means_one_person",
        Severity.STOPS_LINKAGE,
        f"rows that share one {own_key} agree on forename or date of birth",
        f"an earlier row with the same {own_key} has another forename and another date of birth: two people were given "
        "one number, or one of the rows is wrong; correct it where the record is kept",
        own_key,
    )


def born_before(event: str) -> Rule:
    """What the row tells of did not happen to somebody unborn."""
    return Rule(
        f"{event}_is_not_before_birth",
        Severity.STOPS_LINKAGE,
        f"{event} is at most nine months before the date of birth",
        f"{event} lies more than nine months before the date of birth: correct the wrong one of the two",
        event,
    )


def within_cover(event: str) -> Rule:
    """What the row tells of lies in the days that the file covers, as far as it has come."""
    return Rule(
        f"{event}_is_not_after_the_extract",
        Severity.STOPS_A_CLAIM,
        f"{event} is not after the last day that the extract covers",
        f"{event} is after the last day that the extract covers: correct the day, or covers_to in extracts.toml",
        event,
    )


def count_across(contract: Contract, good: Good, mine: Sequence[Landed]) -> list[Count]:
    """Hold the good rows of a contract against one another and against those of other contracts.

    `good`: contract to `row`, `file` and its columns. `mine`: the files of this contract.
    """
    frame = good[contract.name]
    counts = [*_events(contract, frame, mine), *_numbers(contract, frame)]
    own = _OF_ONE_CONTRACT.get(contract.name)
    return [*counts, *own(good)] if own else counts


def _events(contract: Contract, frame: pl.DataFrame, mine: Sequence[Landed]) -> list[Count]:
    """The day that every row must give is the day of what it tells of: it lies after a birth and before the end."""
    always = [c.name for c in contract.columns if c.type == "date" and not c.part and not c.nullable]
    if not always:
        return []
    event = always[0]
    known = frame.filter(pl.col(event).is_not_null())
    late = known.filter(pl.col(event) > covers_to(mine)).select(_WHERE)
    counts = [Count(within_cover(event), known.height, late)]
    for birth in contract.parts(Part.DATE_OF_BIRTH):
        # A birth after the end of the extract is told by a rule of its own.
        dated = known.filter(pl.col(birth.name) <= covers_to(mine))
        early = dated.filter(pl.col(event) < pl.col(birth.name).dt.offset_by(f"-{BEFORE_BIRTH}"))
        counts.append(Count(born_before(event), dated.height, early.select(_WHERE)))
    return counts


def _numbers(contract: Contract, frame: pl.DataFrame) -> list[Count]:
    """Rows that differ in both forename and date of birth from the first row with their number that gives both."""
    parts = [contract.parts(part) for part in (Part.OWN_KEY, Part.FORENAME, Part.DATE_OF_BIRTH)]
    if not all(parts):
        return []
    key, forename, birth = (columns[0].name for columns in parts)
    told = frame.select(
        *_WHERE, key=key, name=pl.col(forename).str.to_lowercase(), born=pl.col(birth)
    ).drop_nulls()
    differs = [pl.col(fact) != pl.col(fact).first().over("key") for fact in ("name", "born")]
    odd = told.sort(_WHERE).filter(pl.all_horizontal(differs))
    return [Count(one_person(key), told.height, odd.select(_WHERE))]


def _family_member(good: Good) -> list[Count]:
    frame = good["family_member"]
    dated = frame.filter(pl.col("from_date").is_not_null(), pl.col("date_of_birth").is_not_null())
    early = dated.filter(pl.col("from_date") < pl.col("date_of_birth").dt.offset_by(f"-{BEFORE_BIRTH}"))
    return [
        Count(ONE_ROLE, frame.height, _two_roles(frame)),
        Count(JOINED_BEFORE_BIRTH, dated.height, early.select(_WHERE)),
    ]


def _two_roles(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that begin while the same person still has another role in the same family."""
    group = ["person_ref", "family_ref"]
    several = frame.select(
        *_WHERE,
        *group,
        "role",
        first=pl.col("from_date").fill_null(_NEVER),
        last=pl.col("to_date").fill_null(_EVER),
    ).filter(pl.col("role").n_unique().over(group) > 1)
    overlaps = pl.lit(False)
    for role in several["role"].unique().sort():
        until = pl.when(pl.col("role") == role).then("last").cum_max().forward_fill().shift(1).over(group)
        overlaps = overlaps | ((pl.col("role") != role) & (pl.col("first") <= until).fill_null(False))
    return several.sort("first", *_WHERE).filter(overlaps).select(_WHERE)


def _family_episode(good: Good) -> list[Count]:
    frame = good["family_episode"]
    # The same spell told twice is a repeat or a number used twice, and told as that.
    spells = frame.unique("episode_ref", keep="first", maintain_order=True).sort("start_date", *_WHERE)
    until = pl.col("end_date").fill_null(_EVER).cum_max().shift(1).over("family_ref")
    return [
        Count(
            ONE_EPISODE_AT_A_TIME,
            spells.height,
            spells.filter((pl.col("start_date") <= until).fill_null(False)).select(_WHERE),
        )
    ]


def _need(good: Good) -> list[Count]:
    episodes = (
        good["family_episode"]
        .select("episode_ref", "family_ref", "start_date", "end_date")
        .unique("episode_ref")
    )
    placed = good["need"].join(episodes, on="episode_ref")
    outside = (pl.col("identified_on") < pl.col("start_date")) | (
        pl.col("identified_on") > pl.col("end_date").fill_null(_EVER)
    )
    members = good["family_member"].select("person_ref", "family_ref").unique()
    # Somebody whose rows are all in quarantine is told by another rule.
    personal = placed.join(members.select("person_ref").unique(), on="person_ref", how="semi")
    return [
        Count(IDENTIFIED_WITHIN, placed.height, placed.filter(outside).select(_WHERE)),
        Count(
            NEED_OF_A_MEMBER,
            personal.height,
            personal.join(members, on=["person_ref", "family_ref"], how="anti").select(_WHERE),
        ),
    ]


def _progress(good: Good) -> list[Count]:
    about = ["episode_ref", "person_ref", "need_code"]
    frame = good["progress"]
    needs = good["need"].group_by(about).agg(pl.col("identified_on").min())
    judged = frame.join(needs, on=about, nulls_equal=True)
    return [
        Count(
            rules.JUDGES_A_NEED,
            frame.height,
            frame.join(needs, on=about, how="anti", nulls_equal=True).select(_WHERE),
        ),
        Count(
            JUDGED_AFTER,
            judged.height,
            judged.filter(pl.col("recorded_on") < pl.col("identified_on")).select(_WHERE),
        ),
    ]


def _police_incident(good: Good) -> list[Count]:
    frame = good["police_incident"].sort(_WHERE)
    facts = ("occurred_on", "domestic_abuse")
    differs = pl.any_horizontal(pl.col(fact) != pl.col(fact).first().over("incident_ref") for fact in facts)
    return [Count(ONE_STORY, frame.height, frame.filter(differs).select(_WHERE))]


def _school_attendance(good: Good) -> list[Count]:
    frame = good["school_attendance"]
    missed = [pl.col(name).fill_null(0) for name in ("authorised_absence", "unauthorised_absence")]
    above = pl.sum_horizontal("sessions_attended", *missed) > pl.col("sessions_possible")
    # What is not told of a pupil's identity cannot tell two pupils apart.
    told = frame.filter(pl.col("upn").is_not_null(), pl.col("school").is_not_null())
    which = ["upn", "school", "academic_year", "term"]
    figures = [*which, "sessions_possible", "sessions_attended"]
    distinct = told.filter(pl.struct(figures).is_first_distinct())
    again = distinct.filter(~pl.struct(which).is_first_distinct())
    return [
        Count(SESSIONS_ADD_UP, frame.height, frame.filter(above).select(_WHERE)),
        Count(ONE_FIGURE_A_TERM, told.height, again.select(_WHERE)),
    ]


_OF_ONE_CONTRACT = {
    "family_member": _family_member,
    "family_episode": _family_episode,
    "need": _need,
    "progress": _progress,
    "police_incident": _police_incident,
    "school_attendance": _school_attendance,
}
