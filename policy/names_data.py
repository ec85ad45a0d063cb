"""Words about names, as data: our own small lists; council officers may find more. Forenames: `policy/forenames.py`."""

from __future__ import annotations

_PARTICLES = """
    al el de da das do dos del della di du la le las los van von der den ter ten bin bint ibn abu
    ben ap ab o mac nic ni e y
"""
PARTICLES = frozenset(_PARTICLES.split())
_TITLES = """
    mr mrs ms miss mx dr prof rev sir master mum dad mother father
"""
TITLES = frozenset(_TITLES.split())
_MUHAMMAD = """
    muhammad mohammad mohammed mohamed muhammed mohamad mohamud muhamad mohd md mhd muhd mehmet
    muhammet mahomed mahamed maxamed maxamud
"""
MUHAMMAD = frozenset(_MUHAMMAD.split())
# Words that are forenames and surnames alike: an exchange of the two must not be read into them.
_BOTH = """
    ali ahmed ahmad hassan hussain hussein khan ibrahim ismail omar osman yusuf abdi abdullah james
    thomas george lewis scott ryan taylor morgan jordan cameron grace rose rayan nur noor
"""
BOTH = MUHAMMAD | frozenset(_BOTH.split())

KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# One sound, several spellings; longest first, applied in this order to folded names.
SPELLINGS = (
    ("ph", "f"), ("ck", "k"), ("tch", "ch"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ai", "ay"),
    ("iya", "ia"), ("iia", "ia"), ("iy", "y"), ("ii", "i"), ("ij", "i"), ("j", "y"), ("kh", "h"), ("q", "k"), ("w", "v"),
)  # fmt: skip
# Of these the ones that are only a matter of spelling: no two children of a family differ by them.
ONE_SOUND = (
    ("ph", "f"), ("ck", "k"), ("ou", "u"), ("oo", "u"), ("ai", "ay"), ("iya", "ia"), ("iia", "ia"), ("iy", "y"),
    ("ij", "i"),
)  # fmt: skip

_SHORT = (
    "alexander alex alec sandy sasha", "alexandra alex sandra sasha alexa", "andrew andy drew",
    "anthony tony ant", "benjamin ben benny", "catherine kate katie cathy cat", "katherine kate katie kathy kat",
    "charles charlie chas", "charlotte charlie lottie", "christopher chris kit", "christina chris tina",
    "daniel dan danny", "david dave davy", "edward ed eddie ted ned", "elizabeth liz lizzie beth eliza libby",
    "emily em emmy", "francesca fran frankie", "frederick fred freddie", "gabriel gabe", "george georgie",
    "grace gracie", "henry harry hal", "isabella bella izzy", "isabelle izzy belle", "jacob jake", "james jim jimmy jamie",
    "jennifer jen jenny", "jessica jess jessie", "john jack johnny", "jonathan jon jonny", "joseph joe joey",
    "joshua josh", "katarzyna kasia", "jakub kuba", "aleksandra ola", "agnieszka aga", "malgorzata gosia",
    "lawrence larry", "leonard leo len", "lewis lew", "lucas luke", "margaret maggie meg", "matthew matt matty",
    "matilda tilly", "maximilian max", "michael mike mick mikey", "michelle shelly", "natalie nat", "nathaniel nate nat",
    "nicholas nick nicky", "nicole nicky", "oliver ollie oli", "olivia liv livvy", "patricia pat trish",
    "patrick pat paddy", "peter pete", "philip phil", "rebecca becky becca", "richard rich rick dick",
    "robert rob bob bobby bert", "samantha sam sammy", "samuel sam sammy", "stephen steve", "steven steve",
    "susan sue", "theodore theo ted", "thomas tom tommy", "timothy tim", "victoria vicky tori", "william will bill billy liam",
    "zachary zach zac", "stefan fane", "gheorghe gigi", "ion ionel", "maria mioara", "aleksander olek", "vladimir vova",
    "dmytro dima", "oleksandr sasha", "anastasia nastya", "yevhen zhenya", "francisco paco", "jose pepe",
)  # fmt: skip
SHORT_FORMS: dict[str, frozenset[str]] = {
    line.split()[0]: frozenset(line.split()[1:]) for line in _SHORT
}

# One name as offices of several languages write it: no family gives two of a row to two children.
_ONE_NAME = (
"abdirahman abdulrahman abdurrahman abdirahmaan", "abdullah abdulla abdallah", "ahmed ahmad ahmet achmed",
"aisha ayesha aysha aisa aicha caasha", "aliya alia", "aleksander alexander oleksandr aleksandr alexandr",
"aleksandra alexandra oleksandra", "alexandru aleksandru", "anastasia anastasiia anastasiya anastasija", "amina ameena",
"amira ameera ameerah", "andrii andriy andriî andrij andrei andrey", "artem artiom artyom", "bohdan bogdan",
"daryna darina", "dmytro dmitro dmitry dmitri dmitrij", "ehsan ihsan", "fatima fatema fatma",
"hafsa hafza", "halima haleema xaliimo halimo", "haroon harun haroun", "hasan hassan", "hussain hussein husain husein hussayn",
"ibrahim ebrahim ibraheem", "idris idrees", "ilyas elyas ilias", "iman eman imaan", "ivan iwan", "kateryna katerina ekaterina yekaterina katarina",
"khadija khadeeja kadija khadiza", "kseniia ksenia kseniya", "laila leila layla leyla", "lukasz lukas", "maksym maksim maxim maxym",
"mariia maria mariya marija", "maryam mariam maryiam marium meryem mariyam", "mykola mikola", "mykhailo mikhailo mykhaylo", "mustafa mustapha",
"nadia nadiia nadya nadiya", "nur noor nour", "olha olga", "omar umar omer cumar", "osman usman uthman cismaan isman", "raheem rahim",
"ruqayyah ruqaya ruqaiya rukayat", "safiya safia", "saeed said sayeed", "salih saleh", "serhii serhiy sergei sergey",
"sofia sofiia sofiya sophia", "solomiia solomiya", "stefan stephan", "sulaiman suleiman suleyman sulayman", "sumaya sumaiya sumayya",
"tetiana tetyana tatiana tatyana", "viktoriia viktoria victoria viktoriya", "volodymyr vladimir", "yahya yahia", "yelyzaveta yelizaveta elizaveta",
"yevhen evhen yevgen yevgeny", "yaqub yakub yaqoob yacoub", "younis yunus younus younes", "yousuf yusuf yousef yusef yousif yosef yusif", "yulia yuliia julia iuliia yuliya",
"yurii yuriy yuri iurii", "zahra zehra", "zainab zaynab zeinab zaineb zeynep zeynab", "zakariya zakaria",
"isse issa ciise", "dawit dawid david daweet", "yohannes johannes yohanes", "isaias isayas", "biniam binyam", "lidia lidya lydia",
"ioan ion", "nicolae nikolae", "kwesi kwasi", "kojo kodjo", "afua afia", "thiago tiago", "felipe filipe", "siobhan shivaun", "niamh neve",
"sean shaun shawn", "sian shan", "seren seran", "gurdeep gurdip", "gurpreet gurprit", "simran simren", "rajvir rajveer",
"kacper kasper", "mateusz matheusz", "catherine katherine kathryn catharine", "elisabeth elizabeth", "isobel isabel", "luca luka",
"mathew matthew", "nicholas nicolas", "philip phillip", "stephen steven", "tomas tomasz thomas", "zoe zoey",
)  # fmt: skip
# And surnames, as passports and clerks spell them.
_ONE_SURNAME = (
"hersi xirsi hirsi", "warsame warsama", "xu hsu", "cai tsai choi", "zeng tseng", "xie hsieh", "cao tsao", "jiang chiang", "zhang chang cheung",
"chen chan", "li lee", "liu lau", "huang wong", "wang wong", "zhao chao", "zhou chow chou", "wu ng",
"chaudhry choudhury chowdhury choudhary chaudhary chaudhury", "rahman rehman rahaman", "siddiqui siddiqi siddique sidiqi", "mughal moghal", "hossain hossen",
"miah mia mian", "akhtar akter aktar", "sheikh shaikh sheik", "syed sayed saiyed", "qureshi quraishi kureshi", "mahmood mahmud mehmood mahmoud",
"tesfay tesfai tesfaye", "gebremedhin ghebremedhin", "gebreab ghebreab", "popal popalzai", "rasuli rasooli", "qadiri qaderi",
"agyeman agyemang", "frimpong frempong", "owusu wusu", "melnyk melnik", "boyko boiko", "kovalenko covalenco", "sousa souza",
)  # fmt: skip
ONE_NAME: dict[str, frozenset[str]] = {}
for _line in (*_ONE_NAME, *_ONE_SURNAME):
    for _name in _line.split():
        ONE_NAME[_name] = ONE_NAME.get(_name, frozenset()) | frozenset(_line.split()) - {_name}
