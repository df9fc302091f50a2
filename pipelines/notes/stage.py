"""The stage: texts and who is known for each in; themes, redacted texts and where identities stood out. No reading or
writing inside; of a text nothing is kept but what the policy says."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import polars as pl

from pipelines.keys import Keys, Purpose
from pipelines.notes.gathering import Gathered
from pipelines.notes.known import Known
from pipelines.notes.settings import Keep
from pipelines.notes.spans import Kind
from pipelines.notes.themes import ThemeFinder

if TYPE_CHECKING:
    from pipelines.notes.redactor import Redacted

# One row is one theme of one text.
THEMES = pl.Schema({"episode_ref": pl.String, "month": pl.String, "theme": pl.String})
# One row is one redacted text. `note`: its token.
REDACTED = pl.Schema(
    {"episode_ref": pl.String, "extract": pl.String, "month": pl.String, "note": pl.String, "text": pl.String}
)
# One row is one stretch of a text that was taken out: in characters of the text as it was read, never the text itself.
SPANS = pl.Schema(
    {
        "note": pl.String,
        "contract": pl.String,
        "column": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        "start": pl.Int64,
        "end": pl.Int64,
        "kind": pl.String,
        "rule": pl.String,
        "score": pl.Float64,
    }
)
# `extract`, how many texts were received and read, and why the others were destroyed unread or with what was in them.
COUNTED = pl.Schema(
    {
        "extract": pl.String,
        "texts": pl.Int64,
        "nameless": pl.Int64,
        "unsafe": pl.Int64,
    }
)
_NUMBERED_SPANS = pl.Schema(
    {
        "text_id": pl.Int64(),
        "start": pl.Int32(),
        "end": pl.Int32(),
        "kind": pl.Enum([kind.value for kind in Kind]),
        "rule": pl.Categorical(),
        "score": pl.Float32(),
    }
)
# Spans become a frame so many texts at a time: a frame takes a tenth of the room that objects do.
_TEXTS_AT_A_TIME = 4_096


class Redacts(Protocol):
    """What takes identities out of texts (pipelines.notes.Redactor)."""

    def stream(self, pairs: Iterable[tuple[str, Known | None]]) -> Iterator["Redacted"]:
        """Each text without its identities, in order, given with what is known for it."""


@dataclass(frozen=True)
class ReadTexts:
    """What a run made of its texts: the columns of THEMES, REDACTED, SPANS and COUNTED, and how many spans of each
    kind there were."""

    themes: pl.DataFrame = field(repr=False)
    redacted: pl.DataFrame = field(repr=False)
    spans: pl.DataFrame = field(repr=False)
    counted: pl.DataFrame
    kinds: dict[str, int]


def read_texts(
    texts: pl.DataFrame, gathered: Gathered, redactor: Redacts, finder: ThemeFinder, keep: Keep, keys: Keys
) -> ReadTexts:
    """Redact every text, find its themes in what is left, and keep what `keep` says.

    `texts`: columns of texts.TEXTS. A text about a family of whom nobody has a name of use is destroyed unread, for
    nobody could be found in it, and so is one about no family known; one in which something was found after all is
    destroyed with its themes.
    """
    placed = texts.join(gathered.episodes, on="episode_ref", how="left", maintain_order="left").sort(
        "case", "text_id", nulls_last=True
    )
    asked: deque[int] = deque()
    kept = _Kept(keep)
    answers = redactor.stream(_asked(placed, gathered, asked))
    for number, answer in _numbered(answers, asked):
        themes = finder.find(answer.text) if answer.text is not None else []
        kept.add(number, answer, themes)
    return _gathered_up(placed, kept, keys)


def _asked(placed: pl.DataFrame, gathered: Gathered, asked: deque[int]) -> Iterator[tuple[str, Known | None]]:
    """The texts that can be read, case by case, each with what is known for it; `asked` learns their numbers."""
    about = placed.drop_nulls("case")
    cases = about["case"].unique(maintain_order=True).to_list()
    sizes = dict(about.group_by("case").len().iter_rows())
    rows = iter(zip(about["text_id"].to_list(), about["text"], strict=True))
    for case, known, has_names in gathered.known(cases):
        for _ in range(sizes[case]):
            number, text = next(rows)
            if has_names:
                asked.append(number)
                yield text, known


def _numbered(answers: Iterator["Redacted"], asked: deque[int]) -> Iterator[tuple[int, "Redacted"]]:
    for answer in answers:
        yield asked.popleft(), answer


class _Kept:
    """What comes of texts, as it comes."""

    def __init__(self, keep: Keep) -> None:
        self.read: list[int] = []
        self.unsafe: list[int] = []
        self.themes: list[tuple[int, str]] = []
        self.texts: list[tuple[int, str]] = []
        self._keeps_texts = keep is Keep.REDACTED
        self._spans: list[tuple[int, int, int, str, str, float]] = []
        self._frames: list[pl.DataFrame] = []

    def add(self, number: int, answer: "Redacted", themes: Sequence[str]) -> None:
        self.read.append(number)
        self._spans += [
            (number, span.start, span.end, span.kind.value, span.rule, span.score) for span in answer.spans
        ]
        if answer.text is None:
            self.unsafe.append(number)
        elif self._keeps_texts:
            self.texts.append((number, answer.text))
        self.themes += [(number, theme) for theme in themes]
        if len(self.read) % _TEXTS_AT_A_TIME == 0:
            self._turn()

    def spans(self) -> pl.DataFrame:
        """`text_id` and what SPANS says of each."""
        self._turn()
        return pl.concat(self._frames)

    def _turn(self) -> None:
        self._frames.append(pl.DataFrame(self._spans, schema=_NUMBERED_SPANS, orient="row"))
        self._spans = []


def _gathered_up(placed: pl.DataFrame, kept: _Kept, keys: Keys) -> ReadTexts:
    of_text = placed.drop("text", "case").with_columns(pl.col("day").dt.strftime("%Y-%m").alias("month"))
    spans = kept.spans()
    kinds = spans.group_by(pl.col("kind").cast(pl.String)).len().sort("kind")
    themes = pl.DataFrame(kept.themes, schema={"text_id": pl.Int64, "theme": pl.String}, orient="row")
    texts = pl.DataFrame(kept.texts, schema={"text_id": pl.Int64, "text": pl.String}, orient="row")
    return ReadTexts(
        themes=themes.join(of_text, on="text_id")
        .select(THEMES.names())
        .sort(THEMES.names(), nulls_last=True),
        redacted=texts.join(_named("text", of_text, keys), on="text_id")
        .select(*REDACTED.names()[:1], pl.col("contract").alias("extract"), *REDACTED.names()[2:])
        .sort("note"),
        # Under a token of their own: only who has the key can tell which redacted text they are of.
        spans=spans.join(_named("spans", of_text, keys), on="text_id")
        .select(SPANS.names())
        .cast(SPANS)
        .sort("contract", "file", "row", "column", "start"),
        counted=_counted(of_text, kept),
        kinds=dict(kinds.iter_rows()),
    )


def _named(what: str, of_text: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """`of_text` with `note`: a token of the sender's number of the record, or else of where the text stands; two
    records of one number are told apart by their order. `what`: what the token is for; tokens for one thing tell
    nothing of those for another."""
    number = pl.coalesce("number", pl.concat_str("file", "row", separator=":"))
    place = pl.concat_str(pl.lit(what), "contract", "column", number, separator="|")
    again = pl.col("place").cum_count().over("place")
    keyed = (
        of_text.sort("text_id")
        .select("text_id", place=place)
        .select("text_id", key=pl.concat_str("place", again, separator="|"))
    )
    tokens = keys.tokens(Purpose.NOTE, keyed["key"])
    return of_text.join(keyed.join(tokens, on="key").select("text_id", note="token"), on="text_id")


def _counted(of_text: pl.DataFrame, kept: _Kept) -> pl.DataFrame:
    read, unsafe = (pl.Series(numbers, dtype=pl.Int64) for numbers in (kept.read, kept.unsafe))
    number = pl.col("text_id")
    return (
        of_text.group_by(extract="contract")
        .agg(
            texts=pl.len(),
            nameless=(~number.is_in(read.implode())).sum(),
            unsafe=number.is_in(unsafe.implode()).sum(),
        )
        .cast(COUNTED)
        .sort("extract")
    )
