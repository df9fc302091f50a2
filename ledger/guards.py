"""What the database itself refuses, whoever writes to it: the same rules for SQLite and PostgreSQL.

Nothing is changed or deleted; a row belongs to the newest line of the audit log, and that line is of the right kind; a
claim's steps keep their order; a slot has one live claim, and what the audit did not uphold does not come back with the
same evidence; a window that is closed, drawn from or signed takes nothing in, and from the drawing to the signature it
loses nothing that was not drawn; it is signed once its sample has passed, by somebody who had no part in preparing it;
and submitted by somebody else again. Returns and research have rules of their own (`ledger.return_guards`,
`ledger.export_guards`). `ledger.verifying` makes sure that the rules are still in place.

Every rule is a condition under which a new row is refused. All values compared are whole numbers or texts.
"""

# ruff: noqa: S608  the SQL is put together from the words of this module alone

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import sqlalchemy

from ledger import export_guards, return_guards
from ledger.chain import START
from ledger.rules import THE_ACTOR, Rule, act_is, follows
from ledger.tables import metadata

APPEND_ONLY: Final = "the ledger is append-only"


def _share(name: str) -> Rule:
    return (
        f"{name} lies from 0 to 1",
        f"NEW.{name}_part < 0 OR NEW.{name}_whole < 1 OR NEW.{name}_part > NEW.{name}_whole",
    )


_SIGNED = ("the window is signed", "EXISTS (SELECT 1 FROM claim_signature WHERE in_window = {window})")
_THIS_WINDOW = "NEW.in_window"
_CLAIMS_WINDOW = "(SELECT in_window FROM claim WHERE number = NEW.claim)"


def _signed(window: str) -> Rule:
    return (_SIGNED[0], _SIGNED[1].format(window=window))


_LAST_STEP = (
    "SELECT s.step FROM claim_step s WHERE s.claim = c.number "
    "AND s.place = (SELECT max(l.place) FROM claim_step l WHERE l.claim = c.number)"
)
# The sample of a window, as ledger.windows counts it.
_DRAWN = (
    "(SELECT count(*) FROM claim c JOIN claim_step d ON d.claim = c.number "
    "WHERE c.in_window = NEW.in_window AND d.step = 'selected_for_audit')"
)
_UNDRAWN = (
    f"(SELECT count(*) FROM claim c WHERE c.in_window = NEW.in_window AND ({_LAST_STEP}) = 'claimable')"
)
_POPULATION = f"({_DRAWN} + {_UNDRAWN})"
_STRUCK_OUT = (
    "(SELECT count(*) FROM claim c JOIN claim_step a ON a.claim = c.number "
    "JOIN claim_step b ON b.claim = a.claim AND b.place = a.place - 1 "
    "WHERE c.in_window = NEW.in_window AND b.step = 'selected_for_audit' "
    "AND NOT (a.step = 'audited' AND a.verdict = 'upheld'))"
)
_PREPARED_BY = (
    "SELECT lower(trim(p.actor)) FROM audit p WHERE p.number IN ("
    "SELECT act FROM claim_window WHERE number = NEW.in_window "
    "UNION SELECT act FROM claim WHERE in_window = NEW.in_window "
    "UNION SELECT act FROM claim_drawing WHERE in_window = NEW.in_window "
    "UNION SELECT s.act FROM claim_step s JOIN claim c ON c.number = s.claim "
    "WHERE c.in_window = NEW.in_window AND s.step = 'audited')"
)
_EVENT_OF_STEP = {
    "claimable": "claims_entered",
    "selected_for_audit": "sample_drawn",
    "audited": "claims_audited",
    "submitted": "claims_submitted",
    "paid": "claims_paid",
    "rejected": "claims_rejected",
    "withdrawn": "claims_withdrawn",
}
# Some earlier claim `c` on the slot, with the same evidence, was drawn, and no auditor upheld it.
_NOT_UPHELD = (
    "EXISTS (SELECT 1 FROM claim_slot t JOIN claim c ON c.number = t.claim "
    "JOIN claim o ON o.evidence = c.evidence JOIN claim_step d ON d.claim = c.number "
    "WHERE o.number = NEW.claim AND t.slot = NEW.slot AND t.turn < NEW.turn AND d.step = 'selected_for_audit' "
    "AND NOT EXISTS (SELECT 1 FROM claim_step a WHERE a.claim = c.number AND a.step = 'audited' "
    "AND a.verdict = 'upheld'))"
)
_DRAWN_FROM = "EXISTS (SELECT 1 FROM claim_drawing WHERE in_window = {window})"
_ORDER = (
    "(NEW.step = 'selected_for_audit' AND p.step = 'claimable') "
    "OR (NEW.step = 'audited' AND p.step = 'selected_for_audit') "
    "OR (NEW.step = 'submitted' AND (p.step = 'claimable' OR (p.step = 'audited' AND p.verdict = 'upheld'))) "
    "OR (NEW.step IN ('paid', 'rejected') AND p.step = 'submitted') "
    "OR (NEW.step = 'withdrawn' AND p.step NOT IN ('rejected', 'withdrawn'))"
)

INSERT: Final[Mapping[str, tuple[Rule, ...]]] = {
    "audit": (
        follows("audit"),
        (
            "a line follows from the line before it",
            f"NEW.previous <> coalesce((SELECT digest FROM audit WHERE number = NEW.number - 1), '{START}')",
        ),
    ),
    "request": (follows("request", "id"),),
    "request_end": (),
    "request_about": (act_is("requested"),),
    "claim_window": (
        act_is("window_opened"),
        follows("claim_window"),
        ("a window closes after it opens", "NEW.closes < NEW.opens"),
        ("a number is missing or too small", "NEW.minimum < 0 OR NEW.framework_version < 1"),
        _share("share"),
        _share("tolerance"),
        _share("enlarge"),
    ),
    "claim_window_close": (
        act_is("window_closed"),
        _signed(_THIS_WINDOW),
    ),
    "claim": (
        act_is("claims_entered"),
        follows("claim"),
        (
            "the window is closed",
            "EXISTS (SELECT 1 FROM claim_window_close WHERE in_window = NEW.in_window)",
        ),
        _signed(_THIS_WINDOW),
        ("the window was drawn from", _DRAWN_FROM.format(window=_THIS_WINDOW)),
        (
            "the claim is dated after its window closes",
            "NOT EXISTS (SELECT 1 FROM claim_window WHERE number = NEW.in_window AND closes >= NEW.claim_date)",
        ),
        ("a claim is not worth less than nothing", "NEW.worth < 0"),
    ),
    "claim_slot": (
        act_is("claims_entered"),
        (
            "slots are said when the claim is entered",
            "NOT EXISTS (SELECT 1 FROM claim WHERE number = NEW.claim AND act = NEW.act) "
            "OR EXISTS (SELECT 1 FROM claim_step WHERE claim = NEW.claim)",
        ),
        follows("claim_slot", "turn", "slot"),
        (
            "a live claim stands on this slot",
            "NEW.turn > 1 AND NOT EXISTS (SELECT 1 FROM claim_slot c2 JOIN claim_step s ON s.claim = c2.claim "
            "WHERE c2.slot = NEW.slot AND c2.turn = NEW.turn - 1 AND s.step IN ('rejected', 'withdrawn'))",
        ),
        ("the audit did not uphold it, and its evidence is the same", f"NEW.turn > 1 AND {_NOT_UPHELD}"),
    ),
    "claim_step": (
        act_is(*_EVENT_OF_STEP.values()),
        (
            "the step is not what the act does",
            "NEW.step <> CASE (SELECT event FROM audit WHERE number = NEW.act) "
            + " ".join(f"WHEN '{event}' THEN '{step}'" for step, event in _EVENT_OF_STEP.items())
            + " END",
        ),
        follows("claim_step", "place", "claim"),
        (
            "the first step is the entry",
            "(NEW.place = 1) <> (NEW.step = 'claimable') OR (NEW.place = 1 AND NOT EXISTS ("
            "SELECT 1 FROM claim c JOIN claim_slot t ON t.claim = c.number "
            "WHERE c.number = NEW.claim AND c.act = NEW.act))",
        ),
        (
            "the step is out of order",
            "NEW.place > 1 AND NOT EXISTS (SELECT 1 FROM claim_step p "
            f"WHERE p.claim = NEW.claim AND p.place = NEW.place - 1 AND ({_ORDER}))",
        ),
        (
            "a verdict belongs to the audit",
            "(NEW.step = 'audited' AND NEW.verdict NOT IN ('upheld', 'struck_out')) "
            "OR (NEW.step <> 'audited' AND NEW.verdict <> '')",
        ),
        (
            "a step names the evidence that the claim was entered with",
            "NOT EXISTS (SELECT 1 FROM claim WHERE number = NEW.claim AND evidence = NEW.evidence)",
        ),
        (
            "a claim is drawn by a drawing",
            "NEW.step = 'selected_for_audit' AND NOT EXISTS (SELECT 1 FROM claim_drawing "
            f"WHERE act = NEW.act AND in_window = {_CLAIMS_WINDOW})",
        ),
        (
            _SIGNED[0],
            f"NEW.step IN ('selected_for_audit', 'audited') AND {_SIGNED[1].format(window=_CLAIMS_WINDOW)}",
        ),
        (
            "what was not drawn is not withdrawn before the window is signed",
            f"NEW.step = 'withdrawn' AND NEW.place = 2 AND {_DRAWN_FROM.format(window=_CLAIMS_WINDOW)} "
            f"AND NOT {_SIGNED[1].format(window=_CLAIMS_WINDOW)}",
        ),
        (
            "the window is not signed",
            f"NEW.step = 'submitted' AND NOT {_SIGNED[1].format(window=_CLAIMS_WINDOW)}",
        ),
        (
            "whoever signed a window does not submit it",
            f"NEW.step = 'submitted' AND {THE_ACTOR} = (SELECT lower(trim(a.actor)) FROM claim_signature g "
            f"JOIN audit a ON a.number = g.act WHERE g.in_window = {_CLAIMS_WINDOW})",
        ),
        (
            "the evidence has changed since the claim was entered",
            "NEW.step = 'submitted' AND EXISTS (SELECT 1 FROM claim_sighting s WHERE s.claim = NEW.claim "
            "AND s.evidence <> NEW.evidence "
            "AND s.place = (SELECT max(l.place) FROM claim_sighting l WHERE l.claim = NEW.claim))",
        ),
    ),
    "claim_drawing": (
        act_is("sample_drawn"),
        follows("claim_drawing", "drawing", "in_window"),
        _signed(_THIS_WINDOW),
        (
            "a number is out of range",
            "NEW.size < 1 OR NEW.population < NEW.size OR NEW.weighted NOT IN (0, 1)",
        ),
    ),
    "claim_signature": (
        act_is("window_signed"),
        ("there is nothing to sign", f"{_POPULATION} = 0"),
        (
            "a drawn claim has no verdict yet",
            "EXISTS (SELECT 1 FROM claim c WHERE c.in_window = NEW.in_window "
            f"AND ({_LAST_STEP}) = 'selected_for_audit')",
        ),
        (
            "the audit sample is too small",
            f"{_UNDRAWN} > 0 AND EXISTS (SELECT 1 FROM claim_window w WHERE w.number = NEW.in_window "
            f"AND ({_DRAWN} < w.minimum OR {_DRAWN} * w.share_whole < {_POPULATION} * w.share_part))",
        ),
        (
            "the audit sample has failed",
            f"{_UNDRAWN} > 0 AND EXISTS (SELECT 1 FROM claim_window w WHERE w.number = NEW.in_window "
            f"AND {_STRUCK_OUT} * w.tolerance_whole > {_DRAWN} * w.tolerance_part)",
        ),
        ("whoever prepared a window does not sign it", f"{THE_ACTOR} IN ({_PREPARED_BY})"),
    ),
    "claim_sighting": (
        act_is("evidence_changed"),
        follows("claim_sighting", "place", "claim"),
    ),
    **return_guards.INSERT,
    **export_guards.INSERT,
}
THERE_ALREADY: Final = "it is there already"
REFUSALS: Final = frozenset(
    {APPEND_ONLY, THERE_ALREADY, *(words for rules in INSERT.values() for words, _ in rules)}
)


def sqlite_triggers() -> Mapping[str, str]:
    """All triggers for SQLite: name and the statement that makes each."""
    made = {}
    for table in metadata.sorted_tables:
        for act in ("update", "delete"):
            name = f"{table.name}_no_{act}"
            made[name] = (
                f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table.name} "
                f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
            )
        # INSERT OR REPLACE would take the old row away unasked.
        replaced = (
            (THERE_ALREADY, f"EXISTS (SELECT 1 FROM {table.name} WHERE {_same(key)})")
            for key in keys_of(table)
        )
        checks = " ".join(
            f"SELECT RAISE(ABORT, '{words}') WHERE {condition};"
            for words, condition in (*replaced, *INSERT[table.name])
        )
        name = f"{table.name}_in_order"
        made[name] = f"CREATE TRIGGER {name} BEFORE INSERT ON {table.name} BEGIN {checks} END"
    return made


def postgres_functions() -> Mapping[str, str]:
    """The functions behind the triggers of PostgreSQL: name and body.

    The rules are asked once a statement, of all its rows (`inserted`), and hold as well once these are there: asked
    row by row they cost as much as everything else together.
    """
    bodies = {"ledger_append_only": f"BEGIN {_raising(APPEND_ONLY)} END"}
    for table, rules in INSERT.items():
        checks = " ".join(
            f"IF EXISTS (SELECT 1 FROM inserted n WHERE {condition.replace('NEW.', 'n.')}) "
            f"THEN {_raising(words)} END IF;"
            for words, condition in rules
        )
        bodies[f"ledger_{table}_in_order"] = f"BEGIN {checks} RETURN NULL; END"
    return bodies


def postgres_triggers() -> Mapping[str, tuple[str, str]]:
    """All triggers for PostgreSQL: name, and the table and function of each."""
    made = {}
    for table in metadata.sorted_tables:
        made[f"{table.name}_append_only"] = (table.name, "ledger_append_only")
        made[f"{table.name}_in_order"] = (table.name, f"ledger_{table.name}_in_order")
    return made


def put_in_place(connection: sqlalchemy.Connection) -> None:
    """Make every guard that is not there, in the database of `connection`."""
    for statement in _statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _statements(dialect: str) -> Iterator[str]:
    if dialect == "sqlite":
        for statement in sqlite_triggers().values():
            yield statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS", 1)
        return
    for name, body in postgres_functions().items():
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path FROM CURRENT AS $guard$ {body} $guard$"
        )
    for name, (table, function) in postgres_triggers().items():
        when = (
            "AFTER INSERT ON {} REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT"
            if name.endswith("_in_order")
            else "BEFORE UPDATE OR DELETE OR TRUNCATE ON {} FOR EACH STATEMENT"
        ).format(table)
        yield f"CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION {function}()"


def _raising(words: str) -> str:
    return f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation';"


def keys_of(table: sqlalchemy.Table) -> Iterator[list[str]]:
    """The columns of each key of a table."""
    yield [column.name for column in table.primary_key]
    for constraint in sorted(
        (one for one in table.constraints if isinstance(one, sqlalchemy.UniqueConstraint)),
        key=lambda one: [column.name for column in one.columns],
    ):
        yield [column.name for column in constraint.columns]


def _same(names: Iterable[str]) -> str:
    return " AND ".join(f"{name} = NEW.{name}" for name in names)
