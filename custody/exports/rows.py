"""Makes an export of rows about single people or families, under the key of its project."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from custody.exports.before import GIVEN, rows_before
from custody.exports.errors import NoExportError, UnsafeExportError
from custody.exports.made import Made, TableFacts
from custody.finding import open_release
from ledger import Event, ExportStanding, Ledger, ProjectStanding
from release.errors import ProjectKeyError
from release.keys import read_key
from release.microdata_file import read_microdata
from release.places import Places
from release.projects import destroy_project, make_project, open_project, projects
from release.research import Policy
from release.specification import Microdata
from release.structure import asked_rows

if TYPE_CHECKING:
    from custody.exports.source import Source
    from custody.microdata import Extract

_ROLE: Final = "worker"
_ACTOR: Final = "custody"


def key_name(project: int) -> str:
    """What the key of a research project is called among all projects' keys."""
    return f"export-project-{project}"


def make_rows(
    places: Places,
    ledger: Ledger,
    source: "Source",
    specification: Microdata,
    policy: Policy,
    standing: ExportStanding,
    today: date,
) -> Made:
    """The rows that are asked for, made k-anonymous by the policy, and held against all rows that were given before.

    Raises custody.microdata's errors where they cannot be made by these rules, or would give somebody away beside
    earlier ones.
    """
    from custody.microdata import extract

    # Whose needs are meant: those of the primary framework, after which the lists of codes are made.
    asked = replace(asked_rows(specification, policy), framework=str(source.facts.get("framework", "")))
    earlier = rows_before(places, ledger, but=standing.number)
    key = _project_key(places, ledger, ledger.projects.standing(standing.project), today)
    with open_release(places, source.name) as release:
        made = extract(
            release,
            source.lists,
            read_microdata(places.setting("microdata.toml")),
            asked,
            project=key_name(standing.project),
            project_key=key,
            marks_key=read_key(places.protected_key),
            export=standing.number,
            earlier=earlier,
        )
    failed = [one.words for one in made.findings if not one.passed]
    if failed:
        raise UnsafeExportError(" ".join(failed))
    if made.table.frame.height == 0:
        raise NoExportError(f"The release {source.name} has no row of it that could be given.")
    return Made(
        tables=(made.table,),
        facts=(_facts(made),),
        method=made.method,
        risk=made.risk,
        risk_words=made.risk_words,
        audit={
            "passed": True,
            "words": [_held_against(len(earlier))],
            "attacks": [],
        },
        together=tuple(one.as_json() for one in made.findings),
        kept={GIVEN: made.given.as_bytes()},
    )


def _held_against(times: int) -> str:
    if not times:
        return "No rows were given before."
    held = "the export" if times == 1 else "each of the exports"
    return (
        f"Held against {held} of rows that was given before or waits: together they keep to the rules, too."
    )


def destroy_key_of(places: Places, ledger: Ledger, project: int, today: date) -> bool:
    """Destroy the key of a project that is over, where there is one still; whether there was."""
    name = key_name(project)
    if not any(one.name == name and one.destroyed is None for one in projects(places)):
        return False
    gone = destroy_project(places, name, today=today)
    ledger.record(
        Event.PROJECT_KEY_DESTROYED,
        actor=_ACTOR,
        role=_ROLE,
        subject=name,
        detail={"fingerprint": gone.fingerprint, "why": "the project is over"},
    )
    return True


def _project_key(places: Places, ledger: Ledger, project: ProjectStanding, today: date) -> str:
    """The key of a project, made when its first rows are. Raises ProjectKeyError where it is gone: then the project is
    given no more rows."""
    name = key_name(project.number)
    if not any(one.name == name for one in projects(places)):
        if any(one.event == Event.PROJECT_KEY_MADE and one.subject == name for one in ledger.entries()):
            raise ProjectKeyError(
                f"The key {name} was made once and is gone: put back the copy that you keep of it. No other is made "
                "for the same project."
            )
        made = make_project(
            places, name, purpose=f"research project {project.name}", until=project.ends, today=today
        )
        ledger.record(
            Event.PROJECT_KEY_MADE,
            actor=_ACTOR,
            role=_ROLE,
            subject=name,
            detail={"fingerprint": made.fingerprint, "until": project.ends.isoformat()},
        )
    return open_project(places, name, today=today)


def _facts(made: "Extract") -> TableFacts:
    """What a checker sees of rows: how many there are, the smallest class of rows that are alike, and classes by
    size."""
    rows = made.table.frame.height
    classes = made.risk["classes"]
    by_size = tuple((one["from"], one["to"], one["classes"]) for one in classes["by_size"])
    return TableFacts(
        made.table.name,
        rows,
        rows,
        rows,
        classes["smallest"],
        classes["smallest"],
        "rows in classes that are alike",
        by_size,
    )
