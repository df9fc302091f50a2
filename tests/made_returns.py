"""A small return for the tests of pages and downloads: its template, and versions of it as the worker makes them."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from evidence.desk import Desk
from ledger import CheckResult
from ledger.canonical import canonical
from tests.fakes import NAME

TEMPLATE = """
title = "Quarterly progress"
asked_by = "the department"
about = ["What became of families."]
source = "made up for tests"
verified = false
frequency = "quarter"
profile = "publication"
formats = ["xlsx", "csv", "json"]
signing = {roles = ["returns_officer", "manager"], people = 2}

[[table]]
name = "families"
title = "Families helped by locality"
rows = ["locality"]

[[table.column]]
name = "helped"
label = "Families helped"
measure = "families_helped"
source = "made up"

[[narrative]]
name = "milestones"
label = "Milestones of the quarter"
required = true
"""
TABLE = "families"
PERIOD = "2024-25-Q2"
CHECKS = ("screener", "change_on_last_period")
FILES: Mapping[str, bytes] = {
    "progress.xlsx": b"PK the spreadsheet",
    "progress.json": b'{"safe":1}',
    "progress-families.csv": b"time_period,helped\r\n202425,1\r\n",
    "progress-families.meta.csv": b"col_name,label\r\nhelped,Families helped\r\n",
}


def write_template(data: Path) -> None:
    """Put the template, and nothing else, into a data folder."""
    (data / "returns").mkdir(parents=True, exist_ok=True)
    (data / "returns" / "progress.toml").write_text(TEMPLATE, encoding="utf-8")


def content(helped: int = 240, release: str = NAME) -> dict[str, Any]:
    """What a version says: two localities, of which one is suppressed, and a total."""
    source = {"from": "release", "measure": "families_helped", "filters": {"quarter": ["2024-25 Q2"]}}
    column = {"name": "helped", "label": "Families helped", "unit": "", "decimals": 0, "about": ""}
    return {
        "form": 1,
        "template": {"id": "progress", "title": "Quarterly progress", "digest": "0" * 64},
        "period": {"code": PERIOD, "words": "July to September 2024"},
        "release": release,
        "as_of": "2024-10-31",
        "ledger_line": 3,
        "tables": [
            {
                "name": TABLE,
                "title": "Families helped by locality",
                "about": "",
                "filters": [{"name": "locality", "label": "Locality"}],
                "columns": [{**column, "verified": False, "source": source}],
                "rows": [
                    {"codes": [None], "labels": ["Total"], "cells": [[helped, ""]]},
                    {"codes": ["L1"], "labels": ["North"], "cells": [[helped - 1, ""]]},
                    {"codes": ["L2"], "labels": ["=cmd()"], "cells": [[None, "c"]]},
                ],
            }
        ],
        "narrative": [{"name": "milestones", "label": "Milestones", "words": "A *new* team began."}],
        "notes": [],
    }


def drawn_up(desk: Desk, *, helped: int = 240, why: str = "", by: str = "officer") -> int:
    """A version as the worker draws it up: content and digests in the ledger, files in the outbox."""
    number = desk.ledger.returns.draw_up(
        "progress",
        PERIOD,
        release=NAME,
        ledger_line=desk.ledger.anchor().number,
        template_digest="0" * 64,
        content=canonical(content(helped)),
        files={name: sha256(data).hexdigest() for name, data in FILES.items()},
        signers=("returns_officer", "manager"),
        checks=CHECKS,
        why=why,
        by=by,
        role="returns_officer",
    )
    desk.places.outbox.mkdir(parents=True, exist_ok=True)
    for name, data in FILES.items():
        (desk.places.outbox / f"return-{number:06d}-{name}").write_bytes(data)
    return number


def checked(desk: Desk, number: int, *, outcome: str = "query") -> None:
    """The worker's checks of a version: one passes, the other has this outcome."""
    results = [
        CheckResult("screener", "passed", "Every rule of the standard is kept."),
        CheckResult("change_on_last_period", outcome, "Families helped rose from 180 to 240: why?"),
    ]
    desk.ledger.returns.checked(number, results)


def submitted(desk: Desk, *, helped: int = 240, why: str = "") -> int:
    """A version that two have signed and one submitted."""
    number = drawn_up(desk, helped=helped, why=why)
    checked(desk, number, outcome="passed")
    digest = desk.ledger.returns.standing(number).digest
    for name in ("officer", "colleague"):
        desk.ledger.returns.sign(number, digest, by=name, role="returns_officer")
    desk.ledger.returns.submit(number, by="officer", role="returns_officer")
    return number
