"""A second hand's register and the tables that schools send: for `cme match`, through its files.

Beside `benchmarks.people`: other names, other families, other faults, made without its code. Rows are text as a
spreadsheet holds it. A story tells what happened in the world; the faults tell what became of it on paper. Everything comes from the
seed. Who a row is about is known by the person's number, also where a row is about a child of an earlier row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from anyascii import anyascii

from benchmarks.register_names import COMMUNITIES, ONE_NAME, SHORT, STOCKS
from benchmarks.register_slips import copied, keyed, scanned, spelt
from policy import upn as upns

TODAY = date(2026, 11, 16)
_WORDS = ("Willowbrook", "Sandhurst", "Ravenscroft", "Oakmere", "Thistledown", "Larkfield", "Copperhill", "Marlstone",
          "Hazelgrove", "Stonebridge", "Millpond", "Whinfell", "Ashgate", "Bellwether")  # fmt: skip
_KINDS = (
    "Primary",
    "Community School",
    "Academy",
    "C of E Primary School",
    "High School",
    "Junior School",
)
_ROADS = ("Wharf Road", "Quarry Lane", "Chapel Hill", "St Anne's Crescent", "Victoria Parade", "The Hollies", "Tanner Street",
          "Beacon Rise", "Coronation Avenue", "Railway Cottages", "Nightingale Close", "Weavers Court", "Lower Green",
          "Gladstone Terrace", "Meadow View", "Oxpen Gardens", "Sycamore Drive", "Pump Lane")  # fmt: skip
_TOWNS = (("Netherby", "NB"), ("Calderford", "CF"), ("Penhallow", "PH"))


@dataclass(frozen=True)
class Child:
    """One real child as they are; `number` never changes."""

    number: int
    community: str
    boy: bool
    forename: str
    middle: str
    surname: str
    born: date
    upn: str
    address: str
    postcode: str
    parents: tuple[str, ...]
    school: tuple[str, str]  # name, urn
    last: date


@dataclass
class Row:
    """One row of INCOMING, and what is true of it."""

    told: dict[str, str]
    child: Child
    story: str
    on_file: bool
    opens: bool = False  # a new episode of a child whose case is closed


@dataclass
class Register:
    """Families, those of them on file, and a stream of rows."""

    seed: int
    families: int = 1300
    faults: float = 1.0
    known: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(f"register {self.seed}")
        self.people = 0
        self.serial: dict[tuple[str, int], int] = {}
        self.homes: list[list[Child]] = []
        self.filed: list[Child] = []
        self.status: dict[int, dict[str, str]] = {}
        self.later: list[Child] = []  # told of by an earlier row of the stream
        self.schools = [
            (f"{w} {k}", f"{self.random.randrange(100000, 150000)}")
            for w in _WORDS for k in self.random.sample(_KINDS, 2)
        ]  # fmt: skip
        for _ in range(self.families):
            self._home()

    # --- who lives here ---------------------------------------------------------------------------
    def odds(self, share: float) -> bool:
        return self.random.random() < share

    def fault(self, share: float) -> bool:
        return self.random.random() < min(0.85, share * self.faults)

    def pick(self, words: str) -> str:
        """Names are not borne equally often: the first few by many."""
        names = words.split()
        weights = [1 / (place + 4) for place in range(len(names))]
        return self.random.choices(names, weights)[0].replace("_", " ")

    def _upn(self, school: tuple[str, str], born: date) -> str:
        joined = born.year + 4 + (born.month > 8)
        place = self.serial[school[1], joined] = self.serial.get((school[1], joined), 0) + self.random.choice((1, 1, 2, 3, 7))  # fmt: skip
        body = f"{self.random.choice((871, 871, 871, 940, 312))}{int(school[1]) % 10000:04d}{joined % 100:02d}{place % 1000:03d}"
        total = sum(int(c) * p for p, c in enumerate(body, start=2))
        return upns.LETTERS[total % 23] + body

    def family(self, community: str) -> list[Child]:
        """One household, eldest first; one in twenty-five has twins."""
        r, stock = self.random, STOCKS[community]
        surname, mother = self.pick(stock.surnames), self.pick(stock.surnames)
        town, code = r.choice(_TOWNS)
        postcode = f"{code}{r.randrange(1, 22)} {r.randrange(1, 10)}{r.choice('ABDEFGHJLN')}{r.choice('ABDEFGHJLN')}"
        house = f"{r.randrange(1, 99)}{r.choice(('', '', '', 'a', 'b'))}"
        if stock.habit == "mobile" and self.odds(0.4):
            address = f"Plot {r.randrange(1, 24)}, Brickfield Caravan Site, {town}"
            postcode = f"{code}1 4BX"
        else:
            flat = r.choice((f"Flat {r.randrange(1, 30)}, ", f"{r.randrange(1, 9)} Tower House, ")) if self.odds(0.15) else ""  # fmt: skip
            address = f"{flat}{house} {r.choice(_ROADS)}, {town}"
        lone = self.odds(0.35)
        hers = surname if stock.habit == "plain" and self.odds(0.6) else mother
        parents = (f"{self.pick(stock.girls)} {hers}", *(() if lone else (f"{self.pick(stock.boys)} {surname}",)))  # fmt: skip
        born = date(2010, 1, 1) + timedelta(days=r.randrange(365 * 9))
        school = r.choice(self.schools)
        children: list[Child] = []
        for n in range(r.choices((1, 2, 3, 4), (55, 28, 12, 5))[0]):
            twin = bool(n) and self.odds(0.06)
            if n and not twin:
                born += timedelta(days=r.randrange(330, 1500))
            if born > date(2021, 8, 31):
                break
            children.append(
                self._child(community, surname, born, address, postcode, parents, school, children)
            )
        return children

    def _child(
        self, community: str, surname: str, born: date, address: str, postcode: str,
        parents: tuple[str, ...], school: tuple[str, str], born_before: list[Child],
    ) -> Child:  # fmt: skip
        stock, boy = STOCKS[community], self.odds(0.5)
        taken = {c.forename for c in born_before}
        names = stock.boys if boy else stock.girls
        forename = next(n for n in iter(lambda: self.pick(names), None) if n not in taken)
        middle = self.pick(names) if self.odds(0.35) else ""
        own = surname
        match stock.habit:
            case "patronymic":
                middle = (
                    parents[-1].split()[0] if len(parents) > 1 else self.pick(stock.boys)
                )  # the father's name
            case "muhammad" if boy and self.odds(0.35):
                forename = f"{self.random.choice(('Muhammad', 'Mohammed', 'Md'))} {forename}"
            case "polish" if not boy and surname.endswith("ki"):
                own = surname[:-1] + "a"
            case "sikh":
                middle, own = ("Singh" if boy else "Kaur"), surname
                if surname in ("Singh", "Kaur"):
                    middle, own = "", "Singh" if boy else "Kaur"
            case "single" if self.odds(0.15):
                own = forename
        self.people += 1
        return Child(
            self.people, community, boy, forename, middle, own, born,
            self._upn(school, born) if self.odds(0.85) else "", address, postcode, parents, school,
            self._day(),
        )  # fmt: skip

    def _day(self) -> date:
        """A last day in school; many leave with the term."""
        if self.odds(0.25):
            return self.random.choice((date(2026, 2, 13), date(2026, 3, 27), date(2026, 5, 22)))
        return date(2026, 1, 12) + timedelta(days=self.random.randrange(170))

    def _home(self) -> None:
        home = self.family(self.random.choice(COMMUNITIES))
        self.homes.append(home)
        for child in home:
            if self.odds(0.55):
                self._file(child)

    def _file(self, child: Child) -> None:
        """Put a child on file: one case, or a closed one before it; the register has gaps of its own."""
        n = len(self.known) + 1
        told = self.paper(child)
        for column, share in (("dob", 0.01), ("parent1", 0.08), ("postcode", 0.04), ("gender", 0.05), ("middle_names", 0.4)):  # fmt: skip
            if self.odds(share):
                told[column] = ""
        closed = date(2026, 7, 17) if self.odds(0.3) else None
        opened = child.last + timedelta(days=12)
        if self.odds(0.07):
            older = told | {"last_attended": "2024-11-04", "school_name": self.random.choice(self.schools)[0]}  # fmt: skip
            self.known.append(older | self._case(child, n, date(2024, 11, 25), date(2025, 1, 20)))
            n += 1
        case = self._case(child, n, opened, closed)
        self.known.append(told | case)
        self.filed.append(child)
        self.status[child.number] = case

    def _case(self, child: Child, n: int, opened: date, closed: date | None) -> dict[str, str]:
        return {
            "case_id": f"K{n:05d}", "child_id": f"P{child.number:05d}", "case_ref": f"CME-{opened.year}-{n:04d}",
            "status": "closed" if closed else "open", "opened_on": opened.isoformat(),
            "closed_on": closed.isoformat() if closed else "", "message_id": f"<k{n}@office.example>", "sender": "office@office.example",
        }  # fmt: skip

    # --- on paper ---------------------------------------------------------------------------------
    def paper(self, c: Child) -> dict[str, str]:
        """A child's columns, rightly written."""
        return {
            "surname": c.surname, "forename": c.forename, "middle_names": c.middle, "known_as": "",
            "dob": c.born.isoformat(), "gender": "M" if c.boy else "F", "upn": c.upn,
            "address": c.address, "postcode": c.postcode, "parent1": c.parents[0],
            "parent2": c.parents[1] if len(c.parents) > 1 else "", "school_name": c.school[0],
            "school_urn": c.school[1] if self.odds(0.5) else "", "school_laestab": "",
            "last_attended": c.last.isoformat(),
        }  # fmt: skip

    def spoil(self, row: dict[str, str], c: Child) -> dict[str, str]:
        """What becomes of a child on the way through an office, a scanner and a spreadsheet."""
        row = dict(row)
        self._spoil_names(row, c)
        self._spoil_numbers(row, c)
        self._spoil_home(row, c)
        self._spoil_sheet(row)
        return row

    def _spoil_names(self, row: dict[str, str], c: Child) -> None:
        r, habit = self.random, STOCKS[c.community].habit
        for column, share in (("forename", 0.03), ("surname", 0.03)):
            if self.fault(share):
                row[column] = r.choice((keyed, scanned))(r, row[column])
            elif self.fault(0.09):
                row[column] = spelt(r, row[column], ONE_NAME)
        if habit in ("accents", "polish", "surname_first", "double", "cyrillic") and self.fault(0.35):  # fmt: skip
            for column in ("surname", "forename", "middle_names", "parent1", "parent2"):
                row[column] = anyascii(row[column])
        if self.fault(0.025) and row["forename"] in SHORT:
            row["forename"], row["known_as"] = SHORT[row["forename"]], ""
        if self.fault(0.015) and row["middle_names"]:
            row["known_as" if self.odds(0.4) else "middle_names"] = row["forename"]
            row["forename"] = c.middle
        swap = 0.06 if habit in ("surname_first", "patronymic") else 0.012
        if self.fault(swap):
            row["surname"], row["forename"] = row["forename"], row["surname"]
        if habit == "double" and self.fault(0.15):
            half = r.choice((0, -1))
            row["surname"] = row["surname"].replace("-", " ").split()[half] if self.odds(0.5) else row["surname"].replace("-", " ")  # fmt: skip
        if habit in ("sikh", "patronymic") and self.fault(0.1) and row["middle_names"]:
            row["surname"], row["middle_names"] = row["middle_names"], ""
        if habit == "polish" and not c.boy and self.fault(0.1):
            row["surname"] = c.parents[-1].split()[-1]
        if self.fault(0.02):
            row["surname"] = self.pick(STOCKS[r.choice(COMMUNITIES)].surnames)  # mother's new name
        if self.fault(0.35):
            row["middle_names"] = ""
        elif self.fault(0.2):
            row["middle_names"] = row["middle_names"][:1]
        elif self.fault(0.1) and row["middle_names"]:
            row["forename"] += f" {row['middle_names']}"
            row["middle_names"] = ""

    def _spoil_numbers(self, row: dict[str, str], c: Child) -> None:
        r = self.random
        if self.fault(0.025):
            row["dob"] = ""
        elif self.fault(0.015) and c.born.day <= 12:
            row["dob"] = c.born.replace(month=c.born.day, day=c.born.month).isoformat()
        elif self.fault(0.012):
            row["dob"] = c.born.replace(
                year=c.born.year + r.choice((-1, 1)), day=min(28, c.born.day)
            ).isoformat()
        elif self.fault(0.012):
            row["dob"] = (c.born + timedelta(days=r.choice((-1, 1, 10)))).isoformat()
        if self.fault(0.3):
            row["upn"] = ""
        elif self.fault(0.03) and row["upn"]:
            row["upn"] = r.choice((keyed, scanned))(r, row["upn"])
        elif self.fault(0.03) and row["upn"]:
            row["upn"] = (
                f"{r.choice('ABCDEFGH')}{row['upn'][1:12]}{r.choice('ABCDEFGH')}"  # a temporary one
            )
        if self.fault(0.1):
            row["gender"] = ""

    def _spoil_home(self, row: dict[str, str], c: Child) -> None:
        r = self.random
        if self.fault(0.12):
            row["address"] = f"{r.randrange(1, 99)} {r.choice(_ROADS)}, {r.choice(_TOWNS)[0]}"
            row["postcode"] = f"{r.choice(_TOWNS)[1]}{r.randrange(1, 22)} {r.randrange(1, 10)}{r.choice('ABDEFGH')}{r.choice('JLN')}"  # fmt: skip
        elif self.fault(0.06):
            row["address"] = row["postcode"] = ""
        elif self.fault(0.25):
            row["address"] = copied(r, row["address"])
        elif self.fault(0.1):
            row["address"], row["postcode"] = f"{row['address']}, {row['postcode']}", ""
        both = [row["parent1"], row["parent2"]]
        if self.fault(0.12):
            both.reverse()
        if self.fault(0.15):
            both = [b and f"{r.choice(('Mr', 'Mrs', 'Ms', 'Miss'))} {b}" for b in both]
        if self.fault(0.08):
            both = [b and f"{b[0]} {b.split()[-1]}" for b in both]  # initials
        if self.fault(0.1):
            both[0] = ""
        if self.fault(0.04):
            both[0] = (
                f"{self.pick(STOCKS[c.community].girls)} {self.pick(STOCKS[c.community].surnames)}"  # a carer
            )
        row["parent1"], row["parent2"] = both
        if self.fault(0.08):
            row["school_name"], row["school_urn"] = r.choice(self.schools)
        elif self.fault(0.2):
            row["school_name"] = copied(r, row["school_name"])
        elif self.fault(0.03):
            row["school_name"] = f"{r.choice(_WORDS)} Trust {r.choice(_KINDS)}"  # renamed

    def _spoil_sheet(self, row: dict[str, str]) -> None:
        r = self.random
        if self.fault(0.06):
            for column in ("surname", "forename", "address", "parent1", "parent2"):
                row[column] = row[column].upper()
        if self.fault(0.04):
            row["upn"] = row["upn"].lower()
        elif self.fault(0.03):
            row["upn"] = f"'{row['upn']}" if row["upn"] else ""
        elif self.fault(0.05) and row["upn"]:
            row["upn"] = f"{row['upn'][:4]} {row['upn'][4:8]}-{row['upn'][8:]}"
        for column in ("dob", "last_attended"):
            row[column] = self._cell(row[column])
        if self.fault(0.02):
            cut = r.choice((8, 10, 12))
            row["surname"], row["address"] = row["surname"][:cut], row["address"][: cut * 2]
        if self.fault(0.05):
            row["forename"] = f"{row['forename']} "
        if self.fault(0.03):
            row["surname"] = row["surname"].replace("-", "\u2013").replace("'", "\u2019")

    def _cell(self, iso: str) -> str:
        if not iso:
            return iso
        on = date.fromisoformat(iso)
        match self.random.randrange(12):
            case 0 | 1 | 2:
                return f"{on:%d/%m/%Y}"
            case 3:
                return f"{on:%Y-%m-%d} 00:00:00"
            case 4 if self.fault(0.3):
                return str((on - date(1899, 12, 30)).days)  # a serial
            case 5:
                return f"{on.day} {on:%B %Y}"
            case 6:
                return f"{on:%d.%m.%y}"
            case _:
                return iso

    # --- what arrives ------------------------------------------------------------------------------
    def stream(self, rows: int, hard: bool = False) -> list[Row]:
        """Rows in the order of their arrival; `hard` gives only new children who are like known ones."""
        return [self._row(n, hard) for n in range(rows)]

    def _row(self, n: int, hard: bool) -> Row:
        stories = (
            {self._relative: 6, self._twin: 3, self._cousin: 2, self._namesake: 1.5}
            if hard
            else {
                self._again: 34, self._update: 8, self._returned: 12, self._late: 3, self._retyped: 4,
                self._once_more: 4, self._stranger: 25, self._relative: 5, self._twin: 1.5, self._cousin: 1.5, self._namesake: 1,
            }
        )  # fmt: skip
        row = self.random.choices(list(stories), list(stories.values()))[0]()
        row.told = {
            "incoming_id": f"R{n:05d}", "received_on": (TODAY + timedelta(days=n // 150)).isoformat(),
            "message_id": f"<r{n}@school.example>", "in_reply_to": "", "subject": "", "sender": "office@school.example", "note": "",
        } | row.told  # fmt: skip
        if not row.on_file:
            self.later.append(row.child)
        return row

    def _of(self, status: str) -> Child:
        return self.random.choice(
            [c for c in self.filed if self.status[c.number]["status"] == status]
        )

    def _again(self) -> Row:
        child = self._of("open")
        told = self.spoil(self.paper(child), child)
        if self.odds(0.12):
            told["in_reply_to"] = self.status[child.number]["message_id"]
        return Row(told, child, "second form", True)

    def _retyped(self) -> Row:
        """Nothing but punctuation, capitals and blanks differs."""
        child = self._of("open")
        told = self.paper(child)
        for column in ("surname", "forename", "address", "parent1", "school_name"):
            told[column] = self.random.choice((str.upper, str.lower, str.title))(told[column].replace("-", " ").replace("'", ""))  # fmt: skip
        return Row(told, child, "retyped", True)

    def _update(self) -> Row:
        """News in the case's thread or with its reference: few columns, and a note."""
        child = self._of("open")
        full, case = self.spoil(self.paper(child), child), self.status[child.number]
        told = dict.fromkeys(full, "") | {n: full[n] for n in ("surname", "forename")}
        if self.odds(0.7):
            told["dob"] = full["dob"]
        if self.odds(0.3):
            told["address"], told["postcode"] = full["address"], full["postcode"]
        told["note"] = self.random.choice(("Now enrolled at another school.", "Family has moved.", "Mum rang, they are abroad.", "Update on our pupil"))  # fmt: skip
        if self.odds(0.6):
            told["in_reply_to"] = case["message_id"]
        else:
            told["subject"] = (
                f"RE: {self.random.choice((case['case_ref'], case['case_ref'].lower(), case['case_ref'].replace('-', '/')))}"
            )
        return Row(told, child, "update", True)

    def _returned(self) -> Row:
        child = self._of("closed")
        self.status[child.number]["status"] = "back"
        now = replace(child, last=date(2026, 9, 2) + timedelta(days=self.random.randrange(70)))
        if self.odds(0.4):
            home = self.family(child.community)[0]
            now = replace(
                now, address=home.address, postcode=home.postcode, school=self.random.choice(self.schools)
            )  # fmt: skip
        return Row(self.spoil(self.paper(now), now), child, "returned", True, opens=True)

    def _late(self) -> Row:
        child = self._of("closed")
        return Row(self.spoil(self.paper(child), child), child, "late", True)

    def _once_more(self) -> Row:
        """A child of whom an earlier row of the stream told."""
        if not self.later:
            return self._stranger()
        child = self.random.choice(self.later)
        return Row(self.spoil(self.paper(child), child), child, "told before", True)

    def _stranger(self) -> Row:
        child = self.random.choice(self.family(self.random.choice(COMMUNITIES)))
        return Row(self.spoil(self.paper(child), child), child, "stranger", False)

    def _like(self, **changes: object) -> Child:
        self.people += 1
        return replace(changes.pop("of"), number=self.people, **changes)  # type: ignore[arg-type, type-var]

    def _other_name(self, of: Child, boy: bool) -> str:
        """A brother's or sister's name: none that this household or another at the address has."""
        names = STOCKS[of.community].boys if boy else STOCKS[of.community].girls
        here = {
            c.forename.split()[-1] for home in self.homes for c in home if c.address == of.address
        }
        here |= {c.forename.split()[-1] for c in self.later if c.address == of.address}
        free = [n.replace("_", " ") for n in names.split() if n.replace("_", " ").split()[-1] not in here]  # fmt: skip
        forename = self.random.choice(free)
        if of.forename.split()[0] in ("Muhammad", "Mohammed", "Md") and boy:
            forename = f"{of.forename.split()[0]} {forename}"
        return forename

    def _sibling(self, twin: bool) -> Row:
        of, boy = self.random.choice(self.filed), self.odds(0.5)
        if twin and self.odds(0.6):
            boy = of.boy
        forename = self._other_name(of, boy)
        if twin and self.odds(0.3):  # twins with one initial
            alike = [n for n in (self._other_name(of, boy) for _ in range(30)) if n.split()[-1][0] == of.forename.split()[-1][0]]  # fmt: skip
            forename = alike[0] if alike else forename
        born = of.born if twin else of.born + timedelta(days=self.random.choice((-1, 1)) * self.random.randrange(340, 2000))  # fmt: skip
        surname = of.surname
        if STOCKS[of.community].habit == "polish":
            father = of.parents[-1].split()[-1]
            surname = father if boy or not father.endswith("ki") else f"{father[:-1]}a"
        middle = of.middle
        if STOCKS[of.community].habit == "sikh":
            middle = "" if surname in ("Singh", "Kaur") else "Singh" if boy else "Kaur"
            surname = ("Singh" if boy else "Kaur") if surname in ("Singh", "Kaur") else surname
        elif STOCKS[of.community].habit != "patronymic":
            middle = self._other_name(of, boy) if self.odds(0.35) else ""
        child = self._like(
            of=of, boy=boy, forename=forename, middle=middle, surname=surname, born=born,
            upn=self._upn(of.school, born) if self.odds(0.8) else "",
        )  # fmt: skip
        told = self.spoil(self.paper(child), child)
        if self.odds(0.06) and of.upn:
            told["upn"] = of.upn  # left in the copied form
        if self.odds(0.12):
            told["in_reply_to"] = self.status[of.number]["message_id"]
        return Row(told, child, "twin" if twin else "sibling", False)

    def _relative(self) -> Row:
        return self._sibling(twin=False)

    def _twin(self) -> Row:
        return self._sibling(twin=True)

    def _cousin(self) -> Row:
        """The same name, a birthday not far off; now and then the same house."""
        of = self.random.choice(self.filed)
        home = of if self.odds(0.3) else self.family(of.community)[0]
        parents = self.family(of.community)[0].parents
        born = of.born + timedelta(
            days=self.random.choice((-1, 1)) * self.random.randrange(15, 400)
        )
        child = self._like(
            of=of, middle=self._other_name(of, of.boy) if self.odds(0.4) else "", born=born, address=home.address,
            postcode=home.postcode, parents=parents, upn=self._upn(of.school, born) if self.odds(0.8) else "", last=self._day(),
        )  # fmt: skip
        return Row(self.spoil(self.paper(child), child), child, "cousin", False)

    def _namesake(self) -> Row:
        """The same name in the same school, the birthday the same or in the same month."""
        of = self.random.choice(self.filed)
        home = self.family(of.community)[0]
        born = of.born if self.odds(0.5) else of.born.replace(day=self.random.randrange(1, 29))
        child = self._like(
            of=of, middle=self._other_name(of, of.boy) if self.odds(0.4) else "", born=born, address=home.address,
            postcode=home.postcode, parents=home.parents, upn=self._upn(of.school, born) if self.odds(0.85) else "", last=self._day(),
        )  # fmt: skip
        return Row(self.spoil(self.paper(child), child), child, "namesake", False)
