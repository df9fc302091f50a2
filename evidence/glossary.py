"""The words of Outcome Lens and of the field, as the page About explains them."""

from typing import Final

import polars as pl

# In the order of the alphabet.
_TERMS: Final = (
    (
        "Attachment fee",
        "Under the older programme: money paid for beginning to work with a family, not for an outcome.",
    ),
    (
        "Claim",
        "One episode of help that the council asks to be paid for, or shows as a successful outcome, under one "
        "framework or contract.",
    ),
    ("Claims window", "The time in which claims are entered, audited, signed and submitted together."),
    (
        "Cohort",
        "All needs identified, or families who started, in one quarter or year, followed from then on.",
    ),
    ("Contract of an extract", "What an extract must hold. Rows that break it go back to the partner."),
    (
        "Control limits",
        "The two lines of a control chart between which nearly all months lie that differ by chance alone.",
    ),
    (
        "Deadweight",
        "The share of outcomes that would have come about without any help; some contracts deduct it.",
    ),
    (
        "Dimension",
        "What a figure is broken down by: a ward, a team, a quarter, an age band.",
    ),
    (
        "Early help",
        "Help for families before or below the threshold of social care; since 2025 part of Family Help.",
    ),
    ("Episode of help", "One time that a family was worked with, from its start to its end."),
    (
        "Equality gap",
        "How far the share sustained of one group is from that of others. It is named only where it is more than "
        "the changes to figures, and chance, could make.",
    ),
    ("Extract", "A file of records from a partner: police, schools, health, housing, the council itself."),
    (
        "Family key, person key",
        "A number made up for a family or person, that knows them again and says nothing of them.",
    ),
    (
        "Framework",
        "The set of needs, outcomes and rules of payment of a programme. The ten headlines are those of the national "
        "Supporting Families outcome framework of 2022, or of the framework that a page names.",
    ),
    (
        "Funnel plot",
        "A chart of places or teams by their size. The lines around the middle open where few are counted, since "
        "chance does more there.",
    ),
    (
        "Headline outcome",
        "One of the (ten) outcomes that needs are grouped under, as “Getting a good education”.",
    ),
    ("Lead practitioner", "Who holds the plan of a family together, across all services."),
    ("Measure", "What is counted: families helped, needs sustained, claims claimable."),
    ("Need", "Something that a family must be helped with, as a framework words it."),
    ("Outcome", "What became of a need. It is met when the rule of the framework for it is kept."),
    (
        "Payment by results",
        "The council is paid for each successful family outcome. Elsewhere money comes up front and outcomes are "
        "shown, not claimed for.",
    ),
    ("Perturbed", "Changed a little by chance, so that a figure tells nothing of one person."),
    (
        "Pseudonym",
        "What stands for a person or family in the protected rows. It is made under a key that is kept apart.",
    ),
    ("Quarantine", "Where rows that break their contract wait, with the reason. They are in no figure."),
    (
        "Release",
        "What one run of the pipelines published: finished figures and the protected rows behind them. It never "
        "changes; a new run makes a new one.",
    ),
    ("Re-referral", "A family who comes back for help after its episode ended."),
    ("Rounded", "Shown as the nearest multiple of a number, such as 5."),
    (
        "Step-down, step-up",
        "An episode that ends because less help is enough, or because social care takes over.",
    ),
    ("Suppressed", "Not shown. A symbol stands in its place, and says why."),
    (
        "Sustained",
        "An outcome that was met, and stayed met for as long as the framework asks: often six months.",
    ),
    (
        "Whole-family assessment and plan",
        "What practice must show, beside the outcomes, before an episode counts as successful.",
    ),
)


def glossary() -> pl.DataFrame:
    """One row a term: `Word`, and `What it means here`."""
    return pl.DataFrame(list(_TERMS), schema=["Word", "What it means here"], orient="row")
