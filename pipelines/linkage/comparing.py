"""What is compared of two faces, and how alike it can be, written for Splink."""

from collections.abc import Mapping
from typing import Any

import splink.comparison_level_library as splink_levels
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink.internals.comparison_library import CustomComparison

# How alike two values can be, from the most to the least. Splink numbers them downwards, the last being 0; what cannot
# be compared is -1.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "forename": ("exact", "form", "near", "initial", "exchanged", "different"),
    "surname": ("exact", "part", "near", "different"),
    "born": ("exact", "exchanged", "one_part", "close", "different"),
    "place": ("home", "postcode", "before", "sector", "different"),
    "sex": ("same", "different"),
}
UNKNOWN = -1
# Days between two dates of birth that a slip of the pen may lie apart: a year and a month.
NEAR_BIRTH = 400
# Where agreeing on a rare value says more than on a common one: the level of full agreement, and the column.
_TERM_FREQUENCIES = {
    ("forename", "exact"): "forename",
    ("surname", "exact"): "surname",
    ("born", "exact"): "born",
    ("place", "postcode"): "postcode",
}


def level(comparison: str, name: str) -> int:
    """The number that Splink gives a level: the higher, the more alike."""
    return len(LEVELS[comparison]) - 1 - LEVELS[comparison].index(name)


def comparisons(
    chances: Mapping[str, Mapping[str, tuple[float, float]]] | None = None,
) -> list[CustomComparison]:
    """Splink's comparisons. `chances`: comparison to level to the chances (m, u) that two records of one person, and of
    two, agree so; without them the model is untrained."""
    made = []
    for comparison, names in LEVELS.items():
        described: list[ComparisonLevelCreator | dict[str, Any]] = [
            splink_levels.CustomLevel(_UNKNOWN[comparison], "unknown").configure(is_null_level=True)
        ]
        for name in names:
            condition = _CONDITIONS[comparison].get(name)
            one: ComparisonLevelCreator = (
                splink_levels.CustomLevel(condition, name) if condition else splink_levels.ElseLevel()
            )
            column = _TERM_FREQUENCIES.get((comparison, name))
            if column:
                one = one.configure(
                    tf_adjustment_column=column,
                    tf_minimum_u_value=1e-5,
                    disable_tf_exact_match_detection=True,
                )
            if chances:
                m, u = chances[comparison][name]
                one = one.configure(m_probability=m, u_probability=u)
            described.append(one)
        made.append(CustomComparison(output_column_name=comparison, comparison_levels=described))
    return made


def _near(column: str) -> str:
    """One letter more, less, other or exchanged with its neighbour; in a long name two."""
    left, right = f"{column}_l", f"{column}_r"
    return (
        f"(length({left}) > 3 and length({right}) > 3 and (damerau_levenshtein({left}, {right}) <= 1 or "
        f"(length({left}) > 6 and jaro_winkler_similarity({left}, {right}) >= 0.92 "
        f"and damerau_levenshtein({left}, {right}) <= 2)))"
    )


def _short_for(column: str) -> str:
    """One is the beginning of the other (Chlo, Chloe)."""
    left, right = f"{column}_l", f"{column}_r"
    return (
        f"((length({left}) > 2 and starts_with({right}, {left})) "
        f"or (length({right}) > 2 and starts_with({left}, {right})))"
    )


def _in_each_others_field(one: str, other: str) -> str:
    """The forename of `one` is the surname of `other`, and the other way round, if only by an initial."""
    surname, forename = f"surname_{one}", f"forename_{other}"
    return (
        f"(forename_l <> forename_r and length(forename_{one}) > 1 and forename_{one} = surname_{other} "
        f"and ({surname} = {forename} "
        f"or (length({surname}) = 1 and starts_with({forename}, {surname})) "
        f"or (length({forename}) = 1 and starts_with({surname}, {forename}))))"
    )


_EXCHANGED = f"({_in_each_others_field('l', 'r')} or {_in_each_others_field('r', 'l')})"
# Both have a second forename: then the first alone does not make them one (Mohammed Ali, Mohammed Bilal).
_SECOND_NAMES = "(forename_l <> first_l and forename_r <> first_r)"
_SAME_PART = {
    "year": "left(born_l, 4) = left(born_r, 4)",
    "month": "substr(born_l, 5, 2) = substr(born_r, 5, 2)",
    "day": "right(born_l, 2) = right(born_r, 2)",
}
_UNKNOWN: Mapping[str, str] = {
    "forename": "forename_l is null or forename_r is null",
    # Names in each other's field are weighed once, with the forename.
    "surname": f"surname_l is null or surname_r is null or {_EXCHANGED}",
    "born": "born_l is null or born_r is null",
    # A postcode here and a property number there tell nothing of one another.
    "place": "(postcode_l is null or postcode_r is null) and (uprn_l is null or uprn_r is null) "
    "and not coalesce(list_has_any(postcodes_l, postcodes_r), false)",
    "sex": "sex_l is null or sex_r is null",
}
_CONDITIONS: Mapping[str, Mapping[str, str]] = {
    "forename": {
        "exact": "forename_l = forename_r and length(forename_l) > 1",
        "form": f"not {_SECOND_NAMES} and ((first_l = first_r and length(first_l) > 1) "
        f"or list_has_any(roots_l, roots_r) or {_short_for('forename')})",
        "near": f"{_near('forename')} or ({_near('first')} and not {_SECOND_NAMES})",
        "initial": "(length(forename_l) = 1 or length(forename_r) = 1) and left(forename_l, 1) = left(forename_r, 1)",
        "exchanged": _EXCHANGED,
    },
    "surname": {
        "exact": "surname_l = surname_r",
        "part": "list_has_any(surnames_l, surnames_r)",
        "near": _near("surname"),
    },
    "born": {
        "exact": "born_l = born_r",
        "exchanged": f"{_SAME_PART['year']} and substr(born_l, 5, 2) = right(born_r, 2) "
        "and right(born_l, 2) = substr(born_r, 5, 2)",
        # Of the year one digit, or two exchanged: a generation is no slip of the pen.
        "one_part": f"({_SAME_PART['year']} and ({_SAME_PART['month']} or {_SAME_PART['day']})) or "
        f"({_SAME_PART['month']} and {_SAME_PART['day']} "
        "and damerau_levenshtein(left(born_l, 4), left(born_r, 4)) <= 1)",
        "close": f"abs(born_day_l - born_day_r) <= {NEAR_BIRTH}",
    },
    "place": {
        "home": "home_l = home_r or uprn_l = uprn_r",
        "postcode": "postcode_l = postcode_r",
        "before": "list_has_any(postcodes_l, postcodes_r)",
        "sector": "postcode_l[:-3] = postcode_r[:-3]",
    },
    "sex": {"same": "sex_l = sex_r"},
}
