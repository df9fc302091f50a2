"""Gathers what will be in a release, and what it will be checked by."""

from collections.abc import Mapping, Sequence

import polars as pl

from figures.populations import populations, span
from figures.profiles import Profiles
from outcomes import Framework
from pipelines.answers import Earlier, build_answers, dimension_lists
from pipelines.answers.scopes import check_scopes
from pipelines.decisions import collected
from pipelines.extracts import ExtractList
from pipelines.notes.themes import Themes
from pipelines.policy import Policy
from pipelines.pseudonymise import Pseudonymous
from pipelines.publication import Content, Limits
from pipelines.quality.linkage import (
    measure_needs,
    poorly_matched,
    with_every_line,
)
from pipelines.running.frameworks import FrameworkFile, described, payments, price
from pipelines.running.lists import lists_of
from pipelines.running.measures import linkage_table, quality_table, safe_linkage, safe_quality
from pipelines.running.reports import Earlier as EarlierCounts
from release.catalogue import Catalogue
from release.version import code_version


def gather(
    pseudonymous: Pseudonymous,
    tables: Mapping[str, pl.DataFrame],
    counts: pl.DataFrame,
    linkage: pl.DataFrame,
    inputs: pl.DataFrame,
    *,
    themes: Themes,
    note_facts: Mapping[str, str],
    earlier: EarlierCounts,
    remembered: Earlier | None,
    before: Sequence[Earlier],
    poor_match_rate: float,
    files: Sequence[FrameworkFile],
    policy: Policy,
    profiles: Profiles,
    limits: Limits,
    catalogue: Catalogue,
    listed: ExtractList,
    fingerprints: Mapping[str, str],
    made_with: Mapping[str, str],
    model: Mapping[str, object],
) -> Content:
    """Both files' frames; exact figures go into the protected one alone.

    `tables`: those that rules and notes gave. `files`: the frameworks, the primary one first. `made_with`: facts of the
    run for the manifest.
    `counts`: what was counted of each rule (measures.quality_counts). `linkage`: how far records found their people
    (quality.linkage.measure_linkage). `note_facts`: what the manifest says of notes.
    `earlier`: the release that the counts are held against. `remembered`: the one whose figures are kept where hardly
    anything changed; `before`: those that the figures are attacked together with, the newest first.

    Raises SettingsError where a scope of the catalogue names a locality that there is not.
    """
    quality = quality_table(counts, earlier.counts)
    poor = poorly_matched(linkage, poor_match_rate)
    protected = {
        "family": pseudonymous.family,
        "person": pseudonymous.person,
        "episode": pseudonymous.episode,
        "activity": pseudonymous.activity,
        **tables,
        "data_quality": quality,
    }
    frameworks = [one.framework for one in files]
    first, last = span(pseudonymous.family, listed.as_of, policy.minimum_families)
    counted = populations(protected, frameworks, first, last, listed.as_of)
    dimensions = dimension_lists(frameworks, pseudonymous.places, policy, counted, themes.labels)
    check_scopes(catalogue, dimensions)
    every = with_every_line(linkage, dimensions)
    needs = _needs(tables, frameworks[0])
    measured = linkage_table(pl.concat([every, measure_needs(needs, frameworks[0], poor)]), poor)
    protected["linkage_quality"] = measured
    built = build_answers(counted, dimensions, catalogue, profiles.dashboard, remembered, before)
    protected["cell_change"] = built.cell_change
    answers = {
        "question": built.question,
        "answer": built.answer,
        "attack": built.attack,
        "dimension": dimensions,
        "collected": collected(policy.columns, policy.notes.on(listed.as_of)),
        "data_quality": safe_quality(quality, earlier.shown, profiles.rows),
        "linkage_quality": safe_linkage(measured, profiles.rows),
    }
    facts = {**facts_of(listed, files, profiles, fingerprints), **built.facts, **made_with, **note_facts}
    return Content(
        protected=protected,
        answers=answers,
        lists=lists_of(
            dimensions,
            answers["collected"],
            quality,
            facts,
            inputs["contract"],
            files=files,
            catalogue=catalogue,
        ),
        facts=facts,
        model=model,
        inputs=inputs,
        profile=profiles.dashboard,
        rows=profiles.rows,
        limits=limits,
        notes=built.notes,
    )


def _needs(tables: Mapping[str, pl.DataFrame], framework: Framework) -> pl.DataFrame:
    """The needs of a framework, with the family of each."""
    families = tables["claim"].select("episode", "family").unique()
    return tables["need"].filter(pl.col("framework") == framework.id).join(families, on="episode")


def facts_of(
    listed: ExtractList,
    files: Sequence[FrameworkFile],
    profiles: Profiles,
    fingerprints: Mapping[str, str],
) -> dict[str, str]:
    """What a release says of itself in its manifest, beside its name and what it was made of. `files`: the frameworks,
    the primary one first."""
    primary = files[0].framework
    paid = payments([one.framework for one in files], listed.payment)
    return {
        "as_of": listed.as_of.isoformat(),
        "authority": listed.authority,
        "synthetic": "true" if listed.synthetic else "false",
        "payment": paid[primary.id],
        "price": str(price(primary, paid[primary.id], listed.as_of)),
        "framework": primary.id,
        "framework_title": primary.title,
        "framework_version": str(primary.version),
        "frameworks": described(files, paid, listed.as_of),
        "code_version": code_version(),
        **fingerprints,
        **of_profiles(profiles),
    }


def of_profiles(profiles: Profiles) -> dict[str, str]:
    """What a manifest says of how figures are made safe; how far they are off is said of every release by itself."""
    dashboard, rows = profiles.dashboard, profiles.rows
    return {
        "profile": dashboard.name,
        "profile_words": dashboard.words,
        "rows_words": rows.words,
        "smallest": str(dashboard.smallest),
        "rounding": str(rows.base),
        "threshold": str(rows.threshold),
    }
