"""The fifteen contracts: what the extract of each partner must hold, column by column."""

from collections.abc import Mapping

from pipelines.contracts.case_note import CASE_NOTE
from pipelines.contracts.contract import Column, Contract, Kind, Reference, Rule, Severity
from pipelines.contracts.earlier_claim import EARLIER_CLAIM
from pipelines.contracts.employment_spell import EMPLOYMENT_SPELL
from pipelines.contracts.family_episode import FAMILY_EPISODE
from pipelines.contracts.family_member import FAMILY_MEMBER
from pipelines.contracts.health_contact import HEALTH_CONTACT
from pipelines.contracts.housing_event import HOUSING_EVENT
from pipelines.contracts.missing_episode import MISSING_EPISODE
from pipelines.contracts.need import NEED
from pipelines.contracts.police_incident import POLICE_INCIDENT
from pipelines.contracts.progress import PROGRESS
from pipelines.contracts.school_attendance import SCHOOL_ATTENDANCE
from pipelines.contracts.school_exclusion import SCHOOL_EXCLUSION
from pipelines.contracts.social_care_episode import SOCIAL_CARE_EPISODE
from pipelines.contracts.worker import WORKER

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
    )
}
# Without these there is nobody to help, nothing to evaluate.
INDISPENSABLE = ("family_member", "family_episode", "need")

__all__ = ["CONTRACTS", "INDISPENSABLE", "Column", "Contract", "Kind", "Reference", "Rule", "Severity"]
