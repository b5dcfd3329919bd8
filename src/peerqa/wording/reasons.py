"""What is said of a citation or an entry, in the reader's language.

The reasons are made in English where citations are read; names, years and titles in them are the review's own words
and stay. Here each kind of sentence has its French; one that is not known stays as it is.
"""

from __future__ import annotations

import re

FRENCH: tuple[tuple[str, str], ...] = (
    (r"the list names the authors as ([^;]+)", r"la liste nomme les auteurs ainsi : \1"),
    (r"the list names a part of “([^”]*)” with it", r"la liste y ajoute une subdivision de « \1 »"),
    (r"the text writes “([^”]*)”; the list has “([^”]*)”", r"le texte écrit « \1 » ; la liste a « \2 »"),
    (r"“([^”]*)” stands for the list's “([^”]*)”", r"« \1 » est mis pour « \2 » de la liste"),
    (
        r"the reference list has no entry for “([^”]*)”; under that name it has ([^;]+)",
        r"la liste de références n’a pas d’entrée pour « \1 » ; sous ce nom, elle a \2",
    ),
    (
        r"the reference list has no entry for “([^”]*)”",
        r"la liste de références n’a pas d’entrée pour « \1 »",
    ),
    (
        r"the reference list has no number (\S+); it ends with (\S+)",
        r"la liste de références n’a pas de numéro \1 ; elle finit à \2",
    ),
    (r"“et al\.”, but the list names only ([^;]+)", r"« et al. », mais la liste ne nomme que \1"),
    (
        r"the work has two authors, ([^;]+); both are named each time",
        r"le travail a deux auteurs, \1 ; les deux sont nommés chaque fois",
    ),
    (
        r"“et al\.” is missing: the list names (\S+) authors",
        r"il manque « et al. » : la liste nomme \1 auteurs",
    ),
    (
        r"the second author is missing: the list names ([^;]+)",
        r"il manque le second auteur : la liste nomme \1",
    ),
    (
        r"the text gives ([^;]+); the list has ([^;]+), without a letter",
        r"le texte donne \1 ; la liste a \2, sans lettre",
    ),
    (r"the text gives ([^;]+); the list has no year", r"le texte donne \1 ; la liste n’a pas d’année"),
    (r"the text gives ([^;]+); the list has ([^;]+)", r"le texte donne \1 ; la liste a \2"),
    (r"no year is given here", r"aucune année n’est donnée ici"),
    (r"(\d+) entries fit \(", r"\1 entrées conviennent ("),
    (
        r"the first, (\S+), shares “(.*)” with this paragraph",
        r"la première, \1, partage « \2 » avec ce paragraphe",
    ),
    (
        r"the first, (\S+), since the others are cited in their full form elsewhere",
        r"la première, \1, car les autres sont citées ailleurs sous leur forme complète",
    ),
    (r"nothing in the text tells them apart", r"rien dans le texte ne les distingue"),
    (r"(.+) is in the list but never cited", r"\1 est dans la liste, mais n’est jamais cité"),
    (r"(.+) has neither DOI nor link", r"\1 n’a ni DOI ni lien"),
)
"""Patterns of the English sentences, each with its French; the more special one first."""


def in_french(reason: str) -> str:
    """A reason with each sentence in it that is known in French."""
    for pattern, french in FRENCH:
        reason = re.sub(pattern, french, reason)
    return reason
