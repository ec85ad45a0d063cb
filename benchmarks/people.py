"""Invented families and the forms schools might send about them, faults included.

For measuring `policy.matching` only: thirteen naming communities, twins, brothers and sisters, cousins with one
name, namesakes with one birthday, a sibling's UPN left in the form, a sibling sent in the known child's thread,
children who moved and came back. Everything comes from the seed. Seeds below 300 are for development;
figures are reported on seeds from 300 on, which nobody tunes against.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from policy import upn as upns
from policy.matching import Incoming, Known, Person

_NAMES = {
    "English": ("Oliver Harry Jack Alfie Charlie Freddie Archie Thomas Toby Callum Ewan Rhys Stanley Rupert Barnaby Kieran",
                "Olivia Emily Ella Bella Poppy Daisy Freya Matilda Imogen Harriet Evie Elsie Alice Keeley Bethan Tabitha",
                "Smith Barker Thornbury Whitlock Garrod Pettit Catchpole Nunn Fenn Bloomfield Cutting Aldous Rudd Hayward Deben Moyse"),
    "Pakistani": ("Hassan Hussain Bilal Usman Hamza Zain Ibrahim Ahmed Faisal Imran Kashif Rizwan Adeel Danish Shahid Waqas",
                  "Aisha Fatima Zainab Amina Amira Hafsa Iqra Sana Saima Nadia Mehwish Rabia Kiran Maryam Areeba Laiba",
                  "Khan Hussain Ahmed Malik Iqbal Mahmood Qureshi Sheikh Bashir Chaudhry Akhtar Butt Mirza Rafiq Javed Shah"),
    "Bangladeshi": ("Abdur Rahim Karim Tanvir Rafi Sabbir Nayeem Shakib Tahmid Fahim Jubayer Mahin Raihan Zubair Samiul Ishrak",
                    "Nusrat Tasnim Sumaiya Farzana Sadia Jannat Ayesha Maliha Rifah Samiha Lamia Nabila Tahmina Raisa Mahira Sharmin",
                    "Rahman Begum Miah Uddin Islam Chowdhury Hoque Alam Ali Khatun Sarkar Mollah Talukdar Bhuiyan Sikder Kabir"),
    "Polish": ("Jakub Kacper Filip Mateusz Szymon Bartosz Wojciech Piotr Dawid Łukasz Michał Oskar Igor Tymon Ksawery Borys",
               "Zuzanna Julia Maja Zofia Hanna Oliwia Wiktoria Aleksandra Katarzyna Małgorzata Amelia Lena Kinga Jagoda Malwina Iga",
               "Kowalski Nowak Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Jankowski Mazur Krawczyk Piotrowski Grabowski"),
    "Romanian": ("Andrei Ștefan Alexandru Mihai Ionuț Gabriel Cristian Vlad Rareș Matei Darius Răzvan Sorin Dragoș Cosmin Luca",
                 "Maria Ioana Andreea Elena Alexandra Bianca Ștefania Mihaela Raluca Denisa Larisa Crina Sorina Teodora Anca Daria",
                 "Popescu Ionescu Popa Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Munteanu Lăcătuș Moldovan Ursu Toma Dinu"),
    "Somali": ("Abdi Mohamed Ahmed Yusuf Hassan Ismail Abdirahman Liban Guled Zakariya Mahad Bile Khalid Sharmarke Warsame Ayanle",
               "Hodan Fadumo Ayaan Sahra Ifrah Hibo Najma Ubah Asma Khadra Naima Deqa Ladan Idil Sagal Muna",
               "Ali Mohamed Abdi Hassan Omar Farah Warsame Jama Nur Osman Ibrahim Yusuf Aden Hersi Duale Isse"),
    "Nigerian": ("Chidi Emeka Tunde Femi Obinna Ikenna Kelechi Tobi Ayo Segun Uche Nnamdi Kunle Dayo Zuriel Ebuka",
                 "Ngozi Chioma Adaeze Temi Folake Amaka Ifeoma Bisi Yemi Chidinma Simisola Ebele Nkechi Zainab Tiwa Oyin",
                 "Okafor Adeyemi Okonkwo Balogun Eze Adebayo Nwosu Ogunleye Obi Afolabi Ibe Chukwu Olawale Bello Onyeka Akande"),
    "Ukrainian": ("Олександр Дмитро Андрій Максим Іван Богдан Artem Nazar Danylo Tymofiy Ostap Mykola Yaroslav Roman Denys Kyrylo",
                  "Anastasiia Sofiia Юлія Дарина Kateryna Mariia Polina Solomiia Yeva Veronika Zlata Oksana Iryna Khrystyna Uliana Milana",
                  "Шевченко Kovalenko Bondarenko Tkachenko Kravchenko Oliynyk Shevchuk Koval Polishchuk Bondar Moroz Lysenko Savchenko Rudenko Petrenko Marchenko"),
    "Portuguese": ("João Tiago Diogo Rafael Gonçalo Duarte Afonso Rodrigo Miguel Martim Vasco Rui Nuno Simão Lourenço Bernardo",
                   "Beatriz Inês Matilde Leonor Mariana Carolina Francisca Lara Rita Joana Constança Margarida Íris Filipa Catarina Letícia",
                   "da_Silva dos_Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Gonçalves Gomes Lopes Marques Alves Pinto"),
    "Chinese": ("Wei Ming Jun Hao Yifan Zihan Haoran Yuxuan Bowen Chen Lei Tao Kai Jiahao Zhiyuan Minghao",
                "Mei Ling Xin Yan Jing Yuhan Zixuan Ruoxi Yutong Xinyi Jiayi Siqi Lan Hui Qing Wenxin",
                "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo"),
    "Vietnamese": ("Minh Anh Duc Khoa Long Nam Phuc Quang Bao Huy Khang Tuan Dat Hung Vinh Son",
                   "Linh Mai Trang Ngoc Thao Vy Ha Lan Huong Chi Yen Nhi Thuy My Quynh Dung",
                   "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai"),
    "Turkish": ("Mehmet Mustafa Emre Yusuf Ömer Efe Kerem Arda Berat Çınar Eymen Burak Kaan Hakan Onur Deniz",
                "Zeynep Elif Defne Ecrin Azra Nisa Ayşe Fatma Merve Büşra Selin Ceren Yağmur Tuğba Esra Derya",
                "Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara"),
    "Afghan": ("Ahmad Omid Farid Navid Mirwais Zabihullah Rahmatullah Esmatullah Habib Jawad Haroon Elyas Milad Samim Yama Idrees",
               "Zahra Maryam Shabnam Parwana Freshta Laila Nargis Zohra Husna Shukria Mursal Sahar Yalda Roya Hosna Marwa",
               "Ahmadi Rahimi Noori Karimi Hosseini Mohammadi Amiri Sharifi Haidari Safi Stanikzai Popal Wardak Azizi Nazari Zadran"),
    "Gujarati": ("Aarav Arjun Rohan Dhruv Harsh Jay Kunal Nikhil Parth Rahul Vivek Yash Krish Dev Meet Smit",
                 "Diya Riya Priya Pooja Nisha Kavya Krupa Hetal Jinal Mansi Neha Shreya Urvi Isha Khushi Trusha",
                 "Patel Shah Desai Mehta Joshi Trivedi Parmar Solanki Chauhan Rathod Modi Gandhi Vora Amin Pandya Bhatt"),
}  # fmt: skip
COMMUNITIES = tuple(_NAMES)
# Other spellings of one name, as offices write them.
SPELT = {
    "Mohamed": "Mohammed", "Hussain": "Hussein", "Aisha": "Ayesha", "Yusuf": "Yousuf", "Fatima": "Fatimah",
    "Zakariya": "Zakaria", "Олександр": "Oleksandr", "Дмитро": "Dmytro", "Андрій": "Andriy", "Юлія": "Yuliia",
    "Дарина": "Daryna", "Шевченко": "Shevchenko", "Іван": "Ivan", "Богдан": "Bohdan", "Максим": "Maksym",
    "Sofiia": "Sofia", "Anastasiia": "Anastasia", "Mariia": "Maria", "Khan": "Khaan", "Chaudhry": "Choudhary",
    "Rahman": "Rehman", "Ahmed": "Ahmad", "Maryam": "Mariam", "Zainab": "Zaynab", "Haroon": "Harun",
}  # fmt: skip
SHORT = {
    "Oliver": "Ollie", "Thomas": "Tom", "Matilda": "Tilly", "Katarzyna": "Kasia", "Jakub": "Kuba",
    "Alexandru": "Alex", "Олександр": "Sasha", "Małgorzata": "Gosia", "Harriet": "Hattie", "Francisca": "Kika",
}  # fmt: skip
_STREETS = ("Alder Road", "Birch Close", "Cedar Avenue", "Dock Street", "Elm Drive", "Foundry Lane", "Glebe Way",
            "Harbour Court", "Inkerman Terrace", "Juniper Gardens", "Kiln Lane", "Larch Road", "Mill Street",
            "North Parade", "Orchard Close", "Priory Road")  # fmt: skip
_SCHOOLS = tuple(f"{n} {k}" for n in ("Alder", "Brook", "Castle", "Dell", "Estuary", "Fen", "Gate", "Heath")
                 for k in ("Primary School", "High School", "Academy"))  # fmt: skip
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True, slots=True)
class Told:
    """One form with the truth behind it: whose it is, or None for a child not on file."""

    incoming: Incoming
    truth: str | None
    story: str
    community: str


class World:
    """Families on file and a stream of forms, all from one seed."""

    def __init__(self, seed: int, families: int = 1200, faults: float = 1.0) -> None:
        self.random = Random(seed)
        self.faults = faults
        self.serial = 0
        self.known: list[Known] = []
        self.community: dict[str, str] = {}
        self.children: dict[str, Person] = {}
        for _ in range(families):
            self._family()

    # --- people -----------------------------------------------------------------------------
    def _pick(self, community: str, kind: int) -> str:
        words = _NAMES[community][kind].split()
        place = min(int(self.random.expovariate(1 / 6)), 60) % len(words)
        return words[place].replace("_", " ")

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _fault(self, share: float) -> bool:
        return self.random.random() < min(0.9, share * self.faults)

    def _upn(self, school: int, year: int) -> str:
        self.serial += self.random.choice((1, 1, 2, 5))
        body = f"935{2000 + school:04d}{year % 100:02d}{self.serial % 1000:03d}"
        total = sum(int(c) * p for p, c in enumerate(body, start=2))
        return upns.LETTERS[total % 23] + body

    def stranger(self, community: str) -> Person:
        """A child of a family not on file."""
        r = self.random
        boy = self._chance(0.5)
        surname = self._pick(community, 2)
        born = date(2008, 1, 1) + timedelta(days=r.randrange(365 * 12))
        school = r.randrange(len(_SCHOOLS))
        forename = self._pick(community, 0 if boy else 1)
        if community in ("Bangladeshi", "Pakistani") and boy and self._chance(0.2):
            forename = f"{r.choice(('Muhammad', 'Mohammed', 'Md'))} {forename}"
        area = (
            f"IP{r.randrange(1, 34)} {r.randrange(1, 9)}{r.choice('ABDEFGH')}{r.choice('ABDEFGH')}"
        )
        flat = f"Flat {r.randrange(1, 9)}, " if self._chance(0.15) else ""
        return Person(
            surname=surname, forename=forename,
            middle_names=self._pick(community, 0 if boy else 1) if self._chance(0.4) else "",
            dob=born, gender="M" if boy else "F",
            upn=self._upn(school, born.year + 5) if self._chance(0.8) else "",
            address=f"{flat}{r.randrange(1, 140)} {r.choice(_STREETS)}, Wexbury, {area}", postcode=area,
            parents=(
                f"{self._pick(community, 1)} {surname}",
                *((f"{self._pick(community, 0)} {surname}",) if self._chance(0.6) else ()),
            ),
            school_name=_SCHOOLS[school], last_attended=date(2026, 3, 2) + timedelta(days=r.randrange(120)),
        )  # fmt: skip

    def sibling(self, of: Person, community: str, twin: bool = False) -> Person:
        """A brother or sister at the same address: twins share the birthday and often look alike in name."""
        boy = self._chance(0.5) if not (twin and self._chance(0.7)) else of.gender == "M"
        forename = of.forename
        for _ in range(30):
            forename = self._pick(community, 0 if boy else 1)
            if forename.split()[-1] != of.forename.split()[-1]:
                break
        if twin and self._chance(0.15):
            forename = self._alike(of.forename.split()[-1])
        born = of.dob
        assert born is not None
        if not twin:
            born += timedelta(days=self.random.choice((-1, 1)) * self.random.randrange(300, 2500))
        upn = self._upn(self.random.randrange(20), born.year + 5) if self._chance(0.7) else ""
        return replace(
            of, forename=forename, gender="M" if boy else "F", dob=born, upn=upn, known_as="",
            middle_names=self._pick(community, 0 if boy else 1) if self._chance(0.4) else "",
        )  # fmt: skip

    def _alike(self, name: str) -> str:
        """Another name one letter away, as parents choose them: Amira and Amina, Jayden and Kayden."""
        ends = {
            "a": ("ah", "e", "ia"),
            "n": ("na", "m"),
            "e": ("a", "ie"),
            "i": ("a", "ia"),
            "o": ("a", "io"),
        }
        if not name.isascii() or name[-2] == "i":
            return name[:-1] + self.random.choice(
                {"a": ("ah", "e")}.get(name[-1], (name[-1] + "a",))
            )
        match self.random.randrange(3):
            case 0:
                return name[:-1] + self.random.choice(ends.get(name[-1], (name[-1] + "a",)))
            case 1:
                return self.random.choice([c for c in "JKMNLRST" if c != name[0]]) + name[1:]
            case _:
                place = len(name) // 2
                swap = {
                    "r": "n",
                    "n": "r",
                    "l": "r",
                    "m": "n",
                    "s": "z",
                    "d": "v",
                    "a": "i",
                    "i": "a",
                    "e": "a",
                }
                return name[:place] + swap.get(name[place], "l") + name[place + 1 :]

    def _family(self) -> None:
        community = self.random.choice(COMMUNITIES)
        first = self.stranger(community)
        people = [first]
        if self._chance(0.3):
            people.append(self.sibling(first, community, twin=self._chance(0.25)))
        for person in people:
            n = len(self.known) + 1
            closed = date(2026, 7, 1) if self._chance(0.25) else None
            self.known.append(
                Known(
                    child_id=f"child-{n}", case_id=f"case-{n}", case_ref=f"CME-2026-{n:04d}",
                    status="closed" if closed else "open", opened_on=date(2026, 4, 1), closed_on=closed,
                    persons=(person,), message_ids=frozenset({f"<m{n}@school.example>"}),
                )
            )  # fmt: skip
            self.community[f"child-{n}"] = community
            self.children[f"child-{n}"] = person

    # --- faults -----------------------------------------------------------------------------
    def slip(self, name: str) -> str:
        """A typing slip: a letter lost, doubled, exchanged with its neighbour or with the key beside it."""
        if len(name) < 4:
            return name
        r, i = self.random, self.random.randrange(1, len(name) - 1)
        match r.randrange(4):
            case 0:
                return name[:i] + name[i + 1 :]
            case 1:
                return name[:i] + name[i] + name[i:]
            case 2:
                return name[:i] + name[i + 1] + name[i] + name[i + 2 :]
            case _:
                row = next((k for k in _KEYS if name[i].lower() in k), "")
                place = row.find(name[i].lower())
                return name[:i] + (row[place - 1] if place > 0 else "e") + name[i + 1 :]

    def written(self, p: Person) -> Person:
        """The child as another office writes them down."""
        r = self.random
        if self._fault(0.05):
            p = replace(p, forename=self.slip(p.forename))
        elif self._fault(0.08):
            p = replace(p, forename=SPELT.get(p.forename, p.forename))
        elif self._fault(0.03):
            short = SHORT.get(p.forename, p.forename)
            p = replace(p, forename=short)
        if self._fault(0.04):
            p = replace(p, surname=self.slip(p.surname))
        elif self._fault(0.08):
            p = replace(p, surname=SPELT.get(p.surname, p.surname))
        if self._fault(0.02):
            p = replace(p, surname=p.forename, forename=p.surname)
        if self._fault(0.03) and p.parents:
            p = replace(p, surname=self._pick(r.choice(COMMUNITIES), 2))
        if self._fault(0.3):
            p = replace(p, middle_names="")
        p = replace(p, dob=self._date(p.dob))
        if self._fault(0.33):
            p = replace(p, upn="")
        elif self._fault(0.03) and p.upn:
            i = r.randrange(1, 13)
            p = replace(p, upn=p.upn[:i] + str(r.randrange(10)) + p.upn[i + 1 :])
        if self._fault(0.12):
            other = self.stranger("English")
            p = replace(p, address=other.address, postcode=other.postcode)
        elif self._fault(0.15):
            p = replace(
                p,
                address=p.address.replace("Road", "Rd")
                .replace("Street", "St")
                .replace(", Wexbury", ""),
            )
        elif self._fault(0.08):
            p = replace(p, address="", postcode="")
        if self._fault(0.2):
            p = replace(p, parents=p.parents[1:])
        elif self._fault(0.15):
            p = replace(p, parents=tuple(f"{r.choice(('Mrs', 'Ms'))} {q}" for q in p.parents))
        if self._fault(0.2):
            p = replace(p, school_name=r.choice(_SCHOOLS))
        if self._fault(0.1):
            p = replace(p, gender="")
        return p

    def _date(self, born: date | None) -> date | None:
        if born is None or self._fault(0.03):
            return None
        if self._fault(0.03) and born.day <= 12:
            return born.replace(month=born.day, day=born.month)
        if self._fault(0.02):
            return born.replace(year=born.year + self.random.choice((-1, 1)), day=min(born.day, 28))
        return born

    # --- forms ------------------------------------------------------------------------------
    def form(self, hard: bool = False) -> Told:
        """One form of the mixed stream; `hard` gives only new twins, siblings, cousins, namesakes."""
        known = self.random.choice(self.known)
        community = self.community[known.child_id]
        told = self.random.random()
        if not hard and told < 0.55:
            return self._repeat(known, community)
        if not hard and told < 0.84:
            new = self.random.choice(COMMUNITIES)
            return self._told(self.written(self.stranger(new)), None, "stranger", new)
        story = self.random.choices(
            ("sibling", "twin", "cousin", "namesake"), (0.6, 0.2, 0.1, 0.1)
        )[0]
        return self._relative(known, community, story)

    def form_of_anyone(self) -> Told:
        """A form about a child on file or a stranger: for timing, where relatives take long to invent."""
        known = self.random.choice(self.known)
        if self._chance(0.7):
            return self._repeat(known, self.community[known.child_id])
        new = self.random.choice(COMMUNITIES)
        return self._told(self.written(self.stranger(new)), None, "stranger", new)

    def _relative(self, known: Known, community: str, story: str) -> Told:
        person = self.children[known.child_id]
        thread = ""
        match story:
            case "sibling" | "twin":
                made = self._unlike_known(
                    known, self.sibling(person, community, story == "twin"), community
                )
                made_up = self.written(made)
                if self._chance(0.06):
                    made_up = replace(made_up, upn=person.upn)
                if self._chance(0.15):
                    thread = next(iter(known.message_ids))
            case "cousin":
                made = replace(self.stranger(community), forename=person.forename, surname=person.surname,
                               gender=person.gender)  # fmt: skip
                if self._chance(0.3):
                    made = replace(made, address=person.address, postcode=person.postcode)
                made_up = self.written(made)
            case _:
                made = replace(self.stranger(community), forename=person.forename, surname=person.surname,
                               gender=person.gender, dob=person.dob)  # fmt: skip
                made_up = self.written(made)
        return self._told(made_up, None, story, community, thread)

    def _unlike_known(self, known: Known, made: Person, community: str) -> Person:
        """A new sibling must not bear the name of one who is on file at the same address."""
        address = self.children[known.child_id].address
        borne = {p.forename.split()[-1] for p in self.children.values() if p.address == address}
        while made.forename.split()[-1] in borne:
            made = replace(made, forename=self._pick(community, 0 if made.gender == "M" else 1))
        return made

    def _repeat(self, known: Known, community: str) -> Told:
        person = self.written(self.children[known.child_id])
        thread = next(iter(known.message_ids)) if self._chance(0.2) else ""
        if known.status == "closed":
            back = self._chance(0.7)
            last = (
                date(2026, 9, 1) + timedelta(days=self.random.randrange(60))
                if back
                else person.last_attended
            )
            person = replace(person, last_attended=last)
            return self._told(
                person, known.child_id, "returned" if back else "late", community, thread
            )
        return self._told(person, known.child_id, "repeat", community, thread)

    def _told(
        self, p: Person, truth: str | None, story: str, community: str, thread: str = ""
    ) -> Told:
        self.serial += 1
        return Told(
            Incoming(
                person=p, received_on=date(2026, 11, 9), message_id=f"<in{self.serial}@school.example>",
                in_reply_to=(thread,) if thread else (),
            ),
            truth, story, community,
        )  # fmt: skip
