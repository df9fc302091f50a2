"""What the two files of a release hold: every table, every column, and what kind of thing is in it.

The check before publication goes by these kinds: a column that is not here cannot be published.
"""

from dataclasses import dataclass
from enum import StrEnum

VERSION = "3"


class Holds(StrEnum):
    """What kind of thing a column may hold."""

    KEY = "an opaque keyed token"
    CODE = "a code of a closed list"
    DAY = "a day, where a payment rule needs it"
    MONTH = "a month, YYYY-MM"
    NUMBER = "a number"
    TRUTH = "yes or no"
    WORDS = "words of ours, or facts of the release"
    TEXT = "what somebody wrote, without identities"


_TYPES = {
    Holds.KEY: "VARCHAR",
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
    """One table: what one row of it is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

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
MANIFEST = Table(
    "manifest",
    "one fact about the release itself",
    (Column("name", Holds.CODE, "fact"), Column("value", Holds.WORDS, "value")),
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
        ),
    ),
    Table(
        "claim",
        "one episode's standing under one framework",
        (
            _FAMILY,
            _EPISODE,
            _FRAMEWORK,
            Column("framework_version", Holds.CODE, "version of the framework file"),
            Column("state", Holds.CODE, "what has been done about it"),
            Column("evidence_state", Holds.CODE, "what the evidence says"),
            Column("claim_date", Holds.DAY, "latest day on which a need was sustained"),
            Column("worth", Holds.NUMBER, "pounds"),
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
        "activity",
        "one family, one month, one kind of event, how many",
        (
            _FAMILY,
            Column("month", Holds.MONTH, "month"),
            Column("kind", Holds.CODE, "kind of event"),
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
    DATA_QUALITY,
    LINKAGE_QUALITY,
    PRIVACY_CHECK,
    MANIFEST,
)

ANSWERS: tuple[Table, ...] = (
    Table(
        "question", "a question that can be asked", (Column("question", Holds.CODE, "measure|dimension|…"),)
    ),
    Table(
        "answer",
        "a figure that may be shown; a cell that is not here is withheld",
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
    PRIVACY_CHECK,
    MANIFEST,
)
