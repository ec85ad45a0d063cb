"""Countries as people write them when a family has gone abroad.

The four parts of the United Kingdom are not abroad, but a move to one leaves England's law, so
they are told as a country too.

Source: short names in common use; docs/sources.md.
"""

from __future__ import annotations

import re

_NAMES = """Afghanistan;Albania;Algeria;Angola;Argentina;Armenia;Australia;Austria;Azerbaijan;Bahrain;Bangladesh;
Barbados;Belarus;Belgium;Belize;Benin;Bermuda;Bolivia;Bosnia;Bosnia and Herzegovina;Botswana;Brazil;Brunei;Bulgaria;
Burkina Faso;Burundi;Cambodia;Cameroon;Canada;Cape Verde;Chad;Chile;China;Colombia;Congo;Costa Rica;Croatia;Cuba;Cyprus;
Czech Republic;Czechia;Denmark;Dominica;Dominican Republic;Dubai;East Timor;Timor-Leste;Ecuador;Egypt;El Salvador;Eritrea;Estonia;
Eswatini;Ethiopia;Fiji;Finland;France;Gabon;Gambia;The Gambia;Georgia;Germany;Ghana;Gibraltar;Greece;Grenada;Guatemala;
Guinea;Guinea-Bissau;Guyana;Haiti;Honduras;Hong Kong;Hungary;Iceland;India;Indonesia;Iran;Iraq;Ireland;Republic of Ireland;
Northern Ireland;Scotland;Wales;Israel;Italy;Ivory Coast;Jamaica;Japan;Jersey;Guernsey;Isle of Man;Jordan;Kazakhstan;Kenya;Kosovo;Kurdistan;
Kuwait;Kyrgyzstan;Laos;Latvia;Lebanon;Lesotho;Liberia;Libya;Lithuania;Luxembourg;Madagascar;Malawi;Malaysia;Maldives;
Mali;Malta;Mauritania;Mauritius;Mexico;Moldova;Mongolia;Montenegro;Morocco;Mozambique;Myanmar;Burma;Namibia;Nepal;
Netherlands;The Netherlands;Holland;New Zealand;Nicaragua;Niger;Nigeria;North Macedonia;Macedonia;Norway;Oman;Pakistan;Palestine;
Panama;Paraguay;Peru;Philippines;The Philippines;Poland;Portugal;Qatar;Romania;Russia;Rwanda;Saudi Arabia;Senegal;Serbia;
Seychelles;Sierra Leone;Singapore;Slovakia;Slovenia;Somalia;Somaliland;South Africa;South Korea;South Sudan;Spain;Sri Lanka;St Lucia;
Sudan;Suriname;Sweden;Switzerland;Syria;Taiwan;Tajikistan;Tanzania;Thailand;Togo;Trinidad;Trinidad and Tobago;Tunisia;
Turkey;Turkiye;Turkmenistan;Uganda;Ukraine;United Arab Emirates;UAE;United States;USA;America;Uruguay;Uzbekistan;Venezuela;Vietnam;Yemen;
Zambia;Zimbabwe;Abu Dhabi"""
NAMES = frozenset(n.strip().casefold() for n in _NAMES.split(";"))
PATTERN = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(sorted((re.escape(n.strip()) for n in _NAMES.split(";")), key=len, reverse=True))
    + r")(?![\w-])"
)
HOME = frozenset({"scotland", "wales", "northern ireland"})


def find(text: str) -> list[str]:
    """Return the countries named in a text, in order."""
    return list(dict.fromkeys(m[0] for m in PATTERN.finditer(text)))
