"""The code lists that close columns of the contracts: code to label.

Ethnicity: the school census. Referral source and primary need: the children in need census. Needs: the 34 of the
Supporting Families framework of 2022, whose wording lives in data/frameworks.
"""

FLAG = {"Y": "Yes", "N": "No"}
SEX = {"F": "Female", "M": "Male", "U": "Unknown"}
# Until 2023-24 the children in need census had numbers for it; children looked after still do.
SEX_OUTDATED = {"1": "M", "2": "F", "0": "U", "9": "U"}
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
# The list of the police, which other partners use too, and codes of the school census that are finer or older than the
# twenty. Unverified but for the police's codes themselves: a council corrects them under [extract.values.ethnicity].
ETHNICITY_OUTDATED = {
    "W1": "WBRI",
    "W2": "WIRI",
    "W9": "WOTH",
    "M1": "MWBC",
    "M2": "MWBA",
    "M3": "MWAS",
    "M9": "MOTH",
    "A1": "AIND",
    "A2": "APKN",
    "A3": "ABAN",
    "A9": "AOTH",
    "B1": "BCRB",
    "B2": "BAFR",
    "B9": "BOTH",
    "O1": "CHNE",
    "O9": "OOTH",
    "NS": "NOBT",
    "WENG": "WBRI",
    "WSCO": "WBRI",
    "WWEL": "WBRI",
    "WCOR": "WBRI",
    "WOWB": "WBRI",
    "WEEU": "WOTH",
    "WWEU": "WOTH",
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
# Unverified: what a suspension was called before, for some days or over lunch.
EXCLUSION_OUTDATED = {"FIXD": "SUSP", "LNCH": "SUSP"}
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
# The lists below are unverified: recalled, not read in their sources; only the types of special educational need were
# (the Standard Safeguarding Dataset's send_type, but for NSA). [extract.values] in extracts.toml translates a partner's
# own words. Relationships read "the person is a parent of the related person".
RELATIONSHIP = {
    "parent_of": "Parent of",
    "child_of": "Child of",
    "step_parent_of": "Step-parent of",
    "step_child_of": "Step-child of",
    "grandparent_of": "Grandparent of",
    "grandchild_of": "Grandchild of",
    "guardian_of": "Guardian of",
    "carer_of": "Carer of",
    "cared_for_by": "Cared for by",
    "partner_of": "Partner of",
    "former_partner_of": "Former partner of",
    "sibling_of": "Brother or sister of",
    "half_sibling_of": "Half-brother or half-sister of",
    "step_sibling_of": "Step-brother or step-sister of",
    "aunt_or_uncle_of": "Aunt or uncle of",
    "niece_or_nephew_of": "Niece or nephew of",
    "cousin_of": "Cousin of",
    "other_relative_of": "Other relative of",
}
ADULT_SOCIAL_CARE = {
    "REQUEST": "Request for support",
    "ASSESSMENT": "Assessment",
    "SERVICE": "Service",
    "CARER": "Support of a carer",
    "SAFEGUARDING": "Safeguarding enquiry",
}
SUPPORT_REASON = {
    "PHYSICAL": "Physical support",
    "SENSORY": "Sensory support",
    "MEMORY": "Support with memory and cognition",
    "LEARNING": "Learning disability support",
    "MENTAL_HEALTH": "Mental health support",
    "SOCIAL": "Social support",
}
SEN_PROVISION = {"K": "SEN support", "E": "Education, health and care plan"}
SEN_PROVISION_OUTDATED = {"A": "K", "P": "K", "S": "E"}
SEN_TYPE = {
    "SPLD": "Specific learning difficulty",
    "MLD": "Moderate learning difficulty",
    "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "HI": "Hearing impairment",
    "VI": "Vision impairment",
    "MSI": "Multi-sensory impairment",
    "PD": "Physical disability",
    "ASD": "Autistic spectrum disorder",
    "OTH": "Other difficulty or disability",
    "NSA": "No specialist assessment",
}
MENTAL_HEALTH = {
    "CHILDREN": "Service for children and young people",
    "ADULT": "Community service for adults",
    "PERINATAL": "Service around birth",
    "TALKING": "Talking therapy",
    "CRISIS": "Crisis service",
    "INPATIENT": "Stay in hospital",
}
TREATMENT = {
    "PHARMACOLOGICAL": "Pharmacological treatment",
    "PSYCHOSOCIAL": "Psychosocial treatment",
    "RESIDENTIAL": "Residential treatment",
    "RECOVERY": "Recovery support",
    "YOUNG_PERSON": "Treatment of a young person",
}
SUBSTANCE = {
    "ALCOHOL": "Alcohol",
    "CANNABIS": "Cannabis",
    "OPIATES": "Opiates",
    "CRACK": "Crack cocaine",
    "COCAINE": "Cocaine",
    "KETAMINE": "Ketamine",
    "BENZODIAZEPINES": "Benzodiazepines",
    "OTHER": "Other",
}
TREATMENT_END = {
    "COMPLETED": "Treatment completed",
    "TRANSFERRED": "Transferred",
    "DROPPED_OUT": "Dropped out",
    "DECLINED": "Treatment declined",
    "OTHER": "Other",
}
YOUTH_JUSTICE = {
    "PREVENTION": "Prevention or diversion",
    "OUT_OF_COURT": "Out-of-court disposal",
    "REFERRAL_ORDER": "Referral order",
    "REHABILITATION_ORDER": "Youth rehabilitation order",
    "REPARATION_ORDER": "Reparation order",
    "CUSTODY": "Custodial sentence",
    "OTHER": "Other",
}
PROBATION = {
    "COMMUNITY_ORDER": "Community order",
    "SUSPENDED_SENTENCE": "Suspended sentence order",
    "CUSTODY": "In custody",
    "LICENCE": "On licence",
    "SUPERVISION": "Supervision after sentence",
    "OTHER": "Other",
}
BENEFIT = {
    "UC": "Universal Credit",
    "JSA": "Jobseeker's Allowance",
    "ESA": "Employment and Support Allowance",
    "IS": "Income Support",
    "CA": "Carer's Allowance",
    "PIP": "Personal Independence Payment",
    "DLA": "Disability Living Allowance",
    "HB": "Housing Benefit",
    "PC": "Pension Credit",
}
CONDITIONALITY = {
    "SEARCHING": "Searching for work",
    "WORKING_WITH": "Working, with requirements",
    "WORKING_WITHOUT": "Working, no requirements",
    "PLANNING": "Planning for work",
    "PREPARING": "Preparing for work",
    "NONE": "No work requirements",
}
HOMELESSNESS_DUTY = {"PREVENTION": "Prevention duty", "RELIEF": "Relief duty", "MAIN": "Main duty"}
DUTY_END = {
    "SECURED": "A home secured for six months or more",
    "EXPIRED": "56 days passed",
    "HOMELESS": "Became homeless",
    "REFUSED": "Offer refused",
    "NO_CONTACT": "Contact lost",
    "WITHDRAWN": "Application withdrawn",
    "OTHER": "Other",
}
