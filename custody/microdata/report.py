"""The risk report of an extract: how likely somebody is found in it, what was lost, in figures that may be told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from custody.microdata.linking import CUT
from custody.microdata.together import Finding
from disclosure.microdata import Anonymised, Hierarchy, Loss
from disclosure.microdata.plain import plain_mondrian
from disclosure.risk import Measured, measure
from disclosure.risk.grouping import grouping
from release.microdata import Asked, Microdata, Part

# Counts of rows or people from 1 to under this are not told one by one.
_FEW: Final = 10
# How far classes of one line of the report reach.
_SIZES: Final = (1, 3, 5, 10, 20, 50, 100)
# Sets of so many columns are looked at for special uniques.
_COLUMNS: Final = 3


def risk_report(
    rows: pl.DataFrame,
    done: Anonymised,
    quasi: Sequence[str],
    hierarchies: Mapping[str, Hierarchy],
    asked: Asked,
    microdata: Microdata,
    profile: pl.Series,
    findings: Sequence[Finding],
) -> dict[str, Any]:
    """The report as JSON can hold it. `rows`: as they were; `profile`: how each written row's family is linked."""
    sensitive = [name for name in asked.columns if microdata.columns[name].part is Part.SENSITIVE]
    before = measure(rows, quasi, fraction=microdata.part, size=_COLUMNS)
    after = measure(done.records, quasi, sensitive, fraction=microdata.part, size=_COLUMNS)
    plain, loss = plain_mondrian(rows, quasi, hierarchies, asked.k), told_loss(done)
    return {
        "unit": asked.unit,
        "rows": done.records.height,
        "rules": {"k": asked.k, "l": asked.l if sensitive else None, "t": asked.t if sensitive else None},
        "quasi_identifiers": list(quasi),
        "sensitive": sensitive,
        "left_out": few(done.left_out),
        "left_out_per_cent": round(100 * done.left_out / rows.height, 1) if done.left_out >= _FEW else None,
        "classes": {
            "number": done.classes,
            "smallest": done.reached.k,
            "smallest_in_families": done.owners,
            "by_size": _by_size(done.records, quasi),
        },
        "reached": {"k": done.owners, "l": after.reached.l, "t": _rounded(after.reached.t)},
        "before": _measured(before),
        "after": _measured(after),
        "lost": {
            "normalised_certainty_penalty": _rounded(loss.penalty),
            "by_column": {name: _rounded(one) for name, one in loss.columns.items()},
            "discernibility": loss.discernibility,
            "average_class_size": _rounded(loss.class_size),
            "average_class_size_to_k": _rounded(loss.class_size_to_k),
        },
        "plain_mondrian": {
            "normalised_certainty_penalty": _rounded(plain.penalty),
            "discernibility": plain.discernibility,
            "average_class_size": _rounded(plain.class_size),
        },
        "linked_per_cent": (
            round(100 * float((profile != CUT).mean()))  # type: ignore[arg-type]
            if asked.linked and asked.unit != "family"
            else None
        ),
        "together": [one.as_json() for one in findings],
    }


def risk_words(risk: Mapping[str, Any]) -> tuple[str, ...]:
    """The report in words, in paragraphs."""
    classes, lost, plain = risk["classes"], risk["lost"], risk["plain_mondrian"]
    before, after = risk["before"], risk["after"]
    told = [
        f"{risk['rows']:,} rows in {classes['number']:,} classes; rows of one class are alike in all of: "
        f"{', '.join(risk['quasi_identifiers'])}. The smallest class is of {classes['smallest_in_families']} families.",
        f"Left out: {_said(risk['left_out'])} rows.",
        f"Alone before anything was done: {_said(before['alone'])} rows; by estimate alone among everybody who could "
        f"be meant: {_said(before['alone_in_population_zayatz'])} (Zayatz), "
        f"{_said(before['alone_in_population_pitman'])} (Pitman). "
        f"Alone already in {_COLUMNS} columns or fewer: {_said(before['special_uniques'])}. "
        f"Now: {_said(after['alone'])}.",
        *(
            f"{who}: the highest chance to be right about a row is {_percent(after[name]['highest'])} (it was "
            f"{_percent(before[name]['highest'])}), on average {_percent(after[name]['mean'])} "
            f"(it was {_percent(before[name]['mean'])})."
            for who, name in (
                ("Somebody who knows that a person is in it (prosecutor)", "prosecutor"),
                ("Somebody who does not (journalist)", "journalist"),
            )
        ),
        "Somebody who names everybody (marketer) is right about "
        f"{_percent(after['marketer'])} of the rows (it was {_percent(before['marketer'])}).",
        "What that cost: a normalised certainty penalty of "
        f"{lost['normalised_certainty_penalty']:.3f} (0: nothing, 1: everything), discernibility "
        f"{lost['discernibility']:,}, {lost['average_class_size']:.1f} rows a class on average. A plain Mondrian, with "
        f"k alone: {plain['normalised_certainty_penalty']:.3f}, {plain['discernibility']:,}, "
        f"{plain['average_class_size']:.1f}.",
    ]
    if risk["linked_per_cent"] is not None:
        told.append(f"Rows that are linked with those of the same family: {risk['linked_per_cent']} %.")
    told += [f"Together with export {one['export']}: {one['words']}" for one in risk["together"]]
    return tuple(told)


def told_loss(done: Anonymised) -> Loss:
    """The loss as it may be told: where few rows were left out, of those that were not. Whoever has the rows works out
    their part of the loss, and from the rest would know how many there are besides."""
    out, given = done.left_out, done.records.height
    if not 0 < out < _FEW:
        return done.loss
    whole = given + out
    return replace(
        done.loss,
        penalty=(done.loss.penalty * whole - out) / given,
        columns={name: (one * whole - out) / given for name, one in done.loss.columns.items()},
        discernibility=done.loss.discernibility - out * whole,
    )


def few(count: float) -> int | str:
    """A count that may be told: whole, and small ones not one by one."""
    whole = round(count)
    return f"under {_FEW}" if count > 0 and whole < _FEW else whole


def _said(count: int | str) -> str:
    return f"{count:,}" if isinstance(count, int) else count


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _measured(one: Measured) -> dict[str, Any]:
    risks = one.reidentification
    return {
        "alone": few(one.uniques.sample),
        "alone_in_population_zayatz": few(one.uniques.zayatz),
        "alone_in_population_pitman": few(one.uniques.pitman),
        "special_uniques": few(one.special.records if one.special else 0),
        "prosecutor": {
            "highest": _rounded(risks.prosecutor.highest),
            "mean": _rounded(risks.prosecutor.mean),
        },
        "journalist": {
            "highest": _rounded(risks.journalist.highest),
            "mean": _rounded(risks.journalist.mean),
        },
        "marketer": _rounded(risks.marketer),
    }


def _by_size(records: pl.DataFrame, quasi: Sequence[str]) -> list[dict[str, Any]]:
    """How many classes there are of which sizes, and how many rows they have."""
    sizes = grouping(records, quasi).sizes
    told = []
    for place, least in enumerate(_SIZES):
        most = _SIZES[place + 1] - 1 if place + 1 < len(_SIZES) else None
        inside = sizes[(sizes >= least) & (sizes <= (most or sizes.max()))]
        if len(inside):
            told.append({"from": least, "to": most, "classes": len(inside), "rows": int(inside.sum())})
    return told
