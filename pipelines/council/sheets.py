"""Who sends which file, how it is written, and which days it covers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pipelines.council.dates import add_months, days_after

# A row of a file: its cells, the person it is about ("" where none), and what was spoilt in it.
Cell = str | int | float | date
Row = tuple[list[str] | list[Cell], str, str]


@dataclass(frozen=True)
class Layout:
    """How one partner writes one file. `headings`: our column to the partner's heading, in the partner's order.

    `extra`: columns that no contract knows. `values`: of a column, our code to the partner's word.
    """

    contract: str
    file: str
    partner: str
    headings: Mapping[str, str]
    encoding: str = "utf-8"
    separator: str = ","
    extra: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class Sheet:
    """The rows of one file on the way to being written; `tail`: rows under the data (empty rows, totals)."""

    layout: Layout
    rows: list[Row] = field(default_factory=list)
    tail: list[tuple[list[str], str]] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)


def _same(columns: str) -> dict[str, str]:
    return {name: name for name in columns.split()}


CASES: Final = "Wythbrook Family Help"
SCHOOLS: Final = "Wythbrook Education Data"
POLICE: Final = "Wythdale Police"

LAYOUTS: Final[tuple[Layout, ...]] = (
    Layout(
        "family_member",
        "family_members.csv",
        CASES,
        {
            "person_ref": "Person ID",
            "family_ref": "Family ID",
            "role": "Role in Family",
            "forename": "First Name",
            "surname": "Last Name",
            "also_known_as": "Known As",
            "date_of_birth": "DOB",
            "sex": "Sex",
            "ethnicity": "Ethnicity Code",
            "nhs_number": "NHS No",
            "upn": "UPN",
            "nino": "NI Number",
            "address": "Address",
            "postcode": "Postcode",
            "uprn": "UPRN",
            "phone": "Telephone",
            "email": "E-mail",
            "from_date": "Joined",
            "to_date": "Left",
        },
        encoding="utf-8-sig",
        extra=("Last Updated By",),
    ),
    Layout(
        "family_episode",
        "family_episodes.csv",
        CASES,
        _same(
            "episode_ref family_ref start_date end_date referral_source referral_reason assessment_date plan_date "
            "lead_practitioner team locality ward closure_reason expectant_parent"
        ),
        values={
            "closure_reason": {
                "outcomes_met": "Closed - outcomes met",
                "step_down": "Closed - to universal services",
                "step_up": "Escalated to social care",
                "withdrew": "Consent withdrawn",
                "moved_away": "Moved out of Wythbrook",
                "other": "Other",
            }
        },
    ),
    Layout(
        "need",
        "needs_identified.csv",
        CASES,
        {
            "episode_ref": "Episode",
            "person_ref": "Person",
            "need_code": "Need",
            "identified_on": "Date identified",
            "identified_by": "Identified by",
        },
        separator=";",
    ),
    Layout(
        "progress",
        "progress_reviews.csv",
        CASES,
        {
            "episode_ref": "Episode",
            "person_ref": "Person",
            "need_code": "Need",
            "recorded_on": "Review date",
            "state": "Outcome",
            "evidence": "Comments",
        },
        encoding="cp1252",
    ),
    Layout("case_note", "case_notes.csv", CASES, _same("note_ref episode_ref written_on worker text")),
    Layout(
        "worker",
        "workers.csv",
        CASES,
        {"worker_id": "Worker ID", "name": "Name", "team": "Team", "email": "Email"},
    ),
    Layout(
        "school_attendance",
        "attendance_by_term.csv",
        SCHOOLS,
        {
            "upn": "UPN",
            "surname": "Legal Surname",
            "forename": "Legal Forename",
            "date_of_birth": "DOB",
            "postcode": "Home Postcode",
            "school": "School Name",
            "academic_year": "Academic Year",
            "term": "Term",
            "term_start": "Term Start",
            "term_end": "Term End",
            "sessions_possible": "Poss",
            "sessions_attended": "Att",
            "authorised_absence": "Auth Abs",
            "unauthorised_absence": "Unauth Abs",
        },
        encoding="cp1252",
    ),
    Layout(
        "school_exclusion",
        "Suspensions and exclusions.csv",
        SCHOOLS,
        {
            "upn": "UPN",
            "forename": "Forename",
            "surname": "Surname",
            "date_of_birth": "Date of Birth",
            "school": "School",
            "category": "Category",
            "start_date": "Start Date",
        },
        encoding="utf-8-sig",
    ),
    Layout(
        "police_incident",
        "police_incidents_export.csv",
        POLICE,
        {
            "incident_ref": "OCCURRENCE_NO",
            "occurred_on": "OCC_DATE",
            "offence": "OFFENCE_DESC",
            "role": "ROLE",
            "domestic_abuse": "DA_FLAG",
            "surname": "SURNAME",
            "forename": "FORENAME_1",
            "date_of_birth": "DOB",
            "address": "ADDRESS",
            "postcode": "POSTCODE",
            "pnc_id": "PNCID",
        },
        extra=("BEAT_CODE", "OIC"),
    ),
    Layout(
        "missing_episode",
        "missing_children.csv",
        POLICE,
        {
            "forename": "First name",
            "surname": "Family name",
            "date_of_birth": "Born",
            "postcode": "Postcode",
            "missing_from": "Missing since",
            "missing_to": "Returned",
        },
    ),
    Layout(
        "social_care_episode",
        "childrens_social_care.csv",
        "Wythbrook Children's Services",
        {
            "la_child_id": "LA Child ID",
            "forename": "Forename",
            "surname": "Surname",
            "date_of_birth": "Date of birth",
            "nhs_number": "NHS number",
            "upn": "UPN",
            "kind": "Plan type",
            "start_date": "Start",
            "end_date": "End",
            "primary_need": "Primary need",
            "postcode": "Postcode",
        },
    ),
    Layout(
        "housing_event",
        "housing_events.xlsx",
        "Wythbrook Homes",
        {
            "tenancy_ref": "Tenancy Ref",
            "tenant_name": "Tenant",
            "date_of_birth": "D.O.B.",
            "address": "Property",
            "uprn": "UPRN",
            "kind": "Event",
            "occurred_on": "Event Date",
            "arrears_balance": "Arrears £",
        },
        extra=("Officer",),
    ),
    Layout(
        "employment_spell",
        "employment_matches.csv",
        "Jobcentre Partnership",
        {
            "nino": "NINO",
            "forename": "FirstName",
            "surname": "LastName",
            "date_of_birth": "BirthDate",
            "postcode": "PostCode",
            "start_date": "SpellStart",
            "end_date": "SpellEnd",
        },
        encoding="cp1252",
        separator=";",
    ),
    Layout(
        "health_contact",
        "health_visiting.csv",
        "Wythdale Community NHS Trust",
        _same("nhs_number forename surname date_of_birth kind contact_date result"),
    ),
    Layout(
        "earlier_claim",
        "earlier_claims.csv",
        "Wythbrook Finance",
        _same("claim_ref family_ref framework claimed_on"),
    ),
)


def covered_days(as_of: date) -> dict[str, tuple[date, date]]:
    """First and last day that each extract covers: some begin late, some end before the as-of day.

    The police send their file a month late, health visiting a fortnight; missing children began with a new system.
    """
    since = add_months(as_of, -54).replace(day=1)
    school = date(as_of.year - (as_of.month < 9) - 3, 9, 1)
    days = {layout.contract: (since, as_of) for layout in LAYOUTS}
    days["school_attendance"] = (school, as_of)
    days["police_incident"] = (add_months(since, 9), days_after(as_of.replace(day=1), -1))
    days["missing_episode"] = (add_months(as_of, -30).replace(day=1), as_of)
    days["employment_spell"] = (add_months(since, 12), as_of)
    days["health_contact"] = (add_months(as_of, -30).replace(day=1), days_after(as_of, -14))
    return days
