"""What hands, scanners and spreadsheets do to a word; for `benchmarks.register`."""

from __future__ import annotations

from random import Random

_NEIGHBOURS = {
    "a": "qsz", "b": "vgn", "c": "xdv", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok", "j": "hku",
    "k": "jlo", "l": "kop", "m": "nk", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf", "s": "adw", "t": "ryg",
    "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xas",
    "0": "9", "1": "2", "2": "13", "3": "24", "4": "35", "5": "46", "6": "57", "7": "68", "8": "79", "9": "80",
}  # fmt: skip
_LOOKS = (("rn", "m"), ("m", "rn"), ("l", "1"), ("O", "0"), ("0", "O"), ("1", "I"), ("5", "S"), ("cl", "d"), ("i", "l"), ("h", "b"),
          ("u", "ii"), ("e", "c"), ("8", "B"), ("vv", "w"), ("S", "5"), ("a", "o"))  # fmt: skip
_SHORTER = (("Road", "Rd"), ("Street", "St"), ("Avenue", "Ave"), ("Close", "Cl."), ("Lane", "Ln"), ("Drive", "Dr"), ("Crescent", "Cres"),
            ("Terrace", "Ter"), ("Gardens", "Gdns"), ("Flat ", "Apt "), ("Primary", "Prim."), ("School", "Sch"), ("Community", "Comm"),
            ("St Anne's", "Saint Annes"), ("C of E", "CofE"), ("Academy", "Acad"))  # fmt: skip


def keyed(r: Random, word: str) -> str:
    """A slip of the fingers: a letter lost, doubled, exchanged with its neighbour, or the key beside it."""
    if len(word) < 4:
        return word
    i = r.randrange(1, len(word) - 1)
    match r.randrange(4):
        case 0:
            return word[:i] + word[i + 1 :]
        case 1:
            return word[: i + 1] + word[i:]
        case 2:
            return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        case _:
            near = _NEIGHBOURS.get(word[i].lower())
            return word[:i] + r.choice(near) + word[i + 1 :] if near else word


def scanned(r: Random, word: str) -> str:
    """A letter that looks like another."""
    fits = [(a, b) for a, b in _LOOKS if a in word[1:]]
    if not fits:
        return word
    a, b = r.choice(fits)
    return word[0] + word[1:].replace(a, b, 1)


def spelt(r: Random, name: str, rows: tuple[tuple[str, ...], ...]) -> str:
    """The name as another office spells it."""
    for row in rows:
        if name in row:
            return r.choice(row)
    return name


def copied(r: Random, text: str) -> str:
    """An address or a school's name as somebody else writes it: shorter, without its end, in other punctuation."""
    for long, short in _SHORTER:
        if r.random() < 0.7:
            text = text.replace(long, short)
    if r.random() < 0.3:
        text = text.rsplit(",", 1)[0]
    if r.random() < 0.3:
        text = text.replace(",", r.choice(("", "\n", ";")))
    return text
