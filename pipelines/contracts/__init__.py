"""The contracts: what the extract of each partner must hold, column by column."""

from collections.abc import Mapping

from pipelines.contracts.adult_social_care import ADULT_SOCIAL_CARE
from pipelines.contracts.benefit_spell import BENEFIT_SPELL
from pipelines.contracts.case_note import CASE_NOTE
from pipelines.contracts.contract import Column, Contract, Kind, Part, Reference, Rule, Severity
from pipelines.contracts.earlier_claim import EARLIER_CLAIM
from pipelines.contracts.employment_spell import EMPLOYMENT_SPELL
from pipelines.contracts.family_episode import FAMILY_EPISODE
from pipelines.contracts.family_member import FAMILY_MEMBER
from pipelines.contracts.health_contact import HEALTH_CONTACT
from pipelines.contracts.homelessness_duty import HOMELESSNESS_DUTY
from pipelines.contracts.housing_event import HOUSING_EVENT
from pipelines.contracts.mental_health_support import MENTAL_HEALTH_SUPPORT
from pipelines.contracts.missing_episode import MISSING_EPISODE
from pipelines.contracts.need import NEED
from pipelines.contracts.partner_spell import PartnerSpell
from pipelines.contracts.police_incident import POLICE_INCIDENT
from pipelines.contracts.probation import PROBATION
from pipelines.contracts.progress import PROGRESS
from pipelines.contracts.relationship import RELATIONSHIP
from pipelines.contracts.school_attendance import SCHOOL_ATTENDANCE
from pipelines.contracts.school_exclusion import SCHOOL_EXCLUSION
from pipelines.contracts.social_care_episode import SOCIAL_CARE_EPISODE
from pipelines.contracts.special_educational_needs import SPECIAL_EDUCATIONAL_NEEDS
from pipelines.contracts.substance_misuse_treatment import SUBSTANCE_MISUSE_TREATMENT
from pipelines.contracts.worker import WORKER
from pipelines.contracts.youth_justice import YOUTH_JUSTICE

CONTRACTS: Mapping[str, Contract] = {
    contract.name: contract
    for contract in (
        FAMILY_MEMBER,
        FAMILY_EPISODE,
        NEED,
        PROGRESS,
        CASE_NOTE,
        WORKER,
        SCHOOL_ATTENDANCE,
        SCHOOL_EXCLUSION,
        POLICE_INCIDENT,
        MISSING_EPISODE,
        SOCIAL_CARE_EPISODE,
        HOUSING_EVENT,
        EMPLOYMENT_SPELL,
        HEALTH_CONTACT,
        EARLIER_CLAIM,
        RELATIONSHIP,
        ADULT_SOCIAL_CARE,
        SPECIAL_EDUCATIONAL_NEEDS,
        MENTAL_HEALTH_SUPPORT,
        SUBSTANCE_MISUSE_TREATMENT,
        YOUTH_JUSTICE,
        PROBATION,
        BENEFIT_SPELL,
        HOMELESSNESS_DUTY,
    )
}
# Partners that send spells of one shape: person, kind, first and last day.
SERVICES = tuple(name for name, contract in CONTRACTS.items() if issubclass(contract.schema, PartnerSpell))
# Without these there is nobody to help, nothing to evaluate.
INDISPENSABLE = ("family_member", "family_episode", "need")

__all__ = [
    "CONTRACTS",
    "INDISPENSABLE",
    "SERVICES",
    "Column",
    "Contract",
    "Kind",
    "Part",
    "Reference",
    "Rule",
    "Severity",
]
