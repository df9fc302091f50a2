"""What the database itself refuses in the book of returns, whoever writes to it.

One version of a return and period is in hand at a time; it keeps its order; it is signed once it passed what it must
and every query is answered, each time by somebody else, in a role that signs, and for what it holds; and submitted once
it has all its signatures, with its content. Nothing is changed or deleted.
"""

# ruff: noqa: S608  the SQL is put together from the words of this module alone

from collections.abc import Mapping
from typing import Final

from ledger.rules import (
    THE_ACTOR,
    THE_ROLE,
    Rule,
    act_is,
    along_with,
    by_the_worker,
    follows,
    is_digest,
    is_said,
)

_SIGNED = "EXISTS (SELECT 1 FROM return_signature g WHERE g.version = NEW.version AND g.act <> NEW.act)"
_NEWEST_TURN = "(SELECT max(t.turn) FROM return_check t WHERE t.version = NEW.version)"
_OF_THIS = "SELECT 1 FROM return_version v WHERE v.number = NEW.version"
_NOT_SIGNED: Rule = ("the return is signed: nothing in it changes", _SIGNED)
_NOT_WITHDRAWN: Rule = (
    "the return is withdrawn",
    "EXISTS (SELECT 1 FROM return_withdrawal w WHERE w.version = NEW.version AND w.act <> NEW.act)",
)
_NOT_SUBMITTED: Rule = (
    "the return is submitted: it stands as it is",
    "EXISTS (SELECT 1 FROM return_submission s WHERE s.version = NEW.version AND s.act <> NEW.act)",
)
_IS_KNOWN: Rule = ("there is no such return", f"NOT EXISTS ({_OF_THIS})")
_SAME_DIGEST: Rule = (
    "the digest is not that of the return",
    f"NOT EXISTS ({_OF_THIS} AND v.digest = NEW.digest)",
)
_ITS_PEOPLE: Rule = (
    "this role does not work on the return",
    "NOT EXISTS (SELECT 1 FROM return_demand d WHERE d.version = NEW.version AND d.kind = 'role' "
    f"AND d.name = {THE_ROLE}) AND NOT EXISTS (SELECT 1 FROM return_version v JOIN audit a ON a.number = v.act "
    f"WHERE v.number = NEW.version AND a.role = {THE_ROLE})",
)

INSERT: Final[Mapping[str, tuple[Rule, ...]]] = {
    "return_version": (
        act_is("return_drawn_up"),
        follows("return_version"),
        follows("return_version", "version", "template period"),
        (
            "another version of the return is in hand",
            "EXISTS (SELECT 1 FROM return_version v WHERE v.template = NEW.template AND v.period = NEW.period "
            "AND v.number <> NEW.number "
            "AND NOT EXISTS (SELECT 1 FROM return_submission s WHERE s.version = v.number) "
            "AND NOT EXISTS (SELECT 1 FROM return_withdrawal w WHERE w.version = v.number))",
        ),
        (
            "what was submitted is not drawn up again without a reason",
            "trim(NEW.why) = '' AND EXISTS (SELECT 1 FROM return_version v "
            "JOIN return_submission s ON s.version = v.number "
            "WHERE v.template = NEW.template AND v.period = NEW.period)",
        ),
        ("two people sign a return at least", "NEW.signatures < 2"),
        (
            "a return rests on a line of the ledger before it",
            "NEW.ledger_line < 0 OR NEW.ledger_line >= NEW.act",
        ),
        is_digest("digest"),
        is_digest("template_digest"),
    ),
    "return_content": (
        act_is("return_drawn_up"),
        along_with("return_version", "version", "what a return holds"),
        is_said("content", "the content"),
    ),
    "return_file": (
        act_is("return_drawn_up"),
        along_with("return_version", "version", "what a return holds"),
        is_digest("sha256"),
    ),
    "return_demand": (
        act_is("return_drawn_up"),
        along_with("return_version", "version", "what a return holds"),
        ("a return demands roles and checks", "NEW.kind NOT IN ('role', 'check')"),
    ),
    "return_check": (
        act_is("return_checked"),
        _IS_KNOWN,
        by_the_worker(),
        follows("return_check", "turn", "version"),
        (
            "a checking is written down at once",
            "EXISTS (SELECT 1 FROM return_check t WHERE t.version = NEW.version AND t.turn >= NEW.turn "
            "AND t.act <> NEW.act)",
        ),
        ("a check has passed, failed or asks", "NEW.outcome NOT IN ('passed', 'failed', 'query')"),
        _NOT_SIGNED,
        _NOT_WITHDRAWN,
    ),
    "return_answer": (
        act_is("return_answered"),
        _IS_KNOWN,
        (
            "only a query of the newest checking is answered",
            f"NEW.turn <> coalesce({_NEWEST_TURN}, 0) OR NOT EXISTS (SELECT 1 FROM return_check t "
            "WHERE t.version = NEW.version AND t.turn = NEW.turn AND t.name = NEW.name AND t.outcome = 'query')",
        ),
        is_said("words", "the answer"),
        _ITS_PEOPLE,
        _NOT_WITHDRAWN,
    ),
    "return_signature": (
        act_is("return_signed"),
        _IS_KNOWN,
        _SAME_DIGEST,
        (
            "this role does not sign the return",
            "NOT EXISTS (SELECT 1 FROM return_demand d WHERE d.version = NEW.version AND d.kind = 'role' "
            f"AND d.name = {THE_ROLE})",
        ),
        (
            "nobody signs a return twice",
            "EXISTS (SELECT 1 FROM return_signature g JOIN audit a ON a.number = g.act "
            f"WHERE g.version = NEW.version AND g.person <> NEW.person AND lower(trim(a.actor)) = {THE_ACTOR})",
        ),
        (
            "the return has all its signatures",
            "(SELECT count(*) FROM return_signature g WHERE g.version = NEW.version AND g.act <> NEW.act) >= "
            "(SELECT v.signatures FROM return_version v WHERE v.number = NEW.version)",
        ),
        (
            "the return was not checked in all that it must pass",
            f"{_NEWEST_TURN} IS NULL OR EXISTS (SELECT 1 FROM return_demand d WHERE d.version = NEW.version "
            "AND d.kind = 'check' AND NOT EXISTS (SELECT 1 FROM return_check t WHERE t.version = NEW.version "
            f"AND t.turn = {_NEWEST_TURN} AND t.name = d.name))",
        ),
        (
            "the return failed a check",
            "EXISTS (SELECT 1 FROM return_check t WHERE t.version = NEW.version "
            f"AND t.turn = {_NEWEST_TURN} AND t.outcome = 'failed')",
        ),
        (
            "a query of the return is not answered",
            "EXISTS (SELECT 1 FROM return_check t WHERE t.version = NEW.version "
            f"AND t.turn = {_NEWEST_TURN} AND t.outcome = 'query' AND NOT EXISTS (SELECT 1 FROM return_answer r "
            "WHERE r.version = t.version AND r.turn = t.turn AND r.name = t.name))",
        ),
        _NOT_WITHDRAWN,
    ),
    "return_submission": (
        act_is("return_submitted"),
        _IS_KNOWN,
        _SAME_DIGEST,
        (
            "the return is not signed by all that it takes",
            "(SELECT count(*) FROM return_signature g WHERE g.version = NEW.version) < "
            "(SELECT v.signatures FROM return_version v WHERE v.number = NEW.version)",
        ),
        (
            "the return has no content",
            "NOT EXISTS (SELECT 1 FROM return_content c WHERE c.version = NEW.version) "
            "OR NOT EXISTS (SELECT 1 FROM return_file f WHERE f.version = NEW.version)",
        ),
        _ITS_PEOPLE,
        _NOT_WITHDRAWN,
    ),
    "return_withdrawal": (
        act_is("return_withdrawn"),
        _IS_KNOWN,
        is_said("why", "the reason"),
        _ITS_PEOPLE,
        _NOT_SUBMITTED,
    ),
}
