"""Words about names, as data: our own small lists; council officers may find more."""

from __future__ import annotations

PARTICLES = frozenset(
    "al el de da das do dos del della di du la le las los van von der den ter ten bin bint ibn abu"
    " ben ap ab o mac nic ni e y".split()
)
TITLES = frozenset("mr mrs ms miss mx dr prof rev sir master mum dad mother father".split())
MUHAMMAD = frozenset(
    "muhammad mohammad mohammed mohamed muhammed mohamad mohamud muhamad mohd md mhd muhd mehmet"
    " muhammet mahomed".split()
)
# Words that are forenames and surnames alike: an exchange of the two must not be read into them.
BOTH = MUHAMMAD | frozenset(
    "ali ahmed ahmad hassan hussain hussein khan ibrahim ismail omar osman yusuf abdi abdullah james"
    " thomas george lewis scott ryan taylor morgan jordan cameron grace rose rayan nur noor".split()
)

KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# One sound, several spellings; longest first, applied in this order to folded names.
SPELLINGS = (
    ("ph", "f"), ("ck", "k"), ("tch", "ch"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ey", "ay"), ("ai", "ay"),
    ("iya", "ia"), ("iia", "ia"), ("iy", "y"), ("yi", "y"), ("ii", "i"), ("ij", "i"), ("j", "y"), ("kh", "h"), ("q", "k"), ("w", "v"),
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

FORENAMES = frozenset(
    """
    aaliyah aaron abigail abdul abdullah adam adele adrian agnes ahmed ahmad aidan aiden aisha alan alana albert alex
    alexander alexandra alexia alfie ali alice alicia alina alisha alison alma amal amanda amara amber amelia amelie amina amir
    amira amy ana anastasia andre andrea andrei andrew angel angela anika anisa anita anna annabel anne annie anthony anton
    anya archie aria ariana arthur arun asha ashley asif asma astrid ava ayaan ayan ayana ayesha ayla aysha bartosz beatrice
    bella ben benjamin beth bethany bilal bianca blake bogdan brandon brian brooke bruno caitlin callum cameron camila carl
    carla carlos caroline catherine cerys charles charlie charlotte chelsea cheng chloe chris christian christina christopher
    claire clara cody connor conor cristina daisy dale damian daniel daniela danielle daria dariusz darius david dawid dean
    deborah declan demi denis dennis diana diego dimitri dominic dominik donna dylan eden edith edward eleanor elena eli elias elif
    elijah elise eliza elizabeth ella ellen ellie elliot eloise elsa elsie emil emilia emily emir emma emre eric erin esme esther
    ethan eva evan eve evelyn evie ewan ezra fahad faith farah farhan faris fatima fatimah fatou felix fern filip finlay finley
    fiona florence fran francesca francis frank freddie freya gabriel gabriela gabrielle gareth gary gemma george georgia georgina
    gethin grace grzegorz gus hadi hafsa haider haidar hamza hana hanna hannah harriet harris harrison harry harvey hasan hassan hattie
    hayden hazel heather heidi helen henry hiba hina hollie holly hope hugo humza husain hussain hussein ian ibrahim ida idris igor
    ikram ilyas iman imogen imran ines inaya ioan ioana ion iqra iris isaac isabel isabella isabelle isha isla ismail ismael israel ivan ivy
    jack jackson jacob jade jai jaiden jake jakub james jamie jan jana jane jasmin jasmine jason javier jay jayden jayla jean jenna
    jennifer jenny jenson jeremy jess jesse jessica jimmy joan joao joanna jodie joe joel john jonah jonas jonathan jordan jorge jose
    joseph josh joshua josie juan jude judith jules julia julian julie juliet julius kacper kai kaia karen karim karol karolina kasia kate
    katie katherine kathryn katrina kayla keira keith kelly kenneth kenza kevin khadija khadijah khalid kian kiera kieran kim kit kofi kwame
    kyle lacey lana lara larissa laura lauren layla lea leah lee leila lena leo leon leona leonard leonardo levi lewis leyla lia liam lidia
    lila lilia lilian lillian lilly lily lina linda lisa liv livia logan lola lorena lottie louis louisa louise luca lucas lucia lucie lucy
    luis luka lukas lukasz luke luna lydia mabel maciej maddie madina madison mae maggie maia maira maisie maja malak malika manuel
    marc marcel marcin marco marcus marek margaret maria mariam marian marie marina mario marion marisol mark marlon marta martha martin martina mary
    maryam mason mateo mateusz mathew matilda matteo matthew max maxim maya megan mehdi mei melissa mia micah michael michal michelle miguel
    mihai mila milan milena miles milly mina miriam mirza miya moira mollie molly mona monica morgan moses muna musa mustafa mya myla
    nabil nadia naima naomi natalia natalie nathan nathaniel neil nell nia niamh nicholas nicola nicole nikita nikola nikolas nina noa noah noel
    noor nora norah nour nur oksana olaf olena oleksandr olga oliver olivia ollie omar omer oscar osman otis owen pablo paige paolo patricia patrick
    patryk paul paula paulina pavel pearl pedro penelope peter petra philip phoebe pip piotr pola polly poppy priya rabia rachel radu rafael
    rahim rahima raina raj rajan ralph ramla rania rashid raul ravi raya rayan rayyan rebecca reece reem reggie reuben rhiannon rhys rian ricardo
    richard riley rita river robert robin robyn rocco roman ronan rory rosa rosalind rose rosie rowan roxana ruben ruby rufus rumaysa ruth
    ryan saad sabina sabrina sadia safa safiya sahar sahil saira salim salma sam samantha samir samira samuel sana sanaa sandra sara sarah sasha scarlett
    scott sean sebastian selena selin selina seren serena sergio seth shabana shaun sherine shirin shona sian siddharth sidra sienna simon simona skye
    sofia sofija solomon sonia sophia sophie stefan stefania stella stephen steven sumaya summer sunny susan sven szymon tahir talia tamara tania tanya
    tara taylor teddy teresa tess thea theo thomas tia tiana tiffany tilly tim tobias toby tom tomas tomasz tommy tristan tyler ulrich uma umar una usman
    valentina vanessa vera veronica victor victoria viktor viktoria vincent violet vlad wahid wanda will william willow wojciech xander yahya
    yara yasin yasmin yasmina yaseen ying yolanda youssef yusra yusuf yuliia yuliya zac zachary zahra zain zainab zaina zak zakaria zane zara zaynab zayn zeinab zoe zofia zoya zuzanna
    zawadi teodora idris samira tariq thandi tendai chidi chioma emeka ngozi obinna ada adaeze femi tunde tobi kemi abena ama akua yaw kwesi ekow esi
    aarav arjun aryan diya ishaan kavya kiran lakshmi meera neha nikhil nisha pooja pranav riya rohan saanvi sanjay shreya tanvi vihaan
    bing fang hui jing jun li lin ling mei ming wei xin yan yi yu yuan zhen an anh bao binh chi duc hai hien hoa huong khanh lan linh long mai minh nam nga ngoc phuong quang
    thao thu trang tuan vy xuan
    """.split()
)
