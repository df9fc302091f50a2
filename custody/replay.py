"""Evaluates a claim again from what its release keeps for that, and says what differs from what was published.

The engine reads the same pseudonymous frames under the same text of the framework; from them must come the same needs,
the same evidence and the same digest that the claim was entered with.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from custody.errors import EvidenceError
from custody.finding import Found, ProtectedRelease
from custody.wording import code_words
from ledger import Standing
from outcomes import FRAMES, Framework, evaluate
from outcomes.digest import evidence_digests
from outcomes.sharing import needs_of
from release.version import code_version

# What of each table is held against what was published, and what names a row of it.
_NEED_KEY: Final = ("person", "need_code")
_NEED_FACTS: Final = ("identified_on", "state", "achieved_on", "sustained_on", "rule", "reason")
_CLAIM_FACTS: Final = (
    "evidence_state",
    "claim_date",
    "expected_on",
    "eligible",
    "needs",
    "headlines",
    "needs_met",
    "worth",
    "assessment_ok",
    "plan_ok",
    "lead_practitioner_ok",
)
_EVIDENCE: Final = (
    "person",
    "kind",
    "need_code",
    "measure",
    "value",
    "window_from",
    "window_to",
    "extract",
    "rule_version",
)
# A fact of this extract that states this names a record of the same kind, whichever rule asked.
_ABOUT_RECORD: Final = ("extract", "measure")
_EARLIER: Final = "earlier_claim"


@dataclass(frozen=True)
class Replay:
    """What came of evaluating a claim again.

    `differences`: one sentence each; none: it is the same. `code`: the version of the code that made the release, where
    it is not the one that replayed it.
    """

    claim: int
    release: str
    needs: int
    facts: int
    differences: tuple[str, ...]
    code: str

    @property
    def same(self) -> bool:
        return not self.differences


def replay(release: ProtectedRelease, standing: Standing) -> Replay:
    """Evaluate a claim of the ledger again from `release`, the one that it was entered from.

    Held against what was published: the claim's row, its needs, every row of its evidence, whether the records that it
    names are there and of the kind that the rules read, and the digest, the worth, the day and the version against
    those in the ledger. Of several records of one day the engine
    names one, by an order that tokens do not keep: which of them is not compared. Raises EvidenceError where the
    release does not hold the claim or the frames.
    """
    found = release.find(standing)
    frames = _frames(release, found)
    try:
        payment = release.payment(standing.framework)
        again = evaluate(frames, found.framework, as_of=found.as_of, payment=payment)
    except ValueError as error:
        # The engine names a frame and a column, and no value.
        raise EvidenceError(
            f"Claim {standing.number} cannot be evaluated again from the release {release.name}: {error}. The release "
            "is not as it was."
        ) from None
    episode, kind, person = (found.claim[key] for key in ("episode", "kind", "person"))
    mine = pl.col("episode") == episode
    of_claim = mine & (pl.col("kind") == kind) & pl.col("person").eq_missing(pl.lit(person, pl.String))
    claim = again.claim.filter(of_claim)
    about_needs = found.framework.kind(standing.kind).about == "needs"
    need = again.need.filter(mine & pl.lit(about_needs))
    evidence = again.claim_evidence.filter(of_claim | (mine & pl.col("kind").is_null() & pl.lit(about_needs)))
    differences = [
        *_of_release(release),
        *_of_digest(found, standing, need, claim, evidence),
        *_of_ledger(found, standing),
        *_of_claim(found.claim, claim),
        *_of_needs(found.need, need),
        *_of_evidence(found.evidence, evidence),
        *_of_records(found.evidence, evidence, frames),
    ]
    made_by = found.facts.get("code_version", "")
    return Replay(
        standing.number,
        standing.release,
        need.height,
        evidence.height,
        tuple(differences),
        made_by if made_by != code_version() else "",
    )


def _frames(release: ProtectedRelease, found: Found) -> dict[str, pl.DataFrame]:
    """The frames that the engine read, as far as they are about the claim's family: no rule looks beyond it, but for
    the calendar of terms (rows about nobody) and what extracts cover."""
    family = found.claim["family"]
    of_family = "SELECT episode FROM protected.rules_episode WHERE family = ?"
    people = "SELECT person FROM protected.{} WHERE episode IN ({})"
    concerned = " UNION ".join(
        people.format(table, of_family) for table in ("rules_episode_member", "rules_need")
    )
    conditions = {
        "family": ("family = ?", [family]),
        "episode": (f"episode IN ({of_family})", [family]),
        "person": (f"person IS NULL OR person IN ({concerned})", [family, family]),
    }
    frames = {}
    for name, columns in FRAMES.items():
        about = next((about for about in conditions if about in columns), None)
        condition, values = conditions[about] if about else ("true", [])
        # The order in which rows come must not decide between records of one day.
        rows = release.rows(
            f"SELECT * FROM protected.rules_{name} WHERE {condition} ORDER BY ALL",  # noqa: S608  names of ours
            *values,
        )
        frames[name] = _of_framework(rows, release, found.framework) if name == "need" else rows
    return frames


def _of_framework(needs: pl.DataFrame, release: ProtectedRelease, framework: Framework) -> pl.DataFrame:
    """The needs that the run showed this framework, beside the others that it evaluated."""
    names = release.rows("SELECT DISTINCT framework FROM protected.framework_file ORDER BY ALL")["framework"]
    return needs_of(needs, framework, [release.framework(name)[0] for name in names])


def _of_digest(
    found: Found, standing: Standing, need: pl.DataFrame, claim: pl.DataFrame, evidence: pl.DataFrame
) -> list[str]:
    """Where the digest of what was found again is not the one in the ledger, nor the one in the release. The slot is in
    the digest, and no rule finds it: it is the ledger's own."""
    digests = evidence_digests(need, claim.with_columns(slot=pl.lit(standing.slots[0])), evidence)
    said = []
    if found.claim["evidence_digest"] != standing.evidence:
        said.append(
            "The digest in the release is not the one that the claim was entered with: one of them was changed."
        )
    if digests["evidence_digest"].to_list() != [standing.evidence]:
        said.append("The digest of the evidence is not the one that the claim was entered with.")
    return said


def _of_release(release: ProtectedRelease) -> list[str]:
    """A release is named by its as-of date."""
    as_of = release.as_of.isoformat()
    return [] if release.name.startswith(as_of) else [f"The manifest says that the release is as of {as_of}."]


def _of_ledger(found: Found, standing: Standing) -> list[str]:
    """Where the ledger says otherwise of the claim than the release, but for its digest."""
    version = found.framework.version
    said = [
        ("worth", standing.worth, found.claim["worth"]),
        ("claim date", standing.claim_date, found.claim["claim_date"]),
        ("framework version", str(standing.framework_version), found.claim["framework_version"]),
        ("framework version", str(standing.framework_version), str(version)),
    ]
    return list(
        dict.fromkeys(
            f"The claim: {name} is {_said(entered)} in the ledger, in the release {_said(published)}."
            for name, entered, published in said
            if entered != published
        )
    )


def _of_claim(published: Mapping[str, Any], again: pl.DataFrame) -> list[str]:
    if again.height != 1:
        return [f"The evaluation gives {again.height} such claims, the release one."]
    (row,) = again.iter_rows(named=True)
    return [
        f"The claim: {_column(column)} is {_said(row[column])}, in the release {_said(published[column])}."
        for column in _CLAIM_FACTS
        if row[column] != published[column]
    ]


def _of_needs(published: pl.DataFrame, again: pl.DataFrame) -> list[str]:
    before, after = _by_key(published), _by_key(again)
    times, times_again = (Counter(needs.select(_NEED_KEY).iter_rows()) for needs in (published, again))
    people = sorted({person for person, _ in {*before, *after} if person})
    label = {person: f"Person {number}" for number, person in enumerate(people, start=1)}
    said = []
    for key in sorted({*before, *after}, key=lambda key: (key[1], key[0] or "")):
        person, code = key
        about = f"Need {code}, {label[person] if person else 'the whole family'}"
        if key not in after:
            said.append(f"{about}: it is in the release, and the evaluation has no such need.")
        elif key not in before:
            said.append(f"{about}: the evaluation has it, and the release has no such need.")
        else:
            if times[key] != times_again[key]:
                said.append(f"{about}: rows are {times_again[key]}, in the release {times[key]}.")
            said += [
                f"{about}: {_column(column)} is {_said(after[key][column])}, in the release "
                f"{_said(before[key][column])}."
                for column in _NEED_FACTS
                if after[key][column] != before[key][column]
            ]
    return said


def _by_key(needs: pl.DataFrame) -> dict[tuple[str | None, str], dict[str, Any]]:
    return {tuple(row[name] for name in _NEED_KEY): row for row in needs.iter_rows(named=True)}


def _of_evidence(published: pl.DataFrame, again: pl.DataFrame) -> list[str]:
    """Facts of the evidence that only one side has, counted by what they state and of which need."""
    said = []
    for one, other, words in (
        (published, again, "in the release, and not found again"),
        (again, published, "found again, and not in the release"),
    ):
        only = _compared(one).join(
            _compared(other), on=[*_EVIDENCE, "named", "times"], how="anti", nulls_equal=True
        )
        counted = only.group_by("need_code", "measure").len().sort("need_code", "measure", nulls_last=False)
        for code, measure, count in counted.iter_rows():
            about = f"Evidence of need {code}" if code else "Evidence of the claim"
            facts = "1 fact" if count == 1 else f"{count} facts"
            said.append(f"{about}: {facts} ({code_words(measure).lower()}) {words}.")
    return said


def _of_records(
    published: pl.DataFrame, again: pl.DataFrame, frames: Mapping[str, pl.DataFrame]
) -> list[str]:
    """How many records the evidence names that are not among those that the rules read for such a fact."""
    all_frames = set(frames)
    frames_of: dict[str, set[str]] = {}
    for name, frame in frames.items():
        if "record" in frame.columns:
            for record in frame["record"].drop_nulls():
                frames_of.setdefault(record, set()).add(name)
    named = again.drop_nulls("record").select(*_ABOUT_RECORD, "record")
    may_be: dict[tuple[str, ...], set[str]] = {}
    for *about, record in named.iter_rows():
        may_be.setdefault(tuple(about), set()).update(frames_of.get(record, ()))
    lost = {
        (*about, record)
        for *about, record in published.drop_nulls("record").select(*_ABOUT_RECORD, "record").iter_rows()
        if not frames_of.get(record, set())
        & may_be.get(tuple(about), all_frames if _EARLIER in about else set())
    }
    if not lost:
        return []
    return [f"{len(lost)} of the records that the evidence names are not among those that the rules read."]


def _compared(evidence: pl.DataFrame) -> pl.DataFrame:
    """Every fact once, whether it names a record, and how many times it is there. Earlier claims are left out: the
    ledger knows of them, and the evidence does not rest on them."""
    facts = evidence.filter(pl.col("measure") != _EARLIER).with_columns(named=pl.col("record").is_not_null())
    return facts.group_by(*_EVIDENCE, "named").agg(times=pl.len())


def _column(column: str) -> str:
    return column.replace("_", " ")


def _said(value: object) -> str:
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def differences_words(replayed: Replay) -> Sequence[str]:
    """What a reader is told of a replay, line by line."""
    looked_at = f"{replayed.needs} needs and {replayed.facts} facts, from the release {replayed.release}"
    if replayed.same:
        return [f"Claim {replayed.claim} is the same: {looked_at}."]
    return [f"Claim {replayed.claim} is not the same ({looked_at}):", *replayed.differences]
