"""People of the held-out case notes: families of many origins, those around them, and what a council has on record.

Names are written here, of origins as they live in English towns; a fifth come from Faker's lists where it has some.
Half of every list goes to the tuning set, the other half to the test set: no name on purpose stands in both. All
numbers lie in ranges that are nobody's (see pipelines/council/identifiers.py); places and streets are invented.
"""

import importlib
import random
import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal

from benchmarks.notes_things import Things, plain
from pipelines.notes.known import Known, KnownPerson
from pipelines.notes.spans import Kind

Part = Literal["tuning", "test"]

# Names by origin: of women, of men, of families; where the last is empty, people have one name. "_" stands for a blank.
NAMES: Final[dict[str, tuple[str, str, str]]] = {
    "british": (
        "Kayleigh Chantelle Gemma Leanne Shelley Tanya Donna-Marie Lindsey Karen Michelle Tracy Joanne Beth Ellie-Mae "
        "Isla-Rae Poppy Maisie Evie Scarlett Harriet Lottie Phoebe Bronwen Catriona Morag Rhiannon Carys Sian "
        "Elizabeth Rebecca Charlotte Victoria Abigail Jennifer Deborah Jacqueline Patricia Samantha Nicola Alexandra",
        "Craig Darren Lee Wayne Scott Gareth Kyle Callum Reece Kieran Stuart Barry Neil Keith Tyler Jayden Archie "
        "Alfie-James Theo Freddie Oscar Rhys Hamish Ewan Dewi Geraint Lewis Jenson Thomas Daniel Benjamin Matthew "
        "Christopher Anthony Nicholas Joshua Samuel Zachary Timothy Edward",
        "Cartwright Hargreaves Braithwaite Pickering Ramsbottom Entwistle Ollerenshaw Shufflebottom Tattersall "
        "Longbottom Featherstonehaugh Rowbotham Whittaker Greenhalgh MacLeod McAllister Llewellyn Pritchard Jones "
        "Smith Taylor Wilkinson Robinson Thompson Smith-Whittle Carr-Lowe Fairbairn Dunstable Sykes Ackroyd",
    ),
    "recent british": (
        "Lexi-Mae Skyla Ayva Nevaeh Harper-Rose Kaycee Brogan Mylah Kacey-Lou Oaklynn Ava-Grace Kyla Tia Shyla "
        "Renesmee Khaleesi Arya Demi-Leigh Jorja Ebonie",
        "Jaxxon Kaiden Zayden Kal-El Mason Tayte Brodie Koby-Jay Riley-Jay Blayke Jaiden Corey-Lee Maddox Rylan "
        "Ronnie-Ray Alfi Deacon Ozzy Jaxtyn Kruz",
        "Bramall Gosling Hoyland Stothard Crossthwaite Mellor Bagshaw Clegg Wragg Platts Sidebottom Battersby "
        "Winterbottom Eckersley Higginbotham Lumb",
    ),
    "names that are words": (
        "Summer Hope Faith Grace Joy Dawn Rose April June Amber Ruby Pearl Iris Ivy Daisy Willow Sky Angel Blessing "
        "Precious Miracle Honey Destiny Charity Patience Melody Autumn Star",
        "Will Mark Rob Bill Jack Max Frank Chase Hunter Mason Drew Pat Miles Dean Guy Prince King Chance Sonny Rocky "
        "Ace Justice Christian Brook Art Gene Chuck Nick",
        "Day Young Long Short Brown Green Church Field Hall House Bird Fish Case Park Street Love Moody Savage Strong "
        "Sharp Bright Good Best Rich Bond Rule Home Child Parent Cook Price Winter",
    ),
    "irish and traveller": (
        "Saoirse Caoimhe Niamh Gráinne Róisín Bríd Margaret Bridget Noreen Philomena Concepta Assumpta Siobhán Aoibhín "
        "Órla Dervla Shakira Mary-Kate Kathleen Teresa",
        "Oisín Cormac Diarmuid Pádraig Fionn Tadhg Eoghan Ruairí Declan Martin John-Joe Miley Paddy Simey Donncha "
        "Cathal Fergal Conor Gearóid Jimbob",
        "O'Driscoll O'Shaughnessy Ó_Briain Ní_Dhomhnaill McDonagh Ward Maughan Connors Cawley Stokes MacGabhann Doran "
        "O'Reilly McGinley Quilligan Sweeney Mac_an_Bhaird Hegarty Ó_Súilleabháin Delahunty",
    ),
    "polish": (
        "Agnieszka Katarzyna Małgorzata Joanna Zuzanna Grażyna Wiesława Bożena Oliwia Lena Kinga Świętosława Halina "
        "Danuta Żaneta Iwona Jadwiga Urszula Elżbieta Ola",
        "Krzysztof Łukasz Grzegorz Zbigniew Wojciech Przemysław Sławomir Jakub Kacper Bartosz Mateusz Szymon Jędrzej "
        "Tadeusz Mirosław Dariusz Paweł Maciej Filip Igor",
        "Wiśniewska Kowalczyk Szczepański Wójcik Brzęczyszczykiewicz Nowicki Zając Kaźmierczak Dąbrowska Krawczyk "
        "Jabłoński Pietrzak Gołębiowska Mróz Wrzos Sikora Gajda Błaszczyk Ostrowska-Lis Kozieł",
    ),
    "romanian": (
        "Andreea Ionela Mihaela Crina Lăcrămioara Steluța Florentina Georgiana Anișoara Ruxandra Mădălina Ilinca Doina "
        "Viorica Luminița Daciana Otilia Roxana",
        "Ionuț Cătălin Dumitru Răzvan Gheorghe Vasile Florin Costel Marius Nicușor Ștefan Sorin Iulian Dorin Petru "
        "Laurențiu Horia Ovidiu",
        "Popescu Dumitrescu Munteanu Țurcanu Ciobanu Rusu Stoica Lăcătuș Năstase Bălan Văduva Mocanu Șerban Constantin "
        "Gherman Zamfir Cojocaru Tănase",
    ),
    "roma": (
        "Vanesa Žaneta Renáta Ružena Esmeralda Kalina Rukija Zlatka Marcela Denisa Božena Sabrina Patrina Lavinia "
        "Narcisa Drina",
        "Ladislav Dezider Rinaldo Marek Gejza Bartolomej Koloman Zsolt Kristián Dušan Emil Fabián Rikardo Jaroslav "
        "Tibor Lukáš",
        "Horváth Balogová Dunka Gáborová Lakatos Pecha Bandy Rác Cina Gunár Ferková Mirga Kotlár "
        "Šarközy Pušková Tancoš",
    ),
    "ukrainian": (
        "Oksana Nataliia Iryna Liudmyla Solomiia Khrystyna Yevheniia Zoriana Halyna Daryna Myroslava Viktoriia Uliana "
        "Stefaniia Bohdana Olha",
        "Oleksandr Volodymyr Serhii Bohdan Yaroslav Dmytro Taras Vitalii Mykhailo Ostap Andrii Nazar Zakhar Yurii "
        "Sviatoslav Mykola",
        "Shevchenko Kovalenko Bondarenko Tkachuk Hryhorenko Lysenko Melnyk Savchuk Petrenko Zinchenko Pavlyshyn Khoma "
        "Vovk Dovzhenko Yakymiv Stetsko",
    ),
    "baltic": (
        "Rasa Jūratė Daiva Eglė Gintarė Ieva Līga Zane Ilze Kristīne Anete Maarja Liis Austėja Viktorija Ugnė",
        "Mindaugas Algirdas Žydrūnas Gediminas Arnoldas Jānis Andris Edgars Kaspars Raivis Tõnu Rokas Darius Vytautas "
        "Normunds Ainārs",
        "Kazlauskienė Petrauskaitė Stankevičius Žukauskas Bērziņa Ozoliņš Kalniņa Liepiņš Tamm Jankauskas Paulauskaitė "
        "Vaičiulis Krūmiņa Balčiūnas Mägi Sproģis",
    ),
    "pakistani": (
        "Rukhsana Shazia Nasreen Zainab Mehwish Iqra Aleena Sidra Hafsa Shabnam Robina Tahira Parveen Noor-ul-Ain "
        "Maryam Sumaira Kiran Laiba Bushra Zunaira",
        "Zulfiqar Nadeem Shafiq Tanveer Adeel Waqas Khurram Imtiaz Mudassar Haroon Rizwan Shahzad Zeeshan Umair "
        "Sajjad Faizan Ehtisham Asif Junaid Bilawal",
        "Chaudhry Mirza Butt Qureshi Akhtar Bibi Malik Mahmood Rafiq Hussain Kausar Shah Iqbal Javed Raja Awan Mehmood "
        "Begum Siddiqui Khan",
    ),
    "bangladeshi": (
        "Shirin Nazma Rahela Jannatul Tasnima Fahmida Sultana Momtaz Rezia Halima Sabiha Taslima Dilruba Nargis "
        "Shahanara Lutfa",
        "Abdul_Malik Mohammed_Jubair Rofiqul Shamsul Kamrul Aminur Delwar Mizanur Nazrul Saiful Tofayel Habibur Jamil "
        "Ashraful Monir Shofiqul",
        "Khatun Miah Uddin Chowdhury Ullah Talukdar Sarkar Howlader Begum Rahman Bhuiyan Mojumder Islam Hoque Sikder "
        "Khanom",
    ),
    "indian": (
        "Harpreet Gurleen Simran Jaswinder Baljit_Kaur Priyanka Deepika Lakshmi Meenakshi Anjali Kavita Bhavna Hetal "
        "Nirmala Sunita Thanushiya Ishani Rupinder",
        "Gurpreet Jaspal Manjit Hardeep_Singh Rajesh Sanjay Hitesh Dilip Arun Venkatesh Karthik Arjun Kuldeep Amrit "
        "Balwinder Vikram Jatin Suresh",
        "Kaur Singh Patel Dhillon Sandhu Bhatt Solanki Mistry Chauhan Krishnamurthy Venkataraman Nair Gill Sidhu "
        "Grewal Thakur Iyer Vaghela",
    ),
    "sri lankan and one-word": (
        "Thilagavathy Sivagowri Kamala Vasanthi Priyanthi Suganthi Malathi Dilhani Abirami Yalini",
        "Sivakumar Thavarasa Nadarajah Suresh Kandiah Ravindran Selvarajah Kugan Prasath Jeyakumar",
        "",
    ),
    "nigerian": (
        "Folashade Oluwaseun Chidinma Ngozi Adaobi Temitope Yetunde Ifeoma Chiamaka Ebele Hauwa Omolara Titilayo Uche "
        "Amarachi Bukola Onyinye Oluwadamilola",
        "Chukwuemeka Olumide Babatunde Ikechukwu Obinna Ayodele Kelechi Adebayo Tunde Emeka Segun Oluwatobi Chinedu "
        "Musa Femi Gbenga Nnamdi Chibuzo",
        "Okonkwo Adeyemi Ogunleye Nwachukwu Eze Balogun Onyekachi Adebisi-Cole Umeh Okoro Ajayi Ibrahim Olatunji "
        "Nwankwo Obaseki Ekwueme Oyelaran Akintola",
    ),
    "ghanaian": (
        "Abena Akosua Efua Adwoa Ama Esi Afia Yaa Maame_Serwaa Akua Dzifa Comfort Gifty Araba",
        "Kwame Kofi Kojo Kwabena Yaw Nana_Yaw Kwaku Ebo Selorm Fiifi Kwesi Papa_Kwame Elikem Nii",
        "Owusu Asante Boateng Mensah Osei-Bonsu Agyeman Amponsah Antwi Appiah Quaye Ofori Tetteh Adjei Sarpong",
    ),
    "somali": (
        "Hodan Ifrah Sagal Ubah Ayaan Hibaaq Deqa Fartun Nimco Sahra Khadra Idil Xaawo Hamdi Rahma Shukri",
        "Abdirahman Guled Mahad Liban Abshir Warsame Cabdi Zakariye Jibril Faarax Mukhtar Ayanle Abdullahi Sharmarke "
        "Bashir Yasin",
        "Warsame Farah Abdi Jama Hersi Guleed Osman_Ali Mohamud Dirie Isse Nuur Cige Elmi Samatar Awale Hashi",
    ),
    "horn and central africa": (
        "Tsehay Selamawit Tigist Mihret Yordanos Bisrat Divine Chantal Espérance Immaculée Furaha Rahel Senait Natsnet",
        "Tewodros Haile Yonas Biniam Filmon Kidane Serge Dieudonné Patient Isaias Mulugeta Jean-Claude Robel Fitsum",
        "Tesfaye Gebremariam Haileselassie Woldemichael Ghebreab Mutombo Kabongo Tshibangu Bekele Abraha Ilunga Lubaki "
        "Teklehaimanot Ngoy",
    ),
    "southern african": (
        "Tendai Rutendo Nyasha Chipo Thandiwe Nomvula Tsitsi Rumbidzai Lindiwe Sibongile Makanaka Vimbai",
        "Tafadzwa Tinashe Farai Kudakwashe Sipho Themba Munashe Takunda Blessed Nkosana Simbarashe Bongani",
        "Moyo Ncube Chikwanha Mutasa Dube Sibanda Mapfumo Zhou Nyathi Gumbo Chigumba Mlambo",
    ),
    "arab": (
        "Noura Hanan Zahra Asma Amal Fatema Rania Yusra Dunya Shahad Bayan Lujain Um_Ahmad Samar Israa Rawan",
        "Abdulrahman Yousef Khalid Mustafa Hamza Qusai Ammar Mohannad Tareq Anas Faisal Abdul-Aziz Baraa Laith Osama "
        "Haidar",
        "al-Masri El-Sayed Al_Jaberi Haddad Abu_Bakr Mansour al-Khatib Bin_Saleh Najjar Darwish Al-Hashimi Shahin "
        "Abdelkader Saeed Hammoud el_Idrissi",
    ),
    "turkish and kurdish": (
        "Ayşe Gülşen Hatice Elif Zeynep Rojin Berfîn Özlem Gülay Nurcan Şîlan Dilan Songül Emine Perihan Hêvî",
        "Mehmet Çağlar Ömer Serkan Baran Azad Rêbaz Yılmaz Hüseyin Kemal Emre İbrahim Şivan Dilşad Rebwar Oğuz",
        "Yıldırım Çelik Öztürk Kılıç Aydın Doğan Şahin Barzani Demir Karadağ Güneş Akgül Kaya Bozkurt Hawrami Arslan",
    ),
    "iranian and afghan": (
        "Shaghayegh Parisa Fereshteh Mahnaz Golnar Nilofar Zohra Farishta Maliha Setareh Shirin Laleh Wazhma Parwana",
        "Behrouz Kamran Dariush Farhad Mohammad_Reza Najibullah Ahmad_Shah Zabihullah Gul_Agha Siavash Hekmat Navid "
        "Esmatullah Mirwais",
        "Hosseini Karimi Rezaei Ahmadzai Stanikzai Noori Tehrani Ghorbani Popal Wardak Sadat Moradi Safi Jafari",
    ),
    "chinese": (
        "Xiaoling Mei-Ling Yan Li_Na Siu-Wai Wing-Yan Hui Fang Qiuyue Jing Shu-Fen Ka-Yan Xinyi Yuet-Ming",
        "Jianguo Wei Haoran Chi-Keung Ming Xu Zhiqiang Ka-Ho Feng Tsz-Hin Yifan Bo Wai-Lun Junjie",
        "Chen Zhang Ng Wong Ouyang Leung Xie Zhao Cheung Au-Yeung Lin Tsang Ho Qiu",
    ),
    "vietnamese and filipino": (
        "Thảo Ngọc_Anh Huyền Linh Phương Trâm Kim-Ngân Marisol Jovelyn Maricel Analyn Thu_Hà Rosalie Tuyết",
        "Minh Tuấn Quốc_Bảo Đức Hùng Khoa Rodel Jun-Jun Ferdinand Reynaldo Thanh Vinh Arnel Duy",
        "Nguyễn Trần Đặng Phạm Vũ dela_Cruz Macaraeg Bautista Huỳnh Lê Magsaysay Bùi Dizon Đỗ",
    ),
    "caribbean": (
        "Shanice Tanisha Keziah Delroya Marcia Althea Sharmaine Latoya Chantel Rochelle Aaliyah Renée Shantelle Makeda "
        "Tanieka Jahzara",
        "Delroy Winston Leroy Tyrone Jermaine Kemar Romario Errol D'Andre Shaquille Javon Kadeem Tyrell Malachi "
        "Deshawn Rashaun",
        "Campbell Gordon Bartholomew St_Hilaire Brathwaite Grant Reid Morrison Francois Joseph Pinnock Dacosta "
        "St._Louis Henry Hinds Toussaint",
    ),
    "portuguese and brazilian": (
        "Conceição Fátima Graça Mafalda Inês Luzia Rosângela Tainá Soraia Leonor Catarina Neide Márcia Débora",
        "João Tiago Gonçalo Nuno Rui Wellington Thiago Edmilson Joaquim Caetano Rogério Jorge Davi Washington",
        "da_Silva dos_Santos Gonçalves Figueiredo Carvalho de_Oliveira Araújo Teixeira Guimarães Brandão e_Sousa Lobo "
        "Fonseca Pacheco",
    ),
    "western european": (
        "Giulia Chiara Mireille Solène Ingrid Annelies Xiomara Nieves Despina Eleftheria Anneke Friederike Begoña "
        "Noémie",
        "Gianluca Matteo Étienne Jérôme Björn Jan-Willem Íñigo Joaquín Stavros Spyridon Sjoerd Jürgen Iker Loïc",
        "van_der_Berg de_la_Cruz García_Márquez Papadopoulos Di_Stefano D'Angelo Lefèvre von_Halle Müller Rodríguez "
        "Ibáñez Esposito Van_Dijk Georgiou",
    ),
}  # fmt: skip
# Faker's locale of an origin, where it has one in our letters.
FAKER: Final = {
    "british": "en_GB",
    "irish and traveller": "en_IE",
    "romanian": "ro_RO",
    "roma": "sk_SK",
    "pakistani": "en_PK",
    "indian": "en_IN",
    "nigerian": "yo_NG",
    "ghanaian": "tw_GH",
    "horn and central africa": "en_KE",
    "turkish and kurdish": "tr_TR",
    "portuguese and brazilian": "pt_PT",
}
# Short forms that everybody knows, and whose they are: these are looked for though no record says them.
DIMINUTIVES: Final = {
    "Gemma": ("Gem",), "Michelle": ("Shell",), "Joanne": ("Jo",), "Harriet": ("Hattie",), "Stuart": ("Stu",),
    "Catriona": ("Cat",), "Margaret": ("Maggie", "Peggy"), "Bridget": ("Biddy", "Bridie"), "Teresa": ("Tess", "Terri"),
    "Kathleen": ("Kath", "Kathy"), "Callum": ("Cal",), "Freddie": ("Fred",), "Katarzyna": ("Kasia",),
    "Agnieszka": ("Aga",), "Małgorzata": ("Gosia",), "Oleksandr": ("Sasha",), "Nataliia": ("Natasha",),
    "Rochelle": ("Shell",), "Christian": ("Chris",), "Oluwaseun": ("Seun",), "Oluwadamilola": ("Dami", "Lola"),
    "Oluwatobi": ("Tobi",), "Temitope": ("Temi", "Tope"), "Babatunde": ("Tunde",), "Chukwuemeka": ("Emeka",),
    "Abdirahman": ("Abdi",), "Gianluca": ("Luca",), "Michael": ("Mike",), "Rob": ("Bob",), "Will": ("Bill",),
    "Elizabeth": ("Liz", "Beth", "Lizzie"), "Rebecca": ("Becky", "Becca"), "Charlotte": ("Charlie", "Lottie"),
    "Victoria": ("Vicky", "Tori"), "Abigail": ("Abi",), "Jennifer": ("Jen", "Jenny"), "Deborah": ("Debbie", "Deb"),
    "Jacqueline": ("Jackie",), "Patricia": ("Pat", "Tricia"), "Samantha": ("Sam",), "Nicola": ("Nicky",),
    "Alexandra": ("Alex", "Lexi"), "Thomas": ("Tom", "Tommy"), "Daniel": ("Dan", "Danny"), "Benjamin": ("Ben",),
    "Matthew": ("Matt",), "Christopher": ("Chris",), "Anthony": ("Tony",), "Nicholas": ("Nick",), "Joshua": ("Josh",),
    "Samuel": ("Sam", "Sammy"), "Zachary": ("Zac", "Zak"), "Timothy": ("Tim",), "Edward": ("Ed", "Eddie", "Ted"),
}  # fmt: skip
# What a family calls somebody, which only a record can tell.
PET_NAMES: Final = (
    "Bear",
    "Squeak",
    "Teddy",
    "Bubba",
    "Titch",
    "JJ",
    "Smiler",
    "Chicken",
    "Dolly",
    "Ginge",
    "Tiny",
    "Boo",
)

_PARTICLES: Final = re.compile(r"^(?:al|el|de|da|dos|van|von|bin|e|ó|ní)[ -]+(?:der |la )?", re.IGNORECASE)
_AS_OF: Final = date(2024, 10, 31)


@dataclass(frozen=True)
class Person:
    """Somebody whom notes may name. `on_record`: the council knows of them. `nickname_on_record`: and of that name.

    `recorded`: forename and surname as the record has them, which may be in capitals or without accents.
    """

    token: str
    origin: str
    sex: str
    forename: str
    surname: str = ""
    middle: str = ""
    nickname: str = ""
    former_surname: str = ""
    born: date = _AS_OF
    role: str = ""
    on_record: bool = True
    nickname_on_record: bool = True
    recorded: tuple[str, str] = ("", "")

    @property
    def initials(self) -> tuple[str, str]:
        """The first letters of both names: of a surname with a particle, that of what follows it."""
        return self.forename[:1], _PARTICLES.sub("", self.surname)[:1].upper()


@dataclass(frozen=True)
class Family:
    """A family, what is true of it, and what the council's records say of it."""

    origin: str
    people: dict[str, Person]
    worker: Person
    colleagues: tuple[Person, ...]
    values: dict[str, str]
    known: Known = field(repr=False)


@cache
def _listed(origin: str, which: int, part: Part) -> tuple[str, ...]:
    """That half of an origin's names: of women (0), of men (1), of families (2); every fifth or so from Faker."""
    names = NAMES[origin][which].split()
    half = names[0::2] if part == "tuning" else names[1::2]
    locale = FAKER.get(origin)
    if locale:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        attribute = ("first_names_female", "first_names_male", "last_names")[which]
        theirs = sorted({str(name) for name in getattr(provider, attribute, provider.first_names)})
        theirs = [name for name in theirs if name not in names and name.isalpha() and len(name) > 2]
        theirs = theirs[0::2] if part == "tuning" else theirs[1::2]
        half = [*half, *random.Random(origin).sample(theirs, min(len(theirs), max(2, len(half) // 4)))]
    return tuple(name.replace("_", " ") for name in half)


ORIGINS: Final = tuple(NAMES)
# The British have the most weight, in old names and new; the others all alike, so that each can be measured.
_WEIGHTS: Final = tuple(6 if origin == "british" else 3 if "british" in origin else 2 for origin in ORIGINS)


class People(Things):
    """Makes families, workers and strangers of one part, from one seed: the same seed, the same people."""

    def __init__(self, seed: int, part: Part) -> None:
        super().__init__(random.Random(f"{seed} {part}"))
        self.part = part
        self._made = 0
        self.workers = tuple(self.somebody(role="worker", prefix="WORKER") for _ in range(40))
        # What is known of every note: the table of workers.
        self.everywhere = Known(people=tuple(known_worker(one, near=False) for one in self.workers))

    def origin(self) -> str:
        return self.draw.choices(ORIGINS, _WEIGHTS)[0]

    def somebody(
        self,
        origin: str = "",
        sex: str = "",
        *,
        surname: str | None = None,
        role: str = "",
        prefix: str = "OTHER",
        ages: tuple[int, int] = (22, 60),
    ) -> Person:
        """One person, of that origin and sex or of any. `surname`: the family's, where they bear it."""
        draw = self.draw
        origin, sex = origin or self.origin(), sex or draw.choice("FM")
        forenames = _listed(origin, 0 if sex == "F" else 1, self.part)
        forename = draw.choice(forenames)
        surnames = _listed(origin, 2, self.part)
        if surname is None:
            surname = draw.choice(surnames) if surnames else ""
        if surnames and surname and "-" not in surname and " " not in surname and draw.random() < 0.06:
            surname = f"{surname}-{draw.choice(surnames)}"
        short = DIMINUTIVES.get(forename.replace(" ", "_"), ())
        nickname, on_record = "", True
        if short and draw.random() < 0.7:
            nickname, on_record = draw.choice(short), draw.random() < 0.5
        elif draw.random() < 0.15:
            nickname = draw.choice(PET_NAMES)
        self._made += 1
        former = (
            draw.choice(surnames) if surnames and sex == "F" and ages[0] > 17 and draw.random() < 0.25 else ""
        )
        return Person(
            token=f"{prefix}_{self._made:06x}",
            origin=origin,
            sex=sex,
            forename=forename,
            surname=surname,
            middle=next((name for name in draw.sample(forenames, 2) if name != forename), "")
            if draw.random() < 0.25
            else "",
            nickname=nickname,
            former_surname=former,
            born=_AS_OF - timedelta(days=draw.randint(ages[0] * 365, ages[1] * 365)),
            role=role,
            nickname_on_record=on_record,
            recorded=(self._recorded(forename), self._recorded(surname)),
        )

    def _recorded(self, name: str) -> str:
        """A name as a system keeps it: mostly as it is written, sometimes in capitals or plain letters."""
        chance = self.draw.random()
        if chance < 0.1:
            return name.upper()
        return plain(name) if chance < 0.35 else name

    def family(self) -> Family:
        """A family of one to three adults and one to four children, its places and numbers, and what is known of it."""
        draw, origin = self.draw, self.origin()
        other = origin if draw.random() < 0.85 else self.origin()
        mother = self.somebody(origin, "F", role="parent", prefix="MOTHER")
        father = self.somebody(other, "M", role="parent", prefix="FATHER")
        surname = draw.choice((mother.surname, father.surname, father.surname))
        if origin in ("somali", "horn and central africa", "pakistani", "sri lankan and one-word"):
            surname = father.forename if draw.random() < 0.5 else surname
        people = {"mother": mother, "father": father}
        if draw.random() < 0.35:
            people["carer"] = self.somebody(origin, "F", role="carer", prefix="CARER", ages=(48, 75))
        for number in range(draw.randint(1, 4)):
            child = self.somebody(
                draw.choice((origin, other)), surname=surname, role="child", prefix="CHILD", ages=(0, 17)
            )
            while child.forename in {one.forename for one in people.values()}:
                child = self.somebody(origin, surname=surname, role="child", prefix="CHILD", ages=(0, 17))
            people[f"child{number + 1}"] = child
        if draw.random() < 0.12:
            people["father"] = replace(people["father"], on_record=False)
        worker = draw.choice(self.workers)
        colleagues = tuple(one for one in draw.sample(self.workers, 4) if one is not worker)[:3]
        values = self._values()
        return Family(origin, people, worker, colleagues, values, self._known(people, worker, values))

    def _values(self) -> dict[str, str]:
        numbers, draw = self.numbers, self.draw
        number = numbers.serial("family")
        return {
            "address": self.address(),
            "old_address": self.address(),
            "postcode": self.postcode(),
            "school": self.school(),
            "surgery": self.surgery(),
            "phone": self.phone(),
            "email": self.email(),
            "nhs": numbers.nhs(),
            "upn": numbers.upn(draw.randint(8, 23)),
            "nino": numbers.nino(),
            "pnc": numbers.pnc(2003, 2023),
            "uprn": numbers.uprn(),
            "child_id": numbers.child_id(),
            "family_ref": f"EHM-{204_000 + number * 7}",
            "episode_ref": f"EH/2023/{number * 13:06d}",
            "tenancy_ref": f"T{7_000_211 + number * 31}",
        }

    def _known(self, people: dict[str, Person], worker: Person, values: dict[str, str]) -> Known:
        """What records say of a family: one source may have an old surname, another a nickname, another neither."""
        draw, known = self.draw, []
        whose = {
            "mother": ("address", "old_address", "postcode", "phone", "email", "nino", "uprn", "tenancy_ref"),
            "father": ("pnc",),
            "child1": ("nhs", "upn", "school", "surgery", "child_id", "family_ref", "episode_ref"),
        }
        for slot, person in people.items():
            if not person.on_record:
                continue
            forename, surname = person.recorded
            surnames = [surname, person.surname if draw.random() < 0.6 else "", person.former_surname]
            known.append(
                KnownPerson(
                    token=person.token,
                    forenames=tuple(name for name in (forename, person.middle) if name),
                    surnames=tuple(dict.fromkeys(name for name in surnames if name)),
                    other_names=(person.nickname,) if person.nickname and person.nickname_on_record else (),
                    births=(person.born,),
                    values=tuple((KINDS[name], values[name]) for name in whose.get(slot, ())),
                )
            )
        known.append(known_worker(worker, near=True))
        return Known(people=tuple(known))


KINDS: Final = {
    "address": Kind.ADDRESS, "old_address": Kind.ADDRESS, "postcode": Kind.POSTCODE, "phone": Kind.PHONE,
    "email": Kind.EMAIL, "nino": Kind.NINO, "uprn": Kind.UPRN, "tenancy_ref": Kind.CASE_REFERENCE, "pnc": Kind.PNC_ID,
    "nhs": Kind.NHS_NUMBER, "upn": Kind.UPN, "school": Kind.SCHOOL, "surgery": Kind.SURGERY,
    "child_id": Kind.CASE_REFERENCE, "family_ref": Kind.CASE_REFERENCE, "episode_ref": Kind.CASE_REFERENCE,
}  # fmt: skip


def known_worker(person: Person, *, near: bool) -> KnownPerson:
    """A worker as the table of workers has them: one whole name, no birth."""
    return KnownPerson(
        token=person.token,
        whole_names=(" ".join(filter(None, (person.forename, person.surname))),),
        near=near,
    )
