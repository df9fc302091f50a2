"""`python -m benchmarks.returns`: a return of 40 tables on a million families, beside what a user would pick instead.

The council is made up (benchmarks.large_council). Ours counts in the encrypted file, withholds small counts and what
would give them back, over all tables together, and writes accessible spreadsheets, data files and JSON; drawn up again,
it must be the same. Beside it the same tables as somebody would make them by hand: group-bys over plain Parquet files
and a plain workbook, without anything withheld, and with every count under the threshold withheld and nothing else.
How many of those withheld cells a total gives back is counted for both.
"""

import argparse
import hashlib
import io
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import polars as pl

from benchmarks.large_council import FRAMEWORK, NAME, make_release
from benchmarks.linkage import in_own_process, peak_mebibytes
from benchmarks.steps import count_steps, timed
from ledger import open_ledger
from release.keys import read_key
from release.opening import open_protected
from release.places import PROJECT, Places
from release.return_periods import period_named
from release.returns_reading import template_named

FAMILIES: Final = 1_000_000
TARGET_SECONDS: Final = 10
THRESHOLD: Final = 5
PERIOD: Final = "2024-25-Q2"
_QUARTERS: Final = (("2024-07", "2024-08", "2024-09"), ("2024-04", "2024-05", "2024-06"))
# What is counted: (name, setting, measure), and what it is broken down by.
_FAMILIES: Final = ("families_helped", "measure"), ("families_open", "counted")
_TABLES: Final[Sequence[tuple[Sequence[tuple[str, str]], Sequence[tuple[str, ...]]]]] = (
    (
        _FAMILIES,
        [("locality",), ("ward",), ("team",), ("referral_source",), ("locality", "referral_source"),
         ("ward", "referral_source"), ("team", "referral_source"), ("locality", "team")],
    ),
    (
        (("episodes_started", "measure"),),
        [("wait",), ("closure_reason",), ("locality", "wait"), ("team", "wait"), ("locality", "closure_reason"),
         ("ward", "closure_reason"), ("referral_source", "closure_reason"), ("referral_source", "wait")],
    ),
    (
        (("children_open", "counted"),),
        [("age_band",), ("sex",), ("ethnic_group",), ("locality", "age_band"), ("locality", "ethnic_group"),
         ("age_band", "sex"), ("age_band", "ethnic_group"), ("ward", "sex")],
    ),
    (
        (("needs_identified", "measure"), ("needs_sustained", "measure")),
        [("headline",), ("need",), ("headline", "locality"), ("headline", "ward"), ("headline", "team"),
         ("need", "locality"), ("headline", "age_band"), ("headline", "sex"), ("headline", "ethnic_group"),
         ("age_band", "sex")],
    ),
    (
        (("families_with_need", "measure"),),
        [("headline",), ("locality",), ("ward",), ("headline", "locality"), ("headline", "team"), ("ward", "headline")],
    ),
)  # fmt: skip
# Where a user finds each measure: the file, the month that it is counted by, and what is counted once.
_BY_HAND: Final[Mapping[str, tuple[str, str, str]]] = {
    "families_helped": ("family", "start_month", ""),
    "families_open": ("episode", "open", "family"),
    "episodes_started": ("episode", "start_month", ""),
    "children_open": ("child", "open", "person"),
    "needs_identified": ("need", "month", ""),
    "needs_sustained": ("need", "month", ""),
    "families_with_need": ("need", "month", "family"),
}


@dataclass(frozen=True)
class Measured:
    """One way to make the tables: seconds (and those of all cores), by step too; MiB; cells, those withheld, and how
    many of these a total gives back; a digest of the figures."""

    seconds: float
    processor: float
    steps: Mapping[str, Sequence[float]]
    mebibytes: float
    cells: int
    withheld: int
    given_back: int
    digest: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Print seconds, memory, and what is withheld."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.returns", description=__doc__)
    parser.add_argument("--families", type=int, default=FAMILIES)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder) / "data")
        in_own_process(make_release, places, asked.families)
        (places.data / "returns").mkdir()
        authority = (PROJECT / "data" / "returns" / "authority.toml").read_text(encoding="utf-8")
        (places.data / "returns" / "authority.toml").write_text(authority, encoding="utf-8")
        (places.data / "returns" / "forty-tables.toml").write_text(template(), encoding="utf-8")
        in_own_process(_plain_files, places)
        print(f"\na return of {len(list(tables()))} tables on {asked.families:,} families")
        print(
            f"  {'':46}{'seconds':>9}{'processor':>11}{'MiB':>7}{'cells':>9}{'withheld':>10}{'given back':>12}"
        )
        ours = in_own_process(_ours, places)
        _line("ours, XLSX, CSV and JSON", ours)
        for name, (wall, processor) in ours.steps.items():
            print(f"    {name:44}{wall:9.2f}{processor:11.2f}")
        again = in_own_process(_ours, places)
        _line("ours, in another process", again)
        same = "the same, every byte" if again.digest == ours.digest else "NOT THE SAME"
        print(f"    drawn up again: {same}")
        _line("by hand: polars, xlsxwriter, nothing withheld", in_own_process(_by_hand, places, False))
        _line(f"by hand, counts under {THRESHOLD + 1} withheld", in_own_process(_by_hand, places, True))
        print(f"  {'target':46}{TARGET_SECONDS:9.2f}")
    sys.stdout.flush()


def _line(name: str, one: Measured) -> None:
    print(
        f"  {name:46}{one.seconds:9.2f}{one.processor:11.2f}{one.mebibytes:7.0f}{one.cells:9,}{one.withheld:10,}"
        f"{one.given_back:12,}",
        flush=True,
    )


def tables() -> Iterator[tuple[str, tuple[str, ...], Sequence[tuple[str, str]]]]:
    """Name, rows, and measures with the setting that names them, of each of the 40 tables."""
    for number, (measures, all_rows) in enumerate(_TABLES):
        for rows in all_rows:
            yield f"t{number}_{'_'.join(rows)}"[:35], rows, measures


def template() -> str:
    """The template of the return."""
    lines = [
        'title = "A return of forty tables"',
        'asked_by = "nobody"',
        'source = "made up"',
        "verified = false",
        'frequency = "quarter"',
        'profile = "publication"',
        f'framework = "{FRAMEWORK}"',
        'formats = ["xlsx", "csv", "json"]',
        "[signing]",
        'roles = ["returns_officer", "manager"]',
        "[limits]",
        "percent = 25",
        "least = 10",
    ]
    for name, rows, measures in tables():
        quoted = ", ".join(f'"{row}"' for row in rows)
        lines += [
            "[[table]]",
            f'name = "{name}"',
            f'title = "Table {name}"',
            f"rows = [{quoted}]",
        ]
        for measure, setting in measures:
            lines += [
                "[[table.column]]",
                f'name = "{measure}"',
                f'label = "{measure}"',
                f'{setting} = "{measure}"',
            ]
    return "\n".join(lines) + "\n"


def _ours(places: Places) -> Measured:
    from custody.returns.drawing import draw_up

    steps = count_steps("custody.returns.drawing", ("count_tables", "protect", "told_rows", "content_files"))
    asked = template_named(places, "forty-tables")
    with closing(open_ledger(places)) as ledger:
        drawn, wall, processor = timed(
            lambda: draw_up(places, ledger, asked, period_named(PERIOD), NAME, audited=False)
        )
    digest = hashlib.sha256(drawn.text.encode())
    for name, content in sorted(drawn.files.items()):
        digest.update(name.encode() + content)
    told = [cells for table in drawn.content["tables"] for cells in _columns_of(table)]
    return _measured(told, wall, processor, steps, digest.hexdigest())


Cells = Mapping[tuple[str | None, ...], int | None]


def _columns_of(table: Mapping[str, Any]) -> Iterator[Cells]:
    """Each column of a table: its figures by the codes of their rows, None where withheld."""
    for place in range(len(table["columns"])):
        yield {
            tuple(row["codes"]): None if row["cells"][place][1] else row["cells"][place][0]
            for row in table["rows"]
        }


def _measured(
    told: Sequence[Cells], wall: float, processor: float, steps: Mapping[str, Sequence[float]], digest: str
) -> Measured:
    withheld = sum(value is None for cells in told for value in cells.values())
    back = sum(_given_back(cells) for cells in told)
    count = sum(len(cells) for cells in told)
    return Measured(wall, processor, steps, peak_mebibytes(), count, withheld, back, digest)


def _given_back(cells: Cells) -> int:
    """How many withheld figures of a table are the only ones of a line with its total: so that anybody knows them."""
    found = set()
    width = len(next(iter(cells), ()))
    for place in range(width):
        lines: dict[tuple[Any, ...], list[tuple[str | None, ...]]] = {}
        for codes in cells:
            lines.setdefault((*codes[:place], *codes[place + 1 :]), []).append(codes)
        for line in lines.values():
            hidden = [codes for codes in line if cells[codes] is None]
            if len(hidden) == 1:
                found.add(hidden[0])
    return len(found)


# --- by hand ---


def _plain_files(places: Places) -> None:
    """What a user would have: the same rows as plain Parquet files, places and people joined to them already."""
    queries = {
        "family": "SELECT * FROM protected.family",
        "episode": "SELECT * FROM protected.episode",
        "child": "SELECT e.*, p.person, p.age_band, p.sex, p.ethnic_group FROM protected.episode e "
        "JOIN protected.person p USING (family) WHERE p.role = 'child'",
        "need": "SELECT n.need_code AS need, n.headline, n.state, strftime(n.identified_on, '%Y-%m') AS month, "
        "coalesce(p.age_band, 'family') AS age_band, coalesce(p.sex, 'family') AS sex, "
        "coalesce(p.ethnic_group, 'family') AS ethnic_group, e.family, e.locality, e.ward, e.team "
        "FROM protected.need n JOIN protected.episode e USING (episode) "
        "LEFT JOIN protected.person p ON p.person = n.person",
    }
    with closing(open_protected(places, NAME, read_key(places.protected_key))) as connection:
        for name, query in queries.items():
            connection.execute(query).pl().write_parquet(places.data / f"{name}.parquet")


def _by_hand(places: Places, withhold: bool) -> Measured:
    import xlsxwriter

    out = io.BytesIO()

    def make() -> list[Cells]:
        names = ("family", "episode", "child", "need")
        frames = {name: pl.read_parquet(places.data / f"{name}.parquet") for name in names}
        book, told = xlsxwriter.Workbook(out, {"in_memory": True}), []
        for name, rows, measures in tables():
            sheet = book.add_worksheet(name[:31])
            columns = [_counted(frames, measure, rows) for measure, _ in measures]
            for place, (measure, _) in enumerate(measures):
                sheet.write(0, len(rows) + place, measure)
            for number, codes in enumerate(dict.fromkeys(code for one in columns for code in one), start=1):
                for place, code in enumerate(codes):
                    sheet.write(number, place, code or "Total")
                for place, one in enumerate(columns):
                    value = one.get(codes, 0)
                    shown = "c" if withhold and 0 < (value or 0) <= THRESHOLD else value
                    sheet.write(number, len(rows) + place, shown)
            told += columns
        book.close()
        return told

    told, wall, processor = timed(make)
    if withhold:
        told = [
            {codes: None if value and value <= THRESHOLD else value for codes, value in one.items()}
            for one in told
        ]
    return _measured(told, wall, processor, {}, "")


def _counted(frames: Mapping[str, pl.DataFrame], measure: str, rows: tuple[str, ...]) -> Cells:
    name, month, distinct = _BY_HAND[measure]
    frame = frames[name]
    if month == "open":
        last = _QUARTERS[0][-1]
        is_open = (pl.col("start_month") <= last) & (
            pl.col("end_month").is_null() | (pl.col("end_month") > last)
        )
        frame = frame.filter(is_open)
    else:
        frame = frame.filter(pl.col(month).is_in(list(_QUARTERS[0])))
    if measure == "needs_sustained":
        frame = frame.filter(pl.col("state").is_in(["sustained", "waived"]))
    figure = pl.col(distinct).n_unique() if distinct else pl.len()
    found: dict[tuple[str | None, ...], int | None] = {}
    for many in range(len(rows) + 1):
        for chosen in combinations(rows, many):
            counted = frame.group_by(chosen).agg(figure.alias("n")) if chosen else frame.select(n=figure)
            for *codes, value in counted.iter_rows():
                said = dict(zip(chosen, codes, strict=True))
                found[tuple(said.get(row) for row in rows)] = value
    return found


if __name__ == "__main__":
    main()
