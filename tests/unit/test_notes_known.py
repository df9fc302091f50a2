"""What is known beforehand of a family is found in whatever form it is written, and nothing else is taken for it."""

import pickle
from datetime import date

import pytest

from pipelines.notes.folding import Folded, folded
from pipelines.notes.forms import Forms, one_edit, spellings, whole_names
from pipelines.notes.known import NOBODY, Known, KnownPerson
from pipelines.notes.listed import listed
from pipelines.notes.matching import KnownRecognizer
from pipelines.notes.spans import Kind, merged

# Words that mean something else too, among them names.
WORDS = listed(
    " ".join(
        [
            "a about absent after again agreed all already also am an and appointment are area as asked at attached",
            "attended away back be because bed been bill black book born both brain bring brown by call called came",
            "can cannot care case centre change child church clear close come contact cup dad day days did disclosed",
            "do dog done door down due each end engage evening every excluded family father feel field flat for form",
            "found free friend from gas given go going good got grace grade green grey ground had half hall happy has",
            "have he hello help her here high hill him his holidays home hope hours house housing how in is it its",
            "jack job join june just key king kept know lane last late letter life like list little live long look",
            "lost made make mark may me meeting met missed monday more morning mother moved mum must my need needed",
            "needs new next nice night no not note of off office ok old on one or other our out outside over own paid",
            "park people period phone place plan play please price rang ran ready report reported review rich ring",
            "risk road rose said saw says scheme school see seen sent session she sheet short side sign so some soon",
            "spoke staff start stay still story street strong summer swift support talk team tell term text that the",
            "their them then there they this time to today told too trying two under up upset very view visit voice",
            "wait want wants was way we week weekend well went were what when which who will win with wood word work",
            "worried would writes year yes yet you young your angel worth stone water cross cook cooks bishop bells",
            "wells rivers brook banks parish reads page day ray joy faith dawn penny pat art drew gene dean nan son",
            "daughter sister brother partner concern safe check nursery rung doubt wrote worker tenancy ends hostile",
            "upstairs",
        ]
    )
)
DIMINUTIVES = {
    "william": ("bill", "billy", "will", "liam"),
    "maureen": ("mo", "reen"),
    "philip": ("phil", "pip"),
    "margaret": ("maggie", "peggy", "greta"),
    "mohammed": ("mo", "muhammad", "mohammad"),
    "muhammad": ("mo", "mohammed", "mohammad"),
    "nancy": ("nan",),
    "katarzyna": ("kasia",),
}
FORMS = Forms(DIMINUTIVES, WORDS)


def person(token: str, forename: str = "", surname: str = "", **more: object) -> KnownPerson:
    return KnownPerson(
        token=token,
        forenames=tuple(forename.split("|")) if forename else (),
        surnames=tuple(surname.split("|")) if surname else (),
        **more,  # type: ignore[arg-type]
    )


ADDRESS = (Kind.ADDRESS, "Flat 16, 86 St Oswald's Road, Thornsett, AS1 9LA")
FAMILY = Known(
    people=(
        person(
            "MOTHER_1",
            "Maureen Ann",
            "Frodhurst|Kirkcombe",
            births=(date(1987, 5, 4),),
            values=(
                ADDRESS,
                (Kind.POSTCODE, "AS1 9LA"),
                (Kind.NINO, "JP007920D"),
                (Kind.PHONE, "07700 900033"),
                (Kind.EMAIL, "maureen.f@mail.example.net"),
                (Kind.UPRN, "010016107785"),
                (Kind.PNC_ID, "2011/0151612M"),
            ),
        ),
        person("FATHER_1", "William", "O'Sullivan", values=(ADDRESS,)),
        person(
            "CHILD_1",
            "Chloë",
            "Mensah-Longcombe",
            births=(date(2012, 4, 3),),
            values=(
                (Kind.NHS_NUMBER, "999 525 7424"),
                (Kind.UPN, "Q820200022001"),
                (Kind.SCHOOL, "St Oswald's Catholic Primary School"),
                (Kind.CASE_REFERENCE, "F20000"),
            ),
        ),
        person("CHILD_2", "Mei-Ling", "Al-Masri", other_names=("Lina",), births=(date(2015, 11, 30),)),
        person("CHILD_3", "Katarzyna", "Dąbrowska", births=(date(2009, 2, 28),)),
    ),
    values=((Kind.SURGERY, "Tenter Croft Surgery"), (Kind.SCHOOL, "Kelbrook Vale Academy")),
)
WORDY = Known(
    people=(
        person("MOTHER_2", "Hope", "Price"),
        person("FATHER_2", "Mark", "Rivers"),
        person("CHILD_4", "Summer", "Rivers"),
        person("CHILD_5", "May", "Young"),
        person("CHILD_6", "Will", "Field"),
        person("CHILD_7", "Grace", "Hall"),
    )
)
WORKERS = Known(
    people=(
        person("WORKER_1", "Max", "Hartley", near=False),
        person("WORKER_2", "Rose", "Hill", near=False),
        person(
            "WORKER_3", "Ngozi", "N'Diaye", near=False, values=((Kind.EMAIL, "n.ndiaye@council.example"),)
        ),
    )
)


def marked(known: Known, text: str, forms: Forms = FORMS) -> str:
    """The text with brackets around what is found."""
    out, at = "", 0
    for span in merged(KnownRecognizer(known, forms).find(text)):
        out += f"{text[at : span.start]}[{text[span.start : span.end]}]"
        at = span.end
    return out + text[at:]


def found(known: Known, marked_text: str) -> None:
    """The bracketed stretches, and they alone, are found in the text without the brackets."""
    text = marked_text.replace("[", "").replace("]", "")
    assert marked(known, text) == marked_text


@pytest.mark.parametrize(
    "text",
    [
        "T/C to [Maureen]'s mum.",
        "T/C to [Maureen]’s mum.",
        "[Maureen Frodhurst] rang. [Maureen Kirkcombe] rang, [Maureen Ann Frodhurst] too, and [Ann].",
        "[MAUREEN FRODHURST] - SAFE AND WELL CHECK done.",
        "its [maureen frodhurst] cant make it. its [maureen] cant.",
        "Met [Maureen\nFrodhurst] today, [Maureen  Frodhurst], [Maureen\r\nFrodhurst].",
        "[Maureen A Frodhurst], [Maureen A. Frodhurst] and [Maureen Jane Frodhurst] are one.",
        "[M. Frodhurst] and [M Frodhurst] and [MA Frodhurst] and [M.A. Frodhurst].",
        "[Frodhurst M] and [Frodhurst, M] and [FRODHURST, Maureen] and [Frodhurst Maureen].",
        "Mrs [Frodhurst] and Ms. [Kirkcombe] and Auntie [Maureen] and Miss [Maureen Frodhurst] came.",
        "Mum [Maureen] and Nan [Frodhurst] came.",
        "[Chloe], [chloë], [CHLOË], [Chloe\u0301] and [Chl\u200boë] are one.",
        "[Chloe Mensah-Longcombe], [Chloe Mensah], [Chloe Longcombe], [Chloe Mensah Longcombe].",
        "[Mensah] (26072002) is now in Y9. [Mensahlongcombe] too.",
        "[O'Sullivan], [O’Sullivan], [OSullivan], [O Sullivan] and Mr [o'sullivan].",
        "[Mei-Ling], [Mei Ling], [MeiLing], [Mei‑Ling] and [Mei] [Al-Masri].".replace("] [", " "),
        "[Al] attended court. [Masri] left.",
        "[Mo] seen at home; [Reen] too. [Bill] rang, [Billy] came. [Liam O'Sullivan] left.",
        "[Lina] and [Kasia] played.",
        "Spoke to [Chlo] and [Katar].",
        "[MaureenFrodhurst] in one word.",
        "[M.F.], [MF], [M F], [M.F] and [MAF] are first letters; [CML] and [K.D.] too.",
        "T/C to [KD]. No reply.",
        "The [Frodhursts] moved.",
        "[Мaureen] with a letter of another alphabet.",
    ],
)
def test_names_are_found_in_every_form(text: str) -> None:
    found(FAMILY, text)


@pytest.mark.parametrize(
    "text",
    [
        "[Maureem] rang. [Maurene] rang. [Mauren] rang. [Mauureen] rang. [maureem] rang.",
        "[Maureen Frodhrust] and [Maurene Frodhurst].",
        "[Mei-Lieg] says no. [Meei-Ling]'s bed. [Al-Masir] left.",
        "[Chole] and [Cloe] and [Chlloe].",
        "[O'Sulivan] and [O'Sullivann] rang.",
        "[Katarzina] and [Dabrowksa].",
    ],
)
def test_names_with_one_letter_wrong_are_found(text: str) -> None:
    found(FAMILY, text)


@pytest.mark.parametrize(
    "text",
    [
        "Maurice rang. Marlene rang.",
        "She will bring a marker and a call sheet.",
        "the mensuration of chlorine",
        "Nan is well, mum and dad too.",
        "HV aware. DV history. UC sanctioned. Referred to CAMHS by GP, NFA.",
        "Jan was cold. In Mar, on 3 Mar.",
    ],
)
def test_nobody_else_is_taken_for_the_family(text: str) -> None:
    found(FAMILY, text)


@pytest.mark.parametrize(
    "text",
    [
        "[Mark] disclosed that dad left. [Mark]'s bed. School says [Mark] was late.",
        "[MARK] - SAFE AND WELL CHECK done. Spoke with [MARK].",
        "its [mark] cant make it. Visit cancelled by [mark]. T/C to [mark]. No reply.",
        'Text: "hi [mark], please ring". He is called [mark] at home.',
        "[mark rivers] and [Hope Price] and [MAY YOUNG] came. [Rivers, Mark] too.",
        "[Summer], [Will] and [Grace] absent. [Summer] and [Hope] were upstairs.",
        "[Summer] absent from school again today. [Hope] said no. [Will] has a dog. [May] is upset.",
        "Well done to [Summer] and to school. T/C to [May]. Mum said [Will] kept it.",
        "Mr [Price] and Ms [Hall] rang. [W Field] and [Field, W] too.",
        "[Mark] (2/9/13) is in Y9. [May] b. 2012 left.",
        "[Mark Rivvers] and [Mrak Rivers] rang.",
    ],
)
def test_names_that_are_words_are_found_by_what_stands_around_them(text: str) -> None:
    found(WORDY, text)


@pytest.mark.parametrize(
    "text",
    [
        "Mark sheet attached. Please mark the book. No mark on the door. The marks are old.",
        "She may come. They will see. I hope to see her in summer. We hope so.",
        "Grace period on the tenancy ends in May. Hope to close by the end of May.",
        "Since the summer holidays. Summer holidays are over. In May 2024, 3 May, May half term.",
        "A high price. The price of gas. Young people. The hall is cold. A field visit. In the field.",
        "The Rose Centre worker. Hope Street. Church Hall. Green Hill.",
        "Rivers of blood? No. Long rivers.",
    ],
)
def test_words_that_are_names_stay_words(text: str) -> None:
    found(WORDY, text)


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (FAMILY, "seen with Mrs [Frod-\nhurst] at home"),
        (FAMILY, "[MumMaureen] rang"),
        (FAMILY, "[MaureenandKatarzyna] seen"),
        (FAMILY, "[Maureen42yrs] seen"),
        (FAMILY, "[Katarzynas] bedroom"),
        (FAMILY, "NHS [999_525_7424]"),
        (FAMILY, "born [03_04_2012]"),
        (FAMILY, "T/C to [Frod hurst] and [Katar zyna] today"),
        (FAMILY, "mail [maureen dot f at mail dot example dot net] please"),
        (FAMILY, "McMaureenish JavaScript"),
        (WORDY, "[will] and [summer] are well"),
        (WORDY, "[will] (4) was seen"),
        (WORDY, "[Grace]\nThe house was cold"),
        (WORDY, "in May and summer they will"),
    ],
)
def test_names_are_found_where_nothing_parts_them(known: Known, text: str) -> None:
    found(known, text)


# With the words and diminutives that are shipped.
SHIPPED = Forms()
OUTSPOKEN = Known(
    people=(
        person("CHILD_8", "Courtney", "Islam"),
        person("CHILD_9", "Sonny", "Street"),
        person("CHILD_10", "Prudence", "Islam"),
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "T/C to [Court]. No reply.",
        "mum went to court today",
        "The Court heard it.",
        "[Court] seen playing. The Court sat on Monday.",
        "[Sonny] to book the dentist",
        "discussed with [prudence] again",
        "Met the [Islam] family. The [Street] children were out.",
        "They live on the street.",
    ],
)
def test_a_forename_on_record_is_a_word_only_where_every_note_may_hold_it(text: str) -> None:
    assert marked(OUTSPOKEN, text.replace("[", "").replace("]", ""), SHIPPED) == text


@pytest.mark.parametrize(
    ("people", "text"),
    [
        ([("Sam", "Whitfield")], "SW aware. The SW rang. Call from duty SW. [SW] was upset, he left."),
        ([("Diane", "Varley")], "DV history. No DV in the house. [DV] said it hurt. T/C to [DV]. No reply."),
        ([("Uma", "Chaudhry")], "UC sanctioned again. UC claim made. [U.C.] and [U C] rang. [UC] denied it."),
        ([("Grace", "Ahmed")], "Needs two extractions under GA. [GA] has moved out."),
        ([("Mustafa", "Yilmaz")], "MY MUM SAID NO. Mum was worried [MY] might turn up."),
        ([("Philip", "Ince")], "PIP form sent. PIP claim. [Pip] rang. [PI] told us."),
    ],
)
def test_initials_that_are_abbreviations_need_their_context(people: list[tuple[str, str]], text: str) -> None:
    found(Known(tuple(person(f"CHILD_{at}", *names) for at, names in enumerate(people))), text)


@pytest.mark.parametrize(
    "text",
    [
        "Seen by [Max Hartley], [M Hartley], [M. Hartley], [Hartley, Max], [MAX HARTLEY] and Mr [Hartley].",
        "Max rang. Hartley Street. Rose rang. The hill. MH and RH.",
        "[Rose Hill], [R Hill], Ms [Hill] and Mrs [N'Diaye].",
        "[Max Hartly] is a slip; Maxx is nobody.",
        "Mail to [n.ndiaye@council.example] or to Ngozi.",
    ],
)
def test_of_workers_only_a_whole_name_or_a_title_counts(text: str) -> None:
    found(WORKERS, text)


@pytest.mark.parametrize(
    "text",
    [
        "Born [03/04/2012], [3.4.12], [03-04-2012], [2012-04-03], [20120403], [03042012], [030412].",
        "DOB [3 April 2012], [3rd Apr '12], [April 3 2012], [Apr 3rd, 2012], [3-Apr-2012], [03Apr2012], [3 APR 12].",
        "[third of April 2012] and [3rd of April, 2012] and [3 / 4 / 2012] and [2012/04/03] and [3 4 2012].",
        "[the] 3rd of April two thousand and twelve".replace("[the] 3rd", "the [3rd") + "]",
        "Day and month changed places: [04/03/2012].",
        "[twenty-eighth of February 2009] and [28 Feb twenty oh nine] and [28/2/09].",
        "Her birthday is [3 April], born [3/4].",
        "Seen on 3 April. Due 3/4. On 04/04/2012 and 3 April 2013 and 3.4.13. For 4 weeks, 3 times in 2012.",
        "Ring 0304 2012 44 or 13/04/2012 or 3/4/20123.",
    ],
)
def test_births_are_found_in_any_layout(text: str) -> None:
    found(FAMILY, text)


@pytest.mark.parametrize(
    "text",
    [
        "NHS no [999 525 7424], [9995257424], [999-525-7424], [999.525.7424]; not 19995257424.",
        "NHS[9995257424] without a space.",
        "UPN [Q820200022001] or [q 8202 0002 2001]. NINO [JP 00 79 20 D], [jp007920d], [JP007920].",
        "Ring [07700 900033], [07700900033], [+44 7700 900033], [+44 (0)7700 900033], [7700900033].",
        "From abroad [0044 7700 900033], [00447700900033], [447700900033].",
        "Mail [maureen.f@mail.example.net] or [Maureen.F@Mail.example.net].",
        "UPRN [010016107785] or [10016107785]. PNC [2011/0151612M], [11/151612M], [20110151612M].",
        "Case [F20000] and [f-20000], not F200001.",
        "[AS1 9LA], [as19la], [AS1  9LA]; not BAS1 9LA.",
    ],
)
def test_numbers_are_found_in_any_spacing(text: str) -> None:
    found(FAMILY, text)


@pytest.mark.parametrize(
    "text",
    [
        "Lives at [Flat 16, 86 St Oswald's Road, Thornsett], [AS1 9LA].",
        "Lives at [86 St Oswald's Road, Thornsett] or [86 st oswalds rd] or [86 Saint Oswald’s Road].",
        "[Flat 16 86 St Oswalds Road Thornsett]",
        "[Flat 16\n86 St Oswald's Road\nThornsett]",
        "Seen on [St Oswald's Road]. Not 87 Oswald Road.",
    ],
)
def test_addresses_are_found_in_every_form(text: str) -> None:
    found(FAMILY, text)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (
            "Rose Cottage, Church Lane, Ashmere",
            "At [Rose Cottage, Church Lane], at [Rose Cottage], on [Church Lane].",
        ),
        ("12A Priory Gardens", "At [12a Priory Gdns], on [Priory Gardens]."),
        ("12, High Street, Ashmere", "At [12 High St], [12, High Street, Ashmere]."),
        ("Flat 2 105 Victoria Terrace", "At [105 Victoria Terrace], [Flat 2, 105 Victoria Terr]."),
    ],
)
def test_addresses_of_every_shape(address: str, text: str) -> None:
    found(Known(values=((Kind.ADDRESS, address),)), text)


@pytest.mark.parametrize(
    "text",
    [
        "On roll at [St Oswald's Catholic Primary School], [St Oswald's Catholic Primary], [St Oswalds Primary].",
        "At [St Oswald's], [St Oswalds], [Saint Oswald's School].",
        "Letter from [Tenter Croft Surgery]. The GP at [Tenter Croft].",
        "At [Kelbrook Vale Academy] and [kelbrook vale]. Moved to Kelbrook Vale.".replace(
            "[kelbrook vale]", "home"
        ),
        "Attends [Kelbrook Vale], is in year 9.",
    ],
)
def test_schools_and_surgeries_are_found(text: str) -> None:
    found(FAMILY, text)


@pytest.mark.parametrize(
    "text",
    [
        "He goes by [chloe2009xo], [@x.chloe.x], [@_eolhc], [chloe_07], [xchloex], [@frodhurst.mo], [maureen.k87].",
        "Ring at 4pm, covid19, year9, b4 2day, @home, y9_plan.",
    ],
)
def test_accounts_made_of_a_name_are_found(text: str) -> None:
    found(FAMILY, text)


@pytest.mark.parametrize(
    ("forename", "surname", "text"),
    [
        ("Muhammad", "Al-Hassan", "[Mohammed Al Hassan] and [Mo] and [Muhammed] and [Alhassan]."),
        (
            "Priya",
            "D'Souza",
            "[Priya D'Souza], [Priya DSouza], Ms [D’Souza], [P D'Souza] and [Nd'souza] no.".replace(
                "[Nd'souza] no", "[PD]"
            ),
        ),
        ("Seán", "Mac Giolla Phádraig", "[Sean Mac Giolla Phadraig] and [Seán]."),
        ("Jan", "van der Berg", "[Jan van der Berg], Mr [van der Berg], [Berg] and in Jan."),
        ("Fatima", "bint Yusuf", "[Fatima bint Yusuf] and [FATIMA BINT YUSUF]."),
        ("Gurpreet", "Singh", "[Gurpreet Singh], [Singh, Gurpreet], [Gurps] and [Gurpeet]."),
        ("Suharto", "", "[Suharto] said no. [SUHARTO]’s bed, [suharto] too."),
        ("", "Nwosu", "[Nwosu] rang."),
        ("Björn", "Strauß", "[Bjoern Strauss], [BJÖRN STRAUẞ], [Bjorn Strauß]."),
        ("Renée", "García", "[RenÃ©e] and [Renee Garcia]."),
        ("Łukasz", "Żółć", "[Lukasz Zolc] and [ŁUKASZ ŻÓŁĆ]."),
        ("İlknur", "Yıldız", "[Ilknur Yildiz] and [İLKNUR YILDIZ]."),
        ("Иван", "Петров", "[Иван Петров] and [иван]."),
        ("Blank", "Wong", "[Black Wong] rang. Seen with [Black] today. Black mould. [Blamk] left."),
        ("Li", "Wu", "[Li Wu] and [Wu, Li]. [Li] left."),
        ("Anne-Marie", "St. John", "[Anne-Marie St John], [Anne Marie], [Annemarie] and [AJ] said no."),
        (
            "Jack-James",
            "Smith-O'Neill",
            "[Jack-James]' bed. [Jack-James Smith-O'Neill], [JJ Smith], [J O'Neill].",
        ),
    ],
)
def test_names_of_every_origin(forename: str, surname: str, text: str) -> None:
    found(Known((person("CHILD_1", forename, surname),)), text)


@pytest.mark.parametrize(
    "name", ["Unknown", "Baby", "N/A", "?", "", " ", "X", "Not known", "Mr", "12", "Unborn child"]
)
def test_what_stands_for_no_name_finds_nothing(name: str) -> None:
    known = Known((KnownPerson("CHILD_1", (name,), (name,), (name,), (name,), (), ((Kind.SCHOOL, name),)),))
    found(known, "The baby is not known to Mr. An unborn child, unknown to us, n/a, x. 12 weeks.")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Maureen", "MOTHER_1"),
        ("Mr O'Sullivan", "FATHER_1"),
        ("Katarzyna Dabrowska", "CHILD_3"),
        ("03/04/2012", "CHILD_1"),
        ("999 525 7424", "CHILD_1"),
        ("86 St Oswald's Road", ""),
        ("@x.chloe.x", "CHILD_1"),
    ],
)
def test_it_is_told_who_is_meant_where_one_is_meant(text: str, who: str) -> None:
    assert [span.who for span in merged(KnownRecognizer(FAMILY, FORMS).find(text))] == [who]


def test_two_of_one_name_are_nobody_in_particular() -> None:
    known = Known((person("FATHER_1", "Ravi", "Ahmed"), person("CHILD_1", "Ravi", "Ahmed")))
    assert [span.who for span in KnownRecognizer(known, FORMS).find("Ravi Ahmed rang.")] == [""]


def test_presidio_gets_results_with_rule_and_token() -> None:
    (result,) = KnownRecognizer(FAMILY, FORMS).analyze("T/C to Maureen.", [])
    assert (result.entity_type, result.start, result.end, result.score) == ("PERSON", 7, 14, 1.0)
    assert result.recognition_metadata["who"] == "MOTHER_1"
    assert result.recognition_metadata["rule"] == "name"
    assert KnownRecognizer(FAMILY, FORMS).analyze("T/C to Maureen.", ["PHONE"]) == []


def test_nobody_known_finds_nothing() -> None:
    assert KnownRecognizer(NOBODY, FORMS).find("Maureen rang on 3 April 2012 from 07700 900033.") == []


def test_it_can_be_pickled_and_shows_no_name() -> None:
    recognizer = KnownRecognizer(FAMILY, FORMS)
    again = pickle.loads(pickle.dumps(recognizer))
    text = "Maureen Frodhurst, 86 St Oswald's Road, 3/4/12"
    assert again.find(text) == recognizer.find(text)
    assert "aureen" not in repr(recognizer)


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "'", "-", "@", "@_", ".", "a", "\u0301", "\u200b", "ß", "0" * 3000, "x" * 3000]
)
def test_odd_texts_are_read(text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in KnownRecognizer(FAMILY, FORMS).find(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chloë", "chloe"),
        ("Łukasz Øre", "lukasz ore"),
        ("D’Souza–Smith", "d'souza-smith"),
        ("a\u00a0b\r\nc", "a b  c"),
        ("Sаrah", "sarah"),
        ("Ｓａｍ ４", "sam 4"),
    ],
)
def test_folding_keeps_one_character_for_each(text: str, expected: str) -> None:
    assert folded(text) == expected
    assert len(folded(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Strauß", "strauss"),
        ("e\u0301ab", "eab"),
        ("S\u00adam", "sam"),
        ("Soﬁa", "sofia"),
        ("Æ\u200bx", "aex"),
    ],
)
def test_folding_takes_marks_away_and_remembers_places(text: str, expected: str) -> None:
    plain = Folded.of(text)
    assert plain.text == expected
    assert plain.place(0, len(plain.text)) == (0, len(text))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("maureen", "maureen", False),
        ("maureen", "mauren", True),
        ("maureen", "mauureen", True),
        ("maureen", "maureem", True),
        ("maureen", "maurene", True),
        ("maureen", "amureen", True),
        ("maureen", "maurine", False),
        ("ab", "ba", True),
        ("abc", "cba", False),
        ("a", "", True),
    ],
)
def test_one_edit(one: str, other: str, alike: bool) -> None:
    assert one_edit(one, other) is alike
    assert one_edit(other, one) is alike


def test_spellings_and_whole_names() -> None:
    assert spellings("D'Souza") == [["d", "souza"]]
    assert spellings("Müller") == [["muller"], ["mueller"], ["ma", "ller"]]
    assert list(whole_names("Mr & Mrs D Okafor")) == [["d", "okafor"]]
    assert list(whole_names("OKAFOR, Daniel")) == [["okafor", "daniel"]]
