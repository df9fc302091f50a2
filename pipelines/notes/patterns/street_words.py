"""Words around street names: what begins none, and what is none."""

from typing import Final

from pipelines.notes.listed import listed

# Capitalised at the beginning of a sentence, and no part of the name that follows.
LEADING: Final = listed("""
    a an and at on in from to near of off by for with is was the visit visited visits visiting home address lives live
    living lived moved moving staying stays outside delivery delivered met seen saw found both neighbour neighbours car
    police called attended back up down into towards via along across opposite behind round around between past under
    over also if when while where who that this then now no not but or as so mum dad mother father he she they family
    children child parents lead via walk walked drive drove parked walking driving collected collect pick picked drop
    dropped present placed going went returned return leave left leaving address: his her their my our your new old
    previous current former temporary tel ref re note please landlord tenancy property flat house accommodation
    present worker hv sw phv fv dv asb tac taf mr mrs miss ms dr
    dc pc ps ds di sgt insp inspector pcso cllr rev nurse doctor judge sister officer sir prof
""") - listed("new old")
# Streets that every town has, or nobody lives in; they tell nothing without a number.
EVERYBODYS: Final = listed(
    "high main coronation sesame wall downing fleet the my his her their our a this that main side one"
)
NO_NAME: Final = listed("""
    crown county family magistrates youth supreme tennis food high combined appeal tribunal bus train police fire petrol
    polling ambulance railway coach taxi service power call car lorry caravan retail business science trampoline
    theme skate water country national national play playing football rugby cricket sports school
    team hospital health children's childrens medical leisure community town city village turning starting power
    pressure
    talking entry exit focal access view point family safe care nursing residential residental children first second
    third next last final big little full early years first christmas easter parents evening early help
    support group general next open opening golden silver free single double half one two three four five six
    bank street road lane food breakfast holiday after parent parenting working social children's centre
    in on at by for with of the and lloyds barclays natwest nan's mum's dad's gran's grandma's aunt's halifax only
    january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
""")
# What is counted: `3 weeks`, `2 children`.
UNITS: Final = listed("""
    week weeks month months day days hour hours hrs minute minutes mins year years yrs yr night nights term terms
    people person children child kids kid boys girls adults men women families staff pupils friends siblings
    brothers sisters dogs cats beds bed bedroom bedrooms times time sessions session visits visit calls call texts
    miles mile metres yards feet pounds points point stones kg lb cars houses homes doors schools
    appointments meetings reviews incidents offences occasions attempts episodes ways month's week's years' weeks'
    days' am pm o'clock goals goal steps stairs level stage part parts section sections page pages items things
    drinks cans bottles units cigarettes tablets doses mg ml percent x
""")
# After a number in lower case, what begins no name of a street either.
COUNTED: Final = UNITS | listed("""
    a an the of in on at up down from for to by with and or but so as is was are were be been has had have his her
    their my our your its it he she they we i you who that this these those there then than very too not no off out
    over under into onto near along across past around round about after before per old family more less other others
    further different new good bad long short quick big small large little main busy whole half hot cold stone st
    way first second third last next step tier nd rd th
""")
# What may stand behind a street, in place of a town, and is none.
NO_TOWN: Final = listed("""
    mum dad mother father nan nana grandma grandad mr mrs miss ms dr pc dc sgt he she they we i it the a an this that
    both all no not home visit visited present door police school nursery family children child baby parents
    please tel phone mob mobile telephone postcode email contact ref nhs dob upn nino
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december and but so then when where who which with while after before
    landlord neighbour neighbours worker sw hv fv delivery removal next will would was is has had her his their
    reported reporting reports said says told rang called seen met not now still also again where
""")
# Of what is also the name of other things: what a capitalised name beside `at` or `near` makes a street.
STREET_LIKE: Final = listed(
    "drive close way place walk row rise view hill green bank brow side fold croft gate yard wharf court chase mount "
    "heights"
)
ABBREVIATIONS: Final = listed("st dr cl pl ct sq ln gr pde pk wk av avn strt str gds sq rd ave")
