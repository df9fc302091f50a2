"""How much records tell of single people: how alike they are, how likely somebody is found, who is alone."""

from disclosure.risk.anonymity import (
    Reached,
    alpha_k_anonymity,
    basic_beta_likeness,
    delta_disclosure,
    enhanced_beta_likeness,
    entropy_l_diversity,
    k_anonymity,
    l_diversity,
    reached,
    recursive_diversity,
    t_closeness,
)
from disclosure.risk.measuring import Measured, measure
from disclosure.risk.reidentification import Reidentification, Risk, reidentification_risk
from disclosure.risk.special_uniques import SpecialUniques, special_uniques
from disclosure.risk.uniques import Uniques, uniques

__all__ = [
    "Measured",
    "Reached",
    "Reidentification",
    "Risk",
    "SpecialUniques",
    "Uniques",
    "alpha_k_anonymity",
    "basic_beta_likeness",
    "delta_disclosure",
    "enhanced_beta_likeness",
    "entropy_l_diversity",
    "k_anonymity",
    "l_diversity",
    "measure",
    "reached",
    "recursive_diversity",
    "reidentification_risk",
    "special_uniques",
    "t_closeness",
    "uniques",
]
