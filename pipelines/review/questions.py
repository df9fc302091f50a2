"""The open questions: kept in the vault with the facts of both sides, and written out for a person to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.contracts import CONTRACTS
from pipelines.keys import Keys
from pipelines.linkage.names import letters
from pipelines.register.facets import FACETS
from pipelines.review.answers import read_typed
from pipelines.review.judgements import Judgements
from pipelines.review.matching import open_pairs
from pipelines.spreadsheets import write_sheet
from release.places import Places

FILE_NAME = "review.csv"
MOST_ASKED = 500
# Behind those that are asked at a time, so many wait in the vault for their turn.
_MOST_KEPT = 5_000
# What a person compares: the column of an identified record, and its heading.
FACTS = {
    "forename": "forename",
    "surname": "surname",
    "also_known_as": "other name",
    "date_of_birth": "date of birth",
    "sex": "sex",
    "address": "address",
    "postcode": "postcode",
    "uprn": "property number",
    "nhs_number": "NHS number",
    "upn": "pupil number",
    "nino": "National Insurance number",
    "pnc_id": "police number",
    "own_key": "sender's own number",
}
_OWN = "own_key"
_PLACES = {"extract": "extract", "file": "file", "row": "row of data"}
WHY = {
    "likely": "They look like one person, but not so surely that they are joined without being asked about.",
    "conflict": "Something says that they are one person, and something else that they are two.",
    "weak_link": "They were joined into one person, and this pair is the weakest of what holds it together.",
    "large_group": "They belong to a group that is too large to be one person.",
}
_OTHERS = " One of the two is asked about with somebody else as well: look at those rows together."
_BY_ITSELF = ", if there were nothing against it"
_POSTCODE = r"(?i)\b[a-z]{1,2}[0-9][a-z0-9]?\s*[0-9][a-z]{2}\s*$"
_HEADINGS = ("pair", "answer", "note", "why it is asked", "how likely one person", "alike", "different")
_LIKELY = ((0.95, "almost sure"), (0.8, "likely"), (0.5, "more likely than not"), (0.2, "rather not"))


@dataclass(frozen=True)
class Asked:
    """How many pairs are asked about now, and how many wait."""

    asked: int
    waiting: int


def write_open(
    places: Places,
    release: str,
    reviews: pl.DataFrame,
    records: pl.DataFrame,
    facets: pl.DataFrame,
    persons: pl.DataFrame,
    judgements: Judgements,
    keys: Keys,
    *,
    apart: pl.DataFrame,
    first: pl.Series,
) -> Asked:
    """Ask what linkage is unsure of: write data/identified/review/review.csv anew.

    `release`: the run. `reviews`: `record_id_a, record_id_b, probability, reason`. `records`: identified records.
    `facets`: of the same records. `persons`: `record_id, person`. `apart`: what linkage was given. `first`: persons
    (Int64) about whom it matters most. What somebody typed into the file and did not hand in stays in it where the pair
    is still open, and the whole of it is kept beside it.
    """
    still = open_pairs(reviews, records, facets, persons, judgements, keys, apart)
    matter = persons.filter(pl.col("person").is_in(first.unique().implode()))["record_id"]
    ranked = _ranked(still, matter).head(_MOST_KEPT)
    _remember(ranked, facets, judgements, release)
    _keep(places, _with_facts(ranked, records).with_columns(release=pl.lit(release)))
    asked = write_questions(places, judgements, typed_before(places, keep_as=f"before-{release}"))
    return Asked(asked.asked, asked.waiting + still.height - ranked.height)


def _ranked(pairs: pl.DataFrame, matter: pl.Series) -> pl.DataFrame:
    """The pairs, those that matter most first, and beside each the others that are about the same record.

    `matter`: record ids. Gives `others` as well: whether there are such.
    """
    ends = ("record_id_a", "record_id_b")
    times = pl.concat([pairs[end].alias("record_id") for end in ends]).value_counts(name="times")
    counted = pairs
    for end in ends:
        counted = counted.join(times.rename({"record_id": end, "times": f"times {end}"}), on=end, how="left")
    first_is_more = pl.col(f"times {ends[0]}") >= pl.col(f"times {ends[1]}")
    about = pl.when(first_is_more).then(ends[0]).otherwise(ends[1])
    touches = pl.any_horizontal(pl.col(end).is_in(matter.implode()) for end in ends)
    return (
        counted.with_columns(about=about, touches=touches)
        .with_columns(
            others=pl.len().over("about") > 1,
            any_touches=pl.col("touches").any().over("about"),
            best=pl.col("probability").max().over("about"),
        )
        .sort(
            ~pl.col("any_touches"),
            -pl.col("best"),
            "about",
            ~pl.col("touches"),
            -pl.col("probability"),
            "pair",
        )
        .select(*pairs.columns, "others")
    )


def _remember(pairs: pl.DataFrame, facets: pl.DataFrame, judgements: Judgements, run: str) -> None:
    """Keep by what both sides are known, so that an answer finds them again. Side a has the smaller record key."""
    sides = pl.concat(
        [
            pairs.select("pair", record_id=column).join(facets, on="record_id")
            for column in ("record_id_a", "record_id_b")
        ]
    ).with_columns(
        side=pl.when(pl.col("record_key") == pl.col("record_key").min().over("pair"))
        .then(pl.lit("a"))
        .otherwise(pl.lit("b"))
    )
    long = sides.unpivot(FACETS, index=["pair", "side"], variable_name="facet", value_name="hash").drop_nulls(
        "hash"
    )
    if not long.is_empty():
        judgements.ask(long, run)


def _with_facts(pairs: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """The pairs in their order, with the facts of both sides as text: `FACT 1`, `FACT 2`."""
    titles = {name: contract.title for name, contract in CONTRACTS.items()}
    facts = records.select(
        "record_id",
        pl.col("source").replace(titles).alias("extract"),
        *(
            (pl.col(name) if name in records.columns else pl.lit(None)).cast(pl.String).alias(name)
            for name in ("file", "row", *FACTS)
        ),
    )
    for number, column in ((1, "record_id_a"), (2, "record_id_b")):
        named = facts.rename({name: f"{name} {number}" for name in facts.columns if name != "record_id"})
        pairs = pairs.join(named, left_on=column, right_on="record_id", how="left", maintain_order="left")
    return pairs.drop("record_id_a", "record_id_b")


# The vault


def _file(places: Places) -> Path:
    return places.vault / "review" / "open.parquet"


def _keep(places: Places, questions: pl.DataFrame) -> None:
    file = _file(places)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = file.with_suffix(".part")
    aside.touch(mode=0o600)
    questions.write_parquet(aside)
    aside.replace(file)


def _kept(places: Places) -> pl.DataFrame | None:
    try:
        return pl.read_parquet(_file(places))
    except (FileNotFoundError, pl.exceptions.PolarsError):
        # Damaged or gone, the next run asks anew; answers are elsewhere.
        return None


# The file for people


def typed_before(places: Places, *, keep_as: str) -> dict[str, tuple[str, str]]:
    """What stands in review.csv by pair: answer and note. A file with anything typed in is kept as it is beside it."""
    file = places.review / FILE_NAME
    if not file.exists():
        return {}
    typed = read_typed(file)
    if typed is None or any(typed.values()):
        folder = places.review / "handed-in"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target, number = folder / f"{keep_as}.csv", 1
        while target.exists():
            number += 1
            target = folder / f"{keep_as}-{number}.csv"
        file.chmod(0o600)
        file.rename(target)
    return {pair: words for pair, words in (typed or {}).items() if any(words)}


def write_questions(places: Places, judgements: Judgements, typed: Mapping[str, tuple[str, str]]) -> Asked:
    """Write review.csv: the first of the open pairs that have no answer yet. `typed`: answer and note to carry over."""
    questions = _kept(places)
    if questions is None:
        return Asked(0, 0)
    unanswered = questions.join(judgements.judged(), on="pair", how="anti", maintain_order="left")
    asked = unanswered.head(MOST_ASKED)
    _write(places.review / FILE_NAME, asked, typed)
    return Asked(asked.height, unanswered.height - asked.height)


def _write(file: Path, questions: pl.DataFrame, typed: Mapping[str, tuple[str, str]]) -> None:
    both = {**_PLACES, **FACTS}
    facts = [f"{heading} ({number})" for heading in both.values() for number in (1, 2)]
    told = zip(questions.iter_rows(named=True), _folded(questions).iter_rows(named=True), strict=True)
    rows = [
        (
            row["pair"],
            *typed.get(row["pair"], ("", "")),
            WHY[row["reason"]] + (_OTHERS if row["others"] else ""),
            _in_words(row["probability"]) + (_BY_ITSELF if row["reason"] == "conflict" else ""),
            *_compared(plain),
            *(row[f"{name} {number}"] for name in both for number in (1, 2)),
        )
        for row, plain in told
    ]
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_sheet(file, [*_HEADINGS, *facts], rows)


def _in_words(probability: float | None) -> str:
    if probability is None:
        return "not known"
    return next((words for least, words in _LIKELY if probability >= least), "unlikely")


def _folded(questions: pl.DataFrame) -> pl.DataFrame:
    """The facts as they are compared: case, accents and signs do not count, nor a postcode after an address."""
    return questions.select(
        _plain(fact, pl.col(f"{fact} {number}")).alias(f"{fact} {number}")
        for fact in ("extract", *FACTS)
        for number in (1, 2)
    )


def _plain(fact: str, cell: pl.Expr) -> pl.Expr:
    if fact in ("forename", "surname", "also_known_as"):
        return letters(cell)
    if fact == "address":
        cell = cell.str.replace(_POSTCODE, "")
    return cell.str.to_lowercase().str.replace_all(r"[\s,.]+", "")


def _compared(plain: Mapping[str, str | None]) -> tuple[str, str]:
    """What is alike and what differs, of what both sides say."""
    alike: list[str] = []
    differs: list[str] = []
    for name, heading in FACTS.items():
        one, other = plain[f"{name} 1"], plain[f"{name} 2"]
        # Own numbers of different senders say nothing about one another.
        if one and other and (name != _OWN or plain["extract 1"] == plain["extract 2"]):
            (alike if one == other else differs).append(heading)
    return ", ".join(alike) or "nothing", ", ".join(differs) or "nothing"
