"""What can be claimed for once: opaque tokens, by which alone the ledger knows claims."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from ledger import Standing
from outcomes import Framework
from pipelines.keys import Keys, Purpose
from pipelines.running.frameworks import fund_of

# The live claims of the ledger. `slot`: one of those that a claim holds; `own`: whether it is the claim's own, not its
# fund's.
LIVE = pl.Schema(
    {
        "slot": pl.String,
        "own": pl.Boolean,
        "number": pl.Int64,
        "step": pl.String,
        "evidence": pl.String,
        "live_kind": pl.String,
        "live_date": pl.Date,
    }
)
# The steps after which the money has been asked for: nothing more is to be claimed on the slot.
ASKED_FOR = ("submitted", "paid")
_SLOTS = ("slot", "fund_slot")
# No two parts of what a token is made of may run together.
_BETWEEN = "\x1f"


def live_claims(standings: Iterable[Standing]) -> pl.DataFrame:
    """The live claims of the ledger as a frame (columns of LIVE), a row a claim and slot."""
    rows = [
        (slot, slot == one.slots[0], one.number, str(one.step), one.evidence, one.kind, one.claim_date)
        for one in standings
        for slot in one.slots
    ]
    return pl.DataFrame(rows, schema=LIVE, orient="row").sort("slot")


def with_slots(
    units: pl.DataFrame,
    framework: Framework,
    references: pl.DataFrame,
    keys: Keys,
    live: pl.DataFrame,
    merged: pl.DataFrame,
) -> pl.DataFrame:
    """`units` (`episode, family, kind, person`, pseudonyms) with `slot` and `fund_slot`.

    `slot`: what can be claimed for once under the framework: the family, where one claim is all that it is worth; else
    the kind of claim (or the set of which one may be claimed) and the person, in whichever episode or family, or the
    episode where the claim is about no one person. `fund_slot`: what can be paid for once out of the framework's fund:
    the episode, or kind and person, or kind and episode.

    The tokens are made under the key that never rotates, over what outlasts a rotation: the register's keys and the
    case system's numbers of episodes (`references`: `kind, pseudonym, reference, key`), so that a claim bars another
    for as long as it lives. Whom the register does not know goes by the pseudonym. Where two families, or two people,
    turned out to be one (`merged`: `key, present`), the slot is that of the one who has a live claim (`live`: columns
    of LIVE), so that nobody is claimed for again by another key.
    """
    frame = units.with_row_index("unit").with_columns(
        what=pl.col("kind").replace_strict(
            {
                kind.code: f"set {kind.one_of}" if kind.one_of else f"kind {kind.code}"
                for kind in framework.claims
            },
            return_dtype=pl.String,
        )
    )
    for column in ("family", "episode", "person"):
        known = _lasting(references, column)
        frame = frame.join(known, on=column, how="left", maintain_order="left").with_columns(
            pl.coalesce(f"lasting_{column}", column, pl.lit(""))
        )
    found = _tokens(frame, framework, keys)
    before = _tokens(_by_former_keys(frame, merged), framework, keys)
    order = live.filter("own").with_columns(entered=~pl.col("step").is_in(ASKED_FOR))
    taken = (
        pl.concat([found, before])
        .with_columns(former=pl.int_range(pl.len()) >= found.height)
        .join(order, on="slot")
        .sort("unit", "entered", "former", "number")
        .unique("unit", keep="first", maintain_order=True)
        .filter("former")
        .select("unit", claimed_slot="slot", claimed_fund_slot="fund_slot")
    )
    return (
        found.join(taken, on="unit", how="left", maintain_order="left")
        .with_columns(pl.coalesce(f"claimed_{name}", name).alias(name) for name in _SLOTS)
        .select(*units.columns, *_SLOTS)
    )


def _tokens(frame: pl.DataFrame, framework: Framework, keys: Keys) -> pl.DataFrame:
    """`frame` (`what, lasting_family, lasting_episode, lasting_person`) with the tokens made of these."""
    # What the case system calls an episode may be any text, and stands last.
    unit = ("what", "lasting_person", "of_episode")
    once = framework.payment.one_claim_per_family
    frame = frame.with_columns(
        of_episode=pl.when(pl.col("person").is_null()).then("lasting_episode").otherwise(pl.lit(""))
    )
    made_of: dict[str, tuple[str, ...]] = {
        "slot": ("lasting_family",) if once else unit,
        "fund_slot": ("lasting_episode",) if once else unit,
    }
    whose = {"slot": f"framework {framework.id}", "fund_slot": f"fund {fund_of(framework)}"}
    for name, parts in made_of.items():
        texts = frame.select(pl.concat_str(pl.lit(whose[name]), *parts, separator=_BETWEEN)).to_series()
        tokens = keys.lasting_tokens(Purpose.CLAIM_SLOT, texts).rename({"key": "text", "token": name})
        frame = (
            frame.with_columns(text=texts)
            .join(tokens, on="text", how="left", maintain_order="left")
            .drop("text")
        )
    return frame


def _by_former_keys(frame: pl.DataFrame, merged: pl.DataFrame) -> pl.DataFrame:
    """The units of whom a key was merged into another, once for each such key: by it."""
    parts = [
        frame.join(merged, left_on=f"lasting_{column}", right_on="present")
        .with_columns(pl.col("key").alias(f"lasting_{column}"))
        .drop("key")
        for column in ("family", "person")
    ]
    return pl.concat(parts)


def _lasting(references: pl.DataFrame, column: str) -> pl.DataFrame:
    """`column` (pseudonyms) and `lasting_…`: what outlasts a rotation of keys."""
    key = pl.col("reference") if column == "episode" else pl.col("key")
    named = references.filter(pl.col("kind") == column).select(
        pl.col("pseudonym").alias(column), key.alias(f"lasting_{column}")
    )
    return named.sort(f"lasting_{column}").unique(column, keep="first", maintain_order=True)


def claims_made(units: pl.DataFrame, live: pl.DataFrame, framework: Framework, as_of: date) -> pl.DataFrame:
    """What the ledger knows to have been claimed under `framework`, as rows of the frame `earlier_claim`.

    `units`: with slots. `live`: claims that were asked for or paid (columns of LIVE). A claim counts as made on its own
    claim date, and not after the as-of date: when somebody typed it in is no fact of the case.
    """
    made = units.join(live.filter("own"), on="slot").select(
        "family",
        pl.lit(framework.id).alias("framework"),
        pl.min_horizontal("live_date", pl.lit(as_of)).alias("claimed_on"),
        pl.col("live_kind").alias("kind"),
        "person",
        "episode",
        is_it=pl.col("kind") == pl.col("live_kind"),
    )
    if framework.payment.one_claim_per_family:
        # Of which episode it was the ledger does not know: it bars all of them.
        blank = (pl.lit(None, pl.String).alias(name) for name in ("kind", "person", "episode"))
        return made.drop("is_it").with_columns(blank).unique().sort("family", "claimed_on")
    of_no_person = pl.when(pl.col("person").is_null()).then("episode")
    own = made.filter("is_it").drop("is_it").with_columns(episode=of_no_person)
    return own.unique().sort("family", "episode", "kind", "person")
