"""Who sends which file, how it is written, and which days it covers."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from pipelines.council.dates import add_months, days_after
from pipelines.council.layout import Cell, Layout, Row, Sheet
from pipelines.council.service_layouts import SERVICE_LAYOUTS

__all__ = ["LAYOUTS", "Cell", "Layout", "Row", "Sheet", "covered_days", "words_of"]


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
    Layout(
        "relationship",
        "relationships.csv",
        CASES,
        {
            "person_ref": "Person ID",
            "related_person_ref": "Related Person ID",
            "relationship": "Relationship",
            "from_date": "From",
            "to_date": "To",
        },
        values={
            "relationship": {
                "parent_of": "Parent",
                "child_of": "Child",
                "step_parent_of": "Step parent",
                "step_child_of": "Step child",
                "grandparent_of": "Grandparent",
                "grandchild_of": "Grandchild",
                "partner_of": "Partner",
                "former_partner_of": "Ex-partner",
                "sibling_of": "Sibling",
                "half_sibling_of": "Half sibling",
                "aunt_or_uncle_of": "Aunt/Uncle",
                "niece_or_nephew_of": "Niece/Nephew",
                "cousin_of": "Cousin",
            }
        },
    ),
    *SERVICE_LAYOUTS,
)


def words_of(contract: str, column: str) -> Mapping[str, str]:
    """Of a column of codes, our code to the partner's word, where the two differ."""
    return next(layout for layout in LAYOUTS if layout.contract == contract).values.get(column, {})


def covered_days(as_of: date, quarter: int = 1) -> dict[str, tuple[date, date]]:
    """First and last day that each extract covers: some begin late, some end before the as-of day.

    The police send their file a month late, health visiting a fortnight; missing children began with a new system. In a
    later quarter every extract reaches as far back as in the first.
    """
    first_as_of = add_months(as_of, -3 * (quarter - 1))
    since = add_months(first_as_of, -54).replace(day=1)
    school = date(first_as_of.year - (first_as_of.month < 9) - 3, 9, 1)
    days = {layout.contract: (since, as_of) for layout in LAYOUTS}
    days["school_attendance"] = (school, as_of)
    days["police_incident"] = (add_months(since, 9), days_after(as_of.replace(day=1), -1))
    days["missing_episode"] = (add_months(first_as_of, -30).replace(day=1), as_of)
    days["employment_spell"] = (add_months(since, 12), as_of)
    days["health_contact"] = (add_months(first_as_of, -30).replace(day=1), days_after(as_of, -14))
    return days
