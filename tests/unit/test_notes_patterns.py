"""What has a form in a note: what is found, in square brackets, and what is left alone."""

import pickle
import socket
import time

import pytest
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine

from pipelines.notes.patterns import recognizers
from pipelines.notes.patterns.reading import Reading
from pipelines.notes.spans import Kind, Span, merged

SURE_ENOUGH = 0.5


@pytest.fixture(scope="module")
def engine() -> AnalyzerEngine:
    nothing = NoOpNlpEngine([{"lang_code": "en", "model_name": ""}])
    nothing.load()
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=recognizers(), supported_languages=["en"]), nlp_engine=nothing
    )


def found(engine: AnalyzerEngine, text: str) -> list[Span]:
    return merged(
        Span(
            result.start,
            result.end,
            Kind(result.entity_type),
            result.recognition_metadata["rule"],
            result.score,
        )
        for result in engine.analyze(text, "en")
    )


def marked(engine: AnalyzerEngine, text: str) -> str:
    parts, at = [], 0
    for span in found(engine, text):
        parts += [text[at : span.start], "[", text[span.start : span.end], "]"]
        at = span.end
    return "".join([*parts, text[at:]])


def bare(written: str) -> str:
    return written.replace("[", "").replace("]", "")


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (Kind.NHS_NUMBER, "NHS no [943 476 5919] for him"),
        (Kind.NHS_NUMBER, "[9434765919]"),
        (Kind.NHS_NUMBER, "his is [943-476-5919]."),
        (Kind.NHS_NUMBER, "[94 34 76 59 19]"),
        (Kind.NHS_NUMBER, "[943 476 5918] as such a number is written"),
        (Kind.NHS_NUMBER, "NHS: [９４３ ４７６ ５９１９]"),
        (Kind.NHS_NUMBER, "[943\u00a0476\u00a05919]"),
        (Kind.NHS_NUMBER, "[943\u200b4765919]"),
        (Kind.NHS_NUMBER, "NHS number [943 476\r\n5919]"),
        (Kind.NHS_NUMBER, "nhs [9434765918] mistyped"),
        (Kind.NHS_NUMBER, "NHS no [94347659] short"),
        (Kind.NHS_NUMBER, "[94347659I9]"),
        (Kind.UPN, "UPN [A950000178301] on roll"),
        (Kind.UPN, "upn: [a 9500 0017 8301]"),
        (Kind.UPN, "[Q82020001574M] (temporary)"),
        (Kind.UPN, "[A95OOOOl783O1]"),
        (Kind.UPN, "[A950000178302], wrong letter"),
        (Kind.ULN, "ULN [1000000000]"),
        (Kind.ULN, "learner number [1000 0000 02]"),
        (Kind.NINO, "NINO [JP007920D]. Posted"),
        (Kind.NINO, "[jp007920d]"),
        (Kind.NINO, "[JP 00 79 20 D]"),
        (Kind.NINO, "[jp 00 79 20 d]"),
        (Kind.NINO, "NI number [JP007920]"),
        (Kind.NINO, "[TN010190F] (temporary)"),
        (Kind.NINO, "[JP OO7920 D]"),
        (Kind.PNC_ID, "PNC [01/171310W]"),
        (Kind.PNC_ID, "[2001/0171310w]"),
        (Kind.PNC_ID, "pnc [79/163001C]"),
        (Kind.ASN, "ASN [12/0000/00/123456L]"),
        (Kind.UPRN, "UPRN [10016107785]"),
        (Kind.UPRN, "uprn: [100 161 077 85]"),
        (Kind.CASE_REFERENCE, "Episode [E200001] opened"),
        (Kind.CASE_REFERENCE, "see [P123456]"),
        (Kind.CASE_REFERENCE, "ref: [AB/1234]"),
        (Kind.CASE_REFERENCE, "case no [12345]"),
        (Kind.CASE_REFERENCE, "crime [CR/12345/23]"),
        (Kind.CASE_REFERENCE, "crime ref [13/12345/24]"),
        (Kind.CASE_REFERENCE, "[06CW/12345/24]"),
        (Kind.CASE_REFERENCE, "tenancy [TEN-004512]"),
        (Kind.CASE_REFERENCE, "LCS [00004153]"),
        (Kind.CASE_REFERENCE, "Mosaic ID [123456]"),
        (Kind.CASE_REFERENCE, "CRN [X123456]"),
        (Kind.CASE_REFERENCE, "court case [LS22C00123]"),
        (Kind.CASE_REFERENCE, "police log [412] of 12/05/24"),
        (Kind.CASE_REFERENCE, "Police log [1234] 12/05/24"),
        (Kind.CASE_REFERENCE, "[HA-2024-0191]"),
        (Kind.CASE_REFERENCE, "client number is [4567891]"),
        (Kind.CASE_REFERENCE, "[00004153]"),
        (Kind.PASSPORT, "passport [123456789]"),
        (Kind.PASSPORT, "BRP no [RE1234567]"),
        (Kind.DRIVING_LICENCE, "[MORGA657054SM9IJ]"),
        (Kind.DRIVING_LICENCE, "[MORGA 657054 SM9IJ]"),
        (Kind.BANK_ACCOUNT, "sort code [12-34-56 account 12345678]"),
        (Kind.BANK_ACCOUNT, "[20-40-60 12345678]"),
        (Kind.BANK_ACCOUNT, "[GB82 WEST 1234 5698 7654 32]"),
        (Kind.BANK_ACCOUNT, "card [4111 1111 1111 1111]"),
    ],
)
def test_numbers(engine: AnalyzerEngine, kind: Kind, written: str) -> None:
    assert marked(engine, bare(written)) == written
    assert {span.kind for span in found(engine, bare(written))} == {kind}


@pytest.mark.parametrize(
    "written",
    [
        "[07700 900123]",
        "[07700900123]",
        "mob [0770 090 0123]",
        "[0 7 7 0 0 9 0 0 1 2 3]",
        "[07 70 09 00 12 3]",
        "[07700.900.123]",
        "[07700-900-123]",
        "[(01632) 960123]",
        "[01632/960123]",
        "[0113 496 0351]",
        "[020 7946 0958 ext 12]",
        "[0113 4960351 x204]",
        "[+44 7700 900123]",
        "[+447700900123]",
        "[+44 (0)7700 900123]",
        "[0044 7700 900123]",
        "[44 7700 900123]",
        "tel: [O77OO 9OO123]",
        "[07700\n900123]",
        "[07700\u00a0900\u2011123]",
        "[０７７００ ９００１２３]",
        "[7700 900123] is hers",
        "[+353 87 123 4567]",
        "[0092 300 1234567]",
        "12 [07700 900123] 3 kids",
        "on 01/02/2024 [07700 900123]",
        "ring mum on [960 123]",
        "number ending [641]",
        "a mobile that ends in [0641]",
        "last three digits [641]",
        "calls from [07700 900123] and [01632 960123], or [07700900124]",
        "[07700900123]/[07700900124]",
        "[0113 496 0351/07700 900123/01632 960123] on 3/4/2024",
        "[07700900123]-[07700900124]",
        "[07700 900123/900124]",
        "[07700 900123 / 900124 / 900125], 2 calls",
        "[0113 4960351/2] and [07700 900123]/12/05/2024",
    ],
)
def test_telephone_numbers(engine: AnalyzerEngine, written: str) -> None:
    assert marked(engine, bare(written)) == written
    assert {span.kind for span in found(engine, bare(written))} == {Kind.PHONE}


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (Kind.EMAIL, "Cc: [nancy.grimshaw7678@example.com]; [office80@school.example.net]."),
        (Kind.EMAIL, "[O'Brien_k+x@mail.example.co.uk]"),
        (Kind.EMAIL, "[nancy @ gmail.com]"),
        (Kind.EMAIL, "[nancy@\nexample.com]"),
        (Kind.EMAIL, "[nancy.g@hotmail] she thinks"),
        (Kind.EMAIL, "[nancy at gmail dot com]"),
        (Kind.EMAIL, "[nancy(at)example(dot)org]"),
        (Kind.EMAIL, "it is [nancy dot grimshaw at gmail dot com] now"),
        (Kind.EMAIL, "[n dot grimshaw underscore 7 at example.co.uk]"),
        (Kind.EMAIL, "[nancy＠example.com]"),
        (Kind.EMAIL, "[zoë@exämple.org]"),
        (Kind.SOCIAL_HANDLE, "on Snapchat ([@elijah_85])"),
        (Kind.SOCIAL_HANDLE, "goes by [nusrat2005xo] online"),
        (Kind.SOCIAL_HANDLE, "He goes by [shadowking] online."),
        (Kind.SOCIAL_HANDLE, "insta is [chloe_b09]"),
        (Kind.SOCIAL_HANDLE, "insta: [chloeb]"),
        (Kind.SOCIAL_HANDLE, "Xbox gamertag [ShadowKing]"),
        (Kind.SOCIAL_HANDLE, 'username "[princess x]"'),
        (Kind.SOCIAL_HANDLE, "tiktok name [chloe.dances]"),
        (Kind.SOCIAL_HANDLE, "his username on Roblox is [dragonslayer]"),
        (Kind.SOCIAL_HANDLE, "discord [kyle#1234]"),
        (Kind.SOCIAL_HANDLE, "[babygirl2009] and [x.aaron.x] and [xX_dragon_Xx]"),
        (Kind.WEB_ADDRESS, "see [https://www.facebook.com/jane.smith.9]."),
        (Kind.WEB_ADDRESS, "[www.quarryhill.ashmere.sch.uk]"),
        (Kind.WEB_ADDRESS, "from [192.168.1.20]"),
    ],
)
def test_online(engine: AnalyzerEngine, kind: Kind, written: str) -> None:
    assert marked(engine, bare(written)) == written
    assert {span.kind for span in found(engine, bare(written))} == {kind}


@pytest.mark.parametrize(
    "written",
    [
        "[AS1 3EA]", "[as13ea]", "[AS1  3ea]", "[AS1-3EA]", "[SW1A 1AA]", "[AS1\n3EA]", "[GIR 0AA]", "[AS 1 3EA]",
        "[SO15 2AA]", "[so152aa]",
        "[ＡＳ１ ３ＥＡ]", "postcode [AS1 OLA]", "Collected from [AS12DA] at 8.10am",
    ],
)  # fmt: skip
def test_postcodes(engine: AnalyzerEngine, written: str) -> None:
    assert marked(engine, bare(written)) == written
    assert {span.kind for span in found(engine, bare(written))} == {Kind.POSTCODE}


@pytest.mark.parametrize(
    "written",
    [
        "at [57 Nelson Street], reporting",
        "moved to [21 Bright Street, Thornsett], Mum said",
        "delivery to [Flat 13, 30 Nelson Street, Marlow Bridge] on Tuesday",
        "[21a Bright Street] and [30-32 Mill Lane]",
        "[21 bright street]",
        "[12 hawthorn close], thornsett",
        "[21 BRIGHT STREET, THORNSETT]",
        "visit to [3a Oak Rd] today",
        "at [57 Nelson Stret]",
        "at [57 Nelson Blvard]",
        "[4 The Green]",
        "[7 St John's Road]",
        "[7 St. John’s Road]",
        "[108 St Oswald’s Road, Kelbrook Vale]. Missing",
        "[33 Isle of Wight Road]",
        "[113 Cobbler's Yard]",
        "[Rose Cottage, Mill Lane, Marlow Bridge]",
        "[Apartment 7, Canal Wharf, 12 Water Lane, Leeds].",
        "[118 Mill Lane\nThornsett]\n",
        "[118\u00a0Mill\u00a0Lane]",
        "[118 Mill\r\nLane]",
        "[55 Little Street]",
        "to [125 Stone Drive].",
        "at [169 Power Close], reporting",
        "seen on [Canal Street]",
        "not to enter [May Avenue]. Map received",
        "not to enter [Hawthorn Close].",
        "lives at [Quarry Hill] now",
        "[No. 7 Mill Lane]",
        "stays in [Flat 12]",
        "found at [///filled.count.soap]",
        "at [Śliwa Street]",
        "Dad's address - [6 Oakfield].",
    ],
)
def test_addresses(engine: AnalyzerEngine, written: str) -> None:
    assert marked(engine, bare(written)) == written
    assert {span.kind for span in found(engine, bare(written))} == {Kind.ADDRESS}


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (Kind.SCHOOL, "On roll at [Ladysmith Road Juniors]."),
        (Kind.SCHOOL, "Referrer: Kyle, [Albert Park High]. Reason"),
        (Kind.SCHOOL, "Attends [Hollin Bank Primary] now"),
        (Kind.SCHOOL, "[St Oswald's Catholic Primary]"),
        (Kind.SCHOOL, "[St. Oswald’s C of E Primary School]"),
        (Kind.SCHOOL, "[Marlow Bridge C of E School]"),
        (Kind.SCHOOL, "[The Beeches Special School]"),
        (Kind.SCHOOL, "[Our Lady of Lourdes RC Primary School]"),
        (Kind.SCHOOL, "[Moorside Pupil Referral Unit]; [Moorside PRU]"),
        (Kind.SCHOOL, "[Quarry Hill Junior and Infant School]"),
        (Kind.SCHOOL, "[Ashmere Grammar School for Girls]"),
        (Kind.SCHOOL, "[Ashmere College of Further Education]"),
        (Kind.SCHOOL, "[Little Acorns Nursery] rang"),
        (Kind.SCHOOL, "[HOLLIN BANK PRIMARY SCHOOL]"),
        (Kind.SCHOOL, "attends [St Oswald's]"),
        (Kind.SCHOOL, "from [Canal\nSide Infants] to [Kelbrook Vale Academy]"),
        (Kind.SURGERY, "a letter from [The Wharf Medical Centre]: she"),
        (Kind.SURGERY, "seen at [Park View Surgery] by Dr Khan"),
        (Kind.SURGERY, "[Mill Lane Practice]"),
        (Kind.SURGERY, "[Moorfield Family Practice]"),
        (Kind.SURGERY, "[Thornsett Health Centre]"),
        (Kind.SURGERY, "[Hollin Bank Clinic]"),
    ],
)
def test_schools_and_surgeries(engine: AnalyzerEngine, kind: Kind, written: str) -> None:
    assert marked(engine, bare(written)) == written
    assert {span.kind for span in found(engine, bare(written))} == {kind}


@pytest.mark.parametrize(
    "written",
    [
        "DOB given as [1978-05-26]. Checks",
        "dob [03/04/12]",
        "D.O.B. [3.4.2012]",
        "d.o.b - [3 April 2012]",
        "DOB:[12Mar2015]",
        "date of birth: [3rd of April, 2012]",
        "date of birth\n[April 3, 2012]",
        "born on [the twenty-first of June two thousand and twelve]",
        "born [3rd of May 2012]",
        "born in [2012]",
        "Arjun Sharma b. [13-10-14] and Mohammed Sharma were both",
        "b. [21092010] and",
        "DOBs [1/2/12], [3/4/15] and [5/6/17]",
        "DOB: [030412]",
        "dob[03/04/2012]",
        "dob [３/４/２０１２]",
        "Gurpreet Singh ([28.05.2017]) is now in Y9",
        "KC ([02-09-13]) is",
        "Aminata Moyo ([26072002]) is",
        "verity whitfield ([14.02.2018]) is",
        "Ayşe ([July 11, 2009]) is",
        "Ava ([8 December 2017])",
        "June ([8 December 2017])",
        "Dean (aged 12, [01/02/2012])",
        "Ava [12/03/2015], Leo [14/05/2017] and Tom [1/2/19]",
        "[3rd May] is her birthday",
        "[03/04/2012] (dob)",
        "turned 16 on [4 June]",
        "Unborn baby, EDD [14/07/2024]",
        "DOB [12/03/2012], seen 04/05/2024",
        "b.[12/4/09]",
        "Birthday [12/4]",
    ],
)
def test_days_of_birth(engine: AnalyzerEngine, written: str) -> None:
    assert marked(engine, bare(written)) == written
    assert {span.kind for span in found(engine, bare(written))} == {Kind.DATE_OF_BIRTH}


@pytest.mark.parametrize(
    "written",
    [
        "silver Astra, reg [LT19 HEU]. Thought",
        "[LT19HEU]",
        "[lt19heu]",
        "car reg [lt19 heu]",
        "van [A123 BCD]",
        "an old [ABC 123D]",
        "car [AIZ 1234]",
        "reg no. [L7 AMY]",
        "partial plate [LT19]",
        "Ford [ABC 12]",
    ],
)
def test_vehicles(engine: AnalyzerEngine, written: str) -> None:
    assert marked(engine, bare(written)) == written
    assert {span.kind for span in found(engine, bare(written))} == {Kind.VEHICLE}


@pytest.mark.parametrize(
    "text",
    [
        "Seen last night, for 4 weeks, 18 months, every other weekend, since the summer holidays, 48 hours.",
        "Year 9, Y9, KS2 3rd, Y9 2nd term, week 12, ages 3 to 5, aged 12, 5 people in a 2-bed flat, 7lb 2oz.",
        "8.10am, 1630hrs, 09:05, 3.40pm, at 8 10am, between 3 and 4, 24/7, 3/1, 16 hrs pw, 27/4.",
        "Final TAF on 09/04/2023. Seen 12/03/2024 and 2024-05-12. TAF (09/04/2023). Plan (12/5/24). Next 1 May.",
        "01/02/2024 10.15 and 11.30; 12.03.24 9.30; bp 120/80; temp 38.5; 10 20 30 40 50 mins.",
        "£1,240 arrears, £12 per week, +£63, £20000, £1234567, 20000 steps, 61% to 88%.",
        "1,000,000 people, 12345 people, 50/50, 1-10 scale, 20-30 mins, w/c 12.5.24.",
        "Seen 2024-03-04 2024-03-06.",
        "15/16 yr old, 2023-24, ½ term, 6ft 2.",
        "SDQ total 19 (was 26). PHQ9 = 14. Scores 16 on MACA. ASQ-3. GCSE 9-1. HbA1c 64. sertraline 50mg. 12.45kg.",
        "Ring 101 or 999. Call 111. Text 116 123. Junction 26 of the M62, the A646, B12, CG28, Section 47, S20, P45.",
        "Grace period on the tenancy ends in May. The tenancy ends 12 May. Contract ends 2024. No way, one way.",
        "12 weeks way off. 2 children close in age. 3 houses down the road. 10 minutes down the lane. He had a drive.",
        "On the High Street. Crown Court. At Leeds Crown Court. Family Court on 3 May. Police Station. Turning Point.",
        "Street drinking. Road Traffic Collision. Drive to improve."
        " Close to exclusion. Place of safety. The Green Party.",
        "Year 9 Park View. 3 Parents Evening. To 5 Year Olds. Flat 4 weeks."
        " Her flat. A flat screen TV. 24 hour Street Team.",
        "The school office, high school, High School, Primary School, School nurse, Nursery, college in September.",
        "Risk High. Sunday School. Virtual School. Ashmere School Nursing. Primary Care Network. School report: good.",
        "GP surgery, Health Centre, Asthma Clinic, Next clinic, Best Practice, Work Practice, by the Rose Centre.",
        "Snapchat is banned. On Roblox for 3 hours."
        " Her Facebook account is locked. Uses Instagram daily. YouTube video.",
        "@school: seen today. Met @ home. Back @ 3pm. @8.30am.",
        "covid19, week12, year10, sertraline50mg, ks2, asq3, case_notes.csv, e.g. this, i.e. that, v1.2.3, gov.uk.",
        "www.gov.uk/benefits and nhs.uk. She left home.Mum rang.",
        "E12 NFA, ks22 and, at15 the, reg 38 meeting, Reg 24 assessment, in 20 minutes by car.",
        "In May (12/03/2024). DOB unknown. Seen 12/05/2024. Born at 32 weeks. Year 3B 12/03/2024.",
        "Birth certificate dated 12/03/2024.",
        "Mum: running late [02/02/2024, 10:00] ok [02/02/2024 10:00:12]. Dad (02/02/2024, 3 pm) or (02/02/24 9.30).",
        "SW 12/03/24 A visit. HV 12.03.24. PC 1234 attended. Ref 101. Case 12 weeks. Case closed 2024. 2023/24.",
        "Phone handed in to DC Hill. Spoke to PC Wood and Mrs Park. Dr Close. Sister Field.",
        "=NB= do not ring. +44. - tel -. @. (. 0. ",
        "",
    ],
)
def test_what_identifies_nobody_is_left(engine: AnalyzerEngine, text: str) -> None:
    assert marked(engine, text) == text


def test_what_replaced_an_identity_is_none(engine: AnalyzerEngine) -> None:
    text = (
        "[CHILD_3fa94c] ([DATE_OF_BIRTH]) TAF 12/05/2024. DOB [DATE_OF_BIRTH] TAF 12/05/2024. [ADDRESS], [POSTCODE]. "
        "NHS [NHS_NUMBER], tel [PHONE], reg [VEHICLE], insta [SOCIAL_HANDLE], ref [CASE_REFERENCE]. [PERSON_12] left."
    )
    assert marked(engine, text) == text


def test_offsets_are_those_of_the_text_as_given(engine: AnalyzerEngine) -> None:
    text = "👪\u200b Zoë\u0301’s “plan”\r\ntel ０７７０\u200b０\u00a0９００１２３ – ok, AS1\u00ad 3EA"
    assert [text[span.start : span.end] for span in found(engine, text)] == [
        "０７７０\u200b０\u00a0９００１２３",
        "AS1\u00ad 3EA",
    ]


def test_a_reading_is_as_long_as_what_shows() -> None:
    text = "é\u0301ﬁ½№İıßŁ１\u200b٣\u2028–“£"
    reading = Reading(text)
    assert len(reading.text) == len(reading.lower)
    assert reading.text.endswith('13\n-"$')
    assert reading.as_given(0, len(reading.text)) == (0, len(text))


def test_every_result_is_sure_enough_and_tells_its_rule(engine: AnalyzerEngine) -> None:
    text = (
        "Tel 07700 900123, DOB 3/4/12, NHS 9434765919, AS1 3EA, 21 Bright Street, @zo_1, E200001, LT19 HEU."
    )
    results = engine.analyze(text, "en")
    assert len(results) >= 8
    for result in results:
        assert result.score >= SURE_ENOUGH
        assert set(result.recognition_metadata) >= {"rule", "recognizer_name", "recognizer_identifier"}
        assert not any(value in text for value in result.recognition_metadata.values())
        assert result.analysis_explanation is None


def test_numbers_with_a_right_check_digit_are_surest(engine: AnalyzerEngine) -> None:
    assert [span.score for span in found(engine, "9434765919 and A950000178301")] == [1.0, 1.0]
    assert [span.score for span in found(engine, "NHS 9434765918")] == [0.85]


def test_all_can_be_pickled_and_find_the_same() -> None:
    text = "Tel 07700 900123, DOB 3/4/12, a@example.com"
    for recognizer in recognizers():
        again = pickle.loads(pickle.dumps(recognizer))
        kinds = recognizer.supported_entities
        assert [(one.start, one.end) for one in again.analyze(text, kinds)] == [
            (one.start, one.end) for one in recognizer.analyze(text, kinds)
        ]


def test_only_what_is_asked_for_is_told() -> None:
    for recognizer in recognizers():
        assert recognizer.analyze("Tel 07700 900123, NHS 9434765919, AS1 3EA", []) == []


def test_nothing_asks_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object, **named: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    text = "a@example.co.uk b@example.com https://x.example.org/a 192.168.1.20 07700 900123 GB82 WEST 1234 5698 7654 32"
    for recognizer in recognizers():
        recognizer.analyze(text, recognizer.supported_entities)


HOSTILE = (
    "1", "0", "a", "A", "@", "(", ".", "_", " ", "\n", "é", "１", "\u200b", "e\u0301", "7 ", "A1 ", "a.", "a@b.", "Aa ",
    "1/", "12/", "St ", "Street ", "12 Street ", "Aa Street, ", "12 Aa Street, Bb ", "Flat 1, ",
    "Aa School ", "of the ",
    "b. ", "dob ", "dob 1/2/12, ", "(1/2/12", "Aa 1/2/12, ", "insta: a ", "ref 1", "case no ",
    "www.", "a.com", "reg a1 ",
    "twenty", "1 May ", "///a.b.", "GB82WEST1234", "07700 900123 ", "999 125 7500 ", "ends in 1",
    "lives at ", "at 5 Aa Bb ",
    "attends St ", "a#", "a-1/", "AB 12 34 56 C ", "[A_", "[A_1] ",
)  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    for recognizer in recognizers():
        started = time.process_time()
        recognizer.analyze(text, recognizer.supported_entities)
        taken = time.process_time() - started
        assert taken < 1.0, (recognizer.name, taken)
