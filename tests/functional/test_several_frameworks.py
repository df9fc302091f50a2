"""`run` with several frameworks and given links, through the public commands: all true, nothing counted twice, and
every claim can be evaluated again from the release alone."""

import csv
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from outcomes import evaluate
from outcomes.digest import evidence_digests
from outcomes.reading import framework_from_text
from outcomes.sharing import needs_of
from release.catalogue import list_name, question_name
from release.keys import read_key
from release.opening import open_answers, open_protected
from release.places import PROJECT, Places
from release.schema import PROTECTED
from tests.conftest import SAMPLE, once, pipelines

pytestmark = pytest.mark.proof

TRUTH = SAMPLE / "truth"
# The primary one first. Three draw on one fund, the contract on its own.
FRAMEWORKS = (
    "supporting-families-2022",
    "troubled-families-2015",
    "family-outcomes-contract",
    "family-help-local",
)


@pytest.fixture(scope="module")
def true_links(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The truth about who is who, as `links --to` would write it."""
    file = tmp_path_factory.mktemp("links") / "links.csv"
    with (
        (TRUTH / "records.csv").open(encoding="utf-8", newline="") as given,
        file.open("w", newline="") as out,
    ):
        lines = csv.writer(out)
        lines.writerow(["contract", "row", "person"])
        for row in csv.DictReader(given):
            if row["true_person_id"]:
                lines.writerow([row["contract"], row["row"], row["true_person_id"]])
    return file


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory, true_links: Path) -> Path:
    """A data folder with one release: true links, several frameworks. To be read only."""
    asked = ["run", "--extracts", SAMPLE, "--links", true_links]
    for framework in FRAMEWORKS:
        asked += ["--framework", framework]
    return once(tmp_path_factory, "several-frameworks", asked)


@pytest.fixture(scope="module")
def tables(several: Path) -> dict[str, pl.DataFrame]:
    places = Places(several)
    with open_protected(places, "current", read_key(places.protected_key)) as connection:
        return {
            table.name: connection.execute(f'SELECT * FROM protected."{table.name}"').pl()
            for table in PROTECTED
        }


@pytest.fixture(scope="module")
def manifest(several: Path) -> dict[str, str]:
    places = Places(several)
    (folder,) = (folder for folder in places.releases.iterdir() if folder.is_dir())
    return json.loads((folder / "manifest.json").read_text())


def test_with_the_true_links_every_need_and_claim_is_as_the_truth_says(several: Path, tmp_path: Path) -> None:
    file = tmp_path / "differences.csv"
    scored = pipelines("outcomes", "--score", TRUTH, "--to", file, "--data", several)
    assert scored.code == 0, scored.words
    assert "needs │ 1,371 │ 1,371 │ 0 │ 0" in scored.words
    assert "claims │ 317 │ 317 │ 0 │ 0" in scored.words
    assert file.read_text(encoding="utf-8-sig").splitlines() == [
        "what,family_ref,episode_ref,person_ref,need_code,truth,release,linkage"
    ]


def test_with_links_of_our_own_whatever_differs_is_told_to_be_of_linkage(
    sample_data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "differences.csv"
    scored = pipelines("outcomes", "--score", TRUTH, "--to", file, "--data", sample_data)
    assert scored.code == 0, scored.words
    assert file.stat().st_mode & 0o077 == 0
    with file.open(encoding="utf-8-sig", newline="") as lines:
        found = list(csv.DictReader(lines))
    assert found, "the sample has records that nobody could link rightly"
    assert {row["linkage"] for row in found} == {"differs from truth"}
    assert all(row["truth"] != row["release"] for row in found)


def test_a_release_of_given_links_says_so(manifest: dict[str, str], several: Path) -> None:
    assert manifest["links"] == "given"
    assert "links were given" in (several / "words").read_text()
    listed = pipelines("audit", "list", "--data", several)
    assert '"links": "given"' in listed.words


def test_the_manifest_names_every_framework_in_order(manifest: dict[str, str]) -> None:
    told = json.loads(manifest["frameworks"])
    assert tuple(one["id"] for one in told) == FRAMEWORKS
    assert manifest["framework"] == FRAMEWORKS[0]
    assert [one["payment"] for one in told] == ["by_results", "by_results", "by_results", "none"]
    assert told[3]["price"] == 0
    assert told[0]["windows"]
    assert len(told[2]["claims"]) > 5
    number, digest = manifest["ledger_head"].split()
    assert int(number) > 0
    assert len(digest) == 64


def test_such_a_release_passes_every_check_again(several: Path) -> None:
    verified = pipelines("verify", "current", "--extracts", SAMPLE, "--data", several)
    assert verified.code == 0, verified.words


def test_every_claim_evaluated_again_from_the_release_alone_rests_on_the_same(
    tables: dict[str, pl.DataFrame], manifest: dict[str, str]
) -> None:
    frames = {name.removeprefix("rules_"): rows for name, rows in tables.items() if name.startswith("rules_")}
    read = {
        row["framework"]: framework_from_text("kept", row["text"])
        for row in tables["framework_file"].iter_rows(named=True)
    }
    paid = {one["id"]: one["payment"] for one in json.loads(manifest["frameworks"])}
    as_of = date.fromisoformat(manifest["as_of"])
    assert tuple(read) != ()
    for name, framework in read.items():
        seen = {**frames, "need": needs_of(frames["need"], framework, read.values())}
        again = evaluate(seen, framework, as_of=as_of, payment=paid[name])
        kept = tables["claim"].filter(framework=name)
        unit = ["episode", "kind", "person"]
        slotted = again.claim.join(kept.select(*unit, "slot"), on=unit, nulls_equal=True)
        assert slotted.height == again.claim.height > 0
        digests = evidence_digests(again.need, slotted, again.claim_evidence)
        both = kept.join(digests, on=unit, suffix="_again", nulls_equal=True)
        assert both.height == digests.height
        assert (both["evidence_digest"] == both["evidence_digest_again"]).all()
        standing = kept.join(again.claim, on=unit, suffix="_again", nulls_equal=True)
        assert (standing["state"] == standing["state_again"]).all()
        # Families of which nothing can be claimed are not kept for it.
        lacking = kept.join(again.claim, on=unit, how="anti", nulls_equal=True)
        assert set(lacking["evidence_state"]) <= {"not_eligible"}


def test_no_code_or_extract_is_kept_that_no_rule_asks_for(sample_data: Path) -> None:
    places = Places(sample_data)
    with open_protected(places, "current", read_key(places.protected_key)) as connection:
        # The national framework reads no exclusions and no health visits, and asks for no kind of housing event.
        for table in ("rules_school_exclusion", "rules_health_contact"):
            assert connection.execute(f'SELECT count(*) FROM protected."{table}"').fetchone() == (0,)
        rows, kinds = connection.execute(
            "SELECT count(*), count(kind) FROM protected.rules_housing_event"
        ).fetchone()
        assert rows > 0
        assert kinds == 0
        (terms,) = connection.execute(
            "SELECT count(DISTINCT (academic_year, term)) FROM protected.rules_school_attendance "
            "WHERE person IS NOT NULL"
        ).fetchone()
        assert terms == 2


def test_no_episode_is_worth_anything_twice_out_of_one_fund(tables: dict[str, pl.DataFrame]) -> None:
    claim = tables["claim"].filter(pl.col("framework").is_in(FRAMEWORKS[:2]))
    payable = claim.filter(pl.col("worth") > 0, pl.col("state") == "claimable")
    assert not payable["episode"].is_duplicated().any()
    both = claim.filter(pl.col("state") == "claimable").group_by("episode").len().filter(pl.col("len") > 1)
    barred = claim.filter(pl.col("obstacle") == "other_framework")
    assert set(both["episode"]) == set(barred["episode"])
    assert barred["worth"].sum() == 0


def test_slots_are_one_a_family_of_a_programme_and_one_a_unit_of_a_rate_card(
    tables: dict[str, pl.DataFrame],
) -> None:
    claim = tables["claim"]
    assert claim.select("slot", "fund_slot", "evidence_digest").null_count().sum_horizontal().item() == 0
    national = claim.filter(framework=FRAMEWORKS[0])
    assert national["slot"].n_unique() == national["family"].n_unique()
    assert national["fund_slot"].n_unique() == national["episode"].n_unique()
    assert not set(claim["slot"]) & set(claim["fund_slot"])
    assert claim.group_by("slot").agg(pl.col("framework").n_unique())["framework"].max() == 1


def test_answers_of_further_frameworks_have_lists_and_questions_of_their_own(several: Path) -> None:
    with open_answers(Places(several)) as connection:
        questions = set(connection.execute("SELECT question FROM question").pl()["question"])
        dimensions = set(connection.execute("SELECT DISTINCT dimension FROM dimension").pl()["dimension"])
        answered = set(connection.execute("SELECT DISTINCT question FROM answer").pl()["question"])
    for framework in FRAMEWORKS[1:]:
        assert question_name("claims_claimable", ("kind",), framework) in questions
        assert list_name("kind", framework) in dimensions
        assert not any(one.startswith(f"{framework}:families_helped") for one in questions)
    assert question_name("claims_claimable", ("kind",), FRAMEWORKS[2]) in answered
    assert question_name("claims_claimable", ("kind",)) in questions
    assert not any(one.startswith(f"{FRAMEWORKS[0]}:") for one in questions)


def test_a_need_of_another_framework_is_its_affair_alone(tables: dict[str, pl.DataFrame]) -> None:
    known = {
        name: {need.code for need in framework_from_text(name, text).needs}
        for name, text in tables["framework_file"].select("framework", "text").iter_rows()
    }
    for name, codes in known.items():
        assert set(tables["need"].filter(framework=name)["need_code"]) <= codes


def test_households_are_counted_and_not_told(tables: dict[str, pl.DataFrame]) -> None:
    possible = tables["possible_family"]
    assert possible.filter(framework="family-help-local").height > 0
    minimum = {"supporting-families-2022": 3, "family-help-local": 1}
    for name, least in minimum.items():
        assert (possible.filter(framework=name)["needs"] >= least).all()
    assert not set(possible["household"]) & set(tables["family"]["family"])


@pytest.mark.parametrize(
    ("links", "said", "code"),
    [
        ("contract,row,person\nghost,1,a\n", "line 2", 78),
        ("contract,row,person\nneed,1,a\n", "about others", 78),
    ],
)
def test_links_that_will_not_do_are_refused(tmp_path: Path, links: str, said: str, code: int) -> None:
    file = tmp_path / "links.csv"
    file.write_text(links)
    refused = pipelines("run", "--extracts", SAMPLE, "--links", file, "--data", tmp_path / "data")
    assert refused.code == code
    assert said in refused.words
    assert not (tmp_path / "data" / "releases" / "current").exists()


def test_a_framework_changed_since_it_was_activated_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "frameworks"
    folder.mkdir()
    shipped = (PROJECT / "data" / "frameworks" / "supporting-families-2022.toml").read_text(encoding="utf-8")
    (folder / "supporting-families-2022.toml").write_text(shipped + "\n# one line more\n", encoding="utf-8")
    refused = pipelines("run", "--extracts", SAMPLE, "--data", tmp_path)
    assert refused.code != 0
    assert "changed since it was activated" in refused.words


def test_a_framework_named_twice_is_refused(tmp_path: Path) -> None:
    twice = ["--framework", FRAMEWORKS[0], "--framework", FRAMEWORKS[0]]
    refused = pipelines("run", "--extracts", SAMPLE, *twice, "--data", tmp_path)
    assert "named twice" in refused.words
    assert refused.code == 4


def test_a_truth_about_other_extracts_is_refused(sample_data: Path, tmp_path: Path) -> None:
    for name in ("need_states.csv", "families.csv", "records.csv"):
        (tmp_path / name).write_bytes((TRUTH / name).read_bytes())
    (tmp_path / "claims.csv").write_text("family_ref,episode_ref,state,claim_date\nF1,E1,claimable,\n")
    refused = pipelines("outcomes", "--score", tmp_path, "--data", sample_data)
    assert refused.code == 57
    assert "other extracts" in refused.words
