"""A town of six people whose records hold, in every column of every contract, values that stand nowhere else."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts import CONTRACTS, Column, Contract, Part
from pipelines.decisions import Decision, permitted
from pipelines.landing import TYPES

AS_OF = date(2024, 10, 31)
PEOPLE, FAMILIES = 6, 3
NEEDS = ("1.1", "6.1", "6.2", "7.1", "8.1", "9.1", "10.1", "4.1")
_PLACES = [(contract.name, column.name) for contract in CONTRACTS.values() for column in contract.columns]
_DAYS = [place for place in _PLACES if CONTRACTS[place[0]].by_name[place[1]].type == "date"]
_WHOLE = [place for place in _PLACES if CONTRACTS[place[0]].by_name[place[1]].type == "integer"]
# One person's identity is the same wherever it stands, or nobody would be found.
_SHARED = (
    *(Part.FORENAME, Part.SURNAME, Part.OTHER_NAME, Part.ADDRESS, Part.POSTCODE, Part.UPRN, Part.NHS_NUMBER),
    *(Part.UPN, Part.ULN, Part.NINO, Part.PNC_ID, Part.PHONE, Part.EMAIL),
)
NAMES = ("Zorblat", "Quimvexi", "Frandosk", "Wexlorip", "Mundrigo", "Tilvashk")
_BORN = (date(1985, 2, 10), date(2012, 5, 3))

Row = dict[str, Any]


def rows(contract: Contract, changed: tuple[str, str] | None = None) -> list[Row]:
    """The rows of a contract. `changed`: contract and column whose values are other ones."""
    return [
        {
            column.name: _value(contract.name, column, number, (contract.name, column.name) == changed)
            for column in contract.columns
        }
        for number in range(_how_many(contract))
    ]


@cache
def frames(changed: tuple[str, str] | None = None) -> dict[str, pl.DataFrame]:
    """Good rows of every contract, as the stage check gives them."""
    found = {}
    for name, contract in CONTRACTS.items():
        schema = {"row": pl.Int64, "file": pl.String} | {c.name: TYPES[c.type] for c in contract.columns}
        given = [
            {"row": at, "file": f"{name}.csv", **row} for at, row in enumerate(rows(contract, changed), 1)
        ]
        found[name] = pl.DataFrame(given, schema=schema)
    return found


def write(folder: Path) -> None:
    """The town as a folder of extracts, under our own headings."""
    folder.mkdir()
    listed = [f"as_of = {AS_OF}", 'authority = "Ashmere"', "synthetic = true"]
    for name, contract in CONTRACTS.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [column.name for column in contract.columns])
            writer.writeheader()
            writer.writerows(rows(contract))
        listed += ["", "[[extract]]", f'file = "{name}.csv"', f'contract = "{name}"', 'partner = "Somebody"']
        listed += ["covers_from = 1990-01-01", f"covers_to = {AS_OF}"]
    (folder / "extracts.toml").write_text("\n".join(listed) + "\n", encoding="utf-8")


def texts(contract: str, column: str) -> set[str]:
    """The values of a column as text."""
    return {str(row[column]) for row in rows(CONTRACTS[contract]) if row[column] is not None}


def days(contract: str, column: Column) -> bool:
    """Whether a column holds days that no rule may see, which no reckoning can lead to."""
    return column.type == "date" and Decision.DAY not in permitted(contract, column)


def who(contract: str, number: int) -> int:
    """Which person, from 0, a row (from 0) of a contract is about."""
    return number // len(NEEDS) if contract in ("need", "progress") else number % PEOPLE


def _how_many(contract: Contract) -> int:
    if contract.name in ("need", "progress"):
        return PEOPLE * len(NEEDS)
    few = {"family_member": PEOPLE, "family_episode": FAMILIES, "earlier_claim": 1, "relationship": FAMILIES}
    # Two of everything on one day, of different kinds.
    return few.get(contract.name, 2 * PEOPLE)


def _value(contract: str, column: Column, number: int, is_changed: bool) -> Any:
    person = who(contract, number)
    may = permitted(contract, column)
    match column.type:
        case "date":
            if column.part is Part.DATE_OF_BIRTH:
                return _BORN[person % 2] + timedelta(days=person + (3650 if is_changed else 0))
            first = date(1991, 1, 1) if days(contract, column) else date(2021, 1, 1)
            after = 7 * _DAYS.index((contract, column.name)) + person
            return first + timedelta(days=after + (400 if is_changed else 0))
        case "integer":
            return 300 - 20 * _WHOLE.index((contract, column.name)) - person - (10 if is_changed else 0)
        case "decimal":
            return 1000.5 + person + (0.25 if is_changed else 0)
        case "code":
            return _code(column, number, is_changed)
    if is_changed and Decision.YES_OR_NO in may:
        return None
    if Decision.COUNT in may and not is_changed:
        # The number of an event is its family's, so that two are counted as one; its kind is another the second time.
        which = person // 2 if column.part else number // PEOPLE
        return f"canary{contract}{column.name}{chr(ord('a') + which)}".replace("_", "")
    return _text(contract, column, number) + ("changed" if is_changed else "")


def _code(column: Column, number: int, is_changed: bool) -> str:
    if column.name == "need_code":
        return NEEDS[(number + is_changed) % len(NEEDS)]
    codes = tuple(column.codes or {})
    if is_changed:
        return codes[-1]
    # In a family of two, one is the parent of the other.
    first = ("parent", "child") if "parent" in codes else codes
    return first[(number + number // PEOPLE) % len(first)]


def _text(contract: str, column: Column, number: int) -> str:
    """Of a shared identity the same in every contract; of all else letters alone, so that it looks like no number."""
    person = who(contract, number)
    letter, family = chr(ord("a") + person), chr(ord("a") + person // 2)
    forename, surname = NAMES[person], NAMES[person][::-1]
    match column.part:
        case Part.FORENAME:
            return forename
        case Part.SURNAME:
            return surname
        case Part.WHOLE_NAME:
            return f"{forename} {surname}"
        case Part.POSTCODE:
            return f"QX{person + 1} {person + 1}ZZ"
        case Part.ADDRESS:
            return f"{person + 1} {surname}canary Street"
    named = {
        "person_ref": f"person{letter}",
        "related_person_ref": f"person{chr(ord('a') + (person + 1) % PEOPLE)}",
        "family_ref": f"family{family if contract == 'family_member' else letter}",
        "episode_ref": f"episode{letter if contract == 'family_episode' else family}",
        "framework": "Supporting Families 2022",
    }
    own = "" if column.part in _SHARED else contract
    word = named.get(column.name, f"{own}{column.name}{letter}").replace("_", "")
    return word if column.name == "framework" else f"canary{word}"


def files() -> pl.DataFrame:
    """`extract, file, covers_from, covers_to` of the town's extracts."""
    return pl.DataFrame(
        [(name, f"{name}.csv", date(1990, 1, 1), AS_OF) for name in CONTRACTS],
        schema={"extract": pl.String, "file": pl.String, "covers_from": pl.Date, "covers_to": pl.Date},
        orient="row",
    )


def persons(good: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`contract, file, row, person` of every row about somebody."""
    found = [
        (name, f"{name}.csv", row, who(name, row - 1))
        for name, frame in good.items()
        if CONTRACTS[name].about_people
        for row in frame["row"]
    ]
    schema = {"contract": pl.String, "file": pl.String, "row": pl.Int64, "person": pl.Int64}
    return pl.DataFrame(found, schema=schema, orient="row")
