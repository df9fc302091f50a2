"""Evidence packs: one sampled claim as a document and as JSON, for the auditor."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from custody.answers import Answer, number_named
from custody.content import pack_content
from custody.errors import RequestError
from custody.finding import open_release
from custody.typesetting import Document, Typesetter, as_json
from ledger import Event, Ledger, Request, Standing
from release.places import Places


def evidence_pack(places: Places, ledger: Ledger, request: Request) -> Answer:
    """The pack of one sampled claim: `claim-NUMBER.pdf` and `.json`, by the claim's number and nothing else.

    Raises RequestError where there is no such claim, or it was not drawn for audit; EvidenceError where its release is
    not as it was.
    """
    number = number_named(request, "claim")
    standing = ledger.claims.standing(number)
    if not standing.drawn:
        raise RequestError(
            f"Claim {number} is not in the audit sample: a pack is made of sampled claims alone. See which were drawn: "
            "the list of the window's sample"
        )
    ((_, files),) = packs(places, ledger, [standing])
    ledger.record(
        Event.EVIDENCE_PACK_MADE,
        actor=request.asked_by,
        role=request.role,
        subject=f"claim {number}",
        detail={
            "request": request.id,
            "release": standing.release,
            "sha256": {end: digest(content) for end, content in files.items()},
        },
    )
    named = {f"-claim-{number:06d}{end}": content for end, content in files.items()}
    return Answer(named, f"the evidence pack of claim {number}")


def packs(
    places: Places, ledger: Ledger, standings: Iterable[Standing]
) -> Iterator[tuple[Standing, Mapping[str, bytes]]]:
    """The pack of each of these claims, by the ends of its files' names (".pdf", ".json"): release by release, each
    opened once. Raises EvidenceError where a release is not as it was."""
    typesetter = Typesetter()
    windows = {window.number: window for window in ledger.claims.windows()}
    by_release = sorted(standings, key=lambda one: (one.release, one.number))
    for name, group in groupby(by_release, key=lambda one: one.release):
        with open_release(places, name) as release:
            for standing in group:
                history = ledger.claims.history(standing.number)
                found = release.find(standing)
                content = pack_content(found, standing, windows[standing.window], history)
                yield standing, {".pdf": typesetter.pdf(Document.PACK, content), ".json": as_json(content)}


def digest(content: bytes) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()
