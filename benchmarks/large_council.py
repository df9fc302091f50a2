"""A release of a made-up council of any size, written straight into its files: to measure returns and exports on.

No run makes it: a million families would take one many minutes. What decides how much has to be withheld stands in the
tables at the top: wards from large to small, so that every table has many small cells. The same number of families
gives the same release.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import Final

import duckdb
import polars as pl

from ledger import open_ledger
from outcomes.reading import framework_from_text
from release.keys import make_key, read_key
from release.opening import ANSWERS, PROTECTED, create_answers, create_protected
from release.places import PROJECT, Places
from release.pointer import COMPLETE, use
from release.schema import ANSWERS as ANSWER_TABLES
from release.schema import PROTECTED as PROTECTED_TABLES
from release.schema import VERSION
from release.version import code_version

NAME: Final = "2024-10-31-001"
AS_OF: Final = date(2024, 10, 31)
FRAMEWORK: Final = "supporting-families-2022"
PEOPLE: Final = 3
LOCALITIES: Final = 8
# Sizes fall as a square: the largest of 40 wards has some 40 times the families of the smallest.
WARDS: Final = 40
TEAMS: Final = 25
_CODES: Final[Mapping[str, Sequence[str]]] = {
    "referral_source": ("individual", "schools", "health", "housing", "council", "police", "other", "unknown"),
    "closure_reason": ("outcomes_met", "step_down", "step_up", "withdrew", "moved_away", "other", "unknown"),
    "wait": ("0-14", "15-28", "29-56", "57+", "none"),
    "age_band": ("5-10", "11-15", "0-4", "25-34", "35-44", "16-17", "18-24", "45-54", "55+", "unborn", "unknown"),
    "sex": ("F", "M", "U"),
    "ethnic_group": ("white", "asian", "black", "mixed", "other", "unknown"),
    "role": ("child", "parent", "carer", "other adult", "unborn", "unknown"),
    "need_state": ("sustained", "sustaining", "outstanding", "not_evidenced", "waived"),
    "evidence_state": (
        "claimable", "in_progress", "evidence_gap", "sustaining", "not_eligible", "closed_otherwise", "outside_period",
    ),
    "claim_state": (
        "claimable", "in_progress", "evidence_gap", "sustaining", "not_eligible", "claimed", "closed_otherwise",
        "outside_period",
    ),
    "family_size": ("0", "1", "2", "3", "4", "5", "6+"),
    "obstacle": (
        "none", "need_outstanding", "need_not_evidenced", "sustaining", "not_eligible", "assessment_missing",
        "plan_missing", "no_lead_practitioner", "closed_otherwise", "outside_period", "already_claimed",
    ),
    "step": ("none", "claimable", "selected_for_audit", "audited", "submitted", "paid"),
}  # fmt: skip
_FIRST: Final = (2021, 10)
_MONTHS: Final = 37


def make_release(places: Places, families: int) -> None:
    """Write a release of so many families, three people each, with an empty ledger, into an empty data folder."""
    folder = places.releases / NAME
    folder.mkdir(parents=True)
    make_key(places.protected_key)
    text = (PROJECT / "data" / "frameworks" / f"{FRAMEWORK}.toml").read_text(encoding="utf-8")
    manifest = _manifest(text)
    with closing(create_protected(folder / PROTECTED, read_key(places.protected_key))) as connection:
        _write_protected(connection, families, text)
        connection.execute("CHECKPOINT protected")
    with closing(create_answers(folder / ANSWERS)) as connection:
        for table in ANSWER_TABLES:
            connection.execute(table.create("answers"))
        _insert(connection, "answers.dimension", _dimensions(text))
        told = {name: value for name, value in manifest.items() if isinstance(value, str)}
        _insert(
            connection, "answers.manifest", pl.DataFrame(list(told.items()), ["name", "value"], orient="row")
        )
    (folder / COMPLETE).write_text(json.dumps({**manifest, "schema": VERSION}), encoding="utf-8")
    use(places, NAME)
    with closing(open_ledger(places)) as ledger:
        ledger.record("release_published", actor="benchmark", role="pipelines", subject=NAME)
        ledger.claims.compare_evidence(
            {}, frameworks=[FRAMEWORK], by="benchmark", role="pipelines", release=NAME
        )


def _manifest(text: str) -> dict[str, str]:
    framework = framework_from_text(f"{FRAMEWORK}.toml", text)
    said = {
        "id": FRAMEWORK,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "checked": True,
        "title": framework.title,
        "version": framework.version,
    }
    return {
        "release": NAME,
        "as_of": AS_OF.isoformat(),
        "authority": "A large council",
        "synthetic": "true",
        "payment": "by_results",
        "profile": "dashboard",
        "framework": FRAMEWORK,
        "framework_title": framework.title,
        "frameworks": json.dumps([said]),
        "ledger_head": f"1 {'ab' * 32}",
        "code_version": code_version(),
    }


def _write_protected(connection: duckdb.DuckDBPyConnection, families: int, text: str) -> None:
    framework = framework_from_text(f"{FRAMEWORK}.toml", text)
    needs = [(need.code, headline.id) for headline in framework.headlines for need in headline.needs]
    months = list(_months())
    family = f"""
        SELECT {_key("'f'", "i")} AS family, i, {_drawn(_wards(), "i", "ward")} AS ward,
            {_drawn(_named("Team", TEAMS), "i", "team")} AS team,
            {_drawn(months[:-2], "i", "start", even=True)} AS start_month,
            {_drawn(_CODES["referral_source"], "i", "source")} AS referral_source,
            1 + hash(i, 'size') % 7 AS size, hash(i, 'family') AS record_key
        FROM range({families}) AS made(i)
    """
    person, episode = _key("'p'", "i", "j"), _key("'e'", "i")
    # Help goes on for up to 18 months; what would end later is open.
    listed = _listed(months)
    ends = f"list_extract({listed}, list_position({listed}, f.start_month) + (hash(i, 'end') % 18)::INT)"
    why = _drawn(_CODES["closure_reason"], "i", "why")
    placed = (
        f"'Locality ' || lpad((1 + (substr(f.ward, 6)::INT - 1) % {LOCALITIES})::VARCHAR, 2, '0') AS locality"
    )
    worth = "CASE WHEN hash(i, 'claim') % 3 = 0 THEN 800 ELSE 0 END"
    members = f"CROSS JOIN range({PEOPLE}) AS of_it(j)"
    needed = "CROSS JOIN range(2) AS of_it(j)"
    facts: dict[str, dict[str, str]] = {
        "family": {"locality": placed, "end_month": f"{ends} AS end_month", "episodes": "1 AS episodes"},
        "person": {
            "person": f"{person} AS person",
            "role": f"CASE WHEN j = 0 THEN 'parent' ELSE {_drawn(_CODES['role'], 'i, j', 'role')} END AS role",
            **{
                name: f"{_drawn(_CODES[name], 'i, j', name)} AS {name}"
                for name in ("age_band", "sex", "ethnic_group")
            },
            "from_month": "f.start_month AS from_month",
            "record_key": "hash(i, j, 'person') AS record_key",
        },
        "episode": {
            "episode": f"{episode} AS episode",
            "locality": placed,
            "end_month": f"{ends} AS end_month",
            "closure_reason": f"CASE WHEN {ends} IS NULL THEN 'open' ELSE {why} END",
            "wait": f"{_drawn(_CODES['wait'], 'i', 'wait')} AS wait",
            "members": f"{PEOPLE} AS members",
        },
        "need": {
            "episode": f"{episode} AS episode",
            "person": f"CASE WHEN hash(i, j, 'whose') % 5 > 0 THEN {person} END AS person",
            "framework": f"'{FRAMEWORK}' AS framework",
            "need_code": f"{_drawn([code for code, _ in needs], 'i, j', 'need')} AS need_code",
            "headline": f"{_drawn([headline for _, headline in needs], 'i, j', 'need')} AS headline",
            "identified_on": f"({_days('f.start_month')} + (hash(i, j, 'day') % 28)::INT) AS identified_on",
            "state": f"{_drawn(_CODES['need_state'], 'i, j', 'state')} AS state",
            "sustained_on": f"CASE WHEN {_drawn(_CODES['need_state'], 'i, j', 'state')} = 'sustained' "
            f"THEN {_days('f.start_month')} + 200 END AS sustained_on",
            "poor_match": "false AS poor_match",
        },
        "claim": {
            "episode": f"{episode} AS episode",
            "framework": f"'{FRAMEWORK}' AS framework",
            "framework_version": f"'{framework.version}' AS framework_version",
            "kind": f"'{framework.claims[0].code}' AS kind",
            "state": f"{_drawn(_CODES['claim_state'], 'i', 'claim')} AS state",
            "evidence_state": f"{_drawn(_CODES['evidence_state'], 'i', 'claim')} AS evidence_state",
            "obstacle": f"{_drawn(_CODES['obstacle'], 'i', 'claim')} AS obstacle",
            "claim_date": f"({_days('f.start_month')} + 30 + (hash(i, 'claimed') % 300)::INT) AS claim_date",
            "worth": f"{worth} AS worth",
            "step": "'none' AS step",
            "lead_practitioner_ok": "hash(i, 'lead') % 20 > 0 AS lead_practitioner_ok",
            **{
                name: f"hash(i, '{name}') % 10 > 0 AS {name}"
                for name in ("eligible", "assessment_ok", "plan_ok")
            },
        },
    }
    from_family = {"person": members, "need": needed}
    for table in PROTECTED_TABLES:
        connection.execute(table.create("protected"))
    connection.execute(f"CREATE TEMP TABLE drawn AS {family}")
    own = {"family", "ward", "team", "start_month", "referral_source", "size", "record_key"}
    for table in PROTECTED_TABLES:
        if table.name in facts:
            said = facts[table.name]
            columns = ", ".join(
                said.get(name, f"f.{name}" if name in own else "NULL") for name in table.names
            )
            rows = f"drawn AS f {from_family.get(table.name, '')}"
            connection.execute(f'INSERT INTO protected."{table.name}" SELECT {columns} FROM {rows}')
    kept = pl.DataFrame(
        {
            "framework": [FRAMEWORK],
            "framework_version": [str(framework.version)],
            "sha256": [hashlib.sha256(text.encode()).hexdigest()],
            "text": [text],
        }
    )
    _insert(connection, "protected.framework_file", kept)


def _dimensions(text: str) -> pl.DataFrame:
    """The lists of codes that a release of this council has."""
    framework = framework_from_text(f"{FRAMEWORK}.toml", text)
    months = list(_months())
    quarters = list(dict.fromkeys(map(_quarter, months)))
    years = list(dict.fromkeys(one[:7] for one in quarters))
    lists: dict[str, list[tuple[str, str | None, str | None]]] = {
        name: [(code, None, None) for code in codes] for name, codes in _CODES.items()
    }
    lists |= {
        "locality": [(one, None, None) for one in _named("Locality", LOCALITIES)],
        "ward": [(one, "locality", f"Locality {1 + n % LOCALITIES:02d}") for n, one in enumerate(_wards())],
        "team": [(one, None, None) for one in _named("Team", TEAMS)],
        "year": [(one, None, None) for one in ("earlier", *years, "none")],
        "quarter": [
            ("earlier", "year", "earlier"),
            *((one, "year", one[:7]) for one in quarters),
            ("none", "year", "none"),
        ],
        "month": [
            ("earlier", "quarter", "earlier"),
            *((one, "quarter", _quarter(one)) for one in months),
            ("none", "quarter", "none"),
        ],
        "headline": [(one.id, None, None) for one in framework.headlines],
        "need": [(need.code, "headline", one.id) for one in framework.headlines for need in one.needs],
        "kind": [(one.code, None, None) for one in framework.claims],
    }
    for name in ("age_band", "sex", "ethnic_group"):
        lists[name].append(("family", None, None))
    lists["closure_reason"].append(("open", None, None))
    rows = [
        (name, code, code, parent, above, place)
        for name, codes in lists.items()
        for place, (code, parent, above) in enumerate(codes)
    ]
    columns = ["dimension", "code", "label", "parent_dimension", "parent_code", "position"]
    return pl.DataFrame(rows, columns, orient="row", infer_schema_length=None)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, content: pl.DataFrame) -> None:
    columns = ", ".join(f'"{name}"' for name in content.columns)
    connection.register("content", content)
    connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM content")
    connection.unregister("content")


def _months() -> list[str]:
    year, month = _FIRST
    numbers = range(12 * year + month - 1, 12 * year + month - 1 + _MONTHS)
    return [f"{one // 12}-{one % 12 + 1:02d}" for one in numbers]


def _quarter(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    begun = year - (number < 4)
    return f"{begun}-{(begun + 1) % 100:02d} Q{(number - 4) % 12 // 3 + 1}"


def _named(what: str, how_many: int) -> list[str]:
    return [f"{what} {number:02d}" for number in range(1, how_many + 1)]


def _wards() -> list[str]:
    return _named("Ward", WARDS)


# --- SQL ---


def _key(*parts: str) -> str:
    """What a pseudonym looks like."""
    joined = " || '-' || ".join(f"({part})::VARCHAR" for part in parts)
    return f"substr(md5({joined}), 1, 24)"


def _drawn(codes: Sequence[str], of: str, salt: str, *, even: bool = False) -> str:
    """One of the codes by chance, the first ones more often: the same for the same number and salt."""
    chance = f"(hash({of}, '{salt}') % 1000003 / 1000003.0)"
    place = f"{len(codes)} * {chance}" if even else f"{len(codes)} * power({chance}, 2)"
    return f"list_extract({_listed(codes)}, 1 + floor({place})::INT)"


def _listed(codes: Sequence[str]) -> str:
    quoted = ", ".join(f"'{code}'" for code in codes)
    return f"[{quoted}]"


def _days(month: str) -> str:
    return f"strptime({month} || '-01', '%Y-%m-%d')::DATE"
