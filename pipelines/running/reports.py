"""What a run leaves for people on the identified side: its data-quality report, and the counts that the next is held
against."""

import hashlib
import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from outcomes import Framework
from pipelines.checking import Checked
from pipelines.extracts import ExtractList
from pipelines.quality import COUNTS, Report, make_report, page, sheet
from pipelines.quality.linkage import needs_by_extract
from pipelines.quality.ranges import ranges
from release.errors import DataFolderError, ReleaseError
from release.opening import open_answers
from release.places import Places
from release.pointer import is_release_name

_COUNTS = "quality"
_ASIDE = ".making-"
_EXTRACTS = "extracts"


@dataclass(frozen=True)
class Earlier:
    """The release that a run is held against; all None where there is none.

    `counts`: exact, as the vault keeps them (columns of COUNTS). `shown`: `extract, rule, rows_before,
    failures_before`, as that release showed them to everybody; None where it was moved away.
    """

    release: str | None = None
    counts: pl.DataFrame | None = field(default=None, repr=False)
    shown: pl.DataFrame | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Reporter:
    """Writes the report of one run: after the checks, and again when linkage has counted more.

    `found`: the places of every rule, without a cell of them (columns of quality.ranges.RANGES). `reasons`: contract
    and rule to the rule's own words. `set_aside`: contract and rule of those that put a row into quarantine. `before`:
    the release that this run is held against.
    """

    places: Places
    release: str
    listed: ExtractList
    frameworks: Sequence[Framework]
    before: Earlier
    found: pl.DataFrame = field(repr=False)
    reasons: Mapping[tuple[str, str], str] = field(repr=False)
    set_aside: Collection[tuple[str, str]] = field(repr=False)

    def write(self, counts: pl.DataFrame) -> Path:
        """Write the report over `counts` (columns of COUNTS), and give its HTML file. Raises DataFolderError."""
        report = make_report(
            counts,
            self.found,
            reasons=self.reasons,
            set_aside=self.set_aside,
            partners={extract.contract: extract.partner for extract in self.listed.extracts},
            needs=needs_by_extract(self.frameworks),
            authority=self.listed.authority,
            as_of=self.listed.as_of,
            release=self.release,
            before=self.before.counts,
            before_name=self.before.release,
        )
        return keep_report(self.places, report)


def reporter(
    places: Places,
    release: str,
    listed: ExtractList,
    frameworks: Sequence[Framework],
    before: Earlier,
    checked: Checked,
) -> Reporter:
    """The reporter of a run whose extracts have been checked."""
    return Reporter(
        places,
        release,
        listed,
        frameworks,
        before,
        ranges(checked.findings),
        checked.reasons,
        set(checked.quarantined.select("contract", "rule").unique().iter_rows()),
    )


def keep_report(places: Places, report: Report) -> Path:
    """Write `report.html` and `report.csv` of a run into a folder of its own, readable by the data team alone.

    Gives the HTML file. A report of the same run that is there already is replaced as a whole. Raises DataFolderError
    where the disk will not take it.
    """
    folder = places.quality / report.release
    aside = places.quality / f"{_ASIDE}{report.release}"
    try:
        _folder(places.quality)
        shutil.rmtree(aside, ignore_errors=True)
        _folder(aside)
        _write(aside / "report.html", page(report).encode())
        # With a byte order mark a spreadsheet reads it as UTF-8.
        _write(
            aside / "report.csv", sheet(report).write_csv(include_bom=True, line_terminator="\r\n").encode()
        )
        shutil.rmtree(folder, ignore_errors=True)
        aside.replace(folder)
    except OSError as error:
        raise DataFolderError(
            f"The data-quality report cannot be written to {places.quality} ({error.strerror}). Make room there, and "
            "close its files where a program holds them open."
        ) from None
    return folder / "report.html"


def keep_counts(places: Places, release: str, quality: pl.DataFrame, received: pl.DataFrame) -> None:
    """Keep the counts of a run (columns of COUNTS), for the next to be held against.

    `received`: `contract, digest` of every file, by digests that outlast a rotation of keys.
    """
    file = _file(places, release)
    _folder(file.parent)
    aside = file.with_suffix(".part")
    aside.touch(mode=0o600)
    quality.select(COUNTS.names()).with_columns(pl.lit(_of(received)).alias(_EXTRACTS)).write_parquet(aside)
    aside.replace(file)


def earlier(places: Places, published: Collection[str], received: pl.DataFrame) -> Earlier:
    """The newest published release of other extracts than these (`received`: as `keep_counts` takes it).

    The same extracts again are no new run: they are held against what they were held against the first time, so that
    the same extracts give the same release. Counts that are gone or damaged are passed over.
    """
    release = next(of_other_extracts(places, published, received), None)
    if release is None:
        return Earlier()
    kept = _counts(places, release)
    assert kept is not None
    return Earlier(release, kept.select(COUNTS.names()), _shown(places, release))


def of_other_extracts(places: Places, published: Collection[str], received: pl.DataFrame) -> Iterator[str]:
    """The published releases of other extracts than these, the newest first."""
    mine = _of(received)
    for release in sorted(filter(is_release_name, published), key=_number, reverse=True):
        kept = _counts(places, release)
        if kept is not None and (kept.is_empty() or kept[_EXTRACTS][0] != mine):
            yield release


def _counts(places: Places, release: str) -> pl.DataFrame | None:
    """What the vault keeps of a run's counts; None where that is gone or damaged."""
    try:
        kept = pl.read_parquet(_file(places, release))
    except (OSError, pl.exceptions.PolarsError):
        return None
    return kept if dict(kept.schema) == {**COUNTS, _EXTRACTS: pl.String()} else None


def _shown(places: Places, release: str) -> pl.DataFrame | None:
    query = "SELECT extract, rule, rows AS rows_before, failures AS failures_before FROM data_quality"
    try:
        with open_answers(places, release) as connection:
            return connection.execute(query).pl()
    except (ReleaseError, duckdb.Error, OSError):
        return None


def of_refused(places: Places, published: Collection[str]) -> Path | None:
    """The report of the run that has just been refused, if it got as far as one."""
    found = sorted(places.quality.glob("*/report.html"))
    return next((file for file in found if file.parent.name not in published), None)


def sweep(places: Places, published: Collection[str]) -> None:
    """Take away reports and counts of runs that never published. Called when the next run begins: until then the
    report of a refused run stays, for people to mend by."""
    for file in (places.vault / _COUNTS).glob("*"):
        if file.suffix == ".part" or (is_release_name(file.stem) and file.stem not in published):
            file.unlink()
    for folder in places.quality.glob("*"):
        name = folder.name.removeprefix(_ASIDE)
        if is_release_name(name) and (name != folder.name or name not in published):
            shutil.rmtree(folder, ignore_errors=True)


def _of(received: pl.DataFrame) -> str:
    """One digest over the keyed digests of all files."""
    lines = received.select(pl.concat_str("contract", "digest", separator=" ")).to_series().sort()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _file(places: Places, release: str) -> Path:
    return places.vault / _COUNTS / f"{release}.parquet"


def _number(release: str) -> int:
    return int(release[11:])


def _folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _write(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
