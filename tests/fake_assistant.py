"""An assistant without a model: real Answer objects over real sentences of the review on peer support."""

from __future__ import annotations

import copy
import re
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from peerqa.answering.answer import (
    Answer,
    AnswerCitation,
    AnswerPassage,
    AnswerReference,
    Attribution,
    Context,
    Highlight,
    Item,
)
from peerqa.answering.notices import AnswerNotice
from peerqa.citing.discrepancies import Discrepancy
from peerqa.errors import CorpusError, Problem, SectionError
from peerqa.library.database import Database
from peerqa.library.review import Review, read_review
from peerqa.library.stored_library import StoredLibrary
from peerqa.library.storing import FileState, add_review
from peerqa.notices import Notice
from peerqa.reading.files import read_document
from peerqa.retrieval.retriever import TermMatch

BOUNDARIES = (
    "PSWs maintaining boundaries with consumers was another identified challenge (Moll et al., 2009; Repper & Carter, "
    "2011). This is because PSWs are expected to share personal experiences and knowing how much and when to share is "
    "required to maintain boundaries (Moll et al., 2009). Additionally, a lack of clear role expectations may leave "
    "PSWs unable to know where the boundaries of their role lay (Cusick, 2021)."
)
RESPECT = (
    "Another challenge for PSWs is a lack of respect from non-PSW staff members. Braiser et al. found that PSWs must "
    "be recognized as experts and full members of the team (2022). Tseris also found that PSWs need to be supported by "
    "the actions and attitudes of non-PSW staff and organizational structures (2020)."
)
RANGE = (
    "There are many challenges that PSWs face in the mental health field. These range from *lack of clarity* of their "
    "role, lack of respect for their role and expertise, inadequate hours provided by the employer, power "
    "differentials, and maintaining boundaries."
)

REFERENCES = {
    "moll-2009": AnswerReference(
        "moll-2009",
        ("Moll, S.", "Holmes, J.", "Geronimo, J.", "Sherman, D."),
        "2009",
        "Work transitions for peer support providers in traditional mental health programs",
        "Work",
        "10.3233/WOR-2009-0893",
        None,
        "Moll, S., Holmes, J., Geronimo, J., & Sherman, D. (2009). Work transitions for peer support providers in "
        "traditional mental health programs: unique challenges and opportunities. Work (Reading, Mass.), 33(4), "
        "449–458. https://doi.org/10.3233/WOR-2009-0893",
    ),
    "repper-2011": AnswerReference(
        "repper-2011",
        ("Repper, J.", "Carter, T."),
        "2011",
        "A review of the literature on peer support in mental health services",
        "Journal of mental health",
        "10.3109/09638237.2011.583947",
        None,
        "Repper, J., & Carter, T. (2011). A review of the literature on peer support in mental health services. "
        "Journal of mental health (Abingdon, England), 20(4), 392–411. https://doi.org/10.3109/09638237.2011.583947",
    ),
    "cusick-2021": AnswerReference(
        "cusick-2021",
        ("Cusick, J.",),
        "2021",
        "The B.C. Peer Support Training Curriculum Guide",
        None,
        None,
        "https://peerconnectbc.ca/wp-content/uploads/Curriculum-Guide_Final.pdf",
        "Cusick, J. (2021). The B.C. Peer Support Training Curriculum Guide. B.C. Ministry of Mental Health and "
        "Addictions. https://peerconnectbc.ca/wp-content/uploads/Curriculum-Guide_Final.pdf",
    ),
    "brasier-2022": AnswerReference(
        "brasier-2022",
        ("Brasier, C.", "Roennfeldt, H."),
        "2022",
        "Peer support work for people experiencing mental distress attending the emergency department",
        "EMA",
        "10.1111/1742-6723.13848",
        None,
        "Brasier, C., Roennfeldt, H., Hamilton, B., Martel, A., Hill, N., Stratford, A., Buchanan-Hagen, S., Byrne, "
        "L., Castle, D., Cocks, N., Davidson, L., & Brophy, L. (2022). Peer support work for people experiencing "
        "mental distress attending the emergency department: Exploring the potential. Emergency medicine Australasia : "
        "EMA, 34(1), 78–84. https://doi.org/10.1111/1742-6723.13848",
    ),
    "tseris-2020": AnswerReference(
        "tseris-2020",
        ("Tseris, E.",),
        "2020",
        "The Expansion of the Peer Adviser Workforce",
        "Australian Social Work",
        "10.1080/0312407X.2019.1675734",
        None,
        "Tseris E. (2020). The Expansion of the Peer Adviser Workforce: Opportunities and Challenges for Social Work, "
        "Australian Social Work, 73(2), 162-174, DOI: 10.1080/0312407X.2019.1675734",
    ),
}
MET = (TermMatch("challenges", "lack", 0.31), TermMatch("face", "face", 0.12))
REFERENCES = {key: replace(work, document="peer-support-in-mental-health.md") for key, work in REFERENCES.items()}
MISSPELT = (Notice(Discrepancy.MISSPELT_AUTHOR, written="Braiser", listed="Brasier"),)


# What must stay text wherever it stands: HTML, Markdown, other notations.
PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "</p></section><h1>x</h1>",
    '"><img src=//evil.example/x>', "' onmouseover='alert(1)", "<iframe src=//evil.example></iframe>",
    "<style>*{display:none}</style>", "<form action=//evil.example><input></form>", "<a href=javascript:alert(1)>x</a>",
    "<div style=position:fixed;inset:0>x</div>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>",
    "<object data=x>", "<embed src=x>", "<math><mtext></math>", "<details open ontoggle=alert(1)>", "<!-- x -->",
    "<![CDATA[x]]>", "&lt;script&gt;", "&#60;b&#62;", "</mark></a><b>bold</b>", "<noscript><p title='</noscript>'>",
    "[x](javascript:alert(1))", "![x](https://evil.example/x.png)", "<https://evil.example>", "**bold** _it_ `code`",
    "# heading", "[^1]", "| a | b |", "$$x^2$$", "~~gone~~", "\\*not\\*", "<thinking>x</thinking>", "{{7*7}}${7*7}",
    "\u202e<b>", "<b\u0000>x</b>", "<<script>alert(1)//<</script>", "javascript:alert(1)", "data:text/html,<b>x",
)  # fmt: skip


def citation(
    text: str, mention: str, status: str, wrong: tuple[Notice, ...], *references: str, after: int = 0
) -> AnswerCitation:
    start = text.index(mention, after)
    return AnswerCitation(mention, start, start + len(mention), status, wrong, references)


def highlight(text: str, sentence: str, attribution: Attribution, *term_matches: TermMatch) -> Highlight:
    start = text.index(sentence)
    return Highlight(start, start + len(sentence), sentence, attribution, term_matches)


def passage(
    text: str, paragraph: int, highlights: Sequence[Highlight] = (), citations: Sequence[AnswerCitation] = ()
) -> AnswerPassage:
    """A passage of the chapter on challenges; its asterisks are notation."""
    markup = tuple((match.start(), match.end()) for match in re.finditer(r"\*", text))
    name = "peer-support-in-mental-health.md"
    place = 1000 * paragraph
    return AnswerPassage(
        f"{name}:{paragraph}",
        name,
        "Challenges to Peer Support",
        paragraph,
        text,
        place,
        place + len(text),
        tuple(highlights),
        tuple(citations),
        markup,
    )


def challenges() -> tuple[AnswerPassage, ...]:
    these = RANGE.index("These")
    whole = passage(RANGE, 13, [highlight(RANGE, RANGE[these:], "review", *MET)])
    whole = replace(whole, context=(Context(0, these - 1, RANGE[: these - 1], these),))
    respect = passage(
        RESPECT,
        15,
        [highlight(RESPECT, RESPECT[RESPECT.index("Braiser") : RESPECT.index(" Tseris")], "cited")],
        [
            citation(RESPECT, "Braiser et al.", "corrected", MISSPELT, "brasier-2022"),
            citation(RESPECT, "(2022)", "corrected", MISSPELT, "brasier-2022"),
            citation(RESPECT, "(2020)", "resolved", (), "tseris-2020"),
        ],
    )
    boundaries = passage(
        BOUNDARIES,
        18,
        [highlight(BOUNDARIES, BOUNDARIES[: BOUNDARIES.index(" This is because")], "cited")],
        [
            citation(BOUNDARIES, "Moll et al., 2009", "resolved", (), "moll-2009"),
            citation(BOUNDARIES, "Repper & Carter, 2011", "resolved", (), "repper-2011"),
            citation(BOUNDARIES, "Moll et al., 2009", "resolved", (), "moll-2009", after=150),
            citation(BOUNDARIES, "Cusick, 2021", "resolved", (), "cusick-2021"),
        ],
    )
    return whole, respect, boundaries


def listed() -> tuple[Item, ...]:
    """What the sentence on the range of challenges lists; a passage goes into each item but the first."""
    words = ("lack of respect for their role and expertise", "inadequate hours", "power differentials")
    name = "peer-support-in-mental-health.md"
    found = [(RANGE.index(one), one, f"{name}:{15 + number}") for number, one in enumerate(words)]
    first = RANGE.index("*lack of clarity*")
    clarity = Item(first, first + len("*lack of clarity* of their role"), "*lack of clarity* of their role")
    return (clarity, *(Item(start, start + len(one), one, passage) for start, one, passage in found))


FOLLOW_UPS = ("Why is maintaining boundaries hard for peer support workers?", "What can social workers do about it?")
STARTERS = (
    "What challenges do peer support workers face?",
    "How is peer support defined?",
    "What are the benefits for consumers?",
    "What is the role of social workers?",
)


REVIEW = Path(__file__).parent.parent / "corpus" / "peer-support-in-mental-health.md"


def library_of(reviews: Sequence[Review]) -> StoredLibrary:
    """A library of these reviews, without vectors; its folder is gone with it."""
    folder = tempfile.TemporaryDirectory()
    database = Database(Path(folder.name))
    database.create()
    with database.writing() as connection:
        for review in reviews:
            add_review(connection, review, FileState(review.document.name, 0, 0))
    library = StoredLibrary(database)
    weakref.finalize(library, _remove, database, folder)
    return library


def _remove(database: Database, folder: tempfile.TemporaryDirectory[str]) -> None:
    database.close()
    folder.cleanup()


@cache
def shipped() -> StoredLibrary:
    """A library of the review that ships with the project. All tests of a process share it."""
    return library_of([read_review(read_document(REVIEW))])


class FakeAssistant:
    """Answers by what the question holds; remembers what it was asked."""

    def __init__(self, reviews: Sequence[Review] | None = None) -> None:
        """reviews: None for the one that ships with the project."""
        self.library = shipped() if reviews is None else library_of(reviews)
        self.starters: tuple[str, ...] = STARTERS
        self.warnings: tuple[Notice, ...] = ()
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.answer: Answer | None = None
        self.section: str | None = None

    @property
    def reviews(self) -> tuple[Review, ...]:
        return tuple(self.library)

    def within(self, section: str) -> FakeAssistant:
        if not self.library.passage_numbers(section=section):
            raise SectionError(section, self.library.headings())
        narrowed = copy.copy(self)  # what is asked is remembered in the same list
        narrowed.section = section
        return narrowed

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        documents: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> Answer:
        if unknown := set(documents) - set(self.library.names()):
            raise CorpusError(Problem.NO_REVIEW_OF_NAME, name=min(unknown), names=())
        return replace(self._answer(question, history), section=self.section)

    def _answer(self, question: str, history: Sequence[str]) -> Answer:
        self.asked.append((question, tuple(history)))
        if self.answer is not None:
            return replace(self.answer, question=question)
        if "hostile" in question:
            text = " ".join(PAYLOADS).replace("\u0000", "")
            found = replace(passage(text, 1, [Highlight(0, len(text), text, "review")]), markup=(), section=text)
            return Answer(question, text, "answered", 0.9, (found,), (), None, (text[:300],))
        if "explode" in question:
            raise RuntimeError(f"no answer to {question}")
        if "hello" in question.lower():
            greeting = Notice(AnswerNotice.GREETING)
            return Answer(question, question, "greeting", 1.0, notice=greeting, suggestions=STARTERS[:3])
        if "price" in question:
            nearest = passage(BOUNDARIES, 18, (), challenges()[2].citations)
            works = _works(nearest)
            return Answer(question, question, "not_covered", 0.12, (nearest,), works, suggestions=STARTERS[:2])
        if "langue" in question:
            foreign = Notice(AnswerNotice.OTHER_LANGUAGE, language="fr")
            return Answer(question, question, "not_covered", 0.1, notice=foreign, suggestions=STARTERS[:2])
        if "range" in question:
            whole = replace(challenges()[0], items=listed())
            return Answer(question, question, "answered", 0.9, (whole,), (), None, FOLLOW_UPS)
        read = FOLLOW_UPS[0] if question.startswith("And") else question
        told = challenges()
        return Answer(question, read, "answered", 0.9, told, _works(*told), None, FOLLOW_UPS)


def _works(*passages: AnswerPassage) -> tuple[AnswerReference, ...]:
    """The entries behind the passages, each once, in the order of their first citation."""
    keys = dict.fromkeys(key for one in passages for mention in one.citations for key in mention.references)
    return tuple(REFERENCES[key] for key in keys)
