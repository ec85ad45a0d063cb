"""A played year as it is read: a table of letters, a wall calendar in text, and the same calendar as a picture."""

from __future__ import annotations

from calendar import monthcalendar
from collections import Counter
from datetime import date, timedelta

from policy.deadlines import Calendars
from policy.year import Year


def _months(year: Year) -> list[tuple[int, int]]:
    days = ((year.first + timedelta(days=n)) for n in range((year.last - year.first).days + 1))
    return sorted({(d.year, d.month) for d in days})


def as_table(year: Year) -> str:
    """Return the year as lines of text: day, case, rule, letter, to whom, due, settled."""
    wide = {
        name: max(len(getattr(r, name)) for r in year.rows)
        for name in ("case", "rule", "step", "letter", "to")
    }
    head = [name.capitalize().ljust(width) for name, width in wide.items()]
    lines = ["  ".join([f"{'Sent':<15}", *head, f"{'Due':<9}", "Settled"])]
    for r in year.rows:
        cells = [str(getattr(r, name)).ljust(width) for name, width in wide.items()]
        settled = f"{r.answered:%d %b %y}" if r.answered else "-"
        lines.append("  ".join([f"{r.on:%a %d %b %Y}", *cells, f"{r.due:%d %b %y}", settled]))
    return "\n".join([*lines, "", f"{len(year.rows)} letters."])


def as_calendar(year: Year) -> str:
    """Return the year as a wall calendar: letters a day, "." none, "-" council closed, "s" school closed."""
    count = Counter(r.on for r in year.rows)
    lines = ['A number: letters that day.  "." none  "s" schools closed  "-" council closed']
    for y, m in _months(year):
        lines += ["", f"{date(y, m, 1):%B %Y}", "Mon Tue Wed Thu Fri Sat Sun"]
        for week in monthcalendar(y, m):
            cells = ["" if n == 0 else _cell(date(y, m, n), count, year.calendars) for n in week]
            lines.append(" ".join(f"{c:>3}" for c in cells).rstrip())
    return "\n".join(lines)


def _cell(day: date, count: Counter[date], calendars: Calendars) -> str:
    if count[day]:
        return str(count[day])
    if not calendars.council.is_working_day(day):
        return "-"
    return "." if calendars.county.is_school_day(day) else "s"


_SHADES = ((1, "#dceaf7"), (2, "#b5d3ee"), (4, "#7fb2e0"), (7, "#4288c7"), (99, "#1d5a94"))
_CELL, _ROW = 24, 9  # a day's square; squares a month is high, its name and a gap included


def as_svg(year: Year) -> str:
    """Return the wall calendar as a picture: the darker, the more letters; grey is closed."""
    count, months = Counter(r.on for r in year.rows), _months(year)
    parts = []
    for place, (y, m) in enumerate(months):
        left, top = 10 + (place % 4) * 8 * _CELL, 10 + (place // 4) * _ROW * _CELL
        parts.append(
            f'<text x="{left}" y="{top + 14}" font-weight="bold">{date(y, m, 1):%B %Y}</text>'
        )
        parts += [
            f'<text x="{left + d * _CELL + 7}" y="{top + 32}" fill="#666">{name}</text>'
            for d, name in enumerate("MTWTFSS")
        ]
        parts += [
            _square(date(y, m, n), left + d * _CELL, top + 38 + w * _CELL, count, year)
            for w, week in enumerate(monthcalendar(y, m))
            for d, n in enumerate(week)
            if n
        ]
    bottom = 10 + -(-len(months) // 4) * _ROW * _CELL
    words = f"{len(year.rows)} letters. A number: letters that day. Light grey: schools closed. Dark grey: the council closed."
    parts.append(f'<text x="10" y="{bottom + 12}">{words}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {10 + 32 * _CELL} {bottom + 24}" '
        f'font-family="Arial" font-size="12" role="img" aria-label="Letters by day">{"".join(parts)}</svg>\n'
    )


def _square(day: date, x: int, y: int, count: Counter[date], year: Year) -> str:
    told = _cell(day, count, year.calendars)
    shade = next((colour for most, colour in _SHADES if count[day] <= most), "")
    colour = {"-": "#b8b8b8", "s": "#e4e4e4", ".": "#ffffff"}.get(told, shade)
    ink = "#ffffff" if count[day] > 4 else "#222222"
    middle = f'x="{x + 11}" y="{y + 15}" text-anchor="middle"'
    label = f'<text {middle} fill="{ink}">{told}</text>' if told.isdigit() else ""
    what = f"{day:%a %-d %B}: {count[day]}" if count[day] else f"{day:%a %-d %B}"
    return (
        f'<g><title>{what}</title><rect x="{x}" y="{y}" width="22" height="22" fill="{colour}" '
        f'stroke="#999"/>{label}</g>'
    )
