"""Answer -> the HTML that a reader sees of it, as pure functions.

Only elements and attributes that Gradio's sanitizer keeps are used; every text goes through `escape`. The result has
no line break, so nothing in it can begin a Markdown block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from peerqa.answering.answer import Answer, AnswerCitation, AnswerPassage, AnswerReference, Highlight
from peerqa.web.views.addresses import passage_link, passage_page_link
from peerqa.web.views.escape import escape, safe_link
from peerqa.web.views.export import Library, render_copies, render_exports, spoken
from peerqa.web.views.passage_text import note_id, render_text, visible_text
from peerqa.wording import english, strings


def render_question(question: str) -> str:
    """The reader's own question, as the heading of the turn."""
    return f'<h2 class="question">{escape(question)}</h2>'


def render_notice(line: str) -> str:
    """One plain line of the interface where no answer could be given."""
    return f'<div class="answer notice"><p class="message">{escape(line)}</p></div>'


def render_answer(
    answer: Answer, *, turn: int, titles: Mapping[str, str], library: Library | None = None, rated: bool = False
) -> str:
    """The whole answer of one turn. `titles` maps a document's name to its title, shown where there are several.

    library: the reviews, to cite them by; without it there is nothing to take away. rated: ask whether it helped.
    """
    known = library or {}
    if answer.status == "answered":
        body = _answered(answer, turn, titles, known) + render_exports(answer, known)
    elif answer.status == "not_covered":
        body = _not_covered(answer, turn, titles, known) + render_exports(answer, known)
    else:
        body = f'<p class="message">{escape(_friendly(answer))}</p>'
    if rated and answer.status in ("answered", "not_covered"):
        body += _rating()
    told = _searched_in(answer, titles, known) + _read_as(answer)
    return f'<div class="answer {escape(answer.status)}">{told}{body}</div>'


def _searched_in(answer: Answer, titles: Mapping[str, str], library: Library) -> str:
    """The section that alone was searched, with a way to ask again without it; the script knows that."""
    if answer.section is None or answer.status not in ("answered", "not_covered"):
        return ""
    lang = spoken(next((library.get(passage.document) for passage in answer.passages), None))
    whole = f'<button class="widen">{escape(strings.search_whole(max(len(titles), 1)))}</button>'
    return f'<p class="read-as">{escape(strings.SEARCHED_IN)} <b{lang}>{escape(answer.section)}</b> {whole}</p>'


def _friendly(answer: Answer) -> str:
    """The line of the answer itself, or ours in its place where the reader's language is another."""
    if strings.language() == strings.DEFAULT:
        return answer.message or strings.FAILED
    return strings.GREETING if answer.status == "greeting" else strings.UNCLEAR


def _rating() -> str:
    return (
        f'<p class="rate">{escape(strings.HELPED)} <button class="thumb up">{escape(strings.YES)}</button> '
        f'<button class="thumb down">{escape(strings.NO)}</button></p>'
    )


def _read_as(answer: Answer) -> str:
    """How a follow-up was understood, where that is not what the reader typed."""
    if answer.interpreted_question.strip() in ("", answer.question.strip()):
        return ""
    return f'<p class="read-as">{escape(strings.READ_AS)} <i>{escape(answer.interpreted_question)}</i></p>'


def _answered(answer: Answer, turn: int, titles: Mapping[str, str], library: Library) -> str:
    """The sentences first, then what they rest on, then each passage whole, then the works."""
    quotes = "".join(
        _quote(passage, _passage_id(turn, number), highlight, library, titles)
        for number, passage in enumerate(answer.passages, start=1)
        for highlight in range(len(passage.highlights))
    )
    rests = f'<p class="rests">{escape(strings.rests_on(answer.works, answer.years))}</p>'
    cards = _cards(answer, turn, titles, library, heading=strings.IN_CONTEXT)
    return f'<div class="lead">{quotes}</div>{rests}{cards}{_references(answer, turn, titles, library)}'


def _not_covered(answer: Answer, turn: int, titles: Mapping[str, str], library: Library) -> str:
    """An honest no, and what comes nearest without a claim."""
    said = strings.NOT_COVERED if len(titles) < 2 else strings.NOT_COVERED_MANY
    message = (answer.message or "").strip()
    known = ("", english.WORDS["NOT_COVERED"], english.WORDS["NOT_COVERED_MANY"])  # as the answer itself says it
    more = f'<p class="message">{escape(message)}</p>' if message not in known else ""
    if answer.section is not None:
        said, more = strings.not_covered_in(answer.section), ""
    verdict = f'<p class="verdict">{escape(said)}</p>{more}'
    if not answer.passages:
        return verdict
    note = f'<p class="nearest-note">{escape(strings.NEAREST_NOTE)}</p>'
    cards = _cards(answer, turn, titles, library, heading=strings.NEAREST, note=note)
    return verdict + cards + _references(answer, turn, titles, library)


def _passage_id(turn: int, number: int) -> str:
    return f"turn{turn}-p{number}"


def _reference_id(turn: int, number: int) -> str:
    return f"turn{turn}-r{number}"


def _quote(passage: AnswerPassage, passage_id: str, index: int, library: Library, titles: Mapping[str, str]) -> str:
    """One sentence that answers, with where it stands and who speaks."""
    highlight = passage.highlights[index]
    speaker = strings.CITED_WORDS if highlight.attribution == "cited" else strings.OWN_WORDS
    words = render_text(passage, passage_id, highlight.start, highlight.end, mark=False)
    place = strings.place(_section(passage), passage.paragraph, highlight.page)
    lang = spoken(library.get(passage.document))
    where = f'<a class="where" href="#{passage_id}"{lang}>{_number(passage_id)}{escape(place)}</a>'
    if len(titles) > 1:
        where += f'<cite class="document"{lang}>{escape(titles.get(passage.document, passage.document))}</cite>'
    return (
        f'<blockquote class="quote {escape(highlight.attribution)}" id="{passage_id}-h{highlight.start}">'
        f'<p{lang}>{words}</p><p class="source">{where}<span class="speaker">{escape(speaker)}</span></p>'
        f'<div class="tools">{_why(highlight)}{render_copies(passage, highlight, library)}</div></blockquote>'
    )


def _number(passage_id: str) -> str:
    """The number of a passage within its answer, on the sentence and on the card that it leads to."""
    return f'<span class="number">{passage_id.rsplit("p", 1)[-1]} </span>'


def _why(highlight: Highlight) -> str:
    """On request, the words that met: a sentence is shown for a reason that a reader may see."""
    items = "".join(
        f"<li>{escape(strings.met(one.question_word, one.text_word))}</li>" for one in highlight.term_matches
    )
    told = f"<p>{escape(strings.WHY_NOTE)}</p><ol>{items}</ol>" if items else f"<p>{escape(strings.WHY_LITTLE)}</p>"
    return f'<details class="why"><summary>{escape(strings.WHY)}</summary>{told}</details>'


def _section(passage: AnswerPassage) -> str:
    return passage.section.strip() or strings.NO_SECTION


def _cards(
    answer: Answer, turn: int, titles: Mapping[str, str], library: Library, *, heading: str, note: str = ""
) -> str:
    """The passages whole, one card each, and the hidden notes that their citations open."""
    keys = {work.key: number for number, work in enumerate(answer.references, start=1)}
    cards: list[str] = []
    notes: list[str] = []
    for number, passage in enumerate(answer.passages, start=1):
        passage_id = _passage_id(turn, number)
        cards.append(_card(passage, passage_id, titles, library, claims=answer.status == "answered"))
        notes += [
            render_citation_note(
                c,
                note_id(passage_id, i),
                [_reference_id(turn, keys[key]) for key in c.references if key in keys],
            )
            for i, c in enumerate(passage.citations)
        ]
    return f'<h3>{escape(heading)}</h3>{note}{"".join(cards)}<div class="notes">{"".join(notes)}</div>'


def _card(passage: AnswerPassage, passage_id: str, titles: Mapping[str, str], library: Library, *, claims: bool) -> str:
    """A passage word for word: where it stands, its text, and the sentences that answer marked if any is claimed to."""
    lang = spoken(library.get(passage.document))
    also = _also_in(passage, titles, library)
    document = ""
    if len(titles) > 1:
        document = f'<span class="document"{lang}>{escape(titles.get(passage.document, passage.document))}</span>'
    section = f"<span{lang}>{escape(_section(passage))}</span>" if lang else escape(_section(passage))
    place = f'<span class="paragraph">{escape(strings.paragraph(passage.paragraph))}</span>'
    if passage.page:
        place += f'<span class="paragraph">{escape(strings.page(passage.page))}</span>'
    text = render_text(passage, passage_id, 0, len(passage.text), mark=claims)
    return (
        f'<section class="card" id="{passage_id}" tabindex="-1">'
        f"<h4>{document}{_number(passage_id)}{section}{place}</h4>"
        f'<p class="passage"{lang}>{text}</p>{also}'
        f'<p class="tools">{_read_link(passage, claims)}</p></section>'
    )


def _also_in(passage: AnswerPassage, titles: Mapping[str, str], library: Library) -> str:
    """Links to the passages of other reviews that say the same and are not shown for that."""
    links = "; ".join(
        f'<a class="where" href="{escape(passage_page_link(one.id))}"{spoken(library.get(one.document))} '
        f'target="_blank">{escape(titles.get(one.document, one.document))}</a>'
        for one in passage.also_in
    )
    return f'<p class="also">{escape(strings.ALSO_IN)} {links}</p>' if links else ""


def _read_link(passage: AnswerPassage, claims: bool) -> str:
    """A link to the passage in the whole review; the script opens it beside the conversation."""
    starts = [highlight.start for highlight in passage.highlights] if claims else []
    link = passage_link(passage, starts)
    return f'<a class="where read" href="{escape(link)}" target="_blank">{escape(strings.READ_IN_REVIEW)}</a>'


def render_citation_note(citation: AnswerCitation, identifier: str, targets: Sequence[str]) -> str:
    """What the popover of a citation shows: the doubt if there is one, and links to the entries that it stands for.

    targets: the ids of the entries, best first. Where several fit, each link says so in front of its entry.
    """
    doubt = ""
    told = strings.reason(citation.reason or "")
    if not targets:
        doubt = told or strings.NOT_IN_LIST
    elif citation.status != "resolved" and told:
        doubt = f"{strings.UNSURE} {told}" if citation.status == "ambiguous" else told
    doubt = f'<p class="doubt">{escape(doubt)}</p>' if doubt else ""
    labels = [strings.BEST_CANDIDATE, *[strings.OTHER_CANDIDATE] * len(targets)] if len(targets) > 1 else [""]
    entries = "".join(
        f'<a href="#{target}">{escape(label)}</a>' for target, label in zip(targets, labels, strict=False)
    )
    return f'<div class="note" id="{identifier}">{doubt}{entries}</div>'


def _other_lists(reference: AnswerReference, titles: Mapping[str, str], library: Library) -> str:
    """The other reviews that have the work in their lists, each with its own words for it."""
    others = [entry for entry in reference.entries if entry.document != reference.document]
    items = "".join(
        f"<li{spoken(library.get(one.document))}>{escape(titles.get(one.document, one.document))}: "
        f"<span>{escape(one.text.strip())}</span></li>"
        for one in others
    )
    summary = f"<summary>{escape(strings.also_listed(len(others)))}</summary>"
    return f'<details class="other-lists">{summary}<ul>{items}</ul></details>' if others else ""


def _references(answer: Answer, turn: int, titles: Mapping[str, str], library: Library) -> str:
    """The entries of the reference list behind the passages, folded away."""
    if not answer.references:
        return ""
    entries = "".join(
        f'<li id="{_reference_id(turn, number)}">'
        f"{render_reference(reference, spoken(library.get(reference.document)))}"
        f"{_other_lists(reference, titles, library)}</li>"
        for number, reference in enumerate(answer.references, start=1)
    )
    count = f'<span class="count">{len(answer.references)}</span>'
    summary = f"<summary>{escape(strings.REFERENCES)} {count}</summary>"
    return f'<details class="references">{summary}<ul>{entries}</ul></details>'


def render_reference(reference: AnswerReference, lang: str = "") -> str:
    """An entry as the review has it; its link is live where it stands, or follows where the entry does not show it.

    lang: the attribute that says the language of the entry, if it has to be said.
    """
    link = safe_link(reference.link)
    text = reference.text.strip()
    if link is None:
        return f'<span class="entry"{lang}>{escape(text)}</span>'
    shown = next((form for form in (reference.link, reference.doi) if form and form in text), None)
    if shown is None:
        return f'<span class="entry"{lang}>{escape(text)} {_anchor(link, reference.link or link)}</span>'
    before, after = text.split(shown, 1)
    return f'<span class="entry"{lang}>{escape(before)}{_anchor(link, shown)}{escape(after)}</span>'


def _anchor(link: str, shown: str) -> str:
    return f'<a class="link" href="{escape(link)}" target="_blank" rel="noopener noreferrer">{escape(shown)}</a>'


def quoted_words(answer: Answer) -> tuple[str, ...]:
    """The sentences that answer, as plain text without notation, in the order in which they are shown."""
    return tuple(visible_text(p, h.start, h.end) for p in answer.passages for h in p.highlights)
