"""Which records are about one person: first what is certain, then what is likely, and nothing that cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from pipelines.grouping import Groups
from pipelines.linkage.blind import blind_pairs
from pipelines.linkage.blocking import candidate_pairs
from pipelines.linkage.certain import JUDGED, OWN, SINGLE, Certain, find_certain
from pipelines.linkage.clustering import Clustering, Clusters, Edge
from pipelines.linkage.deciding import ASK, JOIN, decide
from pipelines.linkage.describing import NUMBERS, SAID, described
from pipelines.linkage.faces import make_faces
from pipelines.linkage.model import SHIPPED_MODEL, Model, read_model, train, weigh
from pipelines.linkage.people import Face
from pipelines.linkage.placeholders import without_placeholders
from pipelines.linkage.settings import LinkageSettings, read_linkage_settings

APART = {"group": pl.String, "side": pl.String, "record_id": pl.String}
TOGETHER = {"group": pl.String, "record_id": pl.String}
_SEED = 3
# So many records of one person are a fault of an export, more likely than a life.
_MANY_RECORDS = 500
REVIEWS = {"record_id_a": pl.String, "record_id_b": pl.String, "probability": pl.Float64, "reason": pl.String}


@dataclass(frozen=True)
class Linked:
    """What linkage found.

    `persons`: `record_id, person` (Int64, of meaning within this call only), a row for every record, and `how` it was
    joined to a record of another source: judged, number, name (with birth and place), likely, or alone. `reviews`:
    columns of REVIEWS: pairs that a person should judge. `blind`: `record_id_a, record_id_b, found`: pairs that a
    number makes certain, and whether they would have been joined without it. `model`: what likely pairs were weighed
    by. `warnings`: what was odd about the records, in plain words.
    """

    persons: pl.DataFrame
    reviews: pl.DataFrame
    model: Model
    blind: pl.DataFrame
    warnings: tuple[str, ...] = ()


def link(
    records: pl.DataFrame,
    *,
    apart: pl.DataFrame | None = None,
    together: pl.DataFrame | None = None,
    model: Model | None = None,
    settings: LinkageSettings | None = None,
) -> pl.DataFrame:
    """Give every record its person: `record_id, person` (Int64, opaque, of meaning within this call only).

    As `link_all`, without the rest of what it finds.
    """
    return link_all(records, apart=apart, together=together, model=model, settings=settings).persons.select(
        "record_id", "person"
    )


def link_all(
    records: pl.DataFrame,
    *,
    apart: pl.DataFrame | None = None,
    together: pl.DataFrame | None = None,
    model: Model | None = None,
    settings: LinkageSettings | None = None,
) -> Linked:
    """Find out which records are about one person.

    `records`: identified records of any number of sources, with `record_id` (unique) and any of `source, own_key,
    forename, surname, also_known_as, date_of_birth, sex, postcode, address, uprn, nhs_number, upn, nino, pnc_id`, each
    nullable. `apart`: `group, side` (a or b), `record_id`: records of different sides of one group are two people,
    above all evidence. `together`: `group, record_id`: records that somebody judged to be one person. `model`: as
    trained before; otherwise it is trained on the records, or is the shipped one where they are few. The same records
    give the same persons. Raises ValueError where two records share a `record_id`.
    """
    if records["record_id"].is_duplicated().any() or records["record_id"].has_nulls():
        raise ValueError("record_id: every record must have one of its own.")
    settings = settings or read_linkage_settings()
    apart = apart if apart is not None else pl.DataFrame(schema=APART)
    together = together if together is not None else pl.DataFrame(schema=TOGETHER)
    compared, odd = without_placeholders(described(records))
    compared = (
        compared.join(_judged(together), on="record_id", how="left")
        .join(_sides(apart), on="record_id", how="left")
        .with_columns(alone=_says_too_little())
    )
    columns = [name for name in compared.columns if name != "record_id"]
    # In an order of their own, so that the order of the records makes no difference.
    descriptions = (
        compared.select(columns)
        .unique(maintain_order=True)
        .sort(pl.struct(columns).hash(_SEED), maintain_order=True)
        .with_row_index("description")
    )
    numbered = compared.join(
        descriptions, on=columns, how="left", nulls_equal=True, maintain_order="left"
    ).select("record_id", "description")
    del compared
    kept_apart = apart.join(numbered, on="record_id").select("group", "side", "description").unique()
    certain = find_certain(descriptions, kept_apart, settings.largest_person, settings.forms)
    del descriptions
    faces = make_faces(certain.descriptions, settings.forms)
    pairs = candidate_pairs(faces, settings.largest_block)
    model = model or _model(faces, settings)
    verdicts = decide(weigh(faces, pairs.pairs, model, settings.ask_from), settings)
    clusters = _clusters(certain, faces, verdicts, kept_apart, settings)
    linked = _linked(numbered, certain, faces, clusters, verdicts, apart, model, settings)
    crowds = _crowd_warnings(pairs.crowded, clusters, linked.persons, settings)
    return replace(linked, warnings=(*odd, *crowds))


def _says_too_little() -> pl.Expr:
    """The record's own id where nothing in it tells one person: two records that say the same are not one for that."""
    named = pl.col("forename").is_not_null() & pl.col("surname").is_not_null()
    placed = (
        pl.col("home").is_not_null()
        | pl.col("uprn").is_not_null()
        | (pl.col("postcode").is_not_null() & (pl.col("forename").str.len_chars() > 1))
    )
    numbered = pl.any_horizontal(pl.col(name).is_not_null() for name in ("own_key", *NUMBERS))
    # The first of January is what stands where nobody knows the day.
    dated = pl.col("born").is_not_null() & ~pl.col("born").str.ends_with("0101")
    tells = numbered | (named & (placed | dated))
    return pl.when(~tells.fill_null(False)).then("record_id")


def _sides(apart: pl.DataFrame) -> pl.DataFrame:
    """`record_id`, `sides`: on which sides it is, so that records that say the same are still two, kept apart."""
    named = apart.select("record_id", side=pl.concat_str("group", "side", separator="|"))
    return named.group_by("record_id").agg(sides=pl.col("side").unique().sort().str.join("|"))


def _judged(together: pl.DataFrame) -> pl.DataFrame:
    """`record_id`, and in `judged` one name for all groups that hang together."""
    groups = Groups()
    for names in together.group_by("record_id").agg("group")["group"].to_list():
        for name in names[1:]:
            groups.join(names[0], name)
    named = {group: groups.lead(group) for group in together["group"].unique().to_list()}
    return together.select(
        "record_id", pl.col("group").replace_strict(named, return_dtype=pl.String).alias(JUDGED)
    ).unique("record_id", keep="first", maintain_order=True)


def _model(faces: pl.DataFrame, settings: LinkageSettings) -> Model:
    if settings.model:
        return read_model(settings.model)
    if faces.height < settings.fewest_training_records:
        return read_model(SHIPPED_MODEL)
    return train(faces, settings.most_training_pairs)


def _clusters(
    certain: Certain,
    faces: pl.DataFrame,
    verdicts: pl.DataFrame,
    apart: pl.DataFrame,
    settings: LinkageSettings,
) -> Clusters:
    """Join entities by the pairs that are one person, and by what would have joined those taken apart."""
    likely = verdicts.filter(pl.col("verdict") == JOIN)
    likely = likely.select(
        left=faces["entity"].gather(likely["left"]),
        right=faces["entity"].gather(likely["right"]),
        weight="weight",
        probability="probability",
        weak="weak",
        how=pl.lit("likely"),
        left_face="left",
        right_face="right",
    )
    first_face = (
        dict(faces.group_by("entity").agg(pl.col("face").min()).iter_rows()) if certain.edges.height else {}
    )
    told = certain.edges.select(
        "left",
        "right",
        "weight",
        probability=pl.lit(1.0),
        weak=pl.lit(False),
        how="how",
        left_face=pl.col("left").replace_strict(first_face, return_dtype=pl.UInt32),
        right_face=pl.col("right").replace_strict(first_face, return_dtype=pl.UInt32),
    )
    swapped = pl.col("left") > pl.col("right")
    best = (
        pl.concat([told, likely])
        .with_columns(
            pl.when(swapped).then(second).otherwise(first).alias(first)
            for first, second in (
                ("left", "right"),
                ("right", "left"),
                ("left_face", "right_face"),
                ("right_face", "left_face"),
            )
        )
        .sort(
            "weak",
            "weight",
            "left",
            "right",
            "left_face",
            "right_face",
            descending=[False, True, *[False] * 4],
        )
        .unique(["left", "right"], keep="first", maintain_order=True)
    )
    edges = [Edge(*row) for row in best.iter_rows()]
    known = pl.concat([best["left"], best["right"]]).unique().implode()
    return Clustering(
        edges,
        _faces_by_entity(faces.filter(pl.col("entity").is_in(known))),
        _numbers_by_entity(certain.descriptions.filter(pl.col("entity").is_in(known))),
        _apart_by_entity(certain.descriptions, apart),
        settings,
    ).run()


def _faces_by_entity(faces: pl.DataFrame) -> dict[int, list[Face]]:
    found: dict[int, list[Face]] = {}
    columns = faces.select("entity", "forename", "first", "surname", "other", pl.col("born").cast(pl.Int64))
    columns = columns.unique(maintain_order=True)
    for entity, *said in columns.iter_rows():
        found.setdefault(entity, []).append(Face(*said))
    return found


def _numbers_by_entity(descriptions: pl.DataFrame) -> dict[int, dict[str, set[str]]]:
    found: dict[int, dict[str, set[str]]] = {}
    for single in SINGLE:
        for entity, number in descriptions.select("entity", single).drop_nulls().unique().iter_rows():
            found.setdefault(entity, {}).setdefault(single, set()).add(number)
    own = descriptions.select("entity", pl.concat_str(pl.lit(OWN), "source"), "own_key").drop_nulls().unique()
    for entity, source, number in own.iter_rows():
        found.setdefault(entity, {}).setdefault(source, set()).add(number)
    return found


def _apart_by_entity(descriptions: pl.DataFrame, apart: pl.DataFrame) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    sides = apart.join(descriptions.select("description", "entity"), on="description")
    for entity, group, side in sides.select("entity", "group", "side").iter_rows():
        found.setdefault(entity, set()).add((group, side))
    return found


def _linked(
    numbered: pl.DataFrame,
    certain: Certain,
    faces: pl.DataFrame,
    clusters: Clusters,
    verdicts: pl.DataFrame,
    apart: pl.DataFrame,
    model: Model,
    settings: LinkageSettings,
) -> Linked:
    joined = pl.DataFrame(
        {"entity": list(clusters.person), "person": list(clusters.person.values())},
        schema={"entity": pl.UInt32, "person": pl.UInt32},
    )
    joined = joined.with_columns(alone=pl.len().over("person") == 1)
    entities = certain.descriptions.select("description", "entity", "how").join(
        joined, on="entity", how="left"
    )
    likely = pl.when(~pl.col("alone")).then(pl.lit("likely"))
    known = entities.select(
        "description",
        person=pl.coalesce("person", "entity").cast(pl.Int64),
        how=pl.coalesce("how", likely, pl.lit("alone")),
    )
    persons = numbered.join(known, on="description", how="left", maintain_order="left")
    reviews = _reviews(persons, certain, faces, clusters, verdicts, apart)
    blind = _by_record(blind_pairs(certain.descriptions, model, settings, faces.height), numbered)
    return Linked(persons.select("record_id", "person", "how"), reviews, model, blind)


def _by_record(blind: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    first = numbered.group_by("description").agg(pl.col("record_id").min())
    return (
        blind.join(first.rename({"record_id": "record_id_a"}), left_on="left", right_on="description")
        .join(first.rename({"record_id": "record_id_b"}), left_on="right", right_on="description")
        .select("record_id_a", "record_id_b", "found")
        .sort("record_id_a", "record_id_b")
    )


def _reviews(
    persons: pl.DataFrame,
    certain: Certain,
    faces: pl.DataFrame,
    clusters: Clusters,
    verdicts: pl.DataFrame,
    apart: pl.DataFrame,
) -> pl.DataFrame:
    """What somebody should judge: one pair of records for each two persons that may be one, the likeliest first.

    Nobody is asked about two whom a judgement or an exclusion keeps apart.
    """
    schema = {"left": pl.UInt32, "right": pl.UInt32, "probability": pl.Float64, "reason": pl.String}
    refused = pl.DataFrame(clusters.asked, schema=schema, orient="row")
    unsure = verdicts.filter(pl.col("verdict") == ASK).select(
        "left", "right", "probability", reason=pl.lit("likely")
    )
    asked = pl.concat([refused, unsure.cast(pl.Schema(schema))])
    records = persons.group_by("description").agg(pl.col("record_id").min(), pl.col("person").first())
    said = certain.descriptions.group_by("entity", *SAID).agg(pl.col("description").min())
    of_face = (
        faces.select("face", "entity", *SAID)
        .join(said, on=["entity", *SAID], nulls_equal=True)
        .join(records, on="description")
        .select("face", "record_id", "person")
    )
    both = asked.join(of_face, left_on="left", right_on="face").join(
        of_face, left_on="right", right_on="face", suffix="_b"
    )
    sides = apart.join(persons.select("record_id", "person"), on="record_id").select(
        "group", "side", "person"
    )
    decided = (
        sides.filter(pl.col("side") == "a")
        .join(sides.filter(pl.col("side") == "b"), on="group", suffix="_b")
        .select(**_TWO)
        .unique()
    )
    return (
        both.filter(pl.col("person") != pl.col("person_b"))
        .with_columns(**_TWO)
        .join(decided, on=list(_TWO), how="anti")
        .sort("probability", "record_id", "record_id_b", descending=[True, False, False])
        .unique(["low", "high"], keep="first", maintain_order=True)
        .select(
            record_id_a="record_id", record_id_b="record_id_b", probability="probability", reason="reason"
        )
    )


# Two persons, in whatever order.
_TWO = {
    "low": pl.min_horizontal("person", "person_b"),
    "high": pl.max_horizontal("person", "person_b"),
}
_SHARED = {
    "word and birth": "names and dates of birth",
    "word and postcode": "names at a postcode",
    "root and postcode": "names at a postcode",
    "names and year": "whole names",
    "names and day": "whole names",
    "birth and postcode": "dates of birth at a postcode",
    "initial and home": "homes",
}


def _crowd_warnings(
    crowded: Mapping[str, int], clusters: Clusters, persons: pl.DataFrame, settings: LinkageSettings
) -> tuple[str, ...]:
    words = []
    for what in dict.fromkeys(_SHARED[rule] for rule in crowded):
        count = max(number for rule, number in crowded.items() if _SHARED[rule] == what)
        words.append(
            f"{count} {what} stand in more than {settings.largest_block} descriptions each: records were not "
            "compared by these alone. Is a column filled with one value?"
        )
    if clusters.refused_for_size:
        words.append(
            f"{clusters.refused_for_size} joins would have made a person of more than {settings.largest_person} "
            "different descriptions; they were left apart, and are asked in clerical review"
        )
    if clusters.torn:
        words.append(
            f"{clusters.torn} descriptions could be of either of two people whom a list or an answer keeps apart; they "
            "were joined with neither"
        )
    many = persons["person"].unique_counts()
    if (many > _MANY_RECORDS).any():
        words.append(
            f"{(many > _MANY_RECORDS).sum()} persons have more than {_MANY_RECORDS} records, one of them "
            f"{many.sort()[-1]}. Was a row written over and over, or does everybody there go by one number?"
        )
    return tuple(words)
