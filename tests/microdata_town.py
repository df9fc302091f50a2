"""A small town for extracts of rows: a protected file in memory, and the lists of codes that go with it."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from custody.finding import ProtectedRelease
from release.microdata import Microdata
from release.microdata_file import read_microdata
from release.places import PROJECT
from release.schema import PROTECTED

AS_OF = date(2024, 10, 31)
FRAMEWORK = "small"
PROJECT_KEY, OTHER_KEY, MARKS_KEY = "1a" * 32, "2b" * 32, "3c" * 32
WARDS = {"Ashby": "North", "Brook": "North", "Cope": "South", "Dale": "South"}
LISTS: dict[str, Sequence[str]] = {
    "age_band": (
        "unborn",
        "0-4",
        "5-10",
        "11-15",
        "16-17",
        "18-24",
        "25-34",
        "35-44",
        "45-54",
        "55+",
        "unknown",
    ),
    "sex": ("F", "M", "U"),
    "ethnic_group": ("asian", "black", "mixed", "white", "other", "unknown"),
    "role": ("parent", "carer", "child", "other adult", "unborn", "unknown"),
    "locality": ("North", "South", "unknown"),
    "referral_source": (
        "individual",
        "schools",
        "health",
        "housing",
        "council",
        "police",
        "other",
        "unknown",
    ),
    "headline": tuple("12345"),
    "closure_reason": ("open", "outcomes_met", "step_up", "withdrew", "unknown"),
    "wait": ("0-14", "15-28", "none"),
}


def microdata() -> Microdata:
    """What is shipped in data/microdata.toml."""
    return read_microdata(Path(PROJECT) / "data" / "microdata.toml")


def dimensions() -> pl.DataFrame:
    """The lists of codes, as a release's table `dimension`."""
    rows: list[tuple[str, str, str, str | None, str | None, int]] = [
        (name, code, code, None, None, place)
        for name, codes in LISTS.items()
        for place, code in enumerate(codes)
    ]
    rows += [
        ("ward", ward, ward, "locality", locality, place)
        for place, (ward, locality) in enumerate(WARDS.items())
    ]
    names = ("dimension", "code", "label", "parent_dimension", "parent_code", "position")
    return pl.DataFrame(rows, schema=names, orient="row")


def families(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Made-up families: `family`, `ward`, `start`, `end` (months), `source`, `people` and `needs` (headline, state)."""
    draw = random.Random(seed)
    made = []
    for number in range(count):
        ward = draw.choice(list(WARDS))
        start = draw.randrange(24)
        children = [
            ("child", draw.choice(("0-4", "5-10", "11-15")), draw.choice("FM"))
            for _ in range(draw.randint(1, 3))
        ]
        made.append(
            {
                "family": f"family{number:04}",
                "ward": ward,
                "start": month(start),
                "end": month(start + draw.randint(1, 8)) if draw.random() < 0.8 and start < 16 else None,
                "source": draw.choice(("schools", "health", "police", "individual")),
                "people": [("parent", draw.choice(("25-34", "35-44")), "F"), *children],
                "ethnic_group": draw.choices(("white", "asian", "black"), (8, 2, 1))[0],
                "needs": [
                    (draw.choice("12345"), draw.choice(("sustained", "outstanding")))
                    for _ in range(draw.randint(1, 3))
                ],
                "closure": draw.choice(("outcomes_met", "withdrew", "step_up")),
            }
        )
    return made


def month(number: int) -> str:
    """The month so many months after October 2022."""
    whole = 2022 * 12 + 9 + number
    return f"{whole // 12:04}-{whole % 12 + 1:02}"


def release(town: Sequence[dict[str, Any]], name: str = "2024-10-31-001") -> ProtectedRelease:
    """The protected rows of a town, as custody opens them."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA protected")
    told: dict[str, list[dict[str, Any]]] = {"family": [], "person": [], "episode": [], "need": []}
    for one in town:
        key = one["family"]
        told["family"].append(
            {
                "family": key,
                "ward": one["ward"],
                "locality": WARDS[one["ward"]],
                "start_month": one["start"],
                "end_month": one["end"],
                "referral_source": one["source"],
                "size": len(one["people"]),
                "episodes": 1,
            }
        )
        told["person"] += [
            {
                "person": f"{key}-{place}",
                "family": key,
                "role": role,
                "age_band": age,
                "sex": sex,
                "ethnic_group": one["ethnic_group"],
            }
            for place, (role, age, sex) in enumerate(one["people"])
        ]
        told["episode"].append(
            {
                "episode": f"{key}-e",
                "family": key,
                "referral_source": one["source"],
                "start_month": one["start"],
                "end_month": one["end"],
                "closure_reason": one["closure"] if one["end"] else "open",
                "wait": "0-14",
                "members": len(one["people"]),
            }
        )
        told["need"] += [
            {
                "episode": f"{key}-e",
                "person": f"{key}-{place % 2}" if place else None,
                "framework": FRAMEWORK,
                "need_code": f"{headline}.{place}",
                "headline": headline,
                "identified_on": date(int(one["start"][:4]), int(one["start"][5:]), 3) + timedelta(place),
                "state": state,
            }
            for place, (headline, state) in enumerate(one["needs"])
        ]
    for table in PROTECTED:
        if table.name in told:
            connection.execute(table.create("protected"))
            frame = pl.DataFrame(told[table.name], infer_schema_length=None)
            connection.register("incoming", frame)
            names = ", ".join(frame.columns)
            connection.execute(f"INSERT INTO protected.{table.name} ({names}) SELECT {names} FROM incoming")
            connection.unregister("incoming")
    return ProtectedRelease(name, connection, f'{{"as_of": "{AS_OF.isoformat()}"}}'.encode())
