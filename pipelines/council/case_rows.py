"""The rows of the council's own files: members, episodes, needs, reviews, workers, earlier claims."""

import random
from collections.abc import Iterator

from pipelines.council.council import Council
from pipelines.council.dates import british, iso, with_month_name
from pipelines.council.mess import cleanly, spoil, without_diacritics
from pipelines.council.people import Family, Membership
from pipelines.council.scenarios import Need
from pipelines.council.sheets import LAYOUTS, Row

CLOSURE_WORDS = {
    code: word
    for layout in LAYOUTS
    if layout.contract == "family_episode"
    for code, word in layout.values["closure_reason"].items()
}


def members(council: Council, draw: random.Random) -> Iterator[Row]:
    """One row a person and family; now and then the same person under a second number."""
    for family in council.families:
        for member in family.members:
            yield _member(council, draw, family, member, second=False)
            grown = member.person.born is not None and len(member.person.families) == 1
            if grown and draw.random() < 0.008:
                yield _member(council, draw, family, member, second=True)


def _member(council: Council, draw: random.Random, family: Family, member: Membership, second: bool) -> Row:
    person = member.person
    written = spoil(draw, cleanly(person, family.home), person, "family_member")
    if second:
        person.refs.append(f"P{council.registry.numbering.serial('person') + 300000}")
        written.mess.append("second_record")
    nhs = written.nhs if draw.random() < 0.9 else ""
    if draw.random() < 0.25 and nhs:
        nhs = f"{nhs[:3]} {nhs[3:6]} {nhs[6:]}"
    known_as = person.known_as[0] if person.known_as and draw.random() < 0.4 else ""
    return (
        [
            person.refs[-1] if second else person.refs[0],
            family.ref,
            member.role,
            written.forename,
            written.surname,
            known_as,
            british(written.born),
            written.sex,
            person.ethnicity,
            nhs,
            written.upn if draw.random() < 0.9 else "",
            written.nino if draw.random() < 0.75 else "",
            written.address,
            written.postcode,
            written.uprn if draw.random() < 0.85 else "",
            person.phone,
            person.email,
            british(member.joined),
            british(member.left),
            draw.choice(("MIGRATION", "admin", "jsmith")),
        ],
        person.true_id,
        written.mess_names,
    )


def episodes(council: Council, draw: random.Random) -> Iterator[Row]:
    for episode in council.episodes:
        reason = episode.reason
        if draw.random() < 0.004:
            reason = '=HYPERLINK("http://wythbrook.example/referral","see form")'
        yield (
            [
                episode.ref,
                episode.family.ref,
                iso(episode.started),
                iso(episode.ended),
                episode.source,
                reason,
                iso(episode.assessed),
                iso(episode.planned),
                episode.lead,
                episode.team.name,
                episode.family.home.ward.locality,
                episode.family.home.ward.name,
                CLOSURE_WORDS.get(episode.closure, ""),
                episode.expectant,
            ],
            "",
            "",
        )


def _whose(need: Need) -> str:
    return need.person.refs[0] if need.person else ""


def needs(council: Council, draw: random.Random) -> Iterator[Row]:
    for episode in council.episodes:
        by = council.workers[episode.worker].ref
        for need in episode.needs:
            days = [need.identified, *([need.written_again] if need.written_again else [])]
            for day in days:
                yield [episode.ref, _whose(need), need.code, british(day), by], "", ""


def reviews(council: Council, draw: random.Random) -> Iterator[Row]:
    for episode in council.episodes:
        for need in episode.needs:
            for review in need.reviews:
                text = review.text
                # The file is Windows-1252: what that cannot hold, the case system writes in plain letters.
                if not text.isascii() and not _fits_windows(text):
                    text = without_diacritics(text)
                yield (
                    [episode.ref, _whose(need), need.code, with_month_name(review.day), review.state, text],
                    "",
                    "",
                )


def _fits_windows(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def workers(council: Council, draw: random.Random) -> Iterator[Row]:
    for worker in council.workers:
        yield [worker.ref, worker.name, worker.team, worker.email], "", ""


def earlier_claims(council: Council, draw: random.Random) -> Iterator[Row]:
    for claim in council.claims:
        yield [claim.ref, claim.family, claim.framework, iso(claim.day)], "", ""
