"""How to mend what a rule found, and what that would buy, in plain words."""

from collections.abc import Sequence

from pipelines.contracts import Severity

_BY_NAME = {
    "texts_with_a_name": "record who belongs to the family, with names; until then texts about it are destroyed unread",
    "texts_made_safe": "nothing is to be mended: what cannot be made safe is destroyed",
    "row_is_no_repeat": "have the export send each record once; a join that doubles rows is the usual cause",
    "judges_an_identified_need": "record the need that was judged, or correct the need, person or episode named",
}
# By how the name of a rule ends, the longest ending first.
_BY_ENDING = {
    "_is_out_of_quarantine": "mend the row in quarantine that it names; then this row counts in full",
    "_is_a_present_code": "write the present code; until then the outdated one is read as it",
    "_is_plausible": "correct it where the record is kept; a century or the order of day and month is often wrong",
    "_is_permanent": "ask the school for the permanent number",
    "_is_unique": "find out which of the rows is right, and have the export send that one alone",
    "_has_a_known_authority": "look whether the number or the list in data/identifiers.toml is wrong",
    "_is_no_stand_in": "leave the cell blank where the number is not known; fill the number in where it is",
    "_is_given": "fill it in where the record is kept",
    "_is_valid": "check it against its source (card, letter, register) and correct it where the record is kept",
    "_is_known": "correct what it names, or ask why the other extract lacks it",
}
_OTHERWISE = "look at these rows together with whoever keeps the record, and correct them there"


def how_to_mend(rule: str, reason: str = "") -> str:
    """What to do about rows that fail `rule`. `reason`: the rule's own words, `what is wrong: what to do`."""
    _, _, told = reason.partition(": ")
    if told or reason:
        return told or reason
    if rule in _BY_NAME:
        return _BY_NAME[rule]
    return next((words for ending, words in _BY_ENDING.items() if rule.endswith(ending)), _OTHERWISE)


def gain(severity: str, failures: int, *, set_aside: bool, needs: Sequence[str]) -> str:
    """What mending `failures` rows would buy. `needs`: codes of the needs whose rules read the extract."""
    rows = "1 row" if failures == 1 else f"{failures:,} rows"
    if set_aside:
        bought = f"{rows} that nobody counts today would count"
    elif severity == Severity.STOPS_LINKAGE:
        bought = f"{rows} could be matched to the right person more surely"
    elif severity == Severity.STOPS_A_CLAIM:
        bought = f"{rows} could support a claim"
    else:
        bought = f"{rows} fewer to doubt"
    if needs and severity != Severity.WORTH_A_LOOK:
        some = ", ".join(needs[:_MOST_NEEDS]) + (" and others" if len(needs) > _MOST_NEEDS else "")
        bought += f"; the outcomes of {'need' if len(needs) == 1 else 'needs'} {some} rest on this extract"
    return bought


_MOST_NEEDS = 6
