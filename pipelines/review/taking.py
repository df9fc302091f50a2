"""Takes answers in: kept for ever, counted in the audit log, and the open questions written anew."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from ledger import Event, Ledger
from pipelines.keys import Keys
from pipelines.review.answers import read_answers
from pipelines.review.errors import AnswersError
from pipelines.review.judgements import kept_by, open_judgements
from pipelines.review.matching import contradicting
from pipelines.review.questions import FILE_NAME, Asked, typed_before, write_questions
from release.places import Places
from release.pointer import current


@dataclass(frozen=True)
class Taken:
    """What became of the answers handed in.

    `answers`: how many of each were new or changed. `changed`: how many of them replace an earlier answer. `open`: what
    is asked now. `contradictions`: pairs judged the same, and pairs judged different, that cannot both hold.
    """

    answers: Counter[str]
    changed: int
    open: Asked
    contradictions: tuple[tuple[str, str], ...]


def take_in(places: Places, keys: Keys, ledger: Ledger, files: Sequence[Path], *, by: str) -> Taken:
    """Take in the answers in review.csv and in `files`, all of them or none, and write the open questions anew.

    `by`: the account. Raises AnswersError, JudgementsError.
    """
    judgements = open_judgements(places, keys, kept=kept_by(ledger.entries()))
    own = places.review / FILE_NAME
    for file in files:
        if not file.is_file():
            raise AnswersError(f"There is no file {file}.")
    answers = read_answers([*([own] if own.exists() else []), *files], judgements.asked())
    before = dict(judgements.judged().select("pair", "answer").iter_rows())
    new = [(one.pair, one.answer) for one in answers if before.get(one.pair) != one.answer]
    if new:
        judgements.judge(new, run=current(places) or "", by=by)
    counts = Counter(answer for _, answer in new)
    changed = sum(pair in before for pair, _ in new)
    if new:
        ledger.record(
            Event.PAIRS_JUDGED,
            actor=by,
            role="pipelines",
            detail={**dict(sorted(counts.items())), "changed": changed, "kept": judgements.count()},
        )
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    # Notes to pairs that are still open stay where they were typed.
    typed = {pair: ("", note) for pair, (_, note) in typed_before(places, keep_as=stamp).items() if note}
    asked = write_questions(places, judgements, typed)
    return Taken(counts, changed, asked, _contradictions(judgements.sides(), judgements.judged()))


def _contradictions(sides: pl.DataFrame, judged: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    """As far as they show without the records: sides are one where they say the same, or have one own number."""
    marks = sides.filter(
        pl.col("facet").is_in(["record_key", "own"]),
        pl.col("side").n_unique().over("pair", "facet", "hash") == 1,
    ).select("pair", "side", mark=pl.concat_str("facet", "hash", separator=":"))
    return tuple(contradicting(marks, judged).iter_rows())
