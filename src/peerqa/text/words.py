"""Words: how they are folded and stemmed for comparison, and every list of words that the rules of peerqa rest on.

A list belongs to the language, not to a review: no word is here because one review uses it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

# ---- forms to compare by --------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """The text without accents, case and full stops, with one kind of hyphen and apostrophe and single spaces."""
    if text.isascii():
        return " ".join(text.replace(".", "").casefold().split())
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("Ø", "O"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    bare = re.sub(r"[‐‑‒–—]", "-", bare).replace("’", "'").replace(".", "")
    return " ".join(bare.casefold().split())


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, in order, without possessive endings."""
    return [re.sub(r"['’].*$", "", match[0]).casefold() for match in _WORD.finditer(text)]


@lru_cache(maxsize=4)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


def stems_of(text: str, language: str = "english") -> list[str]:
    """The stems of a text's content words, in order; of all its words if it has no content word.

    The stemmer is Snowball's (Porter 1980, "An algorithm for suffix stripping", and its successors).
    """
    words = words_of(text)
    content = [word for word in words if word not in STOPWORDS]
    stems: list[str] = _stemmer(language).stemWords(content or words)
    return stems


# ---- words that carry no subject ------------------------------------------------------------------------------------


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


STOPWORDS = _words("""
a about after all also am an and any are as at be because been before being between both but by can could did do does
doing during each else ever every few for from further get got had has have having he her here hers him his how i if in
into is it its itself just let like many may me might more most much must my no nor not of off on once only or other our
out over own per please same say says she should so some such tell than that the their them then there these they this
those through to too under until up us very want was we were what when where whether which while who whom whose why will
with would you your yours s t don isn doesn aren""")
"""English words that name no subject. Search by words leaves them out; search by vectors does not."""

QUESTION_WORDS = _words("""
a about am an and any are as at be by can could did do does for from had has have how i if in is it its many me much my
of on or our say says should so some tell that the their them there these they this those to was we were what when where
which who whom whose why will with would you your review""")
"""English words that are ignored when two questions are compared."""

# ---- words at the beginning of a sentence ---------------------------------------------------------------------------

SENTENCE_OPENERS = _words("""
the this that these those a an all any both each every either neither some several many most much few fewer more
such no none other others another one two three i we you he she it they our your his her its their my there here
it's there's that's i'm i've we've you've they've he's she's let's however moreover furthermore therefore thus hence
consequently accordingly additionally also similarly likewise instead nevertheless nonetheless meanwhile otherwise
finally first firstly second secondly third thirdly next then last lastly overall indeed rather still yet although
though while whereas because since if unless until when whenever where wherever once after before during as at by
for from in into on of over to through throughout under upon with within without among amongst between despite
besides beyond given based according regarding concerning due owing unlike like and but or so nor not only even just
perhaps interestingly importantly notably surprisingly specifically generally particularly recently historically
currently today now how what who whom whose which why do does did is are was were can could may might must shall
should will would has have had please see using further alternatively conversely subsequently ultimately""")
"""Words that open sentences and are hardly ever names: determiners, pronouns, connectives, prepositions, question
words."""

_MONTHS = _words("january february march april may june july august september october november december")
_OF_STUDIES = _words("""
study studies research researchers review reviews example table figure fig equation appendix chapter section model
models hypothesis experiment""")

NOT_SURNAMES = SENTENCE_OPENERS | _MONTHS | _OF_STUDIES | _words("four five across previously earlier later less")
"""Capitalised words that are no surname, even before a year, unless an author of the list has that name."""

LEGAL_WORDS = _words("act acts charter constitution convention directive ordinance regulations statute statutes treaty")
"""Last words of names of laws: "Clean Air Act"."""

LABELLED = _words("""
appendix arm band box case category chapter chart class cohort column condition experiment factor figure grade group
hepatitis influenza item level model option panel part phase plan point row schedule section site stage step strain
study table team theme type unit vitamin wave""")
"""Words after which a single letter is a label and not an initial: "in group B."."""

# ---- small words in names and titles --------------------------------------------------------------------------------

SMALL_WORDS = _words("a an and as at by for from in into of on or the to with")
"""English words that are lower case in titles and that an abbreviation skips."""

SMALL_IN_ORGANISATIONS = _words("of for the and on in to a an de la et du des &")
"""English and French words that the initials of an organisation skip."""

SMALL_IN_PHRASES = _words("of for the in on")
"""Words that an abbreviated phrase may hold, but neither begin nor end with."""

SMALL_IN_NAMES = _words("and of for the on in de la et al van von der den du di da del des und y e")
"""Words that are lower case inside names of persons and organisations, in several languages."""

TITLE_OPENERS = _words("""
a an the of for in on and or to from with by at as is are do does can how what why who which when where its their
assessing analysing analyzing comparing defining describing determining developing evaluating examining exploring
identifying improving introducing investigating measuring promoting reviewing studying toward towards understanding
using new study review""")
"""Words that titles on any subject begin with, so that they do not tell two works apart."""

# ---- abbreviations that end with a stop -----------------------------------------------------------------------------

NEVER_LAST = _words("""
mr mrs ms mx messrs mme mlle dr drs prof profs rev fr sr st ste mt hon pres gov sen rep gen col lt capt cmdr sgt maj
adm supt asst assoc e.g eg i.e ie f.e cf viz vs v ca approx resp esp incl n.b""")
"""Titles and signs of an example: abbreviations that never end a sentence."""

BEFORE_NUMBER = _words("""
p pp pg no nos nr n° № vol vols fig figs tab tabs eq eqs eqn sec secs sect ch chap chaps art arts para paras app
appx suppl supp pt pts ver ex exp exps ref refs sc ll ss rs cat item""")
"""Abbreviations with a number, a numeral or a single letter after them: "p. 12", "Fig. S2", "No. 5"."""

SELDOM_LAST = BEFORE_NUMBER | _words("""
al ed eds edn trans transl comp comps inc ltd co cos corp bros llc plc jr sr esq ibid id op cit loc seq ser repr
univ dept dep inst assn ass soc govt ave blvd rd sq bldg est tel ext min max avg std temp med tech hosp lab int intl
natl nat sci j proc conf jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat
sun calif mass conn penn wash mich minn wis ill ind ont que alta spp sp subsp var ph.d m.sc b.sc m.phil d.phil ed.d""")
"""Abbreviations in references and of firms, months, places and degrees: they end a sentence only before a word of
SENTENCE_OPENERS."""

WORDS_TOO = _words("no art app item cat ex tab ill mass wash sun sat mar dec int lab id est min max")
"""Those of SELDOM_LAST that are also words: they are abbreviations only before a number."""
