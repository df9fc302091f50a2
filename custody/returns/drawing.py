"""Draws a return up: from one release and one line of the ledger to its content, the same each time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from custody.released.errors import GivesAwayError
from custody.returns.claims import claim_rows
from custody.returns.counting import Codes, CountedTable, Holders
from custody.returns.document import content_files
from custody.returns.errors import ReturnContentError, ReturnPeriodError
from custody.returns.notes import notes_of
from custody.returns.proposals import leaking, proposed_of
from custody.returns.protecting import Protected, protect
from custody.returns.source import Source, open_source
from custody.returns.system import Earlier
from custody.returns.tables import about_of, asked_tables, count_tables, source_of, told_rows, unit_of
from ledger import Ledger, ReturnState
from ledger.canonical import canonical
from release.places import Places
from release.return_content import FORM, read_content, reconcile
from release.return_periods import Period
from release.returns import Given, Over, Template, why_not

# So often what an audit finds is withheld and the rest protected again.
_ROUNDS: Final = 4
_LEFT: Final = (ReturnState.SUBMITTED, ReturnState.SUPERSEDED)
Withheld = Sequence[tuple[str, str, Codes]]


@dataclass(frozen=True)
class Drawn:
    """A return drawn up. `text`: its content as the ledger keeps it; `files`: by name, without the version's number;
    `why`: for whoever may see it, why each figure is withheld (table, column, row, reason)."""

    content: Mapping[str, Any]
    text: str
    files: Mapping[str, bytes]
    why: tuple[tuple[str, str, str, str], ...] = field(repr=False, default=())


def draw_up(
    places: Places,
    ledger: Ledger,
    template: Template,
    period: Period,
    release: str = "current",
    *,
    narrative: Mapping[str, str] | None = None,
    line: int | None = None,
    again: Mapping[str, Any] | None = None,
    audited: bool = True,
    files: bool = True,
) -> Drawn:
    """The return of a period from a release (a name, or "current").

    `line`: the line of the ledger at which claims are counted (None: the newest). `again`: the content of a version to
    draw up once more: with its line, beside the same earlier versions, and withholding what was withheld then.
    `audited`: whether it is held against all that was released before, and what would leak withheld.

    Raises ReturnPeriodError, ReturnContentError, ReturnChangedError, or GivesAwayError where nothing makes it safe.
    """
    texts = _narrative(template, narrative or {}, again)
    at = again["ledger_line"] if again else line if line is not None else ledger.anchor().number
    with open_source(places, release) as source:
        not_so = why_not(template, period, source.as_of, source.first_quarter())
        if not_so:
            raise ReturnPeriodError(f"No return for {period.code}: {not_so}.")
        source.check(template)
        version = again["version"] if again else len(ledger.returns.standings(template.id, period.code)) + 1
        drawing = _Drawing(source, ledger, template, period, at, version, texts)
        drawing.count(again)
        content = drawing.content([_besides(one) for one in again["besides"]] if again else [])
        if not again and audited and template.profile != "dashboard":
            content = drawing.safe_beside(places, content)
        content |= _changes(ledger, template, period, content, again)
        return Drawn(content, canonical(content), content_files(content) if files else {}, drawing.why())


def _changes(
    ledger: Ledger,
    template: Template,
    period: Period,
    content: Mapping[str, Any],
    again: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What a restatement tells otherwise than the version that was submitted before it."""
    standing = ledger.returns.submitted(template.id, period.code)
    number = again["restates"] if again else standing.number if standing else 0
    if not number:
        return {}
    before = read_content(ledger.returns.content(number))
    differences = [asdict(one) for one in reconcile(before, content)]
    return {"restates": number, "changes_since": before["version"], "changes": differences}


def _besides(one: Sequence[Any]) -> tuple[str, str, Codes]:
    table, column, codes = one
    return table, column, tuple(codes)


def _order(one: tuple[str, str, Codes]) -> tuple[str, str, tuple[str, ...]]:
    return one[0], one[1], tuple(code or "" for code in one[2])


class _Drawing:
    def __init__(
        self,
        source: Source,
        ledger: Ledger,
        template: Template,
        period: Period,
        line: int,
        version: int,
        narrative: list[dict[str, str]],
    ) -> None:
        self._source, self._ledger, self._template, self._period = source, ledger, template, period
        self._line, self._version, self._narrative = line, version, narrative
        self._counted: dict[str, CountedTable] = {}
        self._earlier: list[Earlier] = []
        self._numbers: list[int] = []
        self._protected: Protected | None = None
        self._shelf: Any = None

    def count(self, again: Mapping[str, Any] | None) -> None:
        """Count every table, and those of the earlier quarters that a year to date would give away."""
        if self._template.profile == "dashboard":
            return
        holders = Holders()
        so_far = self._period.quarter and any(
            one.counted and one.over is Over.YEAR_TO_DATE
            for table in self._template.tables
            for one in table.columns
        )
        # Said beforehand, so that every population is made once.
        for period in self._period.year_to_date if so_far else ():
            asked_tables(self._source, self._template, period)
        self._counted = count_tables(self._source, self._template, self._period, holders)
        for earlier in self._period.year_to_date[:-1] if so_far else ():
            found = [
                one
                for one in self._ledger.returns.standings(self._template.id, earlier.code)
                if (one.number in again["earlier"] if again else one.state in _LEFT)
            ]
            self._numbers += [one.number for one in found]
            shown: set[tuple[str, str, Codes]] = set()
            for one in found:
                shown |= _shown(read_content(self._ledger.returns.content(one.number)))
            for name, table in count_tables(self._source, self._template, earlier, holders).items():
                mine = frozenset((column, codes) for where, column, codes in shown if where == name)
                self._earlier.append(Earlier(table, mine))

    def content(self, besides: Withheld) -> dict[str, Any]:
        """The content, with these cells withheld whatever they are."""
        if self._template.profile != "dashboard":
            keys = [
                self._counted[table].key(column, codes)
                for table, column, codes in besides
                if table in self._counted and column in self._counted[table].columns
            ]
            self._protected = protect(
                list(self._counted.values()), self._earlier, self._source.rules, withheld=keys
            )
        source, template, period = self._source, self._template, self._period
        authority = source.authority
        tables = [self._table(number) for number in range(len(template.tables))]
        return {
            "form": FORM,
            "template": {
                "id": template.id,
                "title": template.title,
                "digest": template.digest,
                "asked_by": template.asked_by,
                "about": list(template.about),
                "profile": template.profile,
                "formats": list(template.formats),
                "contact": list(template.contact),
                "verified": template.verified,
                "source": template.source,
            },
            "period": {
                "code": period.code,
                "words": period.words,
                "time_period": period.time_period,
                "time_identifier": period.time_identifier,
            },
            "release": source.release,
            "as_of": source.facts["as_of"],
            "synthetic": source.facts.get("synthetic") == "true",
            "code_version": source.facts.get("code_version", ""),
            "frameworks": source.frameworks,
            "ledger_line": self._line,
            "version": self._version,
            "publisher": authority.name,
            "geography": {
                "country_code": authority.country_code,
                "country_name": authority.country_name,
                "region_code": authority.region_code,
                "region_name": authority.region_name,
                "old_la_code": authority.old_code,
                "new_la_code": authority.new_code,
                "la_name": authority.name,
                "made_up": authority.made_up,
            },
            "tables": tables,
            "narrative": self._narrative,
            "notes": notes_of(source, template, tables),
            "earlier": sorted(self._numbers),
            "restates": 0,
            "changes_since": 0,
            "changes": [],
            "besides": [[table, column, list(codes)] for table, column, codes in besides],
        }

    def _table(self, number: int) -> dict[str, Any]:
        source, template, period = self._source, self._template, self._period
        table = template.tables[number]
        if table.of_claims:
            told = claim_rows(self._ledger, self._line, table, period, source.kinds)
            absent = [one.given is Given.NOT_AVAILABLE for one in table.columns]
            rows = [
                {
                    "codes": list(codes),
                    "labels": list(labels),
                    "cells": [
                        [None, "x"] if gone else [figure, ""]
                        for figure, gone in zip(figures, absent, strict=True)
                    ],
                }
                for codes, labels, figures in told
            ]
        else:
            rows = told_rows(source, template, table, period, self._counted.get(table.name), self._protected)
        labels = {name: one.label for name, one in source.catalogue.dimensions.items()}
        return {
            "name": table.name,
            "title": table.title,
            "about": table.about,
            "filters": [
                {"name": name, "label": _CLAIM_LABELS.get(name, name) if table.of_claims else labels[name]}
                for name in table.rows
            ],
            "columns": [
                {
                    "name": one.name,
                    "label": one.label,
                    "unit": unit_of(one),
                    "decimals": source.rules.decimals
                    if one.given is Given.SHARE and template.profile == "publication"
                    else 0,
                    "about": about_of(source, one),
                    "verified": one.verified,
                    "distinct": self._distinct(table.name, one.name),
                    "source": source_of(source, template, one, period, self._line),
                }
                for one in table.columns
            ],
            "rows": rows,
        }

    def _distinct(self, table: str, column: str) -> bool:
        """Whether a column counts each family or person once, who may be in several rows."""
        counted = self._counted.get(table)
        asked = counted.columns.get(column) if counted else None
        return asked is not None and asked.distinct is not None

    def safe_beside(self, places: Places, content: dict[str, Any]) -> dict[str, Any]:
        """The content, with as much withheld besides as it takes for it to pass beside what was released before.

        Raises GivesAwayError where nothing more can be withheld, or it is not enough after some rounds.
        """
        besides: Withheld = []
        for left in reversed(range(_ROUNDS + 1)):
            audited = self._audit(places, content)
            if audited.passed:
                break
            more = {*besides, *leaking(audited.leaks, self._counted)}
            if not left or len(more) == len(besides):
                raise GivesAwayError(
                    "The return cannot be made safe beside what was released before: "
                    + " ".join(audited.words)[:300]
                    + " Take the finest rows out of the template, or draw it up from the release that the last one was "
                    "of"
                )
            besides = sorted(more, key=_order)
            content = self.content(besides)
        return content

    def _audit(self, places: Places, content: Mapping[str, Any]) -> Any:
        from custody.released import Shelf, audit

        # Each release is read once for all rounds of the drawing.
        self._shelf = self._shelf or Shelf()
        tables = proposed_of(self._source, content)
        return audit(places, self._ledger, self._source.release, tables, shelf=self._shelf)

    def why(self) -> tuple[tuple[str, str, str, str], ...]:
        """Why each figure is withheld."""
        if self._protected is None:
            return ()
        return tuple(_reasons(self._counted.values(), self._protected))


def _reasons(tables: Iterable[CountedTable], protected: Protected) -> Sequence[tuple[str, str, str, str]]:
    found = []
    for table in tables:
        for column in table.columns:
            for codes in table.grid:
                key = table.key(column, codes)
                if protected.hides(key):
                    row = ", ".join(code or "Total" for code in codes) or "Total"
                    found.append((table.name, column, row, protected.reason(key)))
    return found


_CLAIM_LABELS: Final = {"kind": "Kind of claim", "state": "Step of the claim", "rate": "Worth of one claim"}


def _shown(content: Mapping[str, Any]) -> set[tuple[str, str, Codes]]:
    """Table, column and codes of every figure that a version shows."""
    return {
        (table["name"], column["name"], tuple(row["codes"]))
        for table in content["tables"]
        for row in table["rows"]
        for column, (_, symbol) in zip(table["columns"], row["cells"], strict=True)
        if not symbol
    }


def _narrative(
    template: Template, given: Mapping[str, str], again: Mapping[str, Any] | None
) -> list[dict[str, str]]:
    """The texts that an officer wrote. Raises ReturnContentError where one that is needed is missing, or nobody asked
    for it."""
    if again:
        return [dict(one) for one in again["narrative"]]
    known = {one.name: one for one in template.narrative}
    for name in given:
        if name not in known:
            raise ReturnContentError(
                f"{template.title} asks for no text {name[:40]!r}. It asks for: {', '.join(known) or 'none'}"
            )
    found = []
    for name, asked in known.items():
        words = _plain(given.get(name, ""))
        if asked.required and not words:
            raise ReturnContentError(
                f"The text {name!r} ({asked.label}) is missing. Write it, and draw up again"
            )
        if words:
            found.append({"name": name, "label": asked.label, "words": words})
    return found


_LONGEST: Final = 4_000


def _plain(words: str) -> str:
    if (
        not isinstance(words, str)
        or len(words) > _LONGEST
        or not all(letter.isprintable() or letter == "\n" for letter in words)
    ):
        raise ReturnContentError(
            f"A text has more than {_LONGEST:,} letters, or one that cannot be shown. Shorten it"
        )
    return words.strip()
