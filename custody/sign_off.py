"""What the sign-off of a window says: its claims, its audit sample, and who did what, line by line of the ledger."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from custody.answers import claims_words
from custody.finding import ProtectedRelease
from custody.strata import Stratum
from custody.wording import code_words, day_words
from ledger import Entry, Sample, SampleState, Standing, Window

_SAMPLE: Final[Mapping[str, str]] = {
    SampleState.NONE: "Nothing was entered, so there is nothing to audit",
    SampleState.OPEN: "Open: claims wait for a verdict, or to be drawn",
    SampleState.FAILED: "Failed: it must be enlarged",
    SampleState.PASSED: "Passed",
}


def sign_off_content(
    release: ProtectedRelease,
    window: Window,
    sample: Sample,
    standings: Sequence[Standing],
    known: Mapping[int, Stratum],
    acts: Sequence[Entry],
) -> dict[str, Any]:
    """What the document of a window says (custody.typesetting, SIGN_OFF). `release`: the one that it was opened from;
    `known`: the strata of its claims; `acts`: the ledger's lines about it."""
    framework, _ = release.framework(window.framework)
    releases = sorted({one.release for one in standings} | {window.release})
    return {
        "title": f"Sign-off of the window {window.code}",
        "running": [f"Window {window.code}", framework.title],
        "foot": "Claims by their numbers in the ledger. No name, address or number of anybody is in it.",
        "as_of": {"iso": release.facts["as_of"]},
        "synthetic": release.facts.get("synthetic") == "true",
        "signed": bool(window.signed_at),
        "window": {
            "framework": window.framework,
            "framework_title": framework.title,
            "framework_version": str(window.framework_version),
            "opens": day_words(window.opens),
            "closes": day_words(window.closes),
            "release": ", ".join(releases),
            "claims": claims_words(len(standings)),
            "worth": f"£{sum(one.worth for one in standings if one.live):,}, of claims neither rejected nor withdrawn",
            "state_words": code_words(window.state),
        },
        "sample": [
            {"what": what, "said": said}
            for what, said in (
                (
                    "Terms",
                    f"at least {_percent(window.terms.share)} of the claims and at least {window.terms.minimum}; "
                    f"failed above {_percent(window.terms.tolerance)} struck out, then "
                    f"{_percent(window.terms.enlarge_by)} more",
                ),
                (
                    "Drawn",
                    f"{sample.size} of {claims_words(sample.population)}, {_drawings(sample.drawings)}",
                ),
                ("Drawn by", "lot, by strata; risk counted" if sample.weighted else "lot, by strata"),
                ("Judged", f"{sample.judged}, of which {sample.struck_out} struck out"),
                ("Error rate", _rate(sample)),
                ("Result", _SAMPLE[sample.state]),
            )
        ],
        "sampled": [
            {
                "claim": str(one.number),
                "step": _step_words(one),
                "stratum": known[one.number].name,
                "why": one.drawn,
            }
            for one in standings
            if one.drawn
        ],
        "acts": [_act(one) for one in acts],
        "hashes": [
            {"words": f"Manifest of the release {window.release}", "value": release.manifest_digest},
            *(
                {"words": f"Ledger, line {one.number}, the last about the window", "value": one.digest}
                for one in acts[-1:]
            ),
        ],
    }


def _percent(share: Any) -> str:
    return f"{float(share):.1%}".replace(".0%", "%")


def _drawings(number: int) -> str:
    return "in one drawing" if number == 1 else f"in {number} drawings"


def _rate(sample: Sample) -> str:
    if sample.rate is None or sample.low is None or sample.high is None:
        return "No verdict yet"
    return (
        f"{float(sample.rate):.1%}; with 95% confidence between {sample.low:.1%} and {sample.high:.1%} of the "
        "window's claims"
    )


def _step_words(one: Standing) -> str:
    verdict = f", {code_words(one.verdict).lower()}" if one.verdict else ""
    return code_words(one.step) + verdict


def _act(one: Entry) -> dict[str, str]:
    """One line of the ledger about the window, with its figures and its reason."""
    claims, worth, why = (one.detail.get(name) for name in ("claims", "worth", "why"))
    said = [code_words(one.event)]
    if isinstance(claims, int):
        said.append(claims_words(claims))
    if isinstance(worth, int):
        said.append(f"£{worth:,}")
    return {
        "line": str(one.number),
        "at": one.at[:16].replace("T", " "),
        "what": ", ".join(said) + (f": {why}" if why else ""),
        "by": one.actor,
        "role": code_words(one.role),
    }
