"""Words beside a name that tell it is one, and words that tell it is none."""

from pipelines.notes.listed import listed

# What stands before a name whatever the name is like, and is no part of it.
TITLES = listed(
    "mr mrs ms miss mx dr messrs mister prof professor cllr councillor revd rev reverend pastor rabbi sheikh "
    "madam sir"
)
# The like, that other words are written like too: a name that is an ordinary word alone does not follow.
RANKS = listed(
    "pc pcso dc ds di dci dsu ps sgt sergeant insp inspector supt superintendent constable officer detective "
    "sister brother nurse matron father mother imam judge lady lord captain master canon fr sr"
)
STRONG_RANKS = listed("pc pcso dc ds di dci dsu ps sgt insp supt")
# Who somebody is to a family. A name may follow, and where it stands in brackets or behind a comma, a name went before.
ROLES = listed(
    "mum mums mummy mam mother dad dads daddy father parent parents stepmum stepdad stepfather stepmother "
    "step-dad step-mum stepson stepdaughter sister sisters brother brothers sibling siblings half-sister "
    "half-brother stepbrother stepsister son sons daughter daughters child children baby toddler twin twins boy "
    "girl teen teenager niece nephew cousin cousins uncle uncles aunt auntie aunty aunts nan nana nanna nanny "
    "gran granny grandma grandmother grandad granddad grandpa grandfather grandparent grandparents great-aunt "
    "great-uncle mgm mgf pgm pgf godmother godfather relative relatives partner partners ex ex-partner ex-husband "
    "ex-wife husband wife boyfriend girlfriend bf gf fiance fiancee lover friend friends mate mates bestfriend "
    "schoolfriend associate associates acquaintance peer peers classmate neighbour neighbours neighbor landlord "
    "landlady lodger tenant flatmate housemate teacher tutor headteacher head deputy ta senco sendco dsl lsa elsa "
    "mentor coach counsellor therapist psychologist psychiatrist paediatrician consultant doctor gp midwife nurse "
    "hv sw fsw ssw pa ewo eps ep iro cpn yot idva isva sw's worker workers keyworker practitioner practitioners "
    "manager supervisor officer advocate solicitor guardian carer carers childminder visitor assistant advisor "
    "adviser caseworker case-worker colleague clinician physio dentist optician health social pastoral lead chair "
    "caretaker coordinator co-ordinator receptionist locum student volunteer supporter victim perpetrator perp "
    "suspect offender witness caller referrer applicant claimant male female man woman lad guy lady called named "
    "aka alias nicknamed nickname née nee dealer babysitter"
)
# Of these some are names too, and are none here.
KIN = listed(
    "nan nana nanna nanny gran granny grandma grandad granddad grandpa mam mom mum mummy dad daddy auntie aunty "
    "aunt uncle"
)
# What a person does: the word before is who. Words that things do as often (is, has, was) are in `STATES`.
DEEDS = listed(
    "said says saying told tells rang rings called calls phoned phones texted texts emailed emails messaged wrote "
    "writes reports reported states stated disclosed discloses denied denies admitted admits asked asks replied "
    "explained explains claimed claims mentioned mentions confirmed confirms agreed agrees refused refuses "
    "disagreed disagrees shouted shouts swore cried cries apologised apologises answered laughed smiled attended "
    "attends presented presents engaged engages wants wanted hopes hoped feels felt thinks thought misses missed "
    "needs needed likes liked loves loved hates hated lives lived stays stayed moved moves went goes came comes "
    "left leaves arrived arrives returned returns ran runs walked walks sat sits stood stands plays played "
    "appears appeared seems seemed looks looked observed met meets struggles struggled manages managed receives "
    "received takes took gives gave got gets made makes slept sleeps woke wakes ate eats keeps kept finds found "
    "knows knew believes believed signed signs requested requests declined declines accepted accepts cancelled "
    "cancels visited visits shared shares spoke speaks talked talks worked works rated rates threatened threatens "
    "hit hits pushed kicked punched assaulted threw drinks drank smokes smoked uses used suffers suffered cooks "
    "helps helped cares cared supports supported tries tried pays paid owes owed enjoys enjoyed denying stating "
    "joined joins introduced introduces hosted hosts expressed expresses raised raises collects collected brought "
    "brings bought buys hugged cuddled comforted bit bites scratched screamed screams ignored ignores understands "
    "understood recalled recalls described describes showed shows queried queries advised advises offered offers "
    "thanked thanks wondered worries worried insisted insists maintains maintained suggested suggests promised "
    "promises alleged alleges lied lies stole steals self-harmed overdosed absconded absconds relapsed reacted "
    "reacts responded responds interacts interacted joking joked turned chooses chose wishes wished lost loses "
    "earns earned starts started stopped stops began begins lets let became becomes grew grows released passed "
    "died dies drove drives slammed smashed spat lashed stormed rents rented bounced"
)
STATES = listed(
    "is was has had does did will would could can may might must should isn't wasn't hasn't hadn't doesn't didn't "
    "won't wouldn't couldn't can't isnt wasnt hasnt hadnt doesnt didnt wont wouldnt couldnt cant cannot been seen "
    "absent present also never always still now currently then who whose aged age born aka dob d.o.b b not just "
    "continues continued remains remained unwell ill poorly tearful upset angry anxious"
)
# Whom these stand before is somebody or something; behind them a capital is no chance.
BEFORE_SOMEBODY = listed(
    "with from by to told tell asked ask called call rang ring phoned phone texted text emailed email saw see "
    "seen met meet and & or for about of contacted contact visited visit advised advise informed inform supported "
    "support helped help between than like if that when because as while whether says said but re hi hello dear "
    "hey thanks ta via cc messaging texting ringing calling phoning v vs invited invite include including "
    "introduced messaged thanked blamed blames hit punched kicked pushed slapped bit assaulted assaulting "
    "threatened threatening near against towards collect collected collecting dropped off named both let lets "
    "having wants wanted saying where why how does did has is was are were will would can could should may might"
)
# Those to whom alone people are brought together, written to or spoken with.
CONTACT = listed(
    "with from by to told tell asked ask called rang phoned texted emailed saw met contacted advised informed "
    "invited visited and for about dear hi hello messaged cc via re v vs"
)
CONTACT_DEEDS = listed(
    "spoke spoken speak talk talked said call called calls c letter letters email emailed text texted sent "
    "written wrote visit visits given gave handed returned message messaged referred belong belongs introduced "
    "reply response received heard collected allocated seen cancelled made taken held led reported"
)
DETERMINERS = listed(
    "the a an this that these those each every any some no my your his her its their our another either neither "
    "both all such first second third next last final new old same other own local whole"
)
TIMES = listed(
    "january february march april may june july august september october november december jan feb mar apr jun "
    "jul aug sep sept oct nov dec spring summer autumn winter christmas easter monday tuesday wednesday thursday "
    "friday saturday sunday"
)
SEASONS = listed("spring summer autumn winter easter christmas")
BEFORE_TIME = listed(
    "in by since until till til during of early late mid last next this throughout over before after between end "
    "start beginning due on st nd rd th every from to for through the half academic full previous coming "
    "following"
)
AFTER_TIME = listed(
    "term terms holiday holidays hols half break school club scheme fair camp clothes uniform time day days week "
    "weekend month months meeting review onwards payment activities play programme party sessions and to until "
    "bank onward reading ball born"
)
# In front of a name in the middle of a sentence these make it a place, which may be nobody's.
BEFORE_PLACE = listed("in at near around outside inside into across")
# Behind a name these make it a household, somebody's all the same.
HOUSEHOLD = listed(
    "family families household children kids girls boys brothers sisters siblings twins baby home house"
)
# Behind a name these make it a thing called after somebody.
EPONYMS = listed(
    "disease syndrome palsy test scale score scores screen screening questionnaire criteria curve chart method "
    "model approach law review report reflex sign guidelines competent competence competency principle principles "
    "manoeuvre virus mg mcg ml tablets tablet cream inhaler patches"
)
# Words behind a name that make it a place or thing even in small letters.
SITES = listed(
    "road street avenue lane close drive court crescent terrace gardens school primary academy college nursery "
    "centre hospital surgery clinic estate project hub playgroup pharmacy hostel refuge doorbell house meds vape "
    "park place square way grove walk high chapel club team service services unit group trust infants "
    "juniors grammar lodge flats tower towers bridge station library pub inn arms"
)
# What has letters for its kinds: what follows is not somebody's initial.
LETTERED = listed(
    "hepatitis hep group class form type plan grade grades option section vitamin block flat part level stage "
    "band category strep year room unit key step phase appendix annex schedule junction zone wing floor tier set "
    "point plans sections team tb cat"
)
# Words of two letters: where all is in capitals, they are what they always are.
SMALL_WORDS = listed("am an as at be by do go he hi if in is it me my no of oh ok on or re so to tv up us we")
# Before these, the like is a place all the same: in Victoria Ward.
ON_SITE = listed("in on at off near the opposite behind")
# Lists of people begin so.
LISTS = listed(
    "present attendees attended apologies attendance invited invitees invite cc distribution participants "
    "attending attendee copied copy professionals members household list panel"
)
PARTICLES = listed(
    "dela delos al el ul ur ad de da do dos das di du del della la le van von der den ter ten bin bint ibn ben "
    "binti abu ap ab mac mc st y e o ó af av zu nic ni ui mhic nee"
)
# Letters behind an apostrophe that are no part of a name.
CONTRACTIONS = listed("s t d m ll re ve em")
MODALS = listed("will may can")
# Titles that are so short, or so plain, that even a word behind them is a name.
SHORT_TITLES = listed("mr mrs ms dr mx messrs prof cllr rev revd")
# Capitalised, behind an owner, these are called after somebody long known: Clare's Law.
CALLED_AFTER = listed(
    "law rule trust award fund house place day kitchen syndrome disease palsy scale hospice charity"
)
BORN = listed("dob d born aged age b")
# What may stand before the role of somebody, in brackets or behind a comma: "Nusrat, mum's new partner".
OF_ROLES = listed(
    "mum dad mother father maternal paternal foster school health social family his her their the new ex old "
    "eldest oldest youngest elder younger half step support community police deputy assistant lead duty allocated "
    "student biological birth adoptive god great"
)
# Behind these even a word in small letters that nobody knows is a name.
CLOSE = listed(
    "sister brother son daughter partner boyfriend girlfriend husband wife ex friend cousin uncle aunt auntie "
    "nephew niece neighbour landlord called named aka née nee teacher midwife"
)
CALLED = listed("called named aka alias nicknamed nickname née nee")
CALLED_AS = listed("known called named calls himself herself")
WITHIN_TITLES = listed("of for in and")
TOWARDS = BEFORE_PLACE | {"from", "to", "of"}
# Behind a forename these are no surname, capital or not.
NO_SURNAMES = ROLES | DEEDS | STATES | BEFORE_SOMEBODY | DETERMINERS | TIMES
# Before a hyphen these make no double name.
PREFIXES = listed(
    "pre non re self ex co multi anti e un under over mid semi sub inter x t half step grand cross"
)
# Endings of learned words, that nobody is called by.
LEARNED_ENDINGS = tuple(
    listed(
        "ia ias is us osis itis emia aemia pathy pathic phobia phobic ism isms ist ists tion tions sion ment ness "
        "nesses ing ings ed ly ive ous al als ic ics ical oma able ible ity ities ize ise izing ising er ers ful "
        "less ship age ance ence ate ant ent graphy logy ology metry scopy ectomy plasty tomy gram s"
    )
)
