"""The countries of addresses, as French post offices write them."""

from candidates.names.sorting import search_key
from candidates.postal.departments import OVERSEAS

FRANCE = "FRANCE"

# As search keys. 100 is its number in the official geographic code, 99100 that of the INSEE.
_FRANCE_TOO = {
    *("FRANCE", "FRANCE METROPOLITAINE", "METROPOLE", "REPUBLIQUE FRANCAISE"),
    *("FR", "FRA", "100", "99100", "REUNION"),
    *map(search_key, OVERSEAS),
}

# Members and observers of the United Nations, and territories that the post treats likewise.
_NAMES = """
Afghanistan|Afrique du Sud|Albanie|Algérie|Allemagne|Andorre|Angola|Antigua-et-Barbuda
Arabie saoudite|Argentine|Arménie|Australie|Autriche|Azerbaïdjan|Bahamas|Bahreïn|Bangladesh
Barbade|Belgique|Belize|Bénin|Bhoutan|Biélorussie|Bolivie|Bosnie-Herzégovine|Botswana|Brésil
Brunei|Bulgarie|Burkina Faso|Burundi|Cambodge|Cameroun|Canada|Cap-Vert|Chili|Chine|Chypre|Colombie
Comores|Congo|Corée du Nord|Corée du Sud|Costa Rica|Côte d’Ivoire|Croatie|Cuba|Danemark|Djibouti
Dominique|Égypte|Émirats arabes unis|Équateur|Érythrée|Espagne|Estonie|Eswatini|États-Unis
Éthiopie|Fidji|Finlande|France|Gabon|Gambie|Géorgie|Ghana|Grèce|Grenade|Guatemala|Guinée
Guinée équatoriale|Guinée-Bissau|Guyana|Haïti|Honduras|Hong Kong|Hongrie|Îles Cook|Îles Marshall
Îles Salomon|Inde|Indonésie|Irak|Iran|Irlande|Islande|Israël|Italie|Jamaïque|Japon|Jordanie
Kazakhstan|Kenya|Kirghizistan|Kiribati|Kosovo|Koweït|Laos|Lesotho|Lettonie|Liban|Liberia|Libye
Liechtenstein|Lituanie|Luxembourg|Macao|Macédoine du Nord|Madagascar|Malaisie|Malawi|Maldives|Mali
Malte|Maroc|Maurice|Mauritanie|Mexique|Micronésie|Moldavie|Monaco|Mongolie|Monténégro|Mozambique
Myanmar|Namibie|Nauru|Népal|Nicaragua|Niger|Nigeria|Niue|Norvège|Nouvelle-Zélande|Oman|Ouganda
Ouzbékistan|Pakistan|Palaos|Palestine|Panama|Papouasie-Nouvelle-Guinée|Paraguay|Pays-Bas|Pérou
Philippines|Pologne|Portugal|Qatar|République centrafricaine|République démocratique du Congo
République dominicaine|République tchèque|Roumanie|Royaume-Uni|Russie|Rwanda
Saint-Christophe-et-Niévès|Saint-Marin|Saint-Vincent-et-les-Grenadines|Sainte-Lucie|Salvador|Samoa
Sao Tomé-et-Principe|Sénégal|Serbie|Seychelles|Sierra Leone|Singapour|Slovaquie|Slovénie|Somalie
Soudan|Soudan du Sud|Sri Lanka|Suède|Suisse|Suriname|Syrie|Tadjikistan|Taïwan|Tanzanie|Tchad
Thaïlande|Timor oriental|Togo|Tonga|Trinité-et-Tobago|Tunisie|Turkménistan|Turquie|Tuvalu|Ukraine
Uruguay|Vanuatu|Vatican|Venezuela|Viêt Nam|Yémen|Zambie|Zimbabwe
"""

COUNTRIES = [name for line in _NAMES.split("\n") for name in line.split("|") if name]


def is_france(country: str) -> bool:
    """Whether a country, as written in a file, is France: mail there does not name it."""
    return country == FRANCE or search_key(country) in _FRANCE_TOO


def choices(present: str = FRANCE) -> list[tuple[str, str]]:
    """Return the pairs of stored name (capitals) and shown name, France first.

    `present`, the country of a stored address, is one of them in any spelling.
    """
    known = {name.upper(): name for name in COUNTRIES}
    if search_key(present) not in map(search_key, known):
        known[present] = present
    france = known.pop(FRANCE)
    return [(FRANCE, france), *sorted(known.items(), key=lambda pair: search_key(pair[1]))]


def stored(country: str, present: str = FRANCE) -> str:
    """Return `country` as `choices` stores it; a file may have written it without accents."""
    keys = {search_key(value): value for value, _shown in choices(present)}
    return keys.get(search_key(country), country)
