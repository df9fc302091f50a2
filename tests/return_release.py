"""A made-up release that returns can be drawn up from: families, people, episodes and needs by chance, both files."""

import json
import random
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from ledger import open_ledger
from release.keys import make_key, read_key
from release.opening import create_answers, create_protected
from release.places import Places
from release.pointer import COMPLETE, use
from release.schema import ANSWERS, PROTECTED, VERSION
from release.version import code_version
from tests.small_release import CONTRACT, FRAMEWORK, frameworks_fact

AS_OF = date(2024, 10, 31)
NAME = "2024-10-31-001"
WARDS = {"Abbey": "North", "Beck": "North", "Croft": "South"}
MONTHS = tuple(f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13))
ENDS = ("outcomes_met", "step_down", "moved_away")
HEADLINES = {"3.1": "3", "3.2": "3"}


def rows(chance: random.Random, families: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of a release by table, as its files have them: some families have two episodes, some people none."""
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("family", "person", "episode", "need", "claim")
    }
    for number in range(families):
        ward = chance.choice([*WARDS, "Abbey", "unknown"])
        place = {"ward": ward, "locality": WARDS.get(ward, "unknown"), "team": chance.choice("AB")}
        place["referral_source"] = chance.choice(["police", "schools"])
        starts = sorted(chance.sample(MONTHS[3:22], chance.choice([1, 1, 2])))
        for turn, start in enumerate(starts):
            later = [one for one in MONTHS[:22] if one >= start]
            end = chance.choice([None, *later[:9]])
            tables["episode"].append(
                {
                    "episode": f"e{number}-{turn}",
                    "family": f"f{number}",
                    **place,
                    **({"ward": "Beck", "locality": "North"} if chance.random() < 0.1 else {}),
                    "start_month": start,
                    "end_month": end,
                    "closure_reason": chance.choice(ENDS) if end else "open",
                    "wait": "none",
                    "members": 2,
                }
            )
            tables["claim"].append(_claim(number, turn, lead=chance.random() < 0.6))
            for person in [None, *range(2)]:
                if chance.random() < 0.6:
                    tables["need"].append(_need(chance, number, turn, person, start))
        tables["family"].append(
            {
                "family": f"f{number}",
                **place,
                "start_month": starts[0],
                "end_month": None,
                "size": 3,
                "episodes": len(starts),
                "record_key": 1000 + number,
            }
        )
        for person, role in enumerate(("child", chance.choice(["child", "parent"]))):
            tables["person"].append(
                {
                    "person": f"p{number}-{person}",
                    "family": f"f{number}",
                    "role": role,
                    "age_band": chance.choice(["0-4", "5-10"]) if role == "child" else "25-34",
                    "sex": chance.choice("FM"),
                    "ethnic_group": "white",
                    "from_month": chance.choice([None, *MONTHS[:20]]),
                    "to_month": chance.choice([None, None, *MONTHS[15:]]),
                    "record_key": 500_000 + 10 * number + person,
                }
            )
    return tables


def _claim(number: int, turn: int, *, lead: bool) -> dict[str, Any]:
    return {
        "family": f"f{number}",
        "episode": f"e{number}-{turn}",
        "framework": FRAMEWORK,
        "kind": "needs_met",
        "state": "in_progress",
        "evidence_state": "in_progress",
        "obstacle": "need_outstanding",
        "step": "none",
        "lead_practitioner_ok": lead,
    }


def _need(chance: random.Random, number: int, turn: int, person: int | None, start: str) -> dict[str, Any]:
    state = chance.choice(["outstanding", "sustained", "waived"])
    code = chance.choice(list(HEADLINES))
    month = chance.choice([one for one in MONTHS[:22] if one >= start][:6])
    return {
        "episode": f"e{number}-{turn}",
        "person": None if person is None else f"p{number}-{person}",
        "framework": FRAMEWORK,
        "need_code": code,
        "headline": HEADLINES[code],
        "identified_on": date.fromisoformat(f"{start}-10"),
        "state": state,
        "sustained_on": date.fromisoformat(f"{month}-20") if state != "outstanding" else None,
    }


def made(data: Path, tables: Mapping[str, list[dict[str, Any]]], name: str = NAME) -> Places:
    """A data folder with a release of these rows and an empty ledger; a second release where there is one."""
    places = Places(data)
    folder = places.releases / name
    folder.mkdir(parents=True)
    if not places.protected_key.exists():
        make_key(places.protected_key)
    with closing(create_protected(folder / "protected.duckdb", read_key(places.protected_key))) as connection:
        for table in PROTECTED:
            connection.execute(table.create("protected"))
            if rows := tables.get(table.name):
                connection.register("incoming", pl.DataFrame(rows, infer_schema_length=None))
                named = ", ".join(f'"{column}"' for column in rows[0])
                connection.execute(
                    f'INSERT INTO protected."{table.name}" ({named}) SELECT {named} FROM incoming'
                )
                connection.unregister("incoming")
        connection.execute("CHECKPOINT protected")
    lists = dimension()
    with closing(create_answers(folder / "answers.duckdb")) as connection:
        for table in ANSWERS:
            connection.execute(table.create("answers"))
        connection.register("incoming", lists)
        connection.execute("INSERT INTO answers.dimension SELECT * FROM incoming")
        connection.unregister("incoming")
        connection.execute("CHECKPOINT answers")
    facts = {**manifest(), "release": name, "schema": VERSION}
    (folder / COMPLETE).write_text(json.dumps(facts), encoding="utf-8")
    use(places, name)
    with closing(open_ledger(places)) as ledger:
        ledger.record("release_published", actor="test", role="pipelines", subject=name)
    return places


def manifest() -> dict[str, str]:
    """The facts of such a release."""
    return {
        "as_of": AS_OF.isoformat(),
        "authority": "Nowhere",
        "synthetic": "true",
        "noise_usual": "4",
        "profile_words": "Figures are changed a little by chance.",
        "code_version": code_version(),
        "frameworks": frameworks_fact(CONTRACT),
    }


def dimension() -> pl.DataFrame:
    """The table of safe codes."""
    listed: list[tuple[str, str, str | None, str | None]] = []
    quarters = [f"2023-24 Q{one}" for one in range(1, 5)] + [f"2024-25 Q{one}" for one in range(1, 4)]
    listed += [("quarter", one, "year", one[:7]) for one in quarters]
    listed += [("year", one, None, None) for one in ("2023-24", "2024-25")]
    listed += [("ward", ward, "locality", lies_in) for ward, lies_in in WARDS.items()]
    listed += [("ward", "unknown", "locality", "unknown")]
    plain = {
        "locality": ("North", "South", "unknown"),
        "team": ("A", "B"),
        "referral_source": ("police", "schools"),
        "closure_reason": (*ENDS, "open"),
        "headline": ("3",),
        "age_band": ("0-4", "5-10", "25-34"),
        "sex": ("F", "M"),
        "need_state": ("outstanding", "sustained", "waived"),
    }
    listed += [(name, code, None, None) for name, codes in plain.items() for code in codes]
    listed += [("need", code, "headline", headline) for code, headline in HEADLINES.items()]
    return pl.DataFrame(
        [
            (name, code, code, above, parent, place)
            for place, (name, code, above, parent) in enumerate(listed)
        ],
        schema={
            "dimension": pl.String,
            "code": pl.String,
            "label": pl.String,
            "parent_dimension": pl.String,
            "parent_code": pl.String,
            "position": pl.Int32,
        },
        orient="row",
    )


TEMPLATE = """
title = "A return"
asked_by = "a department"
about = []
source = "ours"
verified = true
frequency = "quarter"
profile = "publication"
formats = ["csv", "json"]

[signing]
roles = ["returns_officer", "manager"]
people = 2

[limits]
percent = 25
least = 10

[[table]]
name = "families"
title = "Families"
rows = ["ward"]
[[table.column]]
name = "in_help"
label = "Families in help"
counted = "families_in_help"
verified = true
[[table.column]]
name = "open_at_end"
label = "Families open"
counted = "families_open"
verified = true
[[table.column]]
name = "share_open"
label = "Share open"
share = ["open_at_end", "in_help"]
verified = true

[[table]]
name = "ended"
title = "Ended"
rows = ["closure_reason"]
[[table.column]]
name = "ended"
label = "Episodes ended"
measure = "episodes_ended"
verified = true
[[table.column]]
name = "ended_year"
label = "Episodes ended in the year"
measure = "episodes_ended"
over = "year_to_date"
verified = true
"""


def with_template(places: Places, text: str = TEMPLATE, name: str = "a-return") -> None:
    """A folder of returns of the data folder's own, with this template."""
    folder = places.data / "returns"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    shipped = Path(__file__).parent.parent / "data" / "returns" / "authority.toml"
    (folder / "authority.toml").write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
