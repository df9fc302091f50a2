"""The contracts themselves: complete, consistent, and every column with the kind that decides about privacy."""

import polars as pl
import pytest

from pipelines import rules
from pipelines.contracts import CONTRACTS, Contract, Kind
from pipelines.landing import TYPES

EVERY = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)

KINDS = {
    Kind.IDENTIFIER: (
        "person_ref family_ref episode_ref note_ref claim_ref incident_ref tenancy_ref worker_id worker identified_by "
        "nhs_number upn nino pnc_id uprn la_child_id"
    ),
    Kind.DIRECT_IDENTITY: (
        "forename surname also_known_as name tenant_name address phone email lead_practitioner"
    ),
    Kind.QUASI_IDENTIFIER: ("date_of_birth postcode sex ethnicity school ward locality team referral_source"),
    Kind.SENSITIVE: (
        "need_code state category offence domestic_abuse kind primary_need reason result expectant_parent"
    ),
    Kind.FREE_TEXT: "referral_reason evidence text",
}


def test_there_are_fifteen() -> None:
    names = """
    case_note earlier_claim employment_spell family_episode family_member health_contact housing_event missing_episode
    need police_incident progress school_attendance school_exclusion social_care_episode worker
    """
    assert sorted(CONTRACTS) == names.split()


@pytest.mark.parametrize(("kind", "names"), KINDS.items(), ids=[kind.name for kind in KINDS])
def test_kinds_decide_about_privacy(kind: Kind, names: str) -> None:
    found = {c.name: c.kind for contract in CONTRACTS.values() for c in contract.columns if c.name != "role"}
    assert {name for name, its in found.items() if its is kind} == set(names.split())


def test_role_tells_of_a_family_member_and_of_a_suspect() -> None:
    assert CONTRACTS["family_member"].by_name["role"].kind is Kind.QUASI_IDENTIFIER
    assert CONTRACTS["police_incident"].by_name["role"].kind is Kind.SENSITIVE


@EVERY
def test_columns_agree_with_the_schema(contract: Contract) -> None:
    dtypes = {name: column.dtype for name, column in contract.schema.columns().items() if name != "row"}
    assert dtypes == {column.name: TYPES[column.type]() for column in contract.columns}
    assert [column.name for column in contract.columns] == list(contract.by_name)


@EVERY
def test_columns_make_sense(contract: Contract) -> None:
    for column in contract.columns:
        assert column.meaning
        assert (column.codes is not None) == (column.type == "code")
        assert column.nullable or column.required, "what may not be blank must be there"
        assert column.nullable or not column.lenient, "an unknown code becomes blank"


@EVERY
def test_references_lead_somewhere(contract: Contract) -> None:
    for reference in contract.references:
        assert reference.column in contract.by_name
        assert reference.target in CONTRACTS[reference.contract].by_name
    assert contract.key is None or contract.key in contract.by_name


@EVERY
def test_every_rule_of_the_schema_has_words(contract: Contract) -> None:
    known = [rule.name for rule in rules.quarantining(contract)]
    assert len(known) == len(set(known))
    assert {rule.name for rule in contract.row_rules} <= set(known)
    own = {name for name in contract.schema._validation_rules(with_cast=False) if "|" not in name}
    assert own == {rule.name for rule in contract.row_rules}
    assert all(rule.meaning and rule.reason for rule in rules.quarantining(contract))


@EVERY
def test_empty_frames_keep_their_contract(contract: Contract) -> None:
    empty = pl.DataFrame(schema={"row": pl.Int64} | {c.name: TYPES[c.type] for c in contract.columns})
    good, failure = contract.schema.filter(empty)
    assert (good.height, len(failure)) == (0, 0)
