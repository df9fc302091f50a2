"""What people in an English council are called.

English names come from Faker, drawn once into pools (Faker takes too long to be asked for every person); names from
elsewhere are short lists, written as families write them, with their diacritics and double surnames.
"""

import random
from dataclasses import dataclass
from typing import Final

from faker import Faker

from pipelines.council.chance import draws

POOL: Final = 1500


@dataclass(frozen=True)
class Culture:
    """Where a family's names come from. Names that are common stand in a list more than once."""

    male: tuple[str, ...]
    female: tuple[str, ...]
    surnames: tuple[str, ...]
    female_surnames: tuple[tuple[str, str], ...] = ()  # (ending of the father's name, of the daughter's)


def _culture(
    male: str, female: str, surnames: str, female_surnames: tuple[tuple[str, str], ...] = ()
) -> Culture:
    return Culture(_words(male), _words(female), _words(surnames), female_surnames)


def _words(names: str) -> tuple[str, ...]:
    """Names set apart by spaces; an underscore stands for a space within one."""
    return tuple(name.replace("_", " ") for name in names.split())


ELSEWHERE: Final = {
    "pakistani": _culture(
        "Mohammed Muhammad Mohammed Ahmed Ali Hamza Bilal Usman Imran Adeel Zain Yusuf Ibrahim Hassan Haroon Kamran "
        "Nadeem Tariq Zubair Faisal Asim Shahid Waqas Danyal Rehan Ismail Sajid",
        "Aisha Fatima Zainab Maryam Khadija Ayesha Saima Nusrat Shabana Rukhsana Samina Sana Iqra Hafsa Amina Noor "
        "Bushra Farah Mehwish Rabia Sadia Uzma Hira Anam Zara",
        "Khan Hussain Ahmed Khan Hussain Ali Akhtar Mahmood Iqbal Malik Shah Bibi Begum Mirza Rashid Aslam Javed "
        "Sheikh Raja Qureshi Butt Chaudhry Siddiqui Ashraf Parveen Nawaz Rehman Saleem",
    ),
    "bangladeshi": _culture(
        "Abdul Mohammed Rahim Karim Shakil Jahid Rafiq Tanvir Nazmul Sadiq Arif Kamal Faruk Mizanur",
        "Fatema Nasima Sultana Rahima Shirin Taslima Jannat Sumaiya Nargis Ruksana Farzana Halima",
        "Begum Miah Uddin Rahman Islam Ali Chowdhury Khatun Hoque Alam Sarkar Choudhury",
    ),
    "indian": _culture(
        "Arjun Harpreet Gurpreet Ravi Sanjay Vikram Rohan Jasdeep Amit Manjit Karan Deepak Nikhil Aarav Dilip",
        "Priya Harjit Simran Anjali Jasmeet Kiran Meena Navdeep Pooja Ria Sunita Amrit Neha Kavita Manpreet",
        "Patel Singh Kaur Sharma Gill Dhillon Mistry Desai Sandhu Bains Chauhan Shah Nair D'Souza Kumar",
    ),
    "african": _culture(
        "Kwame Emmanuel Chukwuemeka Oluwaseun Sékou Tendai Kofi Ifeanyi Yaw Babatunde Samuel Mamadou Tesfaye Abel "
        "Tunde Dawit Ousmane",
        "Abena Adaeze Aminata Blessing Chiamaka Folasade Grace Ngozi Rutendo Selam Temitope Yetunde Zainabu Ama "
        "Fanta Mercy",
        "Mensah Okafor Nwosu Olatunji Boateng Kamara Moyo Diallo Adeyemi Osei Traoré Ndlovu Bekele Koné Eze "
        "Asante-Mensah Chukwu Tekle Okonkwo",
    ),
    "somali": _culture(
        "Abdi Mohamed Hassan Ahmed Ali Yusuf Farah Ismail Omar Abdirahman",
        "Hodan Ayaan Fadumo Khadra Amina Sagal Halimo Asha Ifrah Nimco",
        "Abdi Mohamed Ali Hassan Farah Warsame Osman Jama Nur Hirsi",
    ),
    "eastern": _culture(
        "Mateusz Jakub Łukasz Paweł Tomasz Krzysztof Michał Bogdan Andrei Ștefan Ionuț Zbigniew Vasile Marek Juraj "
        "Tomáš Ondřej Gábor Dragoș Kacper",
        "Agnieszka Małgorzata Zofia Katarzyna Ewa Lucia Ioana Andreea Mihaela Oksana Żaneta Jitka Božena Zuzana "
        "Elena Monika Dorota Gabriela Simona",
        "Kowalski Wójcik Dąbrowski Nowak Zieliński Popescu Ionescu Munteanu Dumitru Horváth Novák Szabó Petrov "
        "Kaczmarek Wiśniewski Lewandowski Radu Stanciu Balogh Lakatoš Górski",
        (("ski", "ska"), ("Novák", "Nováková"), ("Horváth", "Horváthová"), ("Petrov", "Petrova")),
    ),
    "chinese": _culture(
        "Wei Jun Hao Ming Zhi Kai Jian Chen-Hao Yu-Xuan Li-Wei",
        "Li-Na Mei-Ling Xiu Yan Hui Jing Xin-Yi Ying Fang Mei",
        "Li Chen Wong Zhang Wang Liu Chan Lau Huang Lin Cheung Yang",
    ),
    "arabic": _culture(
        "Omar Khaled Youssef Karim Mustafa Samir Hussein Rêbîn Diyar Anas Tarek Ammar Walid",
        "Layla Nour Hanan Rania Yasmin Salma Dilan Shirin Mariam Hala Zeinab Rojîn Samar",
        "Al-Masri Haddad Al-Hassan Saleh Aziz Ibrahim Khalil El-Sayed Nasser Barzani Kadir Al-Jabouri Darwish Mansour",
    ),
    "irish": _culture(
        "Seán Liam Conor Patrick Declan Oisín Cian Brendan Martin Eoin Ciarán Tadhg",
        "Siobhán Niamh Aoife Orla Róisín Sinéad Gráinne Bridget Kathleen Máire Ciara Caoimhe",
        "O'Brien McDonagh Ward Murphy Ó_Súilleabháin Brennan Doherty O'Neill Kelly Maughan Connors Gallagher Byrne "
        "Fitzgerald MacCarthy O'Reilly",
    ),
    "caribbean": _culture(
        "Leroy Marlon Dwayne Jermaine Tyrone Delroy Winston Andre Kemar Curtis Nathan Elijah Malachi",
        "Shanice Marcia Beverley Keisha Monique Tanisha Renée Chantelle Latoya Jada Naomi Esmé Claudette",
        "Campbell Marley Clarke Grant Francis Powell Brown Gordon Bailey Baptiste Reid Morgan-Clarke St_John Samuels",
    ),
}

# Faker's English first names are those of adults; children of today are called something else as well.
YOUNG_MALE: Final = (
    "Oliver Noah Alfie Archie Freddie Theo Tyler Jayden Mason Logan Riley Albie Reggie Kai Zac Harvey Ethan Leo Finley "
    "Bobby Jenson Jaxon Tommy Ellis Rory Caleb Corey Brandon Kian Blake"
)
YOUNG_FEMALE: Final = (
    "Olivia Amelia Isla Ava Lily-Mae Freya Chloë Zoë Ruby Evie Poppy Daisy Gracie-Mae Willow Ellie Lexi Maisie Skye "
    "Imogen Demi-Leigh Keira Paige Libby Scarlett Harper Bonnie Tilly Esme Lacey Amber"
)

NICKNAMES: Final = {
    "Abigail": ("Abi",),
    "Alfie": ("Alf",),
    "Caleb": ("Cal",),
    "Charlie": ("Chaz",),
    "Demi-Leigh": ("Demi",),
    "Donald": ("Don",),
    "Finley": ("Fin",),
    "Geoffrey": ("Geoff",),
    "Georgina": ("Georgie",),
    "Gerald": ("Gerry",),
    "Gracie-Mae": ("Gracie",),
    "Gregory": ("Greg",),
    "Harriet": ("Hattie",),
    "Harvey": ("Harv",),
    "Imogen": ("Immy",),
    "Jacob": ("Jake",),
    "Jayden": ("Jay",),
    "Kenneth": ("Ken",),
    "Leslie": ("Les",),
    "Lily-Mae": ("Lily",),
    "Maureen": ("Mo",),
    "Nathan": ("Nate",),
    "Oliver": ("Ollie",),
    "Olivia": ("Liv", "Livvy"),
    "Raymond": ("Ray",),
    "Ronald": ("Ron",),
    "Russell": ("Russ",),
    "Scarlett": ("Letty",),
    "Theo": ("Teddy",),
    "Tyler": ("Ty",),
    "Willow": ("Wills",),
    "Abdirahman": ("Abdi",),
    "Agnieszka": ("Aga",),
    "Alexander": ("Alex", "Xander"),
    "Amanda": ("Mandy",),
    "Amelia": ("Millie",),
    "Andrew": ("Andy", "Drew"),
    "Anthony": ("Tony",),
    "Benjamin": ("Ben",),
    "Bridget": ("Bridie",),
    "Catherine": ("Cath", "Katie"),
    "Charlotte": ("Charlie", "Lottie"),
    "Chloë": ("Chlo",),
    "Christine": ("Chris", "Tina"),
    "Christopher": ("Chris", "Kit"),
    "Chukwuemeka": ("Emeka",),
    "Daniel": ("Dan", "Danny"),
    "David": ("Dave",),
    "Deborah": ("Debbie", "Debs"),
    "Edward": ("Ed", "Teddy"),
    "Elizabeth": ("Liz", "Beth"),
    "Emmanuel": ("Manny",),
    "Frederick": ("Fred",),
    "Gareth": ("Gaz",),
    "Gurpreet": ("Gopi",),
    "Jacqueline": ("Jackie",),
    "James": ("Jim", "Jamie"),
    "Jennifer": ("Jen", "Jenny"),
    "Jermaine": ("Jay",),
    "Jonathan": ("Jon", "Jonny"),
    "Joseph": ("Joe",),
    "Joshua": ("Josh",),
    "Katarzyna": ("Kasia",),
    "Katherine": ("Kath", "Katie"),
    "Kathleen": ("Kath",),
    "Kimberley": ("Kim",),
    "Krzysztof": ("Kris",),
    "Malgorzata": ("Gosia",),
    "Margaret": ("Maggie", "Peg"),
    "Mateusz": ("Mat",),
    "Matthew": ("Matt",),
    "Małgorzata": ("Gosia",),
    "Michael": ("Mike", "Mick"),
    "Michelle": ("Shell",),
    "Mohammed": ("Mo",),
    "Muhammad": ("Mo",),
    "Natalie": ("Nat",),
    "Natasha": ("Tash",),
    "Nicholas": ("Nick",),
    "Nicola": ("Nicky",),
    "Oluwaseun": ("Seun",),
    "Pamela": ("Pam",),
    "Patricia": ("Pat", "Trish"),
    "Patrick": ("Paddy",),
    "Peter": ("Pete",),
    "Philip": ("Phil",),
    "Rebecca": ("Becky", "Bex"),
    "Richard": ("Rick", "Richie"),
    "Robert": ("Rob", "Bob"),
    "Samantha": ("Sam", "Sammy"),
    "Samuel": ("Sam",),
    "Siobhán": ("Shiv",),
    "Stephanie": ("Steph",),
    "Stephen": ("Steve",),
    "Steven": ("Steve",),
    "Susan": ("Sue",),
    "Terence": ("Terry",),
    "Thomas": ("Tom", "Tommy"),
    "Timothy": ("Tim",),
    "Timothée": ("Tim",),
    "Tomasz": ("Tomek",),
    "Valerie": ("Val",),
    "Victoria": ("Vicky", "Tori"),
    "William": ("Will", "Bill"),
    "Zachary": ("Zac",),
    "Łukasz": ("Luke",),
}


@dataclass(frozen=True)
class Names:
    """Every culture's names, and the streets."""

    cultures: dict[str, Culture]
    young_male: tuple[str, ...]
    young_female: tuple[str, ...]
    streets: tuple[str, ...]

    def forename(self, draw: random.Random, culture: str, sex: str, birth_year: int) -> str:
        if culture == "english" and birth_year >= 2000 and draw.random() < 0.7:
            return draw.choice(self.young_male if sex == "M" else self.young_female)
        names = self.cultures[culture]
        return draw.choice(names.male if sex == "M" else names.female)

    def surname(self, draw: random.Random, culture: str) -> str:
        names = self.cultures[culture].surnames
        name = draw.choice(names)
        if culture in {"english", "caribbean"} and "-" not in name and draw.random() < 0.06:
            other = draw.choice(names)
            return name if other == name or "-" in other else f"{name}-{other}"
        return name

    def for_sex(self, culture: str, surname: str, sex: str) -> str:
        """The surname as a daughter bears it, where a language inflects it."""
        if sex == "F":
            for ending, hers in self.cultures[culture].female_surnames:
                if surname.endswith(ending):
                    return surname.removesuffix(ending) + hers
        return surname


def read_names(seed: int) -> Names:
    """Draws the pools of one council. The same seed gives the same pools."""
    faker = Faker("en_GB")
    faker.seed_instance(seed)
    english = Culture(
        tuple(faker.first_name_male() for _ in range(POOL)),
        tuple(faker.first_name_female() for _ in range(POOL)),
        tuple(faker.last_name() for _ in range(POOL)),
    )
    # A street is named after somebody or something, and is no station or inlet: Faker's endings are for the world.
    endings = (
        "Street",
        "Street",
        "Road",
        "Road",
        "Avenue",
        "Close",
        "Grove",
        "Terrace",
        "Lane",
        "Drive",
        "Place",
    )
    draw = draws(seed, "streets")
    streets: dict[str, None] = {}
    while len(streets) < 320:
        streets[f"{faker.street_name().split()[0]} {draw.choice(endings)}"] = None
    return Names({"english": english, **ELSEWHERE}, _words(YOUNG_MALE), _words(YOUNG_FEMALE), tuple(streets))
