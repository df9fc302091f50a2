"""The contracts themselves: complete, consistent, and every column with the kind that decides about privacy."""

import ast

import polars as pl
import pytest

from pipelines import rules
from pipelines.contracts import CONTRACTS, Contract, Kind, Part
from pipelines.landing import TYPES
from release.places import PROJECT

EVERY = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)

# What says something of an identity without being one.
KINDLY = (Part.DATE_OF_BIRTH, Part.SEX, Part.ETHNICITY, Part.POSTCODE, Part.SCHOOL)
TYPED = {Part.DATE_OF_BIRTH: "date", Part.SEX: "code", Part.ETHNICITY: "code", Part.NHS_NUMBER: "text"}

KINDS = {
    Kind.IDENTIFIER: (
        "person_ref family_ref episode_ref note_ref claim_ref incident_ref tenancy_ref worker_id worker identified_by "
        "nhs_number upn nino pnc_id uprn la_child_id related_person_ref uln adult_id sen_ref patient_ref client_ref "
        "youth_justice_id crn customer_ref applicant_ref case_ref"
    ),
    Kind.DIRECT_IDENTITY: (
        "forename surname also_known_as name tenant_name address phone email lead_practitioner"
    ),
    Kind.QUASI_IDENTIFIER: (
        "date_of_birth postcode sex ethnicity school ward locality team referral_source relationship"
    ),
    Kind.SENSITIVE: (
        "need_code state category offence domestic_abuse kind primary_need reason result expectant_parent "
        "primary_reason primary_type substance end_reason conditionality"
    ),
    Kind.FREE_TEXT: "referral_reason evidence text",
}


def test_there_are_twenty_four() -> None:
    names = """
    adult_social_care benefit_spell case_note earlier_claim employment_spell family_episode family_member
    health_contact homelessness_duty housing_event mental_health_support missing_episode need police_incident
    probation progress relationship school_attendance school_exclusion social_care_episode special_educational_needs
    substance_misuse_treatment worker youth_justice
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
        assert column.why, "what is needed for nothing is not collected"
        assert column.partner
        assert (column.codes is not None) == (column.type == "code")
        assert column.nullable or column.required, "what may not be blank must be there"
        assert column.nullable or not column.lenient, "an unknown code becomes blank"
        assert set(column.outdated.values()) <= set(column.codes or {})
        assert not set(column.outdated) & set(column.codes or {})
        assert not column.digits or column.part is Part.OWN_KEY


@EVERY
def test_every_identity_says_what_part_of_one_it_is(contract: Contract) -> None:
    for column in contract.columns:
        if column.kind in (Kind.IDENTIFIER, Kind.DIRECT_IDENTITY):
            assert column.part, f"{contract.name}.{column.name}"
        else:
            assert column.part in (None, *KINDLY), f"{contract.name}.{column.name}"
        if column.part in TYPED:
            assert column.type == TYPED[column.part]


@EVERY
def test_nobodys_identity_is_in_two_places(contract: Contract) -> None:
    """Later stages ask for the part of an identity, and take the one column that holds it."""
    several = (Part.OWN_KEY, Part.RECORD, Part.WORKER)
    parts = [column.part for column in contract.columns if column.part and column.part not in several]
    assert len(parts) == len(set(parts))
    if contract.about_people:
        assert len(contract.parts(Part.OWN_KEY)) <= 1
        assert contract.parts(Part.WHOLE_NAME) or (
            contract.parts(Part.FORENAME) and contract.parts(Part.SURNAME)
        )
    if contract.unborn:
        column, code = contract.unborn
        assert code in (contract.by_name[column].codes or {})


MODULES = "landing checking counting rules identifiers numbering mending leaks/identities"


@pytest.mark.parametrize("module", MODULES.split())
def test_early_stages_ask_for_parts_and_not_for_names(module: str) -> None:
    """No column is known by its name before facts about single contracts are wanted."""
    names = {column.name for contract in CONTRACTS.values() for column in contract.parts(*Part)}
    # Words that these modules have for other things.
    names -= {"name", "postcode"} if module == "rules" else {"name"}
    source = (PROJECT / "pipelines" / f"{module}.py").read_text("utf-8")
    words = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    assert names & words == set()


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
