"""Cell keys: counts are moved by noise that hangs on who is counted, so the same people give the same figure."""

from disclosure.cell_key.formats import ptable_from_text, ptable_to_text
from disclosure.cell_key.keys import check_record_keys, record_keys
from disclosure.cell_key.perturbing import perturb_counts, perturb_records
from disclosure.cell_key.ptable import Ptable
from disclosure.cell_key.rates import Rate, perturbed_rate, perturbed_rates
from disclosure.cell_key.values import SumRules, perturbed_medians, perturbed_sums

__all__ = [
    "Ptable",
    "Rate",
    "SumRules",
    "check_record_keys",
    "perturb_counts",
    "perturb_records",
    "perturbed_medians",
    "perturbed_rate",
    "perturbed_rates",
    "perturbed_sums",
    "ptable_from_text",
    "ptable_to_text",
    "record_keys",
]
