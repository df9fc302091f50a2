"""Makes the tables of an export: counted, made safe, attacked beside the dashboard and all that left before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from custody.exports.counting import Deeper, Withheld, count_deeper, sets_of
from custody.exports.errors import UnsafeExportError
from custody.exports.keeping import kept_releases, kept_tables
from custody.exports.made import Made, TableFacts, facts_of
from custody.exports.source import Source
from custody.packages import Holds, PackageColumn, PackageTable
from custody.released import Audited, Proposed, Shelf, audit, noisy_knowledge
from disclosure.audit.of_world import view_of
from disclosure.audit.report import Report, attack_world
from ledger import ExportStanding, Ledger
from release.catalogue import Measure
from release.places import Places
from release.pointer import releases
from release.specification import TableAsked, Tables
from release.structure import ColumnStructure, Structure, TableStructure

TOTAL: Final = "Total"
_TOTAL_LABEL: Final = "All, also those on no list"
# So often what gives somebody away is withheld, and the rest attacked again.
_ROUNDS: Final = 5
_SHARE_DECIMALS: Final = 1


def make_tables(
    places: Places,
    ledger: Ledger,
    source: Source,
    specification: Tables,
    shape: Structure,
    standing: ExportStanding,
) -> Made:
    """The tables that are asked for, under the profile `research`.

    `shape`: their structure. Raises NoExportError where there is nobody to be counted, UnsafeExportError where
    an attack finds somebody out, whatever is withheld.
    """
    counted = [one for asked in specification.tables for one in _counted(source, asked)]
    deeper = count_deeper(source, list(dict.fromkeys(counted)))
    named = {one: f"part_{number:02d}" for number, one in enumerate(dict.fromkeys(counted), 1)}
    frames, report, audited, threshold, withheld = _safe(places, ledger, source, deeper, named, standing)
    tables, facts = [], []
    rounding = f"cell keys: off by at most {source.profile.noise_most}; under {threshold} withheld"
    for asked, one in zip(specification.tables, shape.tables, strict=True):
        made = _package_table(source, asked, one, frames, threshold)
        tables.append(made)
        figures = [made.frame[name] for name in ("value", "part", "whole") if name in made.frame.columns]
        facts.append(facts_of(one.name, made.frame.height, figures, rounding))
    return Made(
        tables=tuple(tables),
        facts=tuple(facts),
        method=_method(source, threshold, withheld),
        risk=_risk(report, audited, facts, threshold),
        risk_words=_risk_words(report, audited, facts, threshold),
        audit=_audit_said(report, audited),
        together=(),
        kept=kept_tables(proposals(source, frames, named, threshold)) | kept_releases(releases(places)),
        notes=audited.notes,
    )


def proposals(
    source: Source,
    frames: Mapping[TableAsked, pl.DataFrame],
    named: Mapping[TableAsked, str],
    threshold: int,
) -> tuple[Proposed, ...]:
    """The counted tables as the joint audit takes them: null stands for a total."""
    knowledge = noisy_knowledge(source.profile)
    return tuple(
        Proposed(
            name=named[asked],
            measure=asked.measure,
            dimensions=asked.dimensions,
            cells=frame.select(*asked.dimensions, pl.col("value").cast(pl.Float64)),
            knowledge=knowledge,
            framework=asked.framework,
            threshold=threshold,
        )
        for asked, frame in frames.items()
    )


def _counted(source: Source, asked: TableAsked) -> Iterator[TableAsked]:
    """The counted tables behind one that is asked for: a share is worked out from two."""
    measure = source.catalogue.measures[asked.measure]
    for name in measure.parts or (measure.name,):
        yield replace(asked, measure=name)


def _safe(
    places: Places,
    ledger: Ledger,
    source: Source,
    deeper: Deeper,
    named: Mapping[TableAsked, str],
    standing: ExportStanding,
) -> tuple[dict[TableAsked, pl.DataFrame], Report, Audited, int, int]:
    """The counted tables (dimensions, null for a total; `value`) of which no attack finds anybody out; what came of the
    attacks; from which count on figures are shown; and how many cells were withheld besides."""
    from custody.exports.before import everything_before

    threshold = source.profile.threshold
    withheld: dict[str, pl.DataFrame] = {}
    before = everything_before(places, ledger, but=standing.number)
    shelf = Shelf()
    for _ in range(_ROUNDS):
        report = _attacked(source, deeper, threshold, withheld)
        if not report.passed:
            # What is deeper than the dashboard is thinned out from its smallest figures on.
            threshold = 2 * max(threshold, 5)
            continue
        exported = deeper.exported(threshold, withheld)
        frames = {asked: _frame(source, deeper, asked, exported) for asked in named}
        proposed = proposals(source, frames, named, threshold)
        audited = audit(places, ledger, source.name, proposed, before=before, shelf=shelf)
        if audited.passed:
            many = sum(max(one.height, 1) for one in withheld.values())
            return frames, report, audited, threshold, many
        leaks = _by_question(deeper, {name: one for one, name in named.items()}, audited.leaks)
        if not leaks:
            break
        for name, codes in leaks.items():
            known = withheld.get(name)
            withheld[name] = codes if known is None else pl.concat([known, codes]).unique()
    raise UnsafeExportError(
        "Beside the dashboard and what left before, these tables would give somebody away, whatever is withheld of "
        "them. Ask by fewer dimensions, or by coarser ones."
    )


def _attacked(source: Source, deeper: Deeper, threshold: int, withheld: Withheld) -> Report:
    view = view_of(
        deeper.tables(threshold, withheld),
        source.world.populations,
        deeper.measures,
        deeper.rules,
        source.world.scopes,
    )
    return attack_world(view)


def _frame(
    source: Source, deeper: Deeper, asked: TableAsked, exported: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """One counted table with all of its totals: its dimensions (String, null for a total) and `value`."""
    called = deeper.inside[asked.framework, asked.measure]
    parts = []
    for chosen in sets_of(source.catalogue, asked.dimensions):
        cells = exported[deeper.question(asked.framework, asked.measure, chosen)]
        ordered = sorted(chosen, key=lambda one: called[one])
        places = {name: f"code_{place}" for place, name in enumerate(ordered, 1)}
        parts.append(
            cells.select(
                *(
                    pl.col(places[name]).cast(pl.String).alias(name)
                    if name in places
                    else pl.lit(None, pl.String).alias(name)
                    for name in asked.dimensions
                ),
                value="shown",
            )
        )
    return pl.concat(parts)


def _by_question(
    deeper: Deeper, named: Mapping[str, TableAsked], leaks: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Cells of proposed tables as cells of questions of the world."""
    found: dict[str, list[pl.DataFrame]] = {}
    for name, cells in leaks.items():
        asked = named[name]
        called = deeper.inside[asked.framework, asked.measure]
        for row in cells.select(asked.dimensions).unique().iter_rows(named=True):
            codes = {called[one]: code for one, code in row.items() if code is not None}
            told = {f"code_{place}": [codes[one]] for place, one in enumerate(sorted(codes), 1)}
            chosen = [one for one, code in row.items() if code is not None]
            question = deeper.question(asked.framework, asked.measure, chosen)
            found.setdefault(question, []).append(pl.DataFrame(told, schema=dict.fromkeys(told, pl.String)))
    return {question: pl.concat(parts) for question, parts in found.items()}


def _package_table(
    source: Source,
    asked: TableAsked,
    shape: TableStructure,
    frames: Mapping[TableAsked, pl.DataFrame],
    threshold: int,
) -> PackageTable:
    """One table as it is packed: the codes of its dimensions (`Total` for the whole), its figures, and a symbol."""
    measure = source.catalogue.measures[asked.measure]
    counted = list(_counted(source, asked))
    if measure.share is None:
        frame = frames[counted[0]]
        gone = pl.col("value").is_null()
        figures: tuple[pl.Expr, ...] = (pl.col("value"),)
    else:
        part, whole = (frames[one] for one in counted)
        frame = (
            whole.rename({"value": "whole"}).join(
                part.rename({"value": "part"}), on=asked.dimensions, how="left", nulls_equal=True
            )
            if asked.dimensions
            else pl.concat(
                [part.rename({"value": "part"}), whole.rename({"value": "whole"})], how="horizontal"
            )
        )
        # A part may be shown as more than its whole by chance: a share above 100 would only tell of the noise.
        share = (100 * pl.col("part") / pl.col("whole")).clip(0, 100).round(_SHARE_DECIMALS)
        gone = pl.col("part").is_null() | pl.col("whole").is_null()
        figures = (pl.col("part"), pl.col("whole"), pl.when(pl.col("whole") > 0).then(share).alias("share"))
    dimensions = [one for one in shape.columns if one.kind == "code"]
    kinds = {
        one.name: pl.Enum([TOTAL, *(code for code, _ in one.codes if code != TOTAL)]) for one in dimensions
    }
    frame = (
        frame.with_columns(pl.col(name).fill_null(TOTAL).cast(kind) for name, kind in kinds.items()).sort(
            list(kinds)
        )
        if kinds
        else frame
    )
    frame = frame.select(
        *(pl.col(name).cast(pl.String) for name in kinds),
        *figures,
        pl.when(gone).then(pl.lit("c")).otherwise(pl.lit("")).alias("symbol"),
    )
    columns = (
        *(_dimension_column(one) for one in dimensions),
        *(_figure_column(source, one, measure, threshold) for one in shape.columns if one.kind != "code"),
        PackageColumn(
            "symbol",
            "Symbol",
            "c where a figure is withheld, else empty",
            # An empty cell is what stands for a missing value in CSV, so it may be missing.
            codes=(("", "shown"), ("c", "withheld")),
        ),
    )
    return PackageTable(
        shape.name, shape.title, f"{shape.title}. Counted from the release {source.name}.", frame, columns
    )


def _dimension_column(one: ColumnStructure) -> PackageColumn:
    return PackageColumn(
        one.name,
        one.label,
        f"{one.label}; {TOTAL}: the whole",
        codes=((TOTAL, _TOTAL_LABEL), *((code, label) for code, label in one.codes if code != TOTAL)),
        derivation=f"The dimension {one.name} of the release.",
        nullable=False,
    )


def _figure_column(source: Source, one: ColumnStructure, measure: Measure, threshold: int) -> PackageColumn:
    if one.kind == "share":
        return PackageColumn(
            one.name,
            one.label,
            one.label,
            Holds.NUMBER,
            unit="per cent",
            derivation="part / whole, from the figures shown here, to one decimal; at most 100",
            disclosure="Worked out from figures that are changed by chance: of small wholes it is rough.",
        )
    return PackageColumn(
        one.name,
        one.label,
        one.label,
        Holds.WHOLE,
        unit=measure.unit if measure.share is None else "",
        derivation=f"Counted from the pseudonymous rows of the release {source.name}.",
        disclosure=(
            f"Changed by chance (cell keys), off by at most {source.profile.noise_most}; withheld under {threshold}."
        ),
    )


def _method(source: Source, threshold: int, withheld: int) -> tuple[str, ...]:
    profile = replace(source.profile, threshold=threshold)
    more = (f"{withheld} further cells are withheld because of what left before.",) if withheld else ()
    return (
        profile.words,
        "The people behind a figure decide by how much it is changed (the cell key method: Marley and Leaver 2011; "
        "Giessing 2016), under keys that never change: the same people have the same figure on the dashboard, in this "
        "package and in every other, so asking again tells nothing.",
        "Before it was approved, this export was attacked beside the dashboards and all that left before: bounds by "
        "propagation and linear programs, differences of fewer than three, averaging, reconstruction, and who came or "
        "went between releases.",
        *more,
    )


def _audit_said(report: Report, audited: Audited) -> dict[str, Any]:
    return {
        "passed": report.passed and audited.passed,
        "leak": report.leak,
        "words": list(audited.words),
        "attacks": [
            {"attack": one.name, "meaning": one.meaning, "result": one.result}
            for one in (*report.attacks, *audited.report.attacks)
        ],
    }


def _risk(report: Report, audited: Audited, facts: Sequence[TableFacts], threshold: int) -> dict[str, Any]:
    return {
        "kind": "tables",
        "threshold": threshold,
        "leak_score": report.leak,
        "joint_audit_passed": audited.passed,
        "tables": [one.said() for one in facts],
    }


def _risk_words(
    report: Report, audited: Audited, facts: Sequence[TableFacts], threshold: int
) -> tuple[str, ...]:
    shown, cells = sum(one.shown for one in facts), sum(one.cells for one in facts)
    part = f"{100 * shown / cells:.0f}" if cells else "0"
    return (
        f"Of {cells:,} figures {shown:,} are shown ({part} %); none is under {threshold}.",
        f"The best attack got {report.leak} on a scale from 0 (no further than guessing) to 100 (always right).",
        *audited.words,
    )
