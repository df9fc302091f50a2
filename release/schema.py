"""What the two files of a release hold: every table, every column, and what kind of thing is in it.

The check before publication goes by these kinds: a column that is not here cannot be published.
"""

from dataclasses import dataclass
from enum import StrEnum

VERSION = "5"


class Holds(StrEnum):
    """What kind of thing a column may hold."""

    KEY = "an opaque keyed token"
    DIGEST = "a digest (SHA-256)"
    CODE = "a code of a closed list"
    DAY = "a day, where a payment rule needs it"
    MONTH = "a month, YYYY-MM"
    NUMBER = "a number"
    TRUTH = "yes or no"
    WORDS = "words of ours, or facts of the release"
    TEXT = "what somebody wrote, without identities"


_TYPES = {
    Holds.KEY: "VARCHAR",
    Holds.DIGEST: "VARCHAR",
    Holds.CODE: "VARCHAR",
    Holds.DAY: "DATE",
    Holds.MONTH: "VARCHAR",
    Holds.NUMBER: "BIGINT",
    Holds.TRUTH: "BOOLEAN",
    Holds.WORDS: "VARCHAR",
    Holds.TEXT: "VARCHAR",
}


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, and what it means."""

    name: str
    holds: Holds
    meaning: str
    type: str = ""

    @property
    def sql_type(self) -> str:
        return self.type or _TYPES[self.holds]


@dataclass(frozen=True)
class Table:
    """One table: what one row of it is, and its columns in order.

    `for_replay`: it is there so that a claim can be evaluated again, and for nothing else. `inward`: it is there for
    the pipelines, and nobody is given any of it.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    for_replay: bool = False
    inward: bool = False

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def create(self, schema: str) -> str:
        """The SQL that makes the table in `schema`."""
        columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in self.columns)
        return f'CREATE TABLE {schema}."{self.name}" ({columns})'


_LOCALITY = Column("locality", Holds.CODE, "locality of the first episode; few families: other")
_WARD = Column("ward", Holds.CODE, "ward of the first episode; few families: other")
_TEAM = Column("team", Holds.CODE, "team that works with the family; few families: other")
_REFERRAL = Column("referral_source", Holds.CODE, "who asked for help, grouped")
_FAMILY = Column("family", Holds.KEY, "family")
_EPISODE = Column("episode", Holds.KEY, "spell of help for one family")
_PERSON = Column("person", Holds.KEY, "person; blank: the whole family")
_RECORD_KEY = Column(
    "record_key", Holds.NUMBER, "random number for the cell-key method; never leaves", "UBIGINT"
)
_NEED_CODE = Column("need_code", Holds.CODE, "code of the need in the framework")
_FRAMEWORK = Column("framework", Holds.CODE, "framework")
_KIND_OF_CLAIM = Column("kind", Holds.CODE, "kind of claim")
_POOR_MATCH = Column(
    "poor_match", Holds.TRUTH, "a rule behind it reads an extract of which too few rows find their people"
)

DATA_QUALITY = Table(
    "data_quality",
    "one rule on one extract in one run",
    (
        Column("extract", Holds.CODE, "contract"),
        Column("rule", Holds.CODE, "rule"),
        Column("severity", Holds.CODE, "what a failure does"),
        Column("meaning", Holds.WORDS, "the rule in plain words"),
        Column("rows", Holds.NUMBER, "rows looked at"),
        Column("failures", Holds.NUMBER, "rows that fail"),
        Column("rows_before", Holds.NUMBER, "rows looked at in the release before; blank: there was none"),
        Column("failures_before", Holds.NUMBER, "rows that failed in the release before"),
    ),
)
LINKAGE_QUALITY = Table(
    "linkage_quality",
    "one measure of how far records find their people, for one extract, group or headline",
    (
        Column("measure", Holds.CODE, "what was measured"),
        Column("dimension", Holds.CODE, "what it is broken down by; all: nothing"),
        Column("code", Holds.CODE, "extract, group or headline"),
        Column("meaning", Holds.WORDS, "what the whole is and what the part, in plain words"),
        Column("whole", Holds.NUMBER, "rows, people, pairs or needs looked at"),
        Column("part", Holds.NUMBER, "those of them that the measure is about"),
        Column(
            "standing", Holds.CODE, "poor: fewer rows are matched than data/linkage.toml asks; good: enough"
        ),
    ),
)
PRIVACY_CHECK = Table(
    "privacy_check",
    "one check made on this release before it was published, or one measure taken of it",
    (
        Column("name", Holds.CODE, "check or measure"),
        Column("meaning", Holds.WORDS, "what was checked or measured, in plain words"),
        Column("examined", Holds.NUMBER, "how many values, files, people or families were looked at"),
        Column("figure", Holds.NUMBER, "of a measure: how many of them it is about"),
        Column("examined_symbol", Holds.CODE, "c where withheld"),
        Column("figure_symbol", Holds.CODE, "c where withheld, z where nothing is measured"),
        Column("most", Holds.NUMBER, "of a measure: the highest share, in per cent, that is published"),
        Column("result", Holds.CODE, "passed; measured: told, and kept under no limit"),
    ),
)
CELL_CHANGE = Table(
    "cell_change",
    "one row of a population that changed since a figure that is kept was drawn",
    (
        Column("question", Holds.CODE, "the question of the figure"),
        Column("code_1", Holds.CODE, "code in the first dimension"),
        Column("code_2", Holds.CODE, "code in the second"),
        Column("code_3", Holds.CODE, "code in the third"),
        Column("row_key", Holds.NUMBER, "random number of the row; never leaves", "UBIGINT"),
        Column(
            "unit", Holds.NUMBER, "random number of the family or person behind it; never leaves", "UBIGINT"
        ),
    ),
    inward=True,
)
ATTACK = Table(
    "attack",
    "one attack on the figures of a release, made before it was published: of this release, and of those before it",
    (
        Column("release", Holds.WORDS, "the release that was attacked; blank: this one"),
        Column("attack", Holds.CODE, "what was tried, or what is left of use"),
        Column("meaning", Holds.WORDS, "that in plain words"),
        Column("examined", Holds.NUMBER, "about how many figures, pairs or people were tried"),
        Column("found", Holds.NUMBER, "about how many of them were found out"),
        Column("figure", Holds.NUMBER, "what it came to, in thousandths"),
        Column("limit", Holds.NUMBER, "the most that is published, in thousandths; blank: it is told alone"),
        Column("result", Holds.CODE, "passed; told: it is kept under no limit"),
    ),
)
MANIFEST = Table(
    "manifest",
    "one fact about the release itself",
    (Column("name", Holds.CODE, "fact"), Column("value", Holds.WORDS, "value")),
)

_RECORD = Column("record", Holds.KEY, "the record, as evidence names it")
_KIND = Column("kind", Holds.CODE, "kind, as the contract has it")
_SPELL = (
    _PERSON,
    _KIND,
    Column("start_date", Holds.DAY, "first day"),
    Column("end_date", Holds.DAY, "last day; blank: open"),
)
_END_REASON = Column("end_reason", Holds.CODE, "why it ended")


def _day(name: str, meaning: str) -> Column:
    return Column(name, Holds.DAY, meaning)


# The frames that rules are evaluated over (outcomes.FRAMES), of the families whose claims may be replayed, and only of
# extracts that a rule in force reads.
_RULE_FRAMES: dict[str, tuple[Column, ...]] = {
    "episode": (
        _EPISODE,
        _FAMILY,
        _day("start_date", "day on which it began"),
        _day("end_date", "day on which it ended; blank: open"),
        _day("assessment_date", "day of the whole-family assessment"),
        _day("plan_date", "day of the plan"),
        Column("has_lead_practitioner", Holds.TRUTH, "a lead practitioner recorded"),
        Column("closure_reason", Holds.CODE, "why it ended"),
        Column("expectant_parent", Holds.TRUTH, "an expectant parent in the family"),
    ),
    "episode_member": (
        _EPISODE,
        _PERSON,
        Column("child_on_first_day", Holds.TRUTH, "born by the first day of the episode, and under 18 on it"),
    ),
    "need": (_EPISODE, _PERSON, _NEED_CODE, _day("identified_on", "day on which it was identified"), _RECORD),
    "progress": (
        _EPISODE,
        _PERSON,
        _NEED_CODE,
        _day("recorded_on", "day of the review"),
        Column("state", Holds.CODE, "what was judged"),
        Column("has_reason", Holds.TRUTH, "a reason was written down"),
        _RECORD,
    ),
    "school_attendance": (
        _PERSON,
        Column("school", Holds.KEY, "school"),
        Column("academic_year", Holds.CODE, "school year"),
        Column("term", Holds.CODE, "term"),
        _day("term_start", "first day of the term"),
        _day("term_end", "last day of the term"),
        Column("sessions_possible", Holds.NUMBER, "sessions possible"),
        Column("sessions_attended", Holds.NUMBER, "sessions attended"),
        _RECORD,
    ),
    "police_incident": (
        _PERSON,
        _day("occurred_on", "day of the incident"),
        Column("role", Holds.CODE, "part in the incident"),
        Column("domestic_abuse", Holds.TRUTH, "domestic abuse"),
        _RECORD,
    ),
    "missing_episode": (
        _PERSON,
        _day("missing_from", "first day missing"),
        _day("missing_to", "last day missing"),
        _RECORD,
    ),
    "social_care_episode": (*_SPELL, _RECORD),
    "housing_event": (_PERSON, _KIND, _day("occurred_on", "day of the event"), _RECORD),
    "employment_spell": (_PERSON, *_SPELL[2:], _RECORD),
    "school_exclusion": (
        _PERSON,
        Column("category", Holds.CODE, "suspended or excluded"),
        _day("start_date", "first day"),
        _RECORD,
    ),
    "health_contact": (_PERSON, _KIND, _day("contact_date", "day of the contact"), _RECORD),
    "adult_social_care": (*_SPELL, _RECORD),
    "special_educational_needs": (*_SPELL, _RECORD),
    "mental_health_support": (*_SPELL, _RECORD),
    "substance_misuse_treatment": (*_SPELL, _END_REASON, _RECORD),
    "youth_justice": (*_SPELL, _RECORD),
    "probation": (*_SPELL, _RECORD),
    "benefit_spell": (
        *_SPELL,
        Column("conditionality", Holds.CODE, "what is asked of the claimant"),
        _RECORD,
    ),
    "homelessness_duty": (*_SPELL, _END_REASON, _RECORD),
    "unlinked_person": (_PERSON,),
    "earlier_claim": (
        _FAMILY,
        _FRAMEWORK,
        _day("claimed_on", "day of the claim"),
        Column("kind", Holds.CODE, "kind of claim; blank: every kind"),
        _PERSON,
        Column("episode", Holds.KEY, "spell of help; blank: every one"),
    ),
    "coverage": (
        Column("extract", Holds.CODE, "contract"),
        _day("covers_from", "first day that a file of it covers"),
        _day("covers_to", "last day"),
    ),
}
_FOR_REPLAY = (
    *(
        Table(f"rules_{name}", f"one row of the frame {name} that rules are evaluated over", columns, True)
        for name, columns in _RULE_FRAMES.items()
    ),
    Table(
        "framework_file",
        "a framework that the claims were evaluated under, as its file had it",
        (
            _FRAMEWORK,
            Column("framework_version", Holds.CODE, "version of the framework file"),
            Column("sha256", Holds.DIGEST, "digest of the file"),
            Column("text", Holds.WORDS, "the file"),
        ),
        True,
    ),
)

PROTECTED: tuple[Table, ...] = (
    Table(
        "family",
        "a family worked with",
        (
            _FAMILY,
            _LOCALITY,
            _WARD,
            _TEAM,
            Column("start_month", Holds.MONTH, "month in which the first episode began"),
            Column("end_month", Holds.MONTH, "month in which the last episode ended; blank: one is open"),
            _REFERRAL,
            Column("size", Holds.NUMBER, "people who belong or belonged to it"),
            Column("episodes", Holds.NUMBER, "spells of help"),
            _RECORD_KEY,
        ),
    ),
    Table(
        "person",
        "a person in a family",
        (
            Column("person", Holds.KEY, "person"),
            _FAMILY,
            Column("role", Holds.CODE, "part in the family"),
            Column("age_band", Holds.CODE, "age on the first day of the family's first episode"),
            Column("sex", Holds.CODE, "sex as recorded"),
            Column("ethnic_group", Holds.CODE, "ethnic group, five and unknown"),
            Column("from_month", Holds.MONTH, "month from which the person belonged to the family"),
            Column("to_month", Holds.MONTH, "month until which; blank: still does"),
            _RECORD_KEY,
        ),
    ),
    Table(
        "episode",
        "a spell of help for one family",
        (
            _EPISODE,
            _FAMILY,
            _LOCALITY,
            _WARD,
            _TEAM,
            _REFERRAL,
            Column("start_month", Holds.MONTH, "month in which it began"),
            Column("end_month", Holds.MONTH, "month in which it ended; blank: open"),
            Column("closure_reason", Holds.CODE, "why it ended"),
            Column("wait", Holds.CODE, "days from the start to the assessment, in bands"),
            Column("members", Holds.NUMBER, "people of the family then"),
        ),
    ),
    Table(
        "need",
        "a need of a framework, identified in an episode, and what became of it",
        (
            _EPISODE,
            _PERSON,
            _FRAMEWORK,
            _NEED_CODE,
            Column("headline", Holds.CODE, "headline outcome"),
            Column("identified_on", Holds.DAY, "day on which it was identified"),
            Column("identified_by", Holds.KEY, "worker who identified it"),
            Column("state", Holds.CODE, "state on the as-of date"),
            Column("achieved_on", Holds.DAY, "day from which it has been achieved"),
            Column("sustained_on", Holds.DAY, "last day of the window, or day of the waiver"),
            Column("rule", Holds.CODE, "rule that decided, as the framework has it"),
            Column("reason", Holds.CODE, "why, where it is not plain from the state"),
            _POOR_MATCH,
        ),
    ),
    Table(
        "claim",
        "one episode's standing under one framework, for one kind of claim (and person, where each has one)",
        (
            _FAMILY,
            _EPISODE,
            _PERSON,
            _FRAMEWORK,
            Column("framework_version", Holds.CODE, "version of the framework file"),
            _KIND_OF_CLAIM,
            Column("slot", Holds.KEY, "what can be claimed for once under the framework"),
            Column("fund_slot", Holds.KEY, "what can be paid for once out of one fund"),
            Column("state", Holds.CODE, "what has been done about it"),
            Column("evidence_state", Holds.CODE, "what the evidence says"),
            Column("claim_date", Holds.DAY, "latest day on which a need was sustained"),
            Column(
                "expected_on", Holds.DAY, "day on which it is complete if nothing changes; blank: unknown"
            ),
            Column("worth", Holds.NUMBER, "pounds"),
            Column("evidence_digest", Holds.DIGEST, "digest of what the evidence says"),
            Column("step", Holds.CODE, "step of the live claim in the ledger; none: there is none"),
            Column("evidence_changed", Holds.TRUTH, "the live claim was entered with other evidence"),
            _POOR_MATCH,
            Column("obstacle", Holds.CODE, "what stands in the way first; none: claimable"),
            Column("eligible", Holds.TRUTH, "enough needs, and a child or an expectant parent"),
            Column("needs", Holds.NUMBER, "different needs identified"),
            Column("headlines", Holds.NUMBER, "different headlines among them"),
            Column("needs_met", Holds.NUMBER, "needs sustained or waived"),
            Column("assessment_ok", Holds.TRUTH, "whole-family assessment recorded"),
            Column("plan_ok", Holds.TRUTH, "plan recorded, not before the assessment"),
            Column("lead_practitioner_ok", Holds.TRUTH, "a lead practitioner recorded"),
            Column(
                "rows_in_quarantine",
                Holds.NUMBER,
                "rows that name the episode or its family, and broke their contract",
            ),
            Column(
                "pairs_in_review",
                Holds.NUMBER,
                "pairs of records about its people that wait for clerical review",
            ),
        ),
    ),
    Table(
        "claim_evidence",
        "one fact that supports one claim",
        (
            _EPISODE,
            _PERSON,
            _FRAMEWORK,
            Column("kind", Holds.CODE, "kind of claim; blank: it is about a need"),
            _NEED_CODE,
            Column("measure", Holds.CODE, "what was looked at"),
            Column("value", Holds.WORDS, "what was found"),
            Column("window_from", Holds.DAY, "first day looked at"),
            Column("window_to", Holds.DAY, "last day looked at"),
            Column("extract", Holds.CODE, "contract of the extract it rests on"),
            Column("record", Holds.KEY, "the record that counted"),
            Column("rule_version", Holds.CODE, "version of the framework file"),
        ),
    ),
    Table(
        "possible_family",
        "a household that would be eligible under a framework by what partners know, and is not worked with",
        (
            Column("household", Holds.KEY, "household"),
            _FRAMEWORK,
            Column("needs", Holds.NUMBER, "different needs that the extracts show signs of"),
            Column("headlines", Holds.NUMBER, "different headlines among them"),
            _RECORD_KEY,
        ),
    ),
    Table(
        "possible_headline",
        "a headline outcome of which the extracts show a sign in such a household",
        (
            Column("household", Holds.KEY, "household"),
            _FRAMEWORK,
            Column("headline", Holds.CODE, "headline outcome"),
        ),
    ),
    Table(
        "activity",
        "one family, one month, one kind of event, how many",
        (
            _FAMILY,
            Column("month", Holds.MONTH, "month"),
            Column(
                "kind",
                Holds.CODE,
                "kind of event: the extract; of school attendance, a child who misses a tenth of the term or more",
            ),
            Column("events", Holds.NUMBER, "how many"),
        ),
    ),
    Table(
        "note_theme",
        "one family, one month, one theme, how many notes and other texts are about it",
        (
            _FAMILY,
            Column("month", Holds.MONTH, "month"),
            Column("theme", Holds.CODE, "theme"),
            Column("notes", Holds.NUMBER, "how many"),
        ),
    ),
    Table(
        "redacted_note",
        "a note or other text without identities; none, unless the privacy policy keeps redacted texts",
        (
            _FAMILY,
            _EPISODE,
            Column("extract", Holds.CODE, "contract of the extract that it came with"),
            Column("month", Holds.MONTH, "month in which it was written; blank: not known"),
            Column("note", Holds.KEY, "the text, by a token that the audit of its redaction has too"),
            Column("text", Holds.TEXT, "what is left of it"),
        ),
    ),
    *_FOR_REPLAY,
    CELL_CHANGE,
    DATA_QUALITY,
    LINKAGE_QUALITY,
    PRIVACY_CHECK,
    MANIFEST,
)

ANSWERS: tuple[Table, ...] = (
    Table(
        "question",
        "a question that can be asked, and what became of it",
        (
            Column("question", Holds.CODE, "scope@framework:measure|dimension|…"),
            Column("state", Holds.CODE, "shown; coarser: another is shown in its place; withdrawn"),
            Column("instead", Holds.CODE, "the question that is shown in its place"),
            Column("why", Holds.WORDS, "why it is not shown; blank: it is"),
        ),
    ),
    Table(
        "answer",
        "a figure that may be shown, zeros too; a cell that is not here is withheld",
        (
            Column("question", Holds.CODE, "the question it belongs to"),
            Column("code_1", Holds.CODE, "code in the first dimension"),
            Column("code_2", Holds.CODE, "code in the second"),
            Column("code_3", Holds.CODE, "code in the third"),
            Column("value", Holds.NUMBER, "the safe figure"),
        ),
    ),
    Table(
        "dimension",
        "one code of one dimension",
        (
            Column("dimension", Holds.CODE, "dimension"),
            Column("code", Holds.CODE, "code"),
            Column("label", Holds.CODE, "words for it"),
            Column("parent_dimension", Holds.CODE, "the coarser dimension it lies in"),
            Column("parent_code", Holds.CODE, "the code it lies in there"),
            Column("position", Holds.NUMBER, "place in a list", "INTEGER"),
        ),
    ),
    Table(
        "collected",
        "one column of one extract, and what became of it",
        (
            Column("contract", Holds.CODE, "contract"),
            Column("column_name", Holds.CODE, "column"),
            Column("kind", Holds.CODE, "what kind of thing it is"),
            Column("partner", Holds.CODE, "who sends it"),
            Column("meaning", Holds.WORDS, "what it means"),
            Column("why", Holds.WORDS, "what it is needed for"),
            Column("decision", Holds.CODE, "what became of it"),
        ),
    ),
    Table(
        "data_quality",
        DATA_QUALITY.row,
        (
            *DATA_QUALITY.columns,
            Column("rows_symbol", Holds.CODE, "c where the rows are withheld"),
            Column("failures_symbol", Holds.CODE, "c where the failures are withheld"),
            Column("rows_before_symbol", Holds.CODE, "c where withheld then, x where not available"),
            Column("failures_before_symbol", Holds.CODE, "c where withheld then, x where not available"),
        ),
    ),
    Table(
        "linkage_quality",
        LINKAGE_QUALITY.row,
        (
            *LINKAGE_QUALITY.columns,
            Column("whole_symbol", Holds.CODE, "c where the whole is withheld"),
            Column("part_symbol", Holds.CODE, "c where the part is withheld"),
        ),
    ),
    ATTACK,
    PRIVACY_CHECK,
    MANIFEST,
)
