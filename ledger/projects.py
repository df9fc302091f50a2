"""The book of research projects: who works on what, by which right, until when, and with which privacy budget."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select

from ledger.errors import ExportError
from ledger.export_records import OFFICER, ProjectStanding, present_day
from ledger.export_tables import export, export_spending, project, project_end, project_person
from ledger.records import Event
from ledger.sessions import person_of
from ledger.store import Row, Store, append
from ledger.tables import audit
from ledger.wording import MOST, Words

_LONGEST: Final = 2_000
_MOST_PEOPLE: Final = 100
_SAY = Words(ExportError)


class Projects:
    """Research projects. Every act needs `by` (the account) and `role`; every method raises LedgerError where the
    database is out of reach."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(
        self,
        name: str,
        *,
        title: str,
        purpose: str,
        basis: str,
        people: Collection[str],
        ends: date,
        latest: date,
        budget: int,
        by: str,
        role: str,
    ) -> int:
        """Begin a project and give its number.

        `people`: the accounts of those who work in it, or their names; `ends`: its last day, and `latest` the last that
        the policy allows; `budget`: rho in millionths. Raises ExportError where the name was ever used, or something
        cannot be.
        """
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        row: Row = {
            "name": _SAY.slug(name),
            "title": _SAY.line(title, "the title"),
            "purpose": _SAY.line(purpose, "the purpose", longest=_LONGEST),
            "basis": _SAY.line(basis, "the legal basis", longest=_LONGEST),
            "ends": ends.isoformat(),
            "budget": _SAY.whole(budget, "A privacy budget in millionths", 0),
        }
        named = {person_of(one): _SAY.line(one, "who works in the project") for one in people}
        if len(named) > _MOST_PEOPLE:
            raise ExportError(f"A project has {_MOST_PEOPLE} people at most.")
        today = present_day()
        if not today <= ends <= latest:
            raise ExportError(
                f"A project that begins today ends on a day from {today.isoformat()} to {latest.isoformat()}, not on "
                f"{ends.isoformat()}."
            )
        with self._store.writing() as connection:
            if connection.execute(select(project.c.number).where(project.c.name == name)).first():
                raise ExportError(
                    f"There is, or was, a project {name}. No name is used twice: choose another."
                )
            number = int(connection.execute(select(func.max(project.c.number))).scalar() or 0) + 1
            append(
                connection,
                Event.PROJECT_BEGUN,
                who,
                role,
                f"project {number}",
                {"name": name, "ends": row["ends"], "budget": budget, "people": len(named)},
                {
                    project: [{**row, "number": number}],
                    project_person: [
                        {"project": number, "person": person, "name": said} for person, said in named.items()
                    ],
                },
            )
            return number

    def end(self, number: int, why: str, *, by: str, role: str) -> None:
        """End a project before its day: nothing more is asked, made or handed out for it. Raises ExportError where it
        has ended, or is neither this account's nor the role the data protection officer's."""
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        reason = _SAY.line(why, "the reason", longest=_LONGEST)
        with self._store.writing() as connection:
            there = project_of(connection, number)
            if there.ended_at:
                raise ExportError(f"The project {there.name} has ended already.")
            if role != OFFICER and person_of(who) != person_of(there.author):
                raise ExportError(
                    f"The project {there.name} is ended by who began it, or by the data protection officer."
                )
            append(
                connection,
                Event.PROJECT_ENDED,
                who,
                role,
                f"project {number}",
                {"name": there.name, "why": reason},
                {project_end: [{"project": number, "why": reason}]},
            )

    def standing(self, number: int) -> ProjectStanding:
        """One project. Raises ExportError where there is none of this number."""
        with self._store.reading() as connection:
            return project_of(connection, number)

    def standings(self, author: str = "") -> list[ProjectStanding]:
        """All projects by number, or those that an account began."""
        with self._store.reading() as connection:
            found = projects(connection)
        return [one for one in found if not author or person_of(one.author) == person_of(author)]

    def find(self, name: str) -> ProjectStanding | None:
        """The project of this name, if there ever was one."""
        with self._store.reading() as connection:
            found = projects(connection, project.c.name == name)
        return found[0] if found else None


def project_of(connection: Connection, number: int) -> ProjectStanding:
    """One project. Raises ExportError where there is none of this number."""
    found = projects(connection, project.c.number == number) if 0 < number <= MOST else []
    if not found:
        raise ExportError(f"There is no project {number} in the ledger.")
    return found[0]


def projects(connection: Connection, *conditions: ColumnElement[bool]) -> list[ProjectStanding]:
    """The projects that meet `conditions` (over `project`), by number."""
    told: Any = (audit.c.actor, audit.c.role, audit.c.at)
    rows = connection.execute(
        select(project, *told)
        .join(audit, audit.c.number == project.c.act)
        .where(*conditions)
        .order_by(project.c.number)
    ).all()
    people: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(select(project_person).order_by(project_person.c.person)):
        people[row.project].append(row.name)
    ended = {
        row.project: row
        for row in connection.execute(
            select(project_end, *told).join(audit, audit.c.number == project_end.c.act)
        )
    }
    spent = {
        row.project: int(row.rho)
        for row in connection.execute(
            select(export.c.project, func.sum(export_spending.c.rho).label("rho"))
            .join(export_spending, export_spending.c.export == export.c.number)
            .group_by(export.c.project)
        )
    }
    return [
        ProjectStanding(
            number=row.number,
            name=row.name,
            title=row.title,
            purpose=row.purpose,
            basis=row.basis,
            people=tuple(people[row.number]),
            ends=date.fromisoformat(row.ends),
            budget=row.budget,
            spent=spent.get(row.number, 0),
            author=row.actor,
            author_role=row.role,
            begun_at=row.at,
            ended_at=ended[row.number].at if row.number in ended else "",
            ended_by=ended[row.number].actor if row.number in ended else "",
            ended_why=ended[row.number].why if row.number in ended else "",
        )
        for row in rows
    ]
