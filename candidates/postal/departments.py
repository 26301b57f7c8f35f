"""Départements of French postcodes: enough to notice a slip, without any external service.

The départements and collectivities are those of the official geographic code; 20 stands for both
départements of Corsica, 00 for the armed forces.
"""

from collections.abc import Iterator

from candidates.names.sorting import search_key

_NAMES = """
00 Armées|01 Ain|02 Aisne|03 Allier|04 Alpes-de-Haute-Provence|05 Hautes-Alpes|06 Alpes-Maritimes
07 Ardèche|08 Ardennes|09 Ariège|10 Aube|11 Aude|12 Aveyron|13 Bouches-du-Rhône|14 Calvados
15 Cantal|16 Charente|17 Charente-Maritime|18 Cher|19 Corrèze|20 Corse|21 Côte-d’Or
22 Côtes-d’Armor|23 Creuse|24 Dordogne|25 Doubs|26 Drôme|27 Eure|28 Eure-et-Loir|29 Finistère
30 Gard|31 Haute-Garonne|32 Gers|33 Gironde|34 Hérault|35 Ille-et-Vilaine|36 Indre
37 Indre-et-Loire|38 Isère|39 Jura|40 Landes|41 Loir-et-Cher|42 Loire|43 Haute-Loire
44 Loire-Atlantique|45 Loiret|46 Lot|47 Lot-et-Garonne|48 Lozère|49 Maine-et-Loire|50 Manche
51 Marne|52 Haute-Marne|53 Mayenne|54 Meurthe-et-Moselle|55 Meuse|56 Morbihan|57 Moselle
58 Nièvre|59 Nord|60 Oise|61 Orne|62 Pas-de-Calais|63 Puy-de-Dôme|64 Pyrénées-Atlantiques
65 Hautes-Pyrénées|66 Pyrénées-Orientales|67 Bas-Rhin|68 Haut-Rhin|69 Rhône|70 Haute-Saône
71 Saône-et-Loire|72 Sarthe|73 Savoie|74 Haute-Savoie|75 Paris|76 Seine-Maritime
77 Seine-et-Marne|78 Yvelines|79 Deux-Sèvres|80 Somme|81 Tarn|82 Tarn-et-Garonne|83 Var
84 Vaucluse|85 Vendée|86 Vienne|87 Haute-Vienne|88 Vosges|89 Yonne|90 Territoire de Belfort
91 Essonne|92 Hauts-de-Seine|93 Seine-Saint-Denis|94 Val-de-Marne|95 Val-d’Oise|971 Guadeloupe
972 Martinique|973 Guyane|974 La Réunion|975 Saint-Pierre-et-Miquelon|976 Mayotte
977 Saint-Barthélemy|978 Saint-Martin|980 Monaco|984 Terres australes et antarctiques
986 Wallis-et-Futuna|987 Polynésie française|988 Nouvelle-Calédonie
"""

# The largest towns, except those with a namesake in another département.
_TOWNS = """
06 Antibes Cannes Nice|13 Marseille|14 Caen|21 Dijon|25 Besançon|29 Brest|30 Nîmes|31 Toulouse
33 Bordeaux|34 Béziers Montpellier|35 Rennes|37 Tours|38 Grenoble|42 Saint-Étienne|44 Nantes
45 Orléans|49 Angers|51 Reims|54 Nancy|57 Metz|59 Dunkerque Lille Roubaix Tourcoing
63 Clermont-Ferrand|64 Pau|66 Perpignan|67 Strasbourg|68 Mulhouse|69 Lyon Villeurbanne|72 Le·Mans
75 Paris|76 Le·Havre Rouen|78 Versailles|80 Amiens|83 Toulon|84 Avignon|86 Poitiers|87 Limoges
92 Boulogne-Billancourt Nanterre Neuilly-sur-Seine|93 Aulnay-sous-Bois Bobigny
94 Créteil Vitry-sur-Seine|95 Argenteuil Cergy
"""


def _rows(table: str) -> Iterator[tuple[str, str]]:
    for row in table.replace("\n", "|").strip("|").split("|"):
        code, _space, names = row.partition(" ")
        yield code, names


DEPARTMENTS = dict(_rows(_NAMES))
_MONACO = "980"  # a country with a postcode like those of France
OVERSEAS = [name for code, name in DEPARTMENTS.items() if len(code) == 3 and code != _MONACO]
_DEPARTMENT_OF_TOWN = {
    search_key(town.replace("·", " ")): code
    for code, towns in _rows(_TOWNS)
    for town in towns.split()
}


def department(postcode: str) -> str | None:
    """Return the name of the département of a postcode (five digits), or None."""
    return DEPARTMENTS.get(postcode[:2]) or DEPARTMENTS.get(postcode[:3])


def elsewhere(postcode: str, town: str) -> str | None:
    """Return the département of a large `town` when `postcode` is of another one, else None.

    CEDEX and the number of a district (PARIS 11) are ignored.
    """
    words = [word for word in search_key(town).split() if not word.isdigit()]
    if "CEDEX" in words:
        words = words[: words.index("CEDEX")]
    code = _DEPARTMENT_OF_TOWN.get(" ".join(words))
    return None if code is None or postcode.startswith(code) else DEPARTMENTS[code]
