"""What practitioners write: phrases with places for people, numbers and addresses.

A place in braces names what stands there (see `notes`). Phrases about children, babies or teenagers carry the ages
that they make sense for.
"""

from typing import Final

Phrase = tuple[str, int, int]  # the words, the youngest and the oldest child that {child} may be


def _any(*phrases: str) -> list[Phrase]:
    return [(phrase, 0, 17) for phrase in phrases]


def _aged(youngest: int, oldest: int, *phrases: str) -> list[Phrase]:
    return [(phrase, youngest, oldest) for phrase in phrases]


PHRASES: Final[tuple[Phrase, ...]] = (
    *_any(
        "T/C to {adult}. No reply, left voicemail to ring back on {office}.",
        "T/C from {neighbour}, neighbour at {address_other}, reporting shouting late at night and {child} crying in "
        "the garden. Passed to MASH.",
        "Home visit to {address}. Present: {adult} and {child}. House warm and tidy, food in the cupboards.",
        "Unannounced visit. No reply. Card left. Curtains drawn, TV audible. Will try again tomorrow.",
        "{adult} rang in tears; {benefit} sanctioned again and there is nothing on the meter. Foodbank voucher "
        "issued, fuel top-up £{amount}.",
        "{adult} completed week {count} of the parenting course. Hopes to do the top-up in summer.",
        "{partner} has moved out. {adult} says it is over this time. Safety plan reviewed, locks changed.",
        "{partner}, mum's new partner, was present. DOB given as {dob_other}. Checks requested via police.",
        "Text from {adult} ({phone}): cannot make {weekday}, can we do {weekday} instead. Rebooked.",
        "Please use {phone} for {adult_full}, the old number is dead.",
        "New email for {adult}: {email}. Old one bounces back.",
        "Landlord is {landlord}, mobile {phone_other}. Says no repairs until the arrears clear.",
        "Family have moved to {address_new}, {postcode_other}. Removal went ok.",
        "Visit cancelled by {adult}. Rebooked for {weekday}.",
        "TAF meeting. Present: {adult_full}, {teacher} (school), {worker}, {social_worker} (SW). Apologies: "
        "{gp}. Actions agreed and circulated.",
        "Closing summary sent to {adult_title}. NFA.",
        "Discussed closure. All agreed that outcomes are met. {adult} rated the support {count} out of 10.",
        "Spoke to {social_worker} in the duty team. Threshold not met for {service}. Step down agreed.",
        "PIP form completed with {adult_full}, NINO {nino}. Posted recorded delivery.",
        "{adult_title} was seen at {surgery} by {gp}: {adult_health}. Sick note for {length}.",
        "Grace period on the tenancy ends soon. {adult} told to engage or the council will seek possession of "
        "{address}.",
        "{adult} says {relative}, maternal aunt, can have the children at weekends ({phone_other}).",
        "Work coach says {adult} starts at the bakery on {weekday}, {hours} hrs pw. Better off by £{amount} a week.",
        "{police} attended {address} after a 999 call. {adult} did not want to make a statement.",
        "Car outside again, reg {vehicle}. {adult} thinks it is {partner}'s. Logged with 101.",
        "Plan on track. Continue weekly visits for {length}. Nothing new identified.",
        "Debt adviser met {adult}. Arrears £{amount}, plan of £{count} a week from next month.",
        "Charity grant for beds and a fridge approved, delivery to {address} on {weekday}.",
        "Case audit: voice of the child evident; plan SMART; chronology up to date. Next review in {length}.",
        "Mum disclosed {adult_health} and wants help. Self referral form sent to {email}.",
        "Met at the library as {adult} was worried that {partner} might turn up.",
        "Correspondence for {adult_full} to {address}, {postcode}. Not to the old address.",
    ),
    *_aged(
        0,
        3,
        "Joint visit with {health_visitor} (HV). ASQ-3 completed for {child}: communication below, gross motor on "
        "track. SALT referral sent.",
        "{childs} key worker at nursery has seen biting and head banging. Sleep: wakes {count} times, settles after "
        "{length}.",
        "{child} observed playing on the rug, clean and alert. Weight on the 25th centile. No concerns re {health}.",
        "Observed warm interaction; {child} ran to {adult} and asked for a cuddle.",
        "Immunisations for {child} (NHS {nhs}) booked at {surgery} on {weekday}.",
    ),
    *_aged(
        4,
        11,
        "{child} (DOB {dob}) is often late for {school}. {teacher} will meet mum at the gate.",
        "{child} says they miss nan and want to go to Scouts. Three wishes: a dog, a bigger room, no shouting.",
        "Mum reported that {child} wet the bed on three nights. Reassured, leaflet given.",
        "{teacher} at {school}: {child} has had {count} good weeks, attendance up. {health} plan shared.",
        "UPN {upn} confirmed by school admissions. {child_full} on roll at {school}.",
        "Reading with {child}, who told me {relative} shouts when dad is late. Passed on to {worker}.",
    ),
    *_aged(
        11,
        17,
        "{child} absent from {school} again today. Rang {adult}.",
        "{child} has been messaging an unknown adult on Snapchat ({handle}). Phone handed in to {police}. CSE "
        "screening tool = medium.",
        "{child_full} was found at {friend}'s flat, {address_other}. Missing for {length}. RHI to be offered.",
        "CAMHS letter for {child_full}, NHS no {nhs}: {health}, wait is {length}.",
        "{child} goes by {handle} online. E-safety session done.",
        "Young carer assessment: {child} cooks, does the shopping and sorts mum's tablets. Break arranged.",
        "{child} ({dob}) wants college in September. Careers interview with {teacher} on {weekday}.",
        "Cannabis smelt on arrival. {child} denied. Drug test offered & declined. {service} aware.",
        "Referrer: {teacher}, {school}. Reason: persistent absence of {surname_first}, {health}, overcrowding.",
        "{police}: {child} stopped in town with {friend} at 1am, no offence. {adult} informed.",
    ),
)
OPENINGS: Final = (
    "+44 contact number for {adult} is now {phone}. Prefers a text before 9am. ",
    "=NB= do not ring {phone_other}: {partner} answers. ",
    "@school: {child} seen today. ",
    "- tel {adult} x2 -\n",
)
HEALTH: Final = (
    "anxiety", "low mood", "panic attacks", "asthma", "self-harm", "school refusal", "attachment difficulties",
    "epilepsy", "insomnia", "ADHD", "eczema",
)  # fmt: skip
ADULT_HEALTH: Final = (
    "anxiety",
    "low mood",
    "postnatal depression",
    "back pain",
    "panic attacks",
    "COPD",
    "OCD",
)
BENEFITS: Final = ("UC", "PIP", "ESA", "Child Benefit")
LENGTHS: Final = (
    "three months", "6 weeks", "a fortnight", "two terms", "20 minutes", "nearly 2 years", "four nights",
    "3 months", "ten days",
)  # fmt: skip
SERVICES: Final = ("CIN", "CAMHS", "SENCo", "MASH", "EHA", "YJS", "Turning Point", "Women's Aid")
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
# Who else is named in notes: place in a phrase, what they are, and their sex where that is settled.
OUTSIDERS: Final = {
    "neighbour": ("neighbour", ""),
    "partner": ("new partner", "M"),
    "teacher": ("teacher", ""),
    "social_worker": ("social worker", ""),
    "police": ("police officer", ""),
    "gp": ("gp", ""),
    "health_visitor": ("health visitor", "F"),
    "relative": ("relative", "F"),
    "friend": ("relative", ""),
    "landlord": ("neighbour", "M"),
    "worker": ("worker", "F"),
}
# Titles that go with a profession.
TITLES: Final = {"gp": ("Dr",), "police officer": ("PC", "Sgt"), "teacher": ("Mr", "Mrs", "Miss")}
# How a family's names are written, and how often.
FAMILY_FORMS: Final = (
    ("forename", 36),
    ("full", 24),
    ("nickname", 8),
    ("title", 8),
    ("upper", 4),
    ("lower", 4),
    ("misspelt", 4),
    ("initials", 5),
    ("surname_first", 3),
    ("split", 2),
    ("hyphen_part", 2),
)
