"""What the database itself refuses in the book of research, whoever writes to it.

A project has an end and a budget; of the budget nothing is spent twice, and never more than there is, however many
processes ask at once; an export keeps its order; two output checkers decide, who are two, and neither asked for it nor
belongs to the project; and what is handed out is what both approved, and not past the project's end.
"""

# ruff: noqa: S608  the SQL is put together from the words of this module alone

from collections.abc import Mapping
from typing import Final

from ledger.rules import (
    THE_ACTOR,
    THE_DAY,
    THE_ROLE,
    Rule,
    act_is,
    along_with,
    by_the_worker,
    follows,
    is_digest,
    is_said,
)

_ITS_PROJECT = "(SELECT e.project FROM export e WHERE e.number = NEW.export)"
# Whether an account begins or asks for it, or is named in it: of a project, as SQL.
_OF_PROJECT = (
    "(EXISTS (SELECT 1 FROM project p JOIN audit a ON a.number = p.act "
    "WHERE p.number = {project} AND lower(trim(a.actor)) = {actor}) "
    "OR EXISTS (SELECT 1 FROM project_person q WHERE q.project = {project} "
    "AND {actor} IN (q.person, lower(trim(q.name)))))"
)
_THE_AUTHOR = (
    "(SELECT lower(trim(a.actor)) FROM export e JOIN audit a ON a.number = e.act WHERE e.number = NEW.export)"
)
_OFFICER = "data_protection_officer"


def _project_goes_on(project: str) -> Rule:
    return (
        "the project is over",
        f"EXISTS (SELECT 1 FROM project_end d WHERE d.project = {project}) "
        f"OR NOT EXISTS (SELECT 1 FROM project p WHERE p.number = {project} AND p.ends >= {THE_DAY})",
    )


def _not_there(table: str, words: str) -> Rule:
    return (words, f"EXISTS (SELECT 1 FROM {table} x WHERE x.export = NEW.export AND x.act <> NEW.act)")


def _there(table: str, words: str) -> Rule:
    return (words, f"NOT EXISTS (SELECT 1 FROM {table} x WHERE x.export = NEW.export)")


_IS_KNOWN: Rule = (
    "there is no such export",
    "NOT EXISTS (SELECT 1 FROM export e WHERE e.number = NEW.export)",
)
_NOT_REFUSED = _not_there("export_refusal", "the export was refused")
_NOT_WITHDRAWN = _not_there("export_withdrawal", "the export was withdrawn")
_NOT_PREPARED = _not_there("export_preparation", "the export is prepared already")
_PREPARED = _there("export_preparation", "the export is not prepared")

INSERT: Final[Mapping[str, tuple[Rule, ...]]] = {
    "project": (
        act_is("project_begun"),
        follows("project"),
        is_said("name", "the name"),
        is_said("purpose", "the purpose"),
        is_said("basis", "the legal basis"),
        ("the end of a project lies ahead", f"length(NEW.ends) <> 10 OR NEW.ends < {THE_DAY}"),
        ("a budget is not less than nothing", "NEW.budget < 0"),
    ),
    "project_person": (
        act_is("project_begun"),
        along_with("project", "project", "who works in a project"),
        is_said("person", "the person"),
    ),
    "project_end": (
        act_is("project_ended"),
        ("there is no such project", "NOT EXISTS (SELECT 1 FROM project p WHERE p.number = NEW.project)"),
        is_said("why", "the reason"),
        (
            "a project is ended by who began it or the data protection officer",
            f"{THE_ROLE} <> '{_OFFICER}' AND {THE_ACTOR} <> (SELECT lower(trim(a.actor)) FROM project p "
            "JOIN audit a ON a.number = p.act WHERE p.number = NEW.project)",
        ),
    ),
    "export": (
        act_is("export_asked"),
        follows("export"),
        ("an export is tables, microdata or private", "NEW.kind NOT IN ('tables', 'microdata', 'private')"),
        is_said("specification", "the specification"),
        is_said("release", "the release"),
        (
            "who asks belongs to the project",
            f"NOT {_OF_PROJECT.format(actor=THE_ACTOR, project='NEW.project')}",
        ),
        _project_goes_on("NEW.project"),
    ),
    "export_spending": (
        act_is("export_budget_spent"),
        _IS_KNOWN,
        by_the_worker(),
        (
            "only private tables spend a budget",
            "NOT EXISTS (SELECT 1 FROM export e WHERE e.number = NEW.export AND e.kind = 'private')",
        ),
        (
            "the budget of the project does not reach",
            "NEW.rho < 1 OR NEW.rho + (SELECT coalesce(sum(s.rho), 0) FROM export_spending s "
            "JOIN export e ON e.number = s.export "
            f"WHERE e.project = {_ITS_PROJECT} AND s.export <> NEW.export) "
            f"> (SELECT p.budget FROM project p WHERE p.number = {_ITS_PROJECT})",
        ),
        _NOT_REFUSED,
        _NOT_WITHDRAWN,
        _project_goes_on(_ITS_PROJECT),
    ),
    "export_preparation": (
        act_is("export_prepared"),
        _IS_KNOWN,
        by_the_worker(),
        is_digest("digest"),
        is_said("report", "the report"),
        (
            "what private tables spend is written down first",
            "EXISTS (SELECT 1 FROM export e WHERE e.number = NEW.export AND e.kind = 'private') "
            "AND NOT EXISTS (SELECT 1 FROM export_spending s WHERE s.export = NEW.export)",
        ),
        _NOT_REFUSED,
        _NOT_WITHDRAWN,
        _project_goes_on(_ITS_PROJECT),
    ),
    "export_file": (
        act_is("export_prepared"),
        (
            "the files of an export are said when it is prepared",
            "NOT EXISTS (SELECT 1 FROM export_preparation p WHERE p.export = NEW.export AND p.act = NEW.act)",
        ),
        is_digest("sha256"),
    ),
    "export_refusal": (
        act_is("export_refused"),
        _IS_KNOWN,
        by_the_worker(),
        is_said("why", "the reason"),
        _NOT_PREPARED,
        _NOT_WITHDRAWN,
    ),
    "export_decision": (
        act_is("export_decided"),
        _IS_KNOWN,
        _PREPARED,
        ("an output checker decides", f"{THE_ROLE} <> 'output_checker'"),
        ("nobody decides on what they asked for", f"{THE_ACTOR} = {_THE_AUTHOR}"),
        (
            "nobody decides on a project that they belong to",
            f"{_OF_PROJECT.format(actor=THE_ACTOR, project=_ITS_PROJECT)} "
            f"OR {_OF_PROJECT.format(actor='NEW.person', project=_ITS_PROJECT)}",
        ),
        (
            "two different checkers decide",
            "EXISTS (SELECT 1 FROM export_decision d JOIN audit a ON a.number = d.act "
            f"WHERE d.export = NEW.export AND d.person <> NEW.person AND lower(trim(a.actor)) = {THE_ACTOR})",
        ),
        (
            "two have decided already",
            "(SELECT count(*) FROM export_decision d WHERE d.export = NEW.export AND d.act <> NEW.act) > 1",
        ),
        ("a checker approves or returns", "NEW.verdict NOT IN ('approve', 'return')"),
        is_said("why", "the reason"),
        ("a decision is salted", "length(NEW.salt) < 32"),
        _NOT_WITHDRAWN,
        _project_goes_on(_ITS_PROJECT),
    ),
    "export_release": (
        act_is("export_released"),
        _IS_KNOWN,
        by_the_worker(),
        (
            "two checkers have not approved it",
            "(SELECT count(*) FROM export_decision d WHERE d.export = NEW.export AND d.verdict = 'approve') <> 2",
        ),
        (
            "it is not what was approved",
            "NOT EXISTS (SELECT 1 FROM export_preparation p "
            "WHERE p.export = NEW.export AND p.digest = NEW.digest)",
        ),
        _NOT_WITHDRAWN,
        _project_goes_on(_ITS_PROJECT),
    ),
    "export_withdrawal": (
        act_is("export_withdrawn"),
        _IS_KNOWN,
        is_said("why", "the reason"),
        (
            "an export is withdrawn by who asked for it or the data protection officer",
            f"{THE_ROLE} <> '{_OFFICER}' AND {THE_ACTOR} <> {_THE_AUTHOR}",
        ),
        (
            "the export was returned",
            "(SELECT count(*) FROM export_decision d WHERE d.export = NEW.export) > 1 AND EXISTS "
            "(SELECT 1 FROM export_decision d WHERE d.export = NEW.export AND d.verdict = 'return')",
        ),
        _NOT_REFUSED,
        _project_goes_on(_ITS_PROJECT),
    ),
    "export_removal": (
        act_is("export_taken_away"),
        _IS_KNOWN,
        by_the_worker(),
        _there("export_release", "the export was not handed out"),
        (
            "the export is neither withdrawn nor is its project over",
            "NOT EXISTS (SELECT 1 FROM export_withdrawal w WHERE w.export = NEW.export) "
            f"AND NOT EXISTS (SELECT 1 FROM project_end d WHERE d.project = {_ITS_PROJECT}) "
            f"AND EXISTS (SELECT 1 FROM project p WHERE p.number = {_ITS_PROJECT} AND p.ends >= {THE_DAY})",
        ),
    ),
}
