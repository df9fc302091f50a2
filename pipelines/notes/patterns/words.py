"""Words that point at an identity, by subject, in lower case: all are looked for in one pass over a text."""

from enum import Enum, auto
from typing import Final

from pipelines.notes.listed import listed


class Subject(Enum):
    """What a word points at."""

    STREET = auto()
    PERHAPS_STREET = auto()
    MISSPELT_STREET = auto()
    DWELLING = auto()
    HOME = auto()
    SCHOOL = auto()
    SURGERY = auto()
    BIRTH = auto()
    MONTH = auto()
    PLATFORM = auto()
    LABEL = auto()
    VEHICLE = auto()


# What a street is called that little else is called.
STREETS: Final = listed("""
    street road lane avenue crescent terrace grove gardens garth mews boulevard parade esplanade promenade
    cottages maisonettes ginnel snicket wynd roundabout bypass causeway embankment rd ave gdns cres crs
    tce terr blvd streets roads tenements villas
""")
# What is also the name of other things: alone it means nothing.
PERHAPS_STREETS: Final = listed("""
    st drive dr close cl way place pl court ct park square sq walk row rise view hill green bank brow side fold
    croft gate yard wharf ln lodge quay hey heys nook meadow meadows field fields bridge cross end path passage
    alley approach arcade chase circus common corner cove dale dell drove estate ferry glade glen grange hamlet
    haven heath heights hollow house island junction knoll lea leas leaze link loan lock mead mill mount orchard
    paddock pastures pines plaza point pond pool precinct quadrant reach ridge ride spinney spur stairs station
    steps strand strip thicket top towers track trees turn turning vale valley viaduct villa warren wood woods
    woodlands works royd royds clough holme carr beck copse coppice bend bottom buildings mansions cottage farm
    gr pde pk wk av avn strt str gates gds
""")
DWELLINGS: Final = listed(
    "flat flats apartment apt unit room plot block caravan pitch bedsit maisonette floor"
)
# After these an address may follow.
HOMES: Final = listed("""
    address addresses lives live living lived resides residing resident staying stays stayed moved move moving
    neighbour neighbours delivery deliver visit visited tenancy property house home flat enter tenant attended
    accommodation accommodated placed rehoused sofa hostel refuge whatabouts whereabouts
""")
SCHOOLS: Final = listed("""
    primary infant infants junior juniors high academy school college nursery preschool
    playgroup kindergarten pru secondary grammar comprehensive comp jmi jis utc sixthform
""") | {"pre school", "pupil referral unit", "sixth form", "referral unit", "c of e", "free school"}
SURGERIES: Final = listed("surgery surgeries practice clinic pharmacy dental dentist dentists") | {
    "medical centre", "health centre", "medical center", "health center", "medical group", "walk in centre",
}  # fmt: skip
BIRTHS: Final = listed("""
    dob dobs birth birthdate birthday birthdays born bday bdays birthdates b edd yob
""") | {"d o b", "b day", "baby due"}
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
         "august aug", "september sept sep", "october oct", "november nov", "december dec"),
        1,
    )
    for name in names.split()
}  # fmt: skip
PLATFORMS: Final = listed("""
    snapchat snap sc insta instagram ig tiktok facebook fb messenger discord xbox gamertag psn playstation roblox
    fortnite steam twitch youtube yt whatsapp kik twitter telegram signal threads bereal wechat viber skype yubo
    omegle onlyfans tinder hinge grindr badoo wink vinted linkedin reddit tumblr pinterest minecraft username
    usernames handle handles screenname nickname login skypename wizz bumble strava spotify soundcloud
    imvu wattpad oculus nintendo
""") | {
    "tik tok",
    "user name",
    "goes by",
    "screen name",
    "user id",
    "gamer tag",
    "profile name",
    "account name",
}
# What a number is called, in words: see `references`.
LABELS: Final = listed("""
    ref refs reference references case crime incident occurrence log urn crn nomis noms lcs ehm ehms mosaic
    liquidlogic capita ics carefirst framework tenancy rent account acc acct client customer patient person pupil
    child hospital mrn emis systmone rio claim policy warrant court visa arc brp nass cas eus nhs upn uln nino ni
    pnc asn uprn passport licence license driving niche athena connect storm cad custody prison offender
    probation delius member membership record file id pin iban roll council staff badge collar shoulder
    application referral learner eh eha caf case's nin chi unique policyholder payroll employee utr uc meter mpan mprn
    cardholder card sort docket ward urn's fostering adoption sen ehcp ehc laid laa number no nos num mis
""") | {"home office", "a c", "s c", "h o"}
VEHICLES: Final = listed("""
    reg regs registration registrations vrm vrn vrms plate plates numberplate car cars van vehicle vehicles
    motorbike motorcycle moped scooter taxi driver driving drove drives parked lorry truck minibus caravan
    insured mot dvla index
    astra corsa vectra zafira vauxhall ford fiesta focus mondeo transit bmw audi golf polo passat vw volkswagen
    peugeot renault clio megane citroen nissan qashqai micra juke toyota yaris honda civic jazz hyundai kia
    skoda octavia fabia seat ibiza leon mercedes merc mini volvo fiat punto mazda suzuki swift jaguar range rover
    land discovery tesla dacia sandero subaru mitsubishi lexus saab hatchback saloon estate suv convertible
""")


def _one_edit(words: frozenset[str]) -> frozenset[str]:
    """The words with one letter left out, doubled or two that changed places: as streets are misspelt in haste."""
    out: set[str] = set()
    for word in words:
        for at in range(1, len(word)):
            swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
            doubled = word[:at] + word[at] + word[at:]
            out.update((word[:at] + word[at + 1 :] if len(word) > 4 else word, swapped, doubled))
    return frozenset(out)


_OFTEN_MISSPELT: Final = listed("street road lane avenue crescent terrace grove gardens close drive")
_ORDINARY: Final = listed("lose cose dive rive drie rove gove tree trees stet rod lan ane garden dries loose")
MISSPELT_STREETS: Final = (
    _one_edit(_OFTEN_MISSPELT) - _ORDINARY - STREETS - PERHAPS_STREETS - SCHOOLS
) | listed("streat avanue avenu cresent terrase gardins lain rode crecent teracce")

WORDS: Final = {
    Subject.STREET: STREETS,
    Subject.PERHAPS_STREET: PERHAPS_STREETS,
    Subject.MISSPELT_STREET: MISSPELT_STREETS,
    Subject.DWELLING: DWELLINGS,
    Subject.HOME: HOMES,
    Subject.SCHOOL: SCHOOLS,
    Subject.SURGERY: SURGERIES,
    Subject.BIRTH: BIRTHS,
    Subject.MONTH: frozenset(MONTHS),
    Subject.PLATFORM: PLATFORMS,
    Subject.LABEL: LABELS,
    Subject.VEHICLE: VEHICLES,
}
