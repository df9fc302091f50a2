"""The rows of the council's own files: members, episodes, needs, reviews, workers, earlier claims."""

import random
from collections.abc import Iterator
from typing import Final

from pipelines.council.council import Council
from pipelines.council.dates import british, iso, with_month_name
from pipelines.council.mess import cleanly, spoil, without_diacritics
from pipelines.council.people import Family, Membership
from pipelines.council.scenarios import Need
from pipelines.council.sheets import Row, words_of

WRITTEN_DOWN: Final = 0.85
TURNED: Final = 0.3
OTHER_WAY: Final = {
    "parent_of": "child_of",
    "step_parent_of": "step_child_of",
    "grandparent_of": "grandchild_of",
    "aunt_or_uncle_of": "niece_or_nephew_of",
    **{
        kind: kind
        for kind in ("partner_of", "former_partner_of", "sibling_of", "half_sibling_of", "cousin_of")
    },
}
CLOSURE_WORDS: Final = words_of("family_episode", "closure_reason")
RELATIONSHIP_WORDS: Final = words_of("relationship", "relationship")


def members(council: Council, draw: random.Random) -> Iterator[Row]:
    """One row a person and family; now and then the same person under a second number."""
    for family in council.families:
        for member in family.members:
            row = _member(council, draw, family, member, second=False)
            if not member.withdrawn:
                yield row
            grown = member.person.born is not None and len(member.person.families) == 1
            if grown and draw.random() < 0.008:
                again = _member(council, draw, family, member, second=True)
                if not member.withdrawn:
                    yield again


def _member(council: Council, draw: random.Random, family: Family, member: Membership, second: bool) -> Row:
    person = member.person
    written = spoil(draw, cleanly(person, family.home), person, "family_member")
    if council.corrections:
        council.corrections.correct(written, person, family.home)
    if member.anew and not second:
        written.mess.append("second_record")
    if second:
        # Numbered apart: the next quarter's people must not move the numbers of this one's.
        person.refs.append(f"P9{council.registry.numbering.serial('second'):06d}")
        written.mess.append("second_record")
    nhs = written.nhs if draw.random() < 0.9 else ""
    if draw.random() < 0.25 and nhs:
        nhs = f"{nhs[:3]} {nhs[3:6]} {nhs[6:]}"
    known_as = person.known_as[0] if person.known_as and draw.random() < 0.4 else ""
    reference = person.refs[-1] if second else person.refs[1] if member.anew else person.refs[0]
    return (
        [
            reference,
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


def relationships(council: Council, draw: random.Random) -> Iterator[Row]:
    """Who is what to whom, as far as somebody wrote it down; now and then from the other side."""
    for family in council.families:
        gone = {member.person for member in family.members if member.withdrawn}
        for tie in family.ties:
            written, turned = draw.random() < WRITTEN_DOWN, draw.random() < TURNED
            if not written or gone & {tie.person, tie.related}:
                continue
            first, second, kind = tie.person, tie.related, tie.kind
            if turned and kind in OTHER_WAY:
                first, second, kind = second, first, OTHER_WAY[kind]
            word = RELATIONSHIP_WORDS.get(kind, kind)
            yield [first.refs[0], second.refs[0], word, british(tie.since), british(tie.until)], "", ""
