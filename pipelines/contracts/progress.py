"""Judgements about needs, from the early help case system."""

from pipelines.contracts.codes import JUDGEMENTS, NEED_CODES
from pipelines.contracts.contract import Kind, Reference, Row, code, contract, date, text


class Progress(Row):
    """One row is one judgement about one need."""

    episode_ref = text(Kind.IDENTIFIER, "number of the spell of help", required=True, nullable=False)
    person_ref = text(Kind.IDENTIFIER, "whose need it is; blank: the whole family's", required=True)
    need_code = code(Kind.SENSITIVE, "which need, 1.1 to 10.3", NEED_CODES, required=True, nullable=False)
    recorded_on = date(Kind.PLAIN, "day of the judgement", required=True, nullable=False)
    state = code(Kind.SENSITIVE, "what was judged", JUDGEMENTS, required=True, nullable=False)
    evidence = text(Kind.FREE_TEXT, "what the judgement rests on, or why a need was waived", required=True)


PROGRESS = contract(
    "progress",
    Progress,
    title="Judgements about needs",
    partner="early help case system",
    purpose="Whether a need was met, as practitioners judged it at reviews.",
    references=(
        Reference("episode_ref", "family_episode", "episode_ref"),
        Reference("person_ref", "family_member", "person_ref"),
    ),
)
