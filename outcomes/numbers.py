"""The frames by number: small whole numbers stand for keys and codes, and records are read when a rule asks for them.

Numbers sort as the texts that they stand for do; the engine works on nothing else, and the texts come back in its
answers. Of an extract only what the rules look at is kept: their columns, the people concerned, days that are known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from outcomes.rules import (
    EXTRACTS,
    Attendance,
    Conditions,
    Count,
    NoEvent,
    NoStatus,
    Reduction,
    Rule,
    Spell,
    StatusChange,
    parts_of,
)

_NUMBER: Final = "number"
_ROWS_AT_ONCE: Final = 2_000_000
_NOBODY: Final = 2**32 - 1
_ONE_NEED: Final = ("episode", "person", "code", "identified_on")
# A judgement may be about any of several needs of an episode.
_ONE_REVIEW: Final = ("episode", "recorded_on", "state")
_REVIEWS: Final = pl.Enum(["met", "regressed", "waived"])


@dataclass(frozen=True)
class Keys:
    """The texts that numbers stand for, sorted: a number is a place here."""

    episode: pl.Series
    family: pl.Series
    person: pl.Series
    code: pl.Series


class RecordTexts:
    """The texts that numbers of records stand for."""

    def __init__(self) -> None:
        self._texts: list[pl.Series] = []
        self._count = 0

    def numbered(self, frame: pl.DataFrame, alike: tuple[str, ...] = ()) -> pl.DataFrame:
        """The frame with numbers in place of `record`, in the order of its texts: all of them, or, where that would
        take long and no more is asked for, those of rows that are the same in the columns `alike`."""
        if alike:
            repeated = frame.select(alike).is_duplicated()
            ordered = pl.concat([frame.filter(~repeated), frame.filter(repeated).sort("record")])
        else:
            ordered = frame.sort("record")
        first, self._count = self._count, self._count + frame.height
        self._texts.append(ordered["record"])
        return ordered.with_columns(record=pl.int_range(first, self._count, dtype=pl.UInt32))

    def texts(self) -> pl.Series:
        """Every text at the place of its number."""
        return pl.concat([pl.Series([], dtype=pl.String), *self._texts], rechunk=False)


@dataclass(frozen=True)
class Cases:
    """What is known of episodes on the as-of date, by number (`episode`, `family`, `person`, `code`).

    Episodes that begin later are left out, with whatever is about them; so are reviews of people in no episode
    that have no need. A person who cannot be told is null.
    """

    episode: pl.DataFrame
    member: pl.DataFrame
    need: pl.DataFrame
    progress: pl.DataFrame
    earlier_claim: pl.DataFrame
    unlinked_person: pl.DataFrame


def numbered(
    frames: Mapping[str, pl.LazyFrame],
    *,
    codes: Sequence[str],
    only_needs: Sequence[str] | None,
    as_of: date,
    records: RecordTexts,
) -> tuple[Cases, Keys]:
    """The cases of the checked frames, and what their numbers stand for (those of records go into `records`).

    `codes` are those of the framework's needs and kinds of claim; needs under others are kept, unless `only_needs`
    names those that are.

    Raises ValueError where two different rows describe one episode.
    """
    episode = frames["episode"].sort("episode").collect()
    if episode["episode"].n_unique() != episode.height:
        episode = episode.unique(maintain_order=True)
    if episode["episode"].n_unique() != episode.height:
        raise ValueError("two different rows of the frame episode describe the same episode")
    episode = episode.filter(pl.col("start_date") <= as_of)
    known = pl.col("identified_on") <= as_of
    asked = pl.lit(True) if only_needs is None else pl.col("need_code").is_in(only_needs)
    need = _with_numbers(
        frames["need"].filter(known & asked), "episode", episode["episode"], "inner"
    ).collect()
    member = _with_numbers(frames["episode_member"], "episode", episode["episode"], "inner").collect()
    keys = Keys(
        episode["episode"],
        episode["family"].unique().sort(),
        pl.concat([member["person"], need["person"]]).drop_nulls().unique().sort(),
        pl.concat([need["need_code"].unique(), pl.Series(codes, dtype=pl.String)]).unique().sort(),
    )
    progress = (
        frames["progress"]
        .filter(pl.col("recorded_on") <= as_of, pl.col("state").is_in(_REVIEWS.categories))
        .with_columns(pl.col("state").cast(_REVIEWS))
    )
    earlier = frames["earlier_claim"].filter(pl.col("claimed_on") <= as_of)
    return (
        Cases(
            _numbered(_in_place_of(episode, "episode"), keys, family="inner"),
            _numbered(member.lazy(), keys, person="inner"),
            records.numbered(_numbered(need.lazy(), keys, person="left", need_code="inner"), _ONE_NEED),
            records.numbered(
                _numbered(progress, keys, episode="inner", need_code="inner", person="known"), _ONE_REVIEW
            ),
            _numbered(earlier, keys, family="inner", person="nobody", episode="nobody"),
            _numbered(frames["unlinked_person"], keys, person="inner"),
        ),
        keys,
    )


def _in_place_of(sorted_by: pl.DataFrame, column: str) -> pl.LazyFrame:
    """With the number of the row in place of the text that the rows are sorted by, each of which is there once."""
    return sorted_by.lazy().with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias(column))


def _numbered(frame: pl.LazyFrame, keys: Keys, **columns: str) -> pl.DataFrame:
    """With numbers in place of the texts of `columns`.

    Where a text is none of the keys: `inner` leaves the row out, `known` as well unless the text is null, `left`
    makes it null, and `nobody` a number that is nobody's.
    """
    texts = {"episode": keys.episode, "family": keys.family, "person": keys.person, "need_code": keys.code}
    for column, how in columns.items():
        frame = _with_numbers(frame, column, texts[column], how)
    return frame.rename({"need_code": "code"}, strict=False).collect(engine="streaming")


def _with_numbers(frame: pl.LazyFrame, column: str, texts: pl.Series, how: str) -> pl.LazyFrame:
    numbers = pl.LazyFrame({column: texts}).with_row_index(_NUMBER)
    joined = frame.join(numbers, on=column, how="inner" if how == "inner" else "left")
    if how == "known":
        joined = joined.filter(pl.col(_NUMBER).is_not_null() | pl.col(column).is_null())
    if how == "nobody":
        nobody = pl.when(pl.col(column).is_not_null()).then(pl.lit(_NOBODY))
        joined = joined.with_columns(pl.coalesce(_NUMBER, nobody).cast(pl.UInt32).alias(_NUMBER))
    return joined.with_columns(pl.col(_NUMBER).alias(column)).drop(_NUMBER)


def _in_parts(frame: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """A large file need not be in memory at once."""
    rows = frame.select(pl.len()).collect().item()
    for first in range(0, max(1, rows), _ROWS_AT_ONCE):
        yield frame.slice(first, _ROWS_AT_ONCE)


class Records(Mapping[str, pl.DataFrame]):
    """The records of each extract that the rules look at, by number of person; read on demand, one at a time.

    `school_attendance` has the two newest complete terms only, exact repeats left out; `term` is the calendar of
    complete terms, newest first. `unlinked_person` is there as well.
    """

    def __init__(
        self,
        frames: Mapping[str, pl.LazyFrame],
        cases: Cases,
        keys: Keys,
        of_needs: Mapping[str, Rule],
        of_claims: Mapping[str, Rule],
        as_of: date,
        records: RecordTexts,
    ) -> None:
        """`of_needs`, `of_claims`: the rules of needs and of kinds of claim, by code."""
        self._frames = frames
        self._member = cases.member.select("episode", "person")
        self._need = cases.need.select("episode", "person", "code")
        self._texts = records
        self._keys = keys
        self._of_needs = of_needs
        self._of_claims = of_claims
        self._as_of = as_of
        self._read: dict[str, pl.DataFrame] = {"unlinked_person": cases.unlinked_person}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._read:
            for old in [old for old in self._read if old not in ("unlinked_person", "term")]:
                del self._read[old]
            if name == "term":
                self._read[name] = self._terms()
            elif name == "school_attendance":
                self._read[name] = self._attendance()
            else:
                self._read[name] = self._records(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*EXTRACTS, "school_attendance", "term", "unlinked_person"))

    def __len__(self) -> int:
        return len(EXTRACTS) + 3

    def _records(self, extract: str) -> pl.DataFrame:
        facts = EXTRACTS[extract]
        rules = (*self._of_needs.values(), *self._of_claims.values())
        filters = [asked for rule in rules for asked in _filters(rule, extract)]
        columns = dict.fromkeys(column for where in filters for column, _codes in where)
        days = (facts.first_day, facts.last_day) if facts.last_day else (facts.first_day,)
        asked_for = pl.any_horizontal(
            pl.all_horizontal(pl.lit(True), *(pl.col(column).is_in(list(codes)) for column, codes in where))
            for where in filters
        )
        known = pl.col(facts.first_day) <= self._as_of
        return self._of_people(
            extract, lambda part: part.filter(known, asked_for).select("person", *days, *columns, "record")
        )

    def _attendance(self) -> pl.DataFrame:
        newest = self["term"].filter(pl.col("n") <= 2).lazy().select("academic_year", "term")
        found = self._of_people(
            "school_attendance", lambda part: part.join(newest, on=["academic_year", "term"], how="semi")
        )
        return found.group_by([c for c in found.columns if c != "record"]).agg(pl.col("record").min())

    def _terms(self) -> pl.DataFrame:
        """Where rows disagree about the days of one term, its earliest start and its latest end count: strict."""
        rows = self._frames["school_attendance"].group_by("academic_year", "term")
        return (
            rows.agg(pl.col("term_start").min(), pl.col("term_end").max())
            .filter(pl.col("term_end") <= self._as_of)
            .collect(engine="streaming")
            .sort("term_end", "term_start", "academic_year", "term", descending=True)
            .with_row_index("n", 1)
        )

    def _of_people(self, extract: str, asked_for: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
        """What is `asked_for` of the extract, of the people whose records a rule looks at."""
        numbers = pl.DataFrame({"person": self._keys.person}).with_row_index(_NUMBER)
        concerned = numbers.filter(pl.col(_NUMBER).is_in(self._concerned(extract).implode()))
        parts = []
        for part in _in_parts(self._frames[extract]):
            found = asked_for(part).join(concerned.lazy(), on="person", how="inner")
            parts.append(found.with_columns(pl.col(_NUMBER).alias("person")).drop(_NUMBER).collect())
        return self._texts.numbered(pl.concat(parts))

    def _concerned(self, extract: str) -> pl.Series:
        """Whose records of the extract a rule looks at: of a kind of claim, every member's."""
        members, need = self._member, self._need
        looks = {code: _looks(rule, extract) for code, rule in self._of_needs.items()}
        number = {code: place for place, code in enumerate(self._keys.code)}
        own = need.filter(pl.col("code").is_in([number[code] for code, at in looks.items() if at]))
        if not any(_looks(rule, extract) for rule in self._of_claims.values()):
            of_all = [number[code] for code, at in looks.items() if "any_member" in at]
            whole = own.filter(pl.col("person").is_null() | pl.col("code").is_in(of_all))
            members = members.join(whole, on="episode", how="semi")
        return pl.concat([own["person"].drop_nulls(), members["person"]]).unique()


def _filters(rule: Rule, extract: str) -> Iterator[Conditions]:
    """What the rule, or one that it combines, asks of records of the extract."""
    for part in parts_of(rule):
        yield from _filters(part, extract)
    match rule:
        case StatusChange() if rule.extract == extract:
            yield rule.from_where
            yield rule.to_where
        case NoEvent() | NoStatus() | Spell() | Reduction() | Count() if rule.extract == extract:
            yield rule.where


def _looks(rule: Rule, extract: str) -> set[str]:
    """At whose records of the extract the rule, or one that it combines, looks; nothing where at nobody's."""
    found = {looks for part in parts_of(rule) for looks in _looks(part, extract)}
    match rule:
        case NoEvent() | NoStatus() | Count() | Reduction() if rule.extract == extract:
            found.add(rule.whose)
        case Spell() | StatusChange() if rule.extract == extract:
            found.add("person")
        case Attendance() if extract == "school_attendance":
            found.add("person")
    return found
