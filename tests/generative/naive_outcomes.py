"""The published method once more, in plain Python: one family at a time, one day at a time, slow and obvious.

Written from the method's page and not from the engine, so that two mistakes would have to agree. Rows are
dicts by frame name; nothing here is vectorised, cached beyond need, or shared with `outcomes/`, save the
framework's own values.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from outcomes.frameworks import ClaimKind, Framework, Price
from outcomes.rules import (
    AllOf,
    AnyOf,
    Attendance,
    Count,
    Judgement,
    NoEvent,
    NoStatus,
    Reduction,
    Rule,
    Spell,
    StatusChange,
)

Row = dict[str, Any]
ONE_DAY = timedelta(days=1)
FROM_WORST_TO_BEST = ["outstanding", "not_evidenced", "sustaining", "sustained"]
DAYS_OF = {
    "police_incident": ("occurred_on", None),
    "housing_event": ("occurred_on", None),
    "missing_episode": ("missing_from", "missing_to"),
    "social_care_episode": ("start_date", "end_date"),
    "employment_spell": ("start_date", "end_date"),
    "homelessness_duty": ("start_date", "end_date"),
    "benefit_spell": ("start_date", "end_date"),
    "substance_misuse_treatment": ("start_date", "end_date"),
}


@dataclass
class Outcome:
    state: str
    achieved_on: date | None = None
    sustained_on: date | None = None
    is_waived: bool = False
    ends_on: date | None = None  # of what is sustaining: the last day of its window, where that is known

    @property
    def expected_on(self) -> date | None:
        """When it is sustained if nothing changes."""
        return self.sustained_on if self.state == "sustained" else self.ends_on


@dataclass
class Case:
    """A need: the row with its earliest day, and the episode it belongs to."""

    episode: Row
    person: str | None
    code: str
    identified_on: date


def cut_to_month(year: int, month: int, day: int) -> date:
    """The day of that month, or its last one where it is shorter."""
    for day_of_month in range(day, 27, -1):
        try:
            return date(year, month, day_of_month)
        except ValueError:
            continue
    return date(year, month, day)


def months_after(day: date, months: int) -> date:
    """Counts month by month, then cuts the day of the month to what the month has."""
    year, month = day.year, day.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    return cut_to_month(year, month, day.day)


def months_before(day: date, months: int) -> date:
    """The same backwards."""
    year, month = day.year, day.month
    for _ in range(months):
        month -= 1
        if month == 0:
            year, month = year - 1, 12
    return cut_to_month(year, month, day.day)


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def nth_earliest(days: list[date | None], n: int) -> date | None:
    known = sorted(day for day in days if day)
    return known[n - 1] if len(known) >= n else None


class Naive:
    """Judges families under one framework on one day."""

    def __init__(self, rows: dict[str, list[Row]], framework: Framework, as_of: date, payment: str) -> None:
        self.rows = rows
        self.framework = framework
        self.as_of = as_of
        self.payment = payment
        self.headline_of = {n.code: h.id for h in framework.headlines for n in h.needs}
        self.rule_of = {n.code: n.rule for n in framework.needs}
        self._covered: dict[str, set[date]] = {}

    # The extracts -------------------------------------------------------------------------------------------

    def covered_days(self, extract: str) -> set[date]:
        if extract not in self._covered:
            days = set()
            for file in self.rows["coverage"]:
                if file["extract"] == extract:
                    day = file["covers_from"]
                    while day <= min(file["covers_to"], self.as_of):
                        days.add(day)
                        day += ONE_DAY
            self._covered[extract] = days
        return self._covered[extract]

    def members(self, episode: Row) -> set[str]:
        return {m["person"] for m in self.rows["episode_member"] if m["episode"] == episode["episode"]}

    def records_of(self, extract: str, people: set[str], where: Any) -> list[tuple[date, date | None]]:
        """First and last day of the records that qualify; an end that is not known yet is none."""
        first, last = DAYS_OF[extract]
        found = []
        for row in self.rows[extract]:
            if row["person"] in people and all(row[column] in codes for column, codes in where):
                start = row[first]
                end = row[last] if last else start
                if start <= self.as_of:
                    found.append((start, None if end is None or end > self.as_of else end))
        return found

    # The episode --------------------------------------------------------------------------------------------

    def ended_on(self, episode: Row) -> date | None:
        end: date | None = episode["end_date"]
        return None if end is None or end > self.as_of else end

    def closed_otherwise(self, episode: Row) -> bool:
        """Ended, or said to have ended for some reason, and not for one that can be claimed for."""
        reason = episode["closure_reason"]
        says_so = episode["end_date"] is None and reason is not None
        return bool(self.ended_on(episode) or says_so) and reason not in self.framework.claimable_closures

    def clock_from(self, case: Case) -> date | None:
        """The earliest day a clock may start; none while closure is awaited."""
        if self.framework.sustain_from == "outcome":
            return case.identified_on
        end = self.ended_on(case.episode)
        return None if end is None else max(case.identified_on, end)

    # The kinds of rule --------------------------------------------------------------------------------------

    def judge(self, case: Case, rule: Rule) -> Outcome:
        outcome = self.judge_kind(case, rule)
        if rule.waiver and outcome.state != "sustained":
            waived_on = self.waived_on(case)
            if waived_on is not None:
                return Outcome("sustained", waived_on, waived_on, is_waived=True)
        return outcome

    def judge_kind(self, case: Case, rule: Rule) -> Outcome:
        match rule:
            case AllOf():
                return self.all_of([self.judge(case, part) for part in rule.of])
            case AnyOf():
                return self.any_of([self.judge(case, part) for part in rule.of])
            case Count() if rule.of:
                return self.count_of([self.judge(case, part) for part in rule.of], rule.at_least)
            case Attendance() | Spell() | StatusChange() if case.person is None:
                return Outcome("not_evidenced")
        if self.clock_from(case) is None:
            return Outcome("outstanding")
        match rule:
            case NoEvent() | NoStatus():
                return self.silence(case, rule)
            case Attendance():
                return self.attendance(case, rule)
            case Spell():
                return self.spell(case, rule)
            case Judgement():
                return self.judgement(case, rule)
            case Count():
                return self.count(case, rule)
            case Reduction():
                return self.reduction(case, rule)
            case StatusChange():
                return self.status_change(case, rule)
        raise AssertionError(rule)

    def all_of(self, parts: list[Outcome]) -> Outcome:
        state = min((part.state for part in parts), key=FROM_WORST_TO_BEST.index)
        started = [part.achieved_on for part in parts if part.achieved_on]
        sustained = [part.sustained_on for part in parts if part.sustained_on]
        return Outcome(
            state,
            max(started) if started and state != "outstanding" else None,
            max(sustained) if state == "sustained" else None,
            state == "sustained" and any(part.is_waived for part in parts),
            self.latest_expected(parts) if state == "sustaining" else None,
        )

    @staticmethod
    def latest_expected(parts: list[Outcome]) -> date | None:
        days = [part.expected_on for part in parts]
        return None if None in days else max(day for day in days if day)

    def any_of(self, parts: list[Outcome]) -> Outcome:
        state = max((part.state for part in parts), key=FROM_WORST_TO_BEST.index)
        started = [part.achieved_on for part in parts if part.achieved_on]
        sustained = [part for part in parts if part.state == "sustained"]
        return Outcome(
            state,
            min(started) if started else None,
            min(part.sustained_on for part in sustained if part.sustained_on) if sustained else None,
            bool(sustained) and all(part.is_waived for part in sustained),
            nth_earliest([p.ends_on for p in parts if p.state == "sustaining"], 1)
            if state == "sustaining"
            else None,
        )

    def count_of(self, parts: list[Outcome], n: int) -> Outcome:
        """As good as the n-th best part; the days are the n-th earliest of those that are at least as good."""
        ranks = sorted((FROM_WORST_TO_BEST.index(part.state) for part in parts), reverse=True)
        state = FROM_WORST_TO_BEST[ranks[n - 1]]
        good = [part for part in parts if FROM_WORST_TO_BEST.index(part.state) >= ranks[n - 1]]
        without_waiver = [part for part in good if part.state == "sustained" and not part.is_waived]
        return Outcome(
            state,
            nth_earliest([part.achieved_on for part in good], n) if state != "outstanding" else None,
            nth_earliest([part.sustained_on for part in good], n) if state == "sustained" else None,
            state == "sustained" and len(without_waiver) < n,
            nth_earliest([part.expected_on for part in good], n) if state == "sustaining" else None,
        )

    def people(self, case: Case, whose: str) -> set[str]:
        people = set() if case.person is None else {case.person}
        return people | self.members(case.episode) if case.person is None or whose == "any_member" else people

    def is_unlinked(self, case: Case) -> bool:
        return any(row["person"] == case.person for row in self.rows["unlinked_person"])

    def first_days(self, extract: str, people: set[str], where: Any) -> list[date]:
        """Days on which a record of somebody begins; those of one person on one day count once."""
        found = []
        for person in people:
            found += sorted({start for start, _ in self.records_of(extract, {person}, where)})
        return sorted(found)

    def count(self, case: Case, rule: Count) -> Outcome:
        since = self.clock_from(case)
        assert since and rule.extract
        until = self.as_of
        if rule.months is not None:
            until = min(until, months_after(since, rule.months) - ONE_DAY)
        days = self.first_days(rule.extract, self.people(case, rule.whose), rule.where)
        days = [day for day in days if since <= day <= until]
        if len(days) >= rule.at_least:
            reached = days[rule.at_least - 1]
            return Outcome("sustained", reached, reached)
        if self.is_unlinked(case) or not set(days_between(since, until)) <= self.covered_days(rule.extract):
            return Outcome("not_evidenced")
        return Outcome("outstanding")

    def reduction(self, case: Case, rule: Reduction) -> Outcome:
        since = self.clock_from(case)
        assert since
        if self.is_unlinked(case):
            return Outcome("not_evidenced")
        covered = self.covered_days(rule.extract)
        days = self.first_days(rule.extract, self.people(case, rule.whose), rule.where)

        def count(first: date, last: date) -> int | None:
            """None: not known, for want of coverage."""
            if not set(days_between(first, last)) <= covered:
                return None
            return sum(first <= day <= last for day in days)

        before = count(months_before(since, rule.months), since - ONE_DAY)

        def is_good(first: date, last: date) -> bool:
            after = count(first, last)
            return (
                bool(before)
                and after is not None
                and Fraction((before or 0) - after, before or 1) >= rule.share
            )

        windows: list[tuple[date, date]] = []
        first = since
        while months_after(since, (len(windows) + 1) * rule.months) <= self.as_of + ONE_DAY:
            following = months_after(since, (len(windows) + 1) * rule.months)
            windows.append((first, following - ONE_DAY))
            first = following
        deciding = windows[-1] if windows else (since, self.as_of)
        if before is None or count(*deciding) is None:
            return Outcome("not_evidenced")
        if before == 0 or not is_good(*deciding):
            return Outcome("outstanding")
        if not windows:
            return Outcome("sustaining", since, ends_on=months_after(since, rule.months) - ONE_DAY)
        run = windows.pop()
        while windows and is_good(*windows[-1]):
            run = windows.pop()
        return Outcome("sustained", *run)

    def status_change(self, case: Case, rule: StatusChange) -> Outcome:
        person, since, forever = case.person, self.clock_from(case), date(9999, 12, 31)
        assert person and since

        def periods(where: Any) -> list[tuple[date, date]]:
            found = self.records_of(rule.extract, {person}, where)
            return [(start, max(start, end or forever)) for start, end in found]

        old, new = periods(rule.from_where), periods(rule.to_where)
        starts = [s for s, _ in new if s >= since and any(before < s for before, _ in old)]
        if not starts:
            return Outcome("outstanding")
        s = max(starts)
        if any(end > s for _, end in old):
            return Outcome("outstanding")
        window_ends = max(months_after(s, rule.months) - ONE_DAY, s)
        known_to = min(window_ends, self.as_of)
        if min(end for start, end in new if start == s) < known_to:
            return Outcome("outstanding")
        if not set(days_between(s, known_to)) <= self.covered_days(rule.extract):
            return Outcome("not_evidenced", s)
        if window_ends <= self.as_of:
            return Outcome("sustained", s, window_ends)
        return Outcome("sustaining", s, ends_on=window_ends)

    def silence(self, case: Case, rule: NoEvent | NoStatus) -> Outcome:
        people = self.people(case, rule.whose)
        event_days = set()
        for start, end in self.records_of(rule.extract, people, rule.where):
            day = start
            while day <= (start if isinstance(rule, NoEvent) else (end or self.as_of)):
                event_days.add(day)
                day += ONE_DAY
        event_days = {day for day in event_days if case.identified_on <= day <= self.as_of}
        if self.as_of in event_days:
            return Outcome("outstanding")
        covered = self.covered_days(rule.extract)
        if not covered:
            return Outcome("not_evidenced")
        earliest = self.clock_from(case)
        assert earliest
        s = max([earliest, min(covered), *(day + ONE_DAY for day in event_days)])
        if self.is_unlinked(case):
            return Outcome("not_evidenced", s)
        window_ends = months_after(s, rule.months)
        day = s
        while day < min(window_ends, self.as_of + ONE_DAY):
            if day not in covered:
                return Outcome("not_evidenced", s)
            day += ONE_DAY
        if window_ends <= self.as_of + ONE_DAY:
            return Outcome("sustained", s, window_ends - ONE_DAY)
        return Outcome("sustaining", s, ends_on=window_ends - ONE_DAY)

    def attendance(self, case: Case, rule: Attendance) -> Outcome:
        rows = [dict(pairs) for pairs in {self.without_record(row) for row in self.rows["school_attendance"]}]
        terms: dict[tuple[str, str], tuple[date, date]] = {}
        for row in rows:
            name = (row["academic_year"], row["term"])
            start, end = terms.get(name, (row["term_start"], row["term_end"]))
            terms[name] = (min(start, row["term_start"]), max(end, row["term_end"]))
        complete = sorted((end, start, name) for name, (start, end) in terms.items() if end <= self.as_of)
        if not complete:
            return Outcome("not_evidenced")
        i = self.clock_from(case)
        assert i
        t2_end, t2_start, t2 = complete[-1]
        if t2_start < i:
            return Outcome("outstanding")
        possible_2, attended_2 = self.sessions(rows, case.person, t2)
        if possible_2 == 0 or months_after(t2_end, rule.stale_after_months) < self.as_of:
            return Outcome("not_evidenced")
        if len(complete) > 1:
            _, t1_start, t1 = complete[-2]
            possible_1, attended_1 = self.sessions(rows, case.person, t1)
            share = Fraction(attended_1 + attended_2, possible_1 + possible_2)
            if t1_start >= i and possible_1 > 0 and share >= rule.threshold:
                return Outcome("sustained", t1_start, t2_end)
        if Fraction(attended_2, possible_2) >= rule.threshold:
            return Outcome("sustaining", t2_start)
        return Outcome("outstanding")

    @staticmethod
    def without_record(row: Row) -> tuple[tuple[str, Any], ...]:
        return tuple(sorted((column, value) for column, value in row.items() if column != "record"))

    @staticmethod
    def sessions(rows: list[Row], person: str | None, term: tuple[str, str]) -> tuple[int, int]:
        mine = [r for r in rows if r["person"] == person and (r["academic_year"], r["term"]) == term]
        return sum(r["sessions_possible"] for r in mine), sum(r["sessions_attended"] for r in mine)

    def spell(self, case: Case, rule: Spell) -> Outcome:
        assert case.person
        spells = self.records_of(rule.extract, {case.person}, rule.where)
        open_since = [start for start, end in spells if end is None or end >= self.as_of]
        if not open_since:
            return Outcome("outstanding")
        earliest = self.clock_from(case)
        assert earliest
        s = max(earliest, min(open_since))
        days = (self.as_of - s).days + 1
        if days >= rule.days:
            return Outcome("sustained", s, s + timedelta(days=rule.days - 1))
        return Outcome("sustaining", s, ends_on=s + timedelta(days=rule.days - 1))

    def reviews(self, case: Case) -> list[Row]:
        return [
            row
            for row in self.rows["progress"]
            if (row["episode"], row["person"], row["need_code"])
            == (case.episode["episode"], case.person, case.code)
            and case.identified_on <= row["recorded_on"] <= self.as_of
        ]

    def reviews_of(self, case: Case, needs: tuple[str, ...]) -> list[Row]:
        """Reviews of any of these needs of the episode: of this person's or the whole family's, or anybody's."""
        return [
            row
            for row in self.rows["progress"]
            if row["episode"] == case.episode["episode"]
            and row["need_code"] in needs
            and (case.person is None or row["person"] in (None, case.person))
            and case.identified_on <= row["recorded_on"] <= self.as_of
        ]

    def judgement(self, case: Case, rule: Judgement) -> Outcome:
        by_day: dict[date, set[str]] = {}
        for row in self.reviews_of(case, rule.needs) if rule.needs else self.reviews(case):
            by_day.setdefault(row["recorded_on"], set()).add(row["state"])
        met_since = None
        for day in sorted(by_day):
            if "regressed" in by_day[day]:
                met_since = None
            elif "met" in by_day[day] and met_since is None:
                met_since = day
        if met_since is None:
            return Outcome("outstanding")
        earliest = self.clock_from(case)
        assert earliest
        s = max(met_since, earliest)
        last_day = max(s, months_after(s, rule.months) - ONE_DAY)
        if last_day <= self.as_of:
            return Outcome("sustained", s, last_day)
        return Outcome("sustaining", s, ends_on=last_day)

    def waived_on(self, case: Case) -> date | None:
        days = [r["recorded_on"] for r in self.reviews(case) if r["state"] == "waived" and r["has_reason"]]
        earliest = self.clock_from(case)
        return max(min(days), earliest) if days and earliest else None

    # Needs and claims ---------------------------------------------------------------------------------------

    def family(self, family: str) -> tuple[dict[Any, Outcome], dict[Any, Row]]:
        """Outcomes by (episode, person, need code), and claims by (episode, kind, person)."""
        outcomes: dict[Any, Outcome] = {}
        claims: dict[Any, Row] = {}
        episodes = {e["episode"]: e for e in self.rows["episode"]}  # exact repeats fall together
        mine = [e for e in episodes.values() if e["family"] == family and e["start_date"] <= self.as_of]
        for episode in sorted(mine, key=lambda e: (e["start_date"], e["episode"])):
            judged = self.needs(episode)
            outcomes |= judged
            claims |= self.claims(episode, judged)
        self.claim_in_turn(family, claims)
        return outcomes, claims

    def claim_in_turn(self, family: str, claims: dict[Any, Row]) -> None:
        """Says which claims are claimed already, which of several are not to be, and what each is worth.

        `claims` stand in the order of episodes, kinds and people: of two that complete on one day the first counts.
        """
        once = self.framework.payment.one_claim_per_family
        earlier = self.earlier_claims(family)
        for key, claim in claims.items():
            claim["state"] = claim["evidence_state"]
            claim["worth"] = 0
            if any(once or self.bars(row, key) for row in earlier):
                claim["state"] = "claimed"
        taken: set[Any] = set()
        made = {k.code: sum(row["kind"] == k.code for row in earlier) for k in self.framework.claims}
        open_ones = [key for key, claim in claims.items() if claim["state"] == "claimable"]
        for key in sorted(open_ones, key=lambda key: claims[key]["claim_date"]):
            episode, code, person = key
            kind = self.framework.kind(code)
            what = family if once else (person or f"episode {episode}", kind.one_of or code)
            cap = kind.most_per_family
            if what in taken or (cap is not None and made[code] >= cap):
                claims[key]["state"] = "claimed"
            else:
                made[code] += 1
            taken.add(what)
        paid = {key for key, claim in claims.items() if claim["state"] == "claimable"}
        for row in earlier[:1] if once else earlier:
            fitting = [key for key in claims if once or self.bars(row, key)]
            fitting.sort(
                key=lambda key: [row[at] is not None and row[at] != is_ for at, is_ in self.names(key)]
            )
            paid |= set(fitting[:1])
        for key in paid if self.payment == "by_results" else ():
            claim = claims[key]
            days = [row["claimed_on"] for row in earlier if once or self.bars(row, key)]
            claim["worth"] = self.price(key[1], claim["claim_date"] or min(days))

    @staticmethod
    def names(key: Any) -> list[tuple[str, Any]]:
        return list(zip(("kind", "person", "episode"), (key[1], key[2], key[0]), strict=True))

    def earlier_claims(self, family: str) -> list[Row]:
        """Each once, from its first day; in the order of their days."""
        first: dict[Any, date] = {}
        for row in self.rows["earlier_claim"]:
            known = row["claimed_on"] <= self.as_of and row["framework"] == self.framework.id
            if row["family"] == family and known:
                what = (row.get("kind"), row.get("person"), row.get("episode"))
                first[what] = min(row["claimed_on"], first.get(what, row["claimed_on"]))
        rows = [
            dict(zip(("kind", "person", "episode"), w, strict=True)) | {"claimed_on": d}
            for w, d in first.items()
        ]
        return sorted(
            rows,
            key=lambda row: (
                row["claimed_on"],
                row["kind"] or "~",
                row["person"] or "~",
                row["episode"] or "~",
            ),
        )

    def bars(self, row: Row, key: Any) -> bool:
        """Whether an earlier claim bars this one, under a framework that pays for more than one."""
        episode, code, person = key
        sets = {kind.code: kind.one_of or kind.code for kind in self.framework.claims}
        return (
            (row["kind"] is None or sets.get(row["kind"]) == sets[code])
            and (row["person"] is None or person is None or row["person"] == person)
            and (row["episode"] in (None, episode) or (person is not None and row["person"] == person))
        )

    def price(self, code: str, day: date) -> int:
        prices = self.framework.kind(code).prices or (Price(self.framework.payment.amount_gbp, None, None),)
        return sum(price.amount_gbp for price in prices if price.holds_on(day))

    def needs(self, episode: Row) -> dict[Any, Outcome]:
        earliest: dict[Any, date] = {}
        for row in self.rows["need"]:
            counts = row["need_code"] in self.rule_of or any(
                k.about == "needs" for k in self.framework.claims
            )
            if row["episode"] == episode["episode"] and row["identified_on"] <= self.as_of and counts:
                key = (row["episode"], row["person"], row["need_code"])
                earliest[key] = min(row["identified_on"], earliest.get(key, row["identified_on"]))
        judged = {}
        for (ref, person, code), day in earliest.items():
            outcome = Outcome("not_evidenced")
            if code in self.rule_of:
                outcome = self.judge(Case(episode, person, code, day), self.rule_of[code])
            judged[ref, person, code] = outcome
        return judged

    def claims(self, episode: Row, judged: dict[Any, Outcome]) -> dict[Any, Row]:
        """The claims of one episode by (episode, kind, person), without what has been done about them."""
        ref = episode["episode"]
        rows: dict[Any, Row] = {}
        for kind in self.framework.claims:
            people = sorted(self.members(episode)) if kind.unit == "person" else [None]
            for person in people:
                rows[ref, kind.code, person] = self.claim(episode, judged, kind, person)
        # What comes after another kind is in progress until that one is claimable or claimed, and not later.
        for _ in self.framework.claims:  # as often as there may be links in a chain
            for (_, code, person), row in rows.items():
                comes_later = row["evidence_state"] not in ("not_eligible", "closed_otherwise")
                if comes_later and self.is_waiting(self.framework.kind(code), person, row, rows):
                    row |= {"evidence_state": "in_progress", "expected_on": None}
        return rows

    def is_waiting(self, kind: ClaimKind, person: str | None, row: Row, rows: dict[Any, Row]) -> bool:
        sets: dict[str, list[str]] = {}
        for code in kind.after:
            sets.setdefault(self.framework.kind(code).one_of or code, []).append(code)

        def has_come(key: Any) -> bool:
            first = rows[key]
            family = next(e["family"] for e in self.rows["episode"] if e["episode"] == key[0])
            once = self.framework.payment.one_claim_per_family
            claimed = any(once or self.bars(earlier, key) for earlier in self.earlier_claims(family))
            if first["claim_date"] is None or not (first["evidence_state"] == "claimable" or claimed):
                return False
            return row["claim_date"] is None or first["claim_date"] <= row["claim_date"]

        return not all(
            any(
                has_come(key)
                for key in rows
                if key[1] in codes and (key[2] == person or key[2] is None or person is None)
            )
            for codes in sets.values()
        )

    def claim(self, episode: Row, judged: dict[Any, Outcome], kind: ClaimKind, person: str | None) -> Row:
        known = {key: outcome for key, outcome in judged.items() if key[2] in self.headline_of}
        codes = {code for _, _, code in known}
        headlines = {self.headline_of[code] for code in codes}
        settings = self.framework.eligibility
        breadth = len(codes) if settings.count_by == "need" else len(headlines)
        child = any(
            m["child_on_first_day"] for m in self.rows["episode_member"] if m["episode"] == episode["episode"]
        )
        for_whom = child or bool(episode["expectant_parent"]) or settings.requires == "nobody"
        eligible = breadth >= settings.minimum and for_whom
        assessed, planned = (
            day if day is not None and day <= self.as_of else None
            for day in (episode["assessment_date"], episode["plan_date"])
        )
        tests = {
            "assessment": assessed is not None,
            "plan": assessed is not None and planned is not None and planned >= assessed,
            "lead_practitioner": bool(episode["has_lead_practitioner"]),
        }
        rests_on = list(judged.values())
        if kind.rule is not None:
            rests_on = [self.judge(Case(episode, person, kind.code, episode["start_date"]), kind.rule)]
        elif kind.about == "attachment":
            complete = Outcome("not_evidenced")
            if assessed and planned:
                complete = Outcome("sustained", None, max(assessed, planned))
            rests_on = [complete]
        states = [outcome.state for outcome in rests_on]
        claim_date = None
        if states and all(state == "sustained" for state in states):
            claim_date = max(o.sustained_on for o in rests_on if o.sustained_on)
        if not eligible:
            state = "not_eligible"
        elif self.closed_otherwise(episode):
            state = "closed_otherwise"
        elif "outstanding" in states:
            state = "in_progress"
        elif "not_evidenced" in states or not all(tests[t] for t in self.framework.practice_tests):
            state = "evidence_gap"
        elif "sustaining" in states:
            state = "sustaining"
        else:
            assert claim_date
            state = "claimable" if self.is_in_period(kind, claim_date) else "outside_period"
        expected_on = claim_date if state == "claimable" else None
        if state == "sustaining":
            expected_on = self.latest_expected(rests_on)
            if expected_on and not self.is_in_period(kind, expected_on):
                expected_on = None
        return {
            "episode": episode["episode"],
            "kind": kind.code,
            "person": person,
            "evidence_state": state,
            "claim_date": claim_date,
            "expected_on": expected_on,
            "eligible": eligible,
            "needs": len(codes),
            "headlines": len(headlines),
            "needs_met": sum(
                all(o.state == "sustained" for key, o in known.items() if key[2] == code) for code in codes
            ),
            "assessment_ok": tests["assessment"],
            "plan_ok": tests["plan"],
            "lead_practitioner_ok": tests["lead_practitioner"],
        }

    def is_in_period(self, kind: ClaimKind, day: date) -> bool:
        framework = self.framework
        if kind.prices and not any(price.holds_on(day) for price in kind.prices):
            return False
        if framework.valid_from and day < framework.valid_from:
            return False
        if framework.valid_to and day > framework.valid_to:
            return False
        return not (framework.payment.suspended_on and day >= framework.payment.suspended_on)
