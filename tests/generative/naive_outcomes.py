"""The published method once more, in plain Python: one family at a time, one day at a time, slow and obvious.

Written from the method's page and not from the engine, so that two mistakes would have to agree. Rows are
dicts by frame name; nothing here is vectorised, cached beyond need, or shared with `outcomes/`, save the
framework's own values.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from outcomes.frameworks import Framework
from outcomes.rules import AllOf, AnyOf, Attendance, Judgement, NoEvent, NoStatus, NotBuilt, Rule, Spell

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


@dataclass
class Case:
    """A need: the row with its earliest day, and the episode it belongs to."""

    episode: Row
    person: str | None
    code: str
    identified_on: date


def months_after(day: date, months: int) -> date:
    """Counts month by month, then cuts the day of the month to what the month has."""
    year, month = day.year, day.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    for day_of_month in range(day.day, 27, -1):
        try:
            return date(year, month, day_of_month)
        except ValueError:
            continue
    return date(year, month, day.day)


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
            case NotBuilt():
                return Outcome("not_evidenced")
            case AllOf():
                return self.all_of([self.judge(case, part) for part in rule.of])
            case AnyOf():
                return self.any_of([self.judge(case, part) for part in rule.of])
            case Attendance() | Spell() if case.person is None:
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
        )

    def any_of(self, parts: list[Outcome]) -> Outcome:
        state = max((part.state for part in parts), key=FROM_WORST_TO_BEST.index)
        started = [part.achieved_on for part in parts if part.achieved_on]
        sustained = [part for part in parts if part.state == "sustained"]
        return Outcome(
            state,
            min(started) if started else None,
            min(part.sustained_on for part in sustained if part.sustained_on) if sustained else None,
            bool(sustained) and all(part.is_waived for part in sustained),
        )

    def silence(self, case: Case, rule: NoEvent | NoStatus) -> Outcome:
        people = set() if case.person is None else {case.person}
        if case.person is None or rule.whose == "any_member":
            people |= self.members(case.episode)
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
        if any(row["person"] == case.person for row in self.rows["unlinked_person"]):
            return Outcome("not_evidenced", s)
        window_ends = months_after(s, rule.months)
        day = s
        while day < min(window_ends, self.as_of + ONE_DAY):
            if day not in covered:
                return Outcome("not_evidenced", s)
            day += ONE_DAY
        if window_ends <= self.as_of + ONE_DAY:
            return Outcome("sustained", s, window_ends - ONE_DAY)
        return Outcome("sustaining", s)

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
        return Outcome("sustaining", s)

    def reviews(self, case: Case) -> list[Row]:
        return [
            row
            for row in self.rows["progress"]
            if (row["episode"], row["person"], row["need_code"])
            == (case.episode["episode"], case.person, case.code)
            and case.identified_on <= row["recorded_on"] <= self.as_of
        ]

    def judgement(self, case: Case, rule: Judgement) -> Outcome:
        by_day: dict[date, set[str]] = {}
        for row in self.reviews(case):
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
        window_ends = months_after(s, rule.months)
        if window_ends <= self.as_of + ONE_DAY:
            return Outcome("sustained", s, window_ends - ONE_DAY)
        return Outcome("sustaining", s)

    def waived_on(self, case: Case) -> date | None:
        days = [r["recorded_on"] for r in self.reviews(case) if r["state"] == "waived" and r["has_reason"]]
        earliest = self.clock_from(case)
        return max(min(days), earliest) if days and earliest else None

    # Needs and claims ---------------------------------------------------------------------------------------

    def family(self, family: str) -> tuple[dict[Any, Outcome], dict[str, Row]]:
        """Outcomes by (episode, person, need code), and claims by episode."""
        outcomes: dict[Any, Outcome] = {}
        claims: dict[str, Row] = {}
        episodes = {e["episode"]: e for e in self.rows["episode"]}  # exact repeats fall together
        for episode in episodes.values():
            if episode["family"] == family and episode["start_date"] <= self.as_of:
                judged = self.needs(episode)
                outcomes |= judged
                claims[episode["episode"]] = self.claim(episode, judged)
        claimable = [c for c in claims.values() if c["evidence_state"] == "claimable"]
        claimable.sort(key=lambda c: (c["claim_date"], episodes[c["episode"]]["start_date"], c["episode"]))
        earlier = any(
            row["family"] == family
            and row["framework"] == self.framework.id
            and row["claimed_on"] <= self.as_of
            for row in self.rows["earlier_claim"]
        )
        for claim in claims.values():
            is_second = claim in claimable[1:] and self.framework.payment.one_claim_per_family
            claim["state"] = "claimed" if earlier or is_second else claim["evidence_state"]
            first = min(claims, key=lambda name: (episodes[name]["start_date"], name))
            pays = claim["state"] == "claimable" or (earlier and claims[first] is claim)
            claim["worth"] = self.framework.payment.amount_gbp if pays and self.payment == "by_results" else 0
        return outcomes, claims

    def needs(self, episode: Row) -> dict[Any, Outcome]:
        earliest: dict[Any, date] = {}
        for row in self.rows["need"]:
            if row["episode"] == episode["episode"] and row["identified_on"] <= self.as_of:
                key = (row["episode"], row["person"], row["need_code"])
                earliest[key] = min(row["identified_on"], earliest.get(key, row["identified_on"]))
        judged = {}
        for (ref, person, code), day in earliest.items():
            outcome = Outcome("not_evidenced")
            if code in self.rule_of:
                outcome = self.judge(Case(episode, person, code, day), self.rule_of[code])
            judged[ref, person, code] = outcome
        return judged

    def claim(self, episode: Row, judged: dict[Any, Outcome]) -> Row:
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
        states = [outcome.state for outcome in judged.values()]
        claim_date = None
        if states and all(state == "sustained" for state in states):
            claim_date = max(o.sustained_on for o in judged.values() if o.sustained_on)
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
            state = "claimable" if self.is_in_period(claim_date) else "outside_period"
        return {
            "episode": episode["episode"],
            "evidence_state": state,
            "claim_date": claim_date,
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

    def is_in_period(self, day: date) -> bool:
        framework = self.framework
        if framework.valid_from and day < framework.valid_from:
            return False
        if framework.valid_to and day > framework.valid_to:
            return False
        return not (framework.payment.suspended_on and day >= framework.payment.suspended_on)
