"""k, l and t of extracts as they leave, told by somebody else's code: pycanon, in a process of its own."""

import io

import polars as pl
import pytest

from custody.packages import Package, package
from release.microdata import Asked
from tests.microdata_town import AS_OF, families
from tests.oracles import ask
from tests.unit.test_custody_microdata import ALL, made

pytestmark = pytest.mark.proof

_SCRIPT = """
import pandas as pd
from pycanon import anonymity
answer = []
for quasi, sensitive, rows in given:
    data = pd.DataFrame(rows)
    answer.append([
        float(anonymity.k_anonymity(data, quasi)),
        float(anonymity.l_diversity(data, quasi, sensitive)),
        float(anonymity.t_closeness(data, quasi, sensitive)),
    ])
"""


@pytest.mark.parametrize(("k", "diversity", "t"), [(5, 2, 0.6), (3, 3, 0.9), (8, 2, 0.4)])
def test_what_leaves_is_as_anonymous_for_pycanon_as_it_says(k: int, diversity: int, t: float) -> None:
    given, told = [], []
    # A third of all needs in a third state: there are three values of what is sensitive, too.
    town = families(150)
    for number, one in enumerate(town):
        one["needs"] = [(code, state if number % 3 else "waived") for code, state in one["needs"]]
    for unit, columns in ALL.items():
        done = made(Asked(unit, tuple(columns.split()), k, diversity, t), town=town)
        files = package(
            Package(
                "p", "P", "P", "A council", AS_OF, AS_OF, "r", "1", (done.table,), (), done.risk, (), "Ours."
            )
        )
        # The file as it leaves, and every value as text: pycanon takes numbers as ordered.
        rows = pl.read_csv(io.BytesIO(files[f"data/{unit}.csv"]), infer_schema=False)
        given.append((done.risk["quasi_identifiers"], done.risk["sensitive"], rows.to_dict(as_series=False)))
        told.append(done.risk)
    for risk, (their_k, their_l, their_t) in zip(told, ask("pycanon", _SCRIPT, given), strict=True):
        assert their_k == risk["classes"]["smallest"] >= k
        assert their_l == risk["reached"]["l"] >= diversity
        assert their_t == pytest.approx(risk["reached"]["t"], abs=1e-4)
        assert their_t <= t + 1e-9
