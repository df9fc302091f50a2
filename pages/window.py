"""Claims window: from what is claimable to what was paid, by a returns officer, an auditor and a second officer."""

import streamlit

from evidence import acts, audit, window_tables, windows
from evidence.access import Who
from evidence.acts import Act
from evidence.evidence import Evidence
from evidence.windows import Claim, Progress, Seen
from evidence.words import day, in_markdown, percent
from pages import parts, window_acts

_MARKS = {
    Progress.DONE: ":material/check_circle:",
    Progress.NOW: ":material/arrow_circle_right:",
    Progress.LATER: ":material/radio_button_unchecked:",
}
_A_PAGE = 25


def page(evidence: Evidence, who: Who) -> None:
    """One window: where it stands, what is next and who does it, its sample, its claims and its history."""
    exact = "Figures of the ledger are exact on this page: they are for those who work with its claims."
    if not parts.head(evidence, who, "window", "Where does the claims window stand?", exact):
        return
    evidence = parts.framework(evidence, paid=True)
    release = evidence.release()
    if not release.paid_by_results:
        streamlit.write("Nothing is paid by results here: no claim is made.")
        return
    choices = windows.choices(evidence)
    if not choices:
        streamlit.write(
            f"{in_markdown(release.framework_title)} has no window that has begun by {day(release.as_of)}. "
            "Its file in data/frameworks says when claims are made."
        )
        return
    code = parts.choose("Window", choices, f"window_{release.framework}", everything=False)
    window_acts.said()
    found = windows.seen(evidence, code)
    _where_it_stands(evidence, who, found)
    _changed(found)
    judging = acts.may(who, Act.JUDGE)
    if judging:
        # Whoever judges looks at the list first.
        _sample(evidence, found)
    window_acts.act(evidence, who, found)
    _requests(evidence, found)
    if found.window is None:
        return
    if not judging:
        _sample(evidence, found)
    _claims(evidence, found)
    parts.section("What was done")
    parts.table(window_tables.act_table(evidence, found.window))
    streamlit.caption(
        "Times are Coordinated Universal Time. Nothing here can be changed or deleted afterwards."
    )


def _where_it_stands(evidence: Evidence, who: Who, found: Seen) -> None:
    streamlit.info(in_markdown(windows.next_step(found)), icon=":material/flag:")
    lines = [
        f"{_MARKS[one.progress]} **{in_markdown(one.label)}** ({one.progress.lower()})"
        + (f": {in_markdown(one.words)}" if one.words else "")
        for one in windows.stages(found)
    ]
    streamlit.markdown("  \n".join(lines))
    if found.window is None or found.sample is None:
        return
    seen = audit.audited(evidence, who, found.window)
    live = found.live
    figures = (
        (
            "Live claims",
            f"{len(live):,}",
            f"Worth {windows.total(live)}. Rejected and withdrawn ones do not count.",
        ),
        ("Audited", f"{found.sample.judged:,} of {found.sample.size:,}", audit.progress(found.sample)),
        (
            "Struck out",
            percent(seen.rate.rate) if seen.rate.rate is not None else "–",
            f"{seen.rate.words}. Tolerated are {percent(100 * float(found.sample.tolerance))}.",
        ),
        ("Sample", seen.result, "Nothing is submitted before it has passed."),
    )
    for column, (label, value, explained) in zip(streamlit.columns(4), figures, strict=True):
        with column:
            streamlit.metric(label, value, help=in_markdown(explained), border=True)


def _changed(found: Seen) -> None:
    """Live claims whose evidence is another than when they were entered: never changed silently, always told."""
    changed = found.changed
    if not changed:
        return
    listed = ", ".join(str(one.number) for one in changed[:40]) + (" …" if len(changed) > 40 else "")
    which = "claim has" if len(changed) == 1 else "claims have"
    parts.care(
        f"{len(changed):,} {which} other evidence now than when entered: {listed}. One that is not submitted yet is "
        "withdrawn and entered anew; one that is submitted or paid is looked at, and withdrawn where it no longer "
        "holds."
    )


def _requests(evidence: Evidence, found: Seen) -> None:
    asked = windows.requests(evidence, found)
    if not asked:
        return
    parts.section("Asked of the worker")
    parts.table(window_tables.request_table(asked))
    if any(one.waiting for one in asked):
        streamlit.button("Look again", key="look", icon=":material/refresh:")


def _sample(evidence: Evidence, found: Seen) -> None:
    if found.window is None:
        return
    drawn = found.drawn
    parts.section("The audit sample")
    if not drawn:
        streamlit.caption("No claim has been drawn.")
        return
    packs = evidence.desk.requests(windows.PACK)
    shown = _paged(drawn, "sample_page", "Sampled claims")
    parts.table(window_tables.sample_table(shown, packs))
    streamlit.caption(
        "Claims are named by their number in the ledger. What is behind one is in the worker’s answers, never here."
    )


def _claims(evidence: Evidence, found: Seen) -> None:
    parts.section("The claims")
    step = parts.choose("Step", windows.step_choices(found), "step")
    chosen = windows.at_step(found, step)
    if not chosen:
        streamlit.caption("There is none.")
        return
    streamlit.caption(in_markdown(f"{windows.total(chosen)}."))
    parts.table(window_tables.claim_table(evidence, _paged(chosen, "claim_page", "Claims")))
    numbers = {one.number for one in found.claims}
    with streamlit.expander("The history of one claim"):
        number = streamlit.number_input("Claim", min(numbers), max(numbers), key="history", step=1)
        if number in numbers:
            parts.table(window_tables.history_table(evidence, int(number)))
        else:
            streamlit.caption("This claim is in another window.")


def _paged(claims: list[Claim], key: str, what: str) -> list[Claim]:
    """The part of a long list that is looked at."""
    pages = -(-len(claims) // _A_PAGE)
    if pages < 2:
        return claims
    number = int(
        streamlit.number_input(f"{what}, page (of {pages:,})", min_value=1, max_value=pages, key=key, step=1)
    )
    return claims[_A_PAGE * (number - 1) : _A_PAGE * number]


if __name__ == "__main__":
    parts.hand_over("window")
