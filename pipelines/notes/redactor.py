"""Takes identities out of texts: known ones, patterns, and names that nobody told us of."""

import gc
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.notes.audit import Audit
from pipelines.notes.engine import Engine
from pipelines.notes.errors import RedactionError
from pipelines.notes.executors import Executor, run_all
from pipelines.notes.folding import folded
from pipelines.notes.forms import Forms
from pipelines.notes.known import NOBODY, Known
from pipelines.notes.matching import KnownRecognizer
from pipelines.notes.names import UnknownNames
from pipelines.notes.spans import Kind, Span, merged

_BATCH = 128
_LIKE_A_TOKEN = re.compile(r"\[([A-Z_]+(?:_[0-9a-f]+)?)\]")
# Families whose recognisers are kept: notes come family by family.
_REMEMBERED = 32


@dataclass(frozen=True)
class Redacted:
    """A text without its identities, and where they stood, in order and none over another.

    `text` is None where the leak audit found something still: such a text goes.
    """

    text: str | None
    spans: tuple[Span, ...]

    def __repr__(self) -> str:
        return f"Redacted({len(self.spans)} spans)"


class Redactor:
    """Finds identities in texts and puts role tokens in their place. It can be pickled.

    `everywhere`: what is known of every text, such as the workers of the council. `names`: finds people of whom nobody
    told us. `executor` and `workers`: where it is done (see `executors`).

    For each text: known identities and patterns in one pass of Presidio's engine without a language model; then names,
    with the model only on sentences that may still hold one; all that was found is merged and replaced; what is left is
    searched once more. Somebody known is replaced by their token, as `[CHILD_3fa94c]`, the same in every text; others
    by `[PERSON_1]`, the same within a text; anything else by its kind, as `[ADDRESS]`.
    """

    def __init__(
        self,
        *,
        forms: Forms | None = None,
        everywhere: Known = NOBODY,
        names: UnknownNames | None = None,
        executor: Executor | str = Executor.INLINE,
        workers: int | None = None,
    ) -> None:
        self.forms = forms or Forms()
        self.everywhere = everywhere
        self.names = names or UnknownNames()
        self.executor = Executor(executor)
        self.workers = workers
        self._made: _Made | None = None

    def __repr__(self) -> str:
        return "Redactor(…)"

    def __getstate__(self) -> dict[str, Any]:
        """Without what each process makes for itself."""
        return {**self.__dict__, "_made": None}

    def redact(
        self, texts: Sequence[str], known: Known | Sequence[Known | None] | None = None
    ) -> list[Redacted]:
        """Each text without its identities, in order. `known`: of each text, or of all of them.

        Raises ValueError where there are not as many of `known` as of `texts`, and RedactionError, which holds no text,
        where a text could not be worked on.
        """
        if known is None or isinstance(known, Known):
            return list(self.stream((text, known) for text in texts))
        if len(known) not in (0, len(texts)):
            raise ValueError("give what is known of each text, of all of them, or nothing")
        return list(self.stream(zip(texts, known or [None] * len(texts), strict=True)))

    def stream(self, pairs: Iterable[tuple[str, Known | None]]) -> Iterator[Redacted]:
        """The like for any number of texts, each with what is known of it, a few at a time."""
        for batch in run_all(self._batch, _batches(pairs), self.executor, self.workers):
            yield from batch

    def _batch(self, pairs: Sequence[tuple[str, Known | None]]) -> list[Redacted]:
        if self._made is None:
            self._made = _Made(self.forms, self.everywhere)
        try:
            with _uninterrupted():
                return self._worked_on(pairs, self._made)
        except Exception as error:
            # Whatever it says may hold what it was about.
            raise RedactionError(_where(error)) from None

    def _worked_on(self, pairs: Sequence[tuple[str, Known | None]], made: "_Made") -> list[Redacted]:
        texts = [text for text, _known in pairs]
        readers = [made.reader(known or NOBODY) for _text, known in pairs]
        found = [
            merged(made.engine.find(text, (reader.recognizer, *made.everywhere)))
            for text, reader in zip(texts, readers, strict=True)
        ]
        others = self.names.find(texts, found)
        out = []
        for text, reader, first, second in zip(texts, readers, found, others, strict=True):
            spans = merged([*first, *second])
            left = _left(text, spans)
            redacted = None if reader.audit.finds(left) else _replaced(text, spans, left)
            out.append(Redacted(redacted, tuple(spans)))
        return out


@dataclass(frozen=True)
class _Reader:
    recognizer: KnownRecognizer
    audit: Audit


class _Made:
    """What a process makes once: the engine, and readers for the families whose texts come."""

    def __init__(self, forms: Forms, everywhere: Known) -> None:
        self.engine = Engine()
        self.everywhere = (
            (KnownRecognizer(everywhere, forms),) if everywhere.people or everywhere.values else ()
        )
        self._forms = forms
        self._readers: dict[int, tuple[Known, _Reader]] = {}

    def reader(self, known: Known) -> _Reader:
        # By the object, not by its content: to compare contents would take longer than to make a reader. The object is
        # kept with it, so that no other can have its number meanwhile.
        kept = self._readers.get(id(known))
        if kept is None:
            if len(self._readers) >= _REMEMBERED:
                del self._readers[next(iter(self._readers))]
            kept = known, _Reader(KnownRecognizer(known, self._forms), Audit(known))
            self._readers[id(known)] = kept
        return kept[1]


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Without looks for garbage: words and readers live as long as their batch, and each look goes through all lists
    and models that a process holds, a fifth of the time that texts take."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _batches(pairs: Iterable[tuple[str, Known | None]]) -> Iterator[list[tuple[str, Known | None]]]:
    left = iter(pairs)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _left(text: str, spans: Sequence[Span]) -> list[str]:
    """What stands before, between and behind the spans."""
    ends = [0, *(span.end for span in spans)]
    starts = [*(span.start for span in spans), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]


def _replaced(text: str, spans: Sequence[Span], left: Sequence[str]) -> str:
    others: dict[str, int] = {}
    tokens = [*(_token(text, span, others) for span in spans), ""]
    # Somebody who writes what looks like a token must not put words on anybody.
    plain = (_LIKE_A_TOKEN.sub(r"(\1)", stretch) for stretch in left)
    return "".join(piece for pair in zip(plain, tokens, strict=True) for piece in pair)


def _token(text: str, span: Span, others: dict[str, int]) -> str:
    if span.kind is not Kind.PERSON:
        return f"[{span.kind}]"
    if span.who:
        return f"[{span.who}]"
    number = others.setdefault(folded(text[span.start : span.end]), len(others) + 1)
    return f"[{span.kind}_{number}]"


def _where(error: BaseException) -> str:
    """What kind of error it was and in which line of code, without what it says."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
