"""How the app is used, in short steps for each role, and what its readers should know of its method."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from evidence.access import Role
from evidence.evidence import Evidence
from evidence.safety import changed

# Steps of what each role comes for. The names are those of the navigation.
STEPS: Final[Mapping[Role, tuple[str, ...]]] = MappingProxyType(
    {
        Role.MANAGER: (
            "Open Overview before a meeting: the figures at the top, then “What needs attention?”. What it calls a "
            "difference or a change is more than chance and noise explain.",
            "Look at Data quality once a release: its verdict says whether the figures can be trusted.",
            "Choose a locality or a headline on Outcomes; compare by ward, team or group.",
            "Families’ journeys shows how families get from referral to a lasting outcome and where they wait; Places "
            "shows wards on the map, and which of them differ by more than chance.",
            "Copy the address of the page to share a view: it holds your choices and nothing else. Print it, or fetch "
            "the table below a chart.",
        ),
        Role.RESEARCHER: (
            "Choose a breakdown on Outcomes, Families’ journeys or Places.",
            "Open “The table behind it” below a chart. Download it: title, notes, symbols and source come with it.",
            "Work with the symbols: a c is not a small number, and a 0 may stand for very few. Never work out a "
            "difference that is smaller than the top of the page says.",
            "For more than the pages show begin a project on Research exports, put tables or an extract of rows "
            "together, look at their structure, and ask. Two output checkers decide; fetch it before the last day.",
        ),
        Role.RETURNS_OFFICER: (
            "Payment by results shows what can be claimed, and where episodes are held up.",
            "On Claims window open the window. The worker enters what is claimable, and draws the audit sample.",
            "When the audit is passed, one officer signs and another one submits. Nobody does both.",
            "Ask for the list of claimable episodes on Payment by results; the worker makes it for you, and the audit "
            "log says so.",
            "On Quarterly return draw a return up, have it checked and answer its queries; two people sign it, and one "
            "submits it. Should it have to be corrected, draw up a version that says why.",
        ),
        Role.AUDITOR: (
            "Claims window shows the sample that was drawn, with the seed that anybody can draw it again from.",
            "Open the evidence pack of each claim, and give a verdict with its reason. Too many struck out, and the "
            "sample grows by itself.",
            "How safe is this release? tells what attacks on the figures came to.",
            "Audit shows who signed in, what was looked at, fetched, signed and refused, and whether the log is whole.",
        ),
        Role.OUTPUT_CHECKER: (
            "Research exports shows what waits for you. Read “What is in it”, what attacks came to and what earlier "
            "exports tell together with it; then decide, and say why. What the other decides you see once both have.",
            "Read Privacy: every check of this release, and what became of every column that was collected.",
            "Read How safe is this release?: what an attacker gets, and what is left of use.",
            "Compare a table that somebody wants to pass on with the page that it is from: its release stands in it.",
        ),
        Role.DATA_PROTECTION_OFFICER: (
            "Read Privacy and How safe is this release? with each release.",
            "Audit shows sign-ins, refusals, sensitive views and downloads, and whether the log is as it was written.",
            "Research exports is the register of every project and export: purpose, legal basis, people, last day.",
            "Somebody must not get in any more? Whoever runs the app ends their session at once: "
            "python -m pipelines session end. What they have open closes within seconds.",
        ),
    }
)

LINKING: Final = (
    "Partners hold records of the same people under different names and numbers. What is certain comes first: a valid "
    "number, or the whole name with birth and place. The rest is weighed by a model that has learned how much each "
    "agreement says in this council: a rare surname says more than a common one.",
    "Two records are joined only if it is very likely that they are one person. What could be and is not sure enough "
    "is asked of the data team.",
    "A family is what the case system calls one. Sharing an address never makes a family.",
    "Its limit: a record that finds nobody looks like “nothing happened”, and can make an outcome look better than it "
    "is. The page Data quality says how much is missed, for each partner and for each group of people.",
)
OUTCOMES: Final = (
    "A framework says for each need when it is met: no incident for so many days, attendance above a level, a "
    "practitioner’s judgement, or several of these.",
    "Silence counts only on days that a partner’s extract covers, and never about somebody whom nobody could look for.",
    "An outcome is sustained when it stayed met for as long as the framework asks. Recent needs have had less time, so "
    "the latest quarters always look lower.",
    "A family’s episode is a successful outcome when every need has a sustained outcome and the practice tests are "
    "kept: a whole-family assessment, a plan, a lead practitioner.",
    "Rows that break their contract are in no figure.",
)
CHARTS: Final = (
    "Control chart (XmR), for what is counted each month: the middle line is the mean, the outer lines are 2.66 times "
    "the mean difference between neighbouring months away. A month is marked where it lies outside, where seven in a "
    "row lie on one side or go one way, or where two of three are close to a limit: then something has changed. "
    "Everything else is how this figure usually goes. It needs 13 months.",
    "Funnel plot, for places and teams: each is a point, by its share and its size. The lines show how far a share may "
    "be from the middle by chance, which is further where few are counted. A place between the lines is not shown to "
    "differ from the others, wherever it stands in a list.",
    "Before and after: what happened in the quarters of a year before and after help began. It is no proof that help "
    "was the cause: families come at their worst, and much gets better by itself.",
    "Colour never tells anything alone: bars have patterns, lines have marks and names; what is withheld is hatched, "
    "with its symbol.",
)


def changes(evidence: Evidence) -> list[str]:
    """When a figure of this release is called changed, in sentences."""
    return [
        *changed(evidence),
        "Between two periods a change is named only if it is more than that and more than chance usually makes. “No "
        "change beyond chance” and “cannot be told” are no promise that nothing changed.",
        "A share or an amount of money is worked out from shown figures alone. Where the changes made to counts could "
        "move a share by more than ten points, a u stands in its place.",
    ]


# What readers can do, and what stands in the way: as tested. One sentence each.
READABLE: Final = (
    "enlarge the text to 200% and the page to 400%, on a screen of any size, without losing anything",
    "reach every page, list, table, download and button with the keyboard, and see where they are",
    "use it with a screen reader: pages have headings and landmarks, each chart has a text and a table, each table has "
    "headings",
    "read it light or dark, as their device says, with the contrast that the guidelines ask for",
    "print every page: charts come with their tables, without the navigation",
)
NOT_CONFORMING: Final = (
    "Charts can be pointed at with a mouse for their figures; with the keyboard these are read in the table below. "
    "(WCAG 2.2, 2.1.1: met by the table, not by the chart itself.)",
    "After a choice the page is drawn anew; that it has changed is not announced in words to every screen reader "
    "(4.1.3).",
    "Evidence packs are tagged PDF; the table of claims in them has not been tested with every screen reader (1.3.1).",
)
