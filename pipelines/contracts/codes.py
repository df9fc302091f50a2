"""The code lists that close columns of the contracts: code to label.

Ethnicity: the school census. Referral source and primary need: the children in need census. Needs: the 34 of the
Supporting Families framework of 2022, whose wording lives in data/frameworks.
"""

FLAG = {"Y": "Yes", "N": "No"}
SEX = {"F": "Female", "M": "Male", "U": "Unknown"}
ROLE = {
    "parent": "Parent",
    "carer": "Carer",
    "child": "Child",
    "other adult": "Other adult",
    "unborn": "Unborn child",
}
ETHNICITY = {
    "WBRI": "White British",
    "WIRI": "White Irish",
    "WIRT": "Traveller of Irish heritage",
    "WROM": "Gypsy or Roma",
    "WOTH": "Any other White background",
    "MWBC": "White and Black Caribbean",
    "MWBA": "White and Black African",
    "MWAS": "White and Asian",
    "MOTH": "Any other mixed background",
    "AIND": "Indian",
    "APKN": "Pakistani",
    "ABAN": "Bangladeshi",
    "CHNE": "Chinese",
    "AOTH": "Any other Asian background",
    "BCRB": "Black Caribbean",
    "BAFR": "Black African",
    "BOTH": "Any other Black background",
    "OOTH": "Any other ethnic group",
    "REFU": "Refused",
    "NOBT": "Information not yet obtained",
}
REFERRAL_SOURCE = {
    "1A": "Individual: family member, relative or carer",
    "1B": "Individual: acquaintance",
    "1C": "Individual: self",
    "1D": "Individual: other",
    "2A": "Schools",
    "2B": "Education services",
    "3A": "GP",
    "3B": "Health visitor",
    "3C": "School nurse",
    "3D": "Other primary health services",
    "3E": "A and E",
    "3F": "Other health services",
    "4": "Housing",
    "5A": "Local authority: social care",
    "5B": "Local authority: other internal",
    "5C": "Local authority: external",
    "5D": "Local authority: early help",
    "6": "Police",
    "7": "Other legal agency",
    "8": "Other",
    "9": "Anonymous",
    "10": "Unknown",
}
CLOSURE_REASON = {
    "outcomes_met": "Outcomes met",
    "step_down": "Stepped down to universal services",
    "step_up": "Stepped up to social care",
    "withdrew": "Family withdrew",
    "moved_away": "Family moved away",
    "other": "Other",
}
_NEEDS_A_HEADLINE = {1: 4, 2: 3, 3: 3, 4: 2, 5: 4, 6: 6, 7: 3, 8: 3, 9: 3, 10: 3}
NEED_CODES = {
    f"{headline}.{number}": f"Need {headline}.{number}"
    for headline, numbers in _NEEDS_A_HEADLINE.items()
    for number in range(1, numbers + 1)
}
JUDGEMENTS = {"met": "Met", "regressed": "Regressed", "waived": "Waived"}
TERM = {"Autumn": "Autumn term", "Spring": "Spring term", "Summer": "Summer term"}
EXCLUSION = {"SUSP": "Suspension", "PERM": "Permanent exclusion"}
POLICE_ROLE = {"suspect": "Suspect", "victim": "Victim", "witness": "Witness"}
SOCIAL_CARE = {"CIN": "Child in need", "CPP": "Child protection plan", "CLA": "Child looked after"}
PRIMARY_NEED = {
    "N1": "Abuse or neglect",
    "N2": "Child's disability",
    "N3": "Parental disability or illness",
    "N4": "Family in acute stress",
    "N5": "Family dysfunction",
    "N6": "Socially unacceptable behaviour",
    "N7": "Low income",
    "N8": "Absent parenting",
    "N9": "Cases other than children in need",
    "N0": "Not stated",
}
HOUSING = {
    "NSP": "Notice seeking possession",
    "NTQ": "Notice to quit",
    "POSSESSION": "Possession",
    "EVICTION": "Eviction",
    "HOMELESS_APPLICATION": "Homeless application",
    "TEMP_ACCOMMODATION": "Temporary accommodation",
}
