"""`ledger`: proves that nothing in it was changed, and shows how the windows of claims stand."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer
from rich.table import Table

from ledger import (
    Anchor,
    Count,
    Ledger,
    LedgerError,
    QuotaUse,
    Sample,
    SampleState,
    Window,
    financial_year,
    is_there,
    open_ledger,
)
from pipelines.commands.shared import DEFAULT_DATA, DataOption, places, print_table, say
from release.places import Places
from release.pointer import COMPLETE, releases

app = typer.Typer(no_args_is_help=True, help="The ledger: claims, windows, requests and the audit log.")
# What a release's manifest says of the ledger: its newest line when the release was made.
_HEAD = "ledger_head"


@app.command("verify")
def verify_command(data: DataOption = DEFAULT_DATA) -> None:
    """Prove that nothing in the ledger was changed, put in, taken out or cut off.

    Every line and every row is held against the chain, the chain against the manifests of all releases, and the
    database's own guards against what they should be."""
    here = places(data)
    with closing(_opened(here)) as ledger:
        anchors = list(_anchors(here))
        lines = ledger.verify(anchors)
        head = ledger.anchor()
    say(f"The ledger is whole: {lines} lines, held against {len(anchors)} releases.")
    say(f"Its newest line: {head}")


@app.command("show")
def show_command(
    window: Annotated[
        int, typer.Argument(min=0, help="The number of a window.", show_default="all windows")
    ] = 0,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """How the windows of claims stand; of one window, its claims by step, its audit sample and the quota."""
    with closing(_opened(places(data))) as ledger:
        if not window:
            _show_all(ledger.claims.windows())
            return
        claims = ledger.claims
        there = claims.window(window)
        _show(
            there,
            claims.counts(window=window),
            claims.sample(window),
            claims.quota(there.framework, financial_year(there.opens)),
        )


def _opened(here: Places) -> Ledger:
    if not is_there(here):
        raise LedgerError(f"There is no ledger in {here.data}. Say where it is: --data DIR")
    return open_ledger(here)


def _anchors(here: Places) -> Iterator[Anchor]:
    """What the manifests of the releases say of the ledger. Releases of earlier versions say nothing."""
    for name in releases(here):
        try:
            manifest = json.loads((here.releases / name / COMPLETE).read_text(encoding="utf-8"))
            if _HEAD in manifest:
                yield Anchor.read(manifest[_HEAD])
        except (OSError, ValueError, RecursionError, TypeError, AttributeError):
            raise LedgerError(
                f"The manifest of the release {name} is damaged: the ledger cannot be held against it."
            ) from None


def _show_all(windows: list[Window]) -> None:
    if not windows:
        say("No window of claims was opened yet.")
        return
    table = Table("window", "framework", "called", "opens", "closes", "state", box=None)
    for one in windows:
        table.add_row(
            str(one.number), one.framework, one.code, str(one.opens), str(one.closes), one.state.value
        )
    print_table(table)


def _show(window: Window, counts: list[Count], sample: Sample, quota: QuotaUse) -> None:
    say(f"Window {window.number}: {window.code} of {window.framework}, {window.opens} to {window.closes}")
    say(f"It is {window.state}.", _by_whom(window))
    table = Table("step", "claims", "worth", box=None)
    for one in counts:
        verdict = f", {one.verdict.replace('_', ' ')}" if one.verdict else ""
        table.add_row(f"{one.step.replace('_', ' ')}{verdict}", str(one.claims), f"£{one.worth:,}")
    print_table(table)
    say(_in_words(sample))
    if quota.claims_quota is not None:
        say(f"Quota of {quota.year}: {quota.claims} of {quota.claims_quota} claims.")
    if quota.pounds_quota is not None:
        say(f"Quota of {quota.year}: £{quota.pounds:,} of £{quota.pounds_quota:,}.")


def _by_whom(window: Window) -> str:
    acts = [
        f"opened by {window.opened_by} at {window.opened_at}",
        f"signed by {window.signed_by} at {window.signed_at}" if window.signed_by else "",
        f"submitted by {', '.join(window.submitted_by)} at {window.submitted_at}"
        if window.submitted_by
        else "",
    ]
    return "; ".join(act for act in acts if act)


def _in_words(sample: Sample) -> str:
    if sample.state is SampleState.NONE:
        return "No claim is in it."
    said = f"Audit sample: {sample.size} of {sample.population} claims, {sample.judged} judged"
    if sample.rate is None or sample.low is None or sample.high is None:
        return f"{said}; {sample.more} more to be drawn."
    return (
        f"{said}, {sample.struck_out} struck out ({float(sample.rate):.1%}, 95 % interval {sample.low:.1%} to "
        f"{sample.high:.1%}; at most {float(sample.tolerance):.1%} may be): {sample.state}"
        + (f", {sample.more} more to be drawn." if sample.more else ".")
    )
