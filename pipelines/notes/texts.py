"""The free texts of a run, wherever a contract has one: whose they are, from when, and by whom."""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from pipelines.contracts import CONTRACTS, Contract, Kind, Part

_EPISODES = "family_episode"
# One row is one text. `text_id` numbers them from 0. `contract`, `column`, `file`, `row`: where it stands. `number`:
# the sender's own number of the record. `episode_ref`: the spell of help that it is about; none: not known. `day`: of
# the record. `worker`: number of who wrote it. Where one text was sent twice, it is here once.
TEXTS = pl.Schema(
    {
        "text_id": pl.Int64,
        "contract": pl.String,
        "column": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        "number": pl.String,
        "episode_ref": pl.String,
        "day": pl.Date,
        "worker": pl.String,
        "text": pl.String,
    }
)
_SAME = ("contract", "column", "number", "episode_ref", "day", "worker", "text")


def free_texts(
    good: Mapping[str, pl.DataFrame], readable: Collection[tuple[str, str]] | None = None
) -> pl.DataFrame:
    """The columns of TEXTS: every text that is not blank, in the order of contract, file, row and column.

    `good`: contract to its good rows (`row`, `file` and the contract's columns). `readable`: contract and column of
    those that may be read; all that the contracts call free text, where nothing is said.
    """
    parts = [
        _texts(CONTRACTS[name], column.name, frame)
        for name, frame in sorted(good.items())
        for column in CONTRACTS[name].columns
        if column.kind is Kind.FREE_TEXT and (readable is None or (name, column.name) in readable)
    ]
    every = pl.concat([TEXTS.to_frame().drop("text_id"), *parts])
    once = every.sort("contract", "file", "row", "column").unique(_SAME, keep="first", maintain_order=True)
    return once.with_row_index("text_id").cast({"text_id": pl.Int64})


def episode_column(contract: Contract) -> str | None:
    """The column in which a contract names the spell of help that a row is about; none: it names none."""
    if contract.name == _EPISODES:
        return contract.key
    named = (reference.column for reference in contract.references if reference.contract == _EPISODES)
    return next(named, None)


def _texts(contract: Contract, column: str, frame: pl.DataFrame) -> pl.DataFrame:
    births = {birth.name for birth in contract.parts(Part.DATE_OF_BIRTH)}
    days = [one.name for one in contract.columns if one.type == "date" and one.name not in births]
    workers = [one.name for one in contract.parts(Part.WORKER)]
    # Whatever is no word and no number says nothing.
    return frame.filter(pl.col(column).str.contains(r"[\p{L}\p{N}]")).select(
        contract=pl.lit(contract.name),
        column=pl.lit(column),
        file="file",
        row=pl.col("row").cast(pl.Int64),
        number=_first([contract.key] if contract.key else [], pl.String),
        episode_ref=_first([episode_column(contract)], pl.String),
        day=_first(days, pl.Date),
        worker=_first(workers, pl.String),
        text=pl.col(column),
    )


def _first(columns: Sequence[str | None], dtype: type[pl.DataType]) -> pl.Expr:
    name = columns[0] if columns else None
    return pl.col(name) if name else pl.lit(None, dtype)
