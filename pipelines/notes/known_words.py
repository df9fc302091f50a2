"""Words that tell whether a word beside them is somebody's name, and words that never are one."""

from pipelines.notes.listed import listed

# What stands before a surname, and is no part of it.
TITLES = listed(
    "mr mrs ms miss mx mister dr doctor prof professor rev reverend sir dame lady lord master pc dc ds di sgt "
    "sergeant insp inspector cllr councillor judge"
)
# What stands before a forename or a surname of a relative.
KIN = listed(
    "sister brother auntie aunty aunt uncle nan nana nanna nanny gran granny grandma grandmother grandad "
    "granddad grandpa grandfather cousin mum mummy mam mom mother dad daddy father son daughter stepmum stepdad "
    "stepson stepdaughter stepmother stepfather stepbrother stepsister nephew niece twin twins sibling siblings "
    "partner ex husband wife boyfriend girlfriend fiance fiancee carer baby toddler"
)
# Never a name, whatever a record says: what stands in a name's field where a name is not known.
NEVER = (
    TITLES
    | KIN
    | listed(
        "unknown unborn infant newborn twin boy girl male female child children person family test none nil na tbc "
        "tba tbd anon anonymous not known given recorded stated name forename surname the and of no yes n a x xx "
        "xxx aka nee i he she they we you it him her his hers them their us me my mine our ours your yours this "
        "that these those"
    )
)
# Parts of surnames that mean nobody on their own.
PARTICLES = listed(
    "al el ul ur ad as van von der den de da do di du dos das del della la le les lo bin bint ibn ben abu umm "
    "ap mac mc st saint ter ten te zu af av y e"
)
# A word behind one of these is a thing, not somebody.
DETERMINERS = listed(
    "the a an this that these those each every any some no which what whose my your his her their another "
    "either neither both all such first second third next last final one two three new old same other own"
)
# The like for a word with a capital letter ("that" and "his" stand before names too).
ARTICLES = listed("the a an this these those every each any some no which what another")
# What somebody does or is in a practitioner's note: the word before is who.
SPEECH = listed(
    "said says saying told tells rang called phoned texted emailed messaged wrote writes reports reported "
    "states stated disclosed discloses denied denies admitted admits asked asks replied explained explains "
    "claims claimed mentioned confirmed confirms agreed agrees refused refuses disagreed shouted swore cried "
    "apologised answered laughed smiled"
)
VERBS = SPEECH | listed(
    "is was has had does did isn wasn hasn hadn doesn didn cant couldn couldnt cannot wont won wouldn wouldnt "
    "dont didnt doesnt isnt wasnt hasnt hadnt attended attends presented presents engaged engages completed "
    "completes wants wanted hopes hoped feels felt thinks thought misses missed needs needed likes liked loves "
    "loved hates hated lives lived stays stayed moved moves went goes came comes left leaves arrived arrives "
    "returned returns ran runs walked walks sat sits stood stands plays played appears appeared seems seemed "
    "looks looked seen observed met meets struggles struggled manages managed receives received takes took "
    "gives gave got gets made makes started starts stopped stops began begins remains remained became becomes "
    "slept sleeps woke wakes ate eats turned kept keeps lost loses found finds knows knew believes believed "
    "signed signs requested requests declined declines accepted accepts cancelled cancels visited visits shared "
    "shares spoke speaks talked talks worked works earns earned rated rates excluded arrested charged released "
    "placed removed discharged admitted assaulted hit hits pushed kicked punched threatened threw smashed "
    "drinks drank smokes smoked uses used suffers suffered diagnosed born aged age dob died cooks helps helped "
    "cares cared supports supported attempted tried tries pays paid owes owed failed fails will might would "
    "could should must can absent present late away ready able unable happy settled quiet poorly calm sad wet "
    "soiled bit fell told opened answered avoided spends spent behaves behaved continues continued enjoys "
    "enjoyed expressed reached lacks also never always still now just then aware alert unwell ill tearful upset "
    "angry anxious"
)
# Whom these stand before is somebody, in small letters too.
BEFORE_SOMEBODY = (
    (KIN - listed("ex carer partner father baby"))
    | TITLES
    | listed("hi hello hiya dear called named aka alias nicknamed with by from about for and of & mr")
)
ADDRESSED = listed("hi hello hiya dear called named aka alias nicknamed known thanks ta sorry") | KIN | TITLES
# Behind a word that begins a sentence and is somebody's forename too: it is the word.
GOES_ON = listed(
    "the a an to for of in at by from that this these those it its be been not no if when how what why your you "
    "we i he she they there up down out off per due owed paid received sent attached as so too more than very "
    "sure about against onto into under over my our their any some all both ever every each"
)
# In small letters, a word that is a name and does something stands behind one of these, or begins a sentence.
BEFORE_SUBJECT = listed(
    "and but because cos as when if that whether where while since until although so then said says told report "
    "reports reported its it's thats this hi hello dear or & why how who today yesterday tomorrow currently "
    "apparently sadly however feels thinks believes states stated confirmed denied"
)
# What a message is sent to, somebody: "spoke to mark", never "nothing to mark".
CONTACT = listed(
    "c spoke spoken speaking speak talk talked talking call called calls letter letters email emailed text "
    "texted sent send wrote written write visit visited visits home gave given give ran close married related "
    "reply replied response message messaged referred belong belongs belonging allocated handed returned "
    "introduced"
)
# Names that are things without number, or times: in small letters they do things too ("summer was hard").
UNCOUNTABLE = listed(
    "hope grace joy faith summer autumn winter spring dawn eve may april june august march love mercy patience "
    "honour honor charity justice glory destiny harmony liberty serenity trinity sky rain storm will"
)
MODALS = listed("will may")
# Forenames that practitioners write as words every day: in small letters they are words unless something tells.
EVERYDAY = listed(
    "mark bill rich young long van court trust chance rose art guy pat drew grant chase price case miles "
    "page major sue rob nick penny patience grace sky star so my an to lane day best good small little "
    "baker cook carter mason hunter porter parker fisher amber red west north noble royal success energy "
    "evidence song fan tank wing shell thong ram bang lung pan cash bright reign pleasure talent favour "
    "gift gifts blessed angel baby bear love lovely happy lucky pretty sunny smiley bud buddy buster "
    "flick kit peg pip fern kay bobby tab tabs dot em von al ha obey drake dale heath scout princess "
    "prince king queen sultan messiah wisdom knowledge testimony promise peace comfort mercy charity "
    "clement constant earnest frank gene jean jack ray dean lance max pearl ruby will may april june "
    "august"
)
# "Hope to close" goes on; "Sonny to book the dentist" is Sonny.
BEFORE_TO = listed("hope happy lucky chance grant prince victory guy art favour blessed honour love will may")
HOUSEHOLD = listed(
    "family families household children kids boys girls siblings sibling twins brothers sisters house home"
)
# Times of the year, and short for them.
TIMES = listed(
    "january february march april may june july august september october november december jan feb mar apr jun "
    "jul aug sep sept oct nov dec spring summer autumn winter christmas easter monday tuesday wednesday "
    "thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"
)
BEFORE_TIME = listed(
    "in since until till during of early late mid last next this throughout over end start beginning due st nd "
    "rd th every half"
)
# Before a time, and before somebody too: "by May" is a time, "cancelled by May" is not.
BEFORE_EITHER = listed("by from before after to through between for on with")
DONE_BY = listed(
    "seen made taken given done sent written brought told held led kept known run said put met driven"
)
AFTER_TIME = listed(
    "term terms holiday holidays half break school club scheme fair camp clothes uniform time day days week "
    "weekend month months meeting review onwards payment activities play programme party sessions"
)
# Behind a name these make it the name of a place or a thing: Rose Centre, Mark sheet, Hope Street, Grace period.
THINGS = listed(
    "street road lane avenue close drive court gardens crescent terrace grove place way walk view square hill "
    "mount rise row yard park fields field green bank bridge mill house lodge cottage farm flats tower towers "
    "estate centre center hall church chapel school academy primary infants juniors nursery college university "
    "high hospital clinic surgery practice ward unit hub project club group team service services trust "
    "foundation charity society association council partnership library gym cafe pub inn arms hotel hostel "
    "refuge shelter room suite station line bus period rating rag alert light warning payer payers petal petals "
    "bush tree trees raid groups weather sheet sheets scheme schemes work marks day bills bread book books "
    "cross crown level levels card cards list bay beach valley vale village town city county district north "
    "south east west area zone region tribunal"
)
# Ends of streets and places: with another word before ("Peel Street") they are no surname.
STREETS = listed(
    "street road lane avenue close drive court gardens crescent terrace grove place way walk view square hill "
    "mount rise row yard park fields field green bank bridge mill house lodge cottage farm hall church school "
    "ward wood woods moor common heath"
)
# Two to four capital letters that practitioners write for people's work and for things; they may be initials too.
WORKERS = listed(
    "sw hv gp pc dc ds di ta ht dht pt ot cpn fsw eh sen senco yot iro ea ep sn ssw ehw hca idva isva lado mp "
    "qc psw pcso"
)
ABBREVIATIONS = WORKERS | listed(
    "dv da uc mh hb tc ni pe re it id er iv am pm ok tv bc uk us eu ga la ct na ns nb ie eg ps st ss sm td un "
    "vs wc wk yr yo yp cp cv ac ed en hr if in is kg mg ml mr ms my nd no of on op or os as be by do so up we "
    "an at he me go ha to le de um oh aa ad af ba cc cd cq dj dr fc ft gb hq ir lb pa pb pi pp pr rc rn sc sd "
    "se sr tb uv abc add adhd afc aka amh asb asd bmi bbc bpd camhs cat cbt cca cctv cft chc cic cin cla cme "
    "cmht cpp cps cse cyp dash dbs dfe dla dna dob dol dsl dwp eal ecg edt eha ehcp ehe ehm esa fft fgc fgm fsm "
    "gcse gdpr gum hmo hmp hmrc icpc icu ihs ilr ipv isa ita jcp jsa ldp lpa mac mappa marac mash mdt mga mgf "
    "mgm pgm pgf mot neet nfa nhs nicu nino nmo nox nsp nspcc ntq nvq ocd odd ofsted owo pcp pda pdp pep phe "
    "pip plo pmh pnd ppo pru ptsd puo rag rhi rip rsl rto rta sal salt sao sar sdq sef sgo sip slt smi sos std "
    "sti taf tac tam tap tbc tia ttc uasc uti vat wic wip wtc yjb ymca yos pas cam cab sms gif pdf usb wifi dvd"
)
# An abbreviation behind one of these is what it is short for, and so is one before one of these.
BEFORE_ABBREVIATION = (DETERMINERS - {"that"}) | listed(
    "under via on at in re current allocated duty school named previous local her his their our my no more of "
    "per possible alleged reported historic historical ongoing high low medium standard"
)
AFTER_ABBREVIATION = listed(
    "aware involved history incident incidents concerns concern claim claims sanctioned sanction support team "
    "worker workers service services referral referrals form forms visit visits meeting meetings appointment "
    "appointments plan assessment assessments backdated payment payments award review reviews letter report "
    "reports perpetrator victim flag risk element housing benefit online application to check checks lesson "
    "lessons kit session sessions notified informed contacted involvement funding issues issue needs problems "
    "stopped paused suspended reduced awarded paid applied started nurse staff officer officers rep"
)
# Flats and what is like them.
FLATS = listed("flat apartment apt unit room maisonette studio caravan plot")
# How the last word of a street is written.
STREET_FORMS = tuple(
    frozenset(row.split())
    for row in (
        "street st str", "road rd", "avenue ave av", "lane ln la", "close cl clo", "drive dr drv", "court ct crt",
        "gardens gdns gdn garden", "crescent cres cr cresc", "place pl", "terrace terr ter tce", "grove gr grv gro",
        "square sq", "mount mt", "way wy", "walk wlk wk", "hill hl", "park pk", "view vw", "yard yd", "green grn",
        "north nth n", "south sth s", "east e", "west w", "estate est", "house hse", "cottage cott cottages",
        "fields flds field", "parade pde", "boulevard blvd", "rise ri", "row rw", "bank bk",
    )
)  # fmt: skip
# What a school or a surgery is, behind its own name; left out as often as not.
SORTS = listed(
    "school primary secondary infant infants junior juniors academy high college nursery preschool pre sixth "
    "form grammar community catholic rc ce cofe c of e church england voluntary aided controlled special studio "
    "technical free comprehensive girls boys middle first upper lower surgery practice medical centre center "
    "health clinic doctors gp hospital group trust and the"
)
# Beside one of these the bare name of a school is the school.
SCHOOLING = listed(
    "school schools attends attending attended teacher pupil class roll attendance year headteacher head senco "
    "excluded exclusion nursery reception admissions dsl suspended suspension timetable staff tutor gp surgery "
    "practice registered doctor doctors patient nurse"
)
# A day and a month without a year are a birth beside one of these.
BIRTH = (
    "birthday",
    "born",
    "dob",
    "d.o.b",
    "date of birth",
    "b.",
    "turns",
    "b'day",
    "bday",
    "birth date",
    "birthdate",
)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb febuary", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_FIRST = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)  # fmt: skip
# The days of a month in words: "third", "twenty-eighth", "twenty eighth".
ORDINALS = (
    {name: day for day, name in enumerate(_FIRST, 1)}
    | {f"twenty{between}{name}": 20 + day for between in " -" for day, name in enumerate(_FIRST[:9], 1)}
    | {"thirtieth": 30, "thirty first": 31, "thirty-first": 31}
)
