"""Answers and reports -> text for the shell. The page has its own rendering; nothing here knows HTML.

Colours are escape sequences that the caller switches on for a terminal. Control characters of a text never reach it.
"""

from __future__ import annotations

import re
import shutil
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerqa.wording import strings
from peerqa.wording.notices import reason, worded

if TYPE_CHECKING:
    from peerqa.answering.answer import Answer, AnswerPassage, Context
    from peerqa.citing.report import CitationReport, Finding
    from peerqa.feedback.gaps import Gap
    from peerqa.library.review import Review

_BOLD, _DIM, _MARK, _ACCENT, _OFF = "\x1b[1m", "\x1b[2m", "\x1b[1;33m", "\x1b[36m", "\x1b[0m"
_ESCAPES = re.compile(r"\x1b\[[\d;]*m")


@dataclass(frozen=True, slots=True)
class Style:
    """How text is laid out: with colours or without, and how wide."""

    colour: bool = False
    width: int = 100

    @classmethod
    def of_terminal(cls, colour: bool) -> Style:
        """The width of the terminal, at most 100 characters: longer lines read badly."""
        return cls(colour, max(40, min(100, shutil.get_terminal_size((100, 24)).columns)))

    def paint(self, text: str, *codes: str) -> str:
        """The text in the given colours, if there are any."""
        return f"{''.join(codes)}{text}{_OFF}" if self.colour and text else text

    def wrap(self, text: str, indent: str = "") -> str:
        """The text in lines of the width, each after the indent; escape sequences count nothing."""
        lines: list[str] = []
        line = ""
        for word in text.split():
            if line and len(_ESCAPES.sub("", line)) + 1 + len(_ESCAPES.sub("", word)) > self.width - len(indent):
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        return "\n".join(indent + item for item in [*lines, line])


def visible(text: str) -> str:
    """A text without control characters, which could command a terminal, and with white space tidied."""
    kept = "".join(" " if character.isspace() else character for character in text)
    return " ".join(
        "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Cs") or c in "\u200d\u00ad").split()
    )


# ---- answers --------------------------------------------------------------------------------------------------------


def answer_as_text(answer: Answer, style: Style, why: bool = False) -> str:
    """An answer for the shell: what answers, where it stands, which works it cites. why: add the words that matched."""
    parts: list[str] = []
    if answer.interpreted_question != " ".join(answer.question.split()):
        parts.append(style.wrap(style.paint("Read as: ", _DIM) + visible(worded(answer.interpretation))))
    if answer.notice:
        parts.append(style.wrap(style.paint(visible(worded(answer.notice)), _BOLD)))
    if answer.status == "not_covered" and answer.passages:
        parts.append(style.paint("What comes nearest:", _BOLD))
    parts += _lead_as_text(answer, style)
    for number, passage in enumerate(answer.passages, 1):
        parts.append(_passage_as_text(number, passage, style) + (_why(passage, style) if why else ""))
    if answer.references:
        parts.append(_works_as_text(answer, style))
    if answer.status in ("greeting", "unclear", "not_covered") and answer.suggestions:
        starters = "\n".join(f"  • {visible(worded(one))}" for one in answer.suggestions)
        parts.append(f"You could ask:\n{starters}")
    return "\n\n".join(parts)


def _lead_as_text(answer: Answer, style: Style) -> list[str]:
    """The sentences that answer, the best first, each with the number of its passage and what leads up to it."""
    lines: list[str] = []
    for number, passage in enumerate(answer.passages, 1):
        for highlight in passage.highlights:
            context = passage.context_of(highlight)
            words = [style.paint(word, _DIM) for word in _context_words(passage, context)] if context else []
            sentence = visible(_words(passage, highlight.start, highlight.end)).split()
            words += sentence if lines else [style.paint(word, _BOLD) for word in sentence]
            indent = "  " if lines else ""
            lines.append(style.wrap(" ".join([*words, style.paint(f"[{number}]", _ACCENT)]), indent))
    return ["\n".join(lines)] if lines else []


def _passage_as_text(number: int, passage: AnswerPassage, style: Style) -> str:
    where = [visible(passage.section)] if passage.section else []
    where += [f"paragraph {passage.paragraph}", *([f"page {passage.page}"] if passage.page else [])]
    place = ", ".join(where)
    mark, source = style.paint(f"[{number}]", _ACCENT), style.paint(visible(passage.document), _DIM)
    heading = f"{mark} {style.paint(place, _BOLD)}  {source}"
    marks = sorted((highlight.start, highlight.end) for highlight in passage.highlights)
    pieces: list[str] = []
    position = 0
    for start, end in [*marks, (len(passage.text), len(passage.text))]:
        between = visible(_words(passage, position, start))
        if between:
            pieces.append(" ".join(style.paint(word, _DIM) for word in between.split()))
        chosen = visible(_words(passage, start, end))
        if chosen:
            # Without colours the sentences that answer are set between marks.
            words = chosen if style.colour else f"»{chosen}«"
            pieces.append(" ".join(style.paint(word, _MARK) for word in words.split()))
        position = end
    notes = [
        f"{style.paint('note:', _ACCENT)} {visible(citation.mention)}: {visible(reason(citation.discrepancies))}"
        for citation in passage.citations
        if citation.discrepancies and any(start <= citation.start < end for start, end in marks)
    ]
    if passage.also_in:
        others = dict.fromkeys(visible(repeat.document) for repeat in passage.also_in)
        notes.append(f"{style.paint('also in:', _ACCENT)} {', '.join(others)}")
    return "\n".join(
        [heading, style.wrap(" ".join(pieces), "    "), *(style.wrap(note, "    ") for note in dict.fromkeys(notes))]
    )


def _why(passage: AnswerPassage, style: Style) -> str:
    lines = []
    for highlight in passage.highlights:
        opening = " ".join(visible(highlight.text).split()[:5])
        matches = ", ".join(
            f"{visible(b.question_word)} → {visible(b.text_word)} ({b.weight:.2f})" for b in highlight.term_matches
        )
        lines.append(style.wrap(f"{style.paint('why:', _ACCENT)} “{opening} …” {matches}", "    "))
    return "".join(f"\n{line}" for line in lines)


def _context_words(passage: AnswerPassage, context: Context) -> list[str]:
    inside = context.start >= 0
    return visible(_words(passage, context.start, context.end) if inside else context.text).split()


def _words(passage: AnswerPassage, start: int, end: int) -> str:
    """A slice of the passage without its notation."""
    kept = []
    for left, right in [*passage.markup, (end, end)]:
        if left >= start:
            kept.append(passage.text[start : min(left, end)])
        start = max(start, right)
        if start >= end:
            break
    return "".join(kept)


def _works_as_text(answer: Answer, style: Style) -> str:
    years = f", {answer.years[0]}–{answer.years[1]}" if answer.years and answer.years[0] != answer.years[1] else ""
    if answer.years and answer.years[0] == answer.years[1]:
        years = f", {answer.years[0]}"
    title = f"Works cited there ({answer.works}{years})"
    lines = [style.paint(title, _BOLD)]
    for reference in answer.references:
        text = visible(reference.text)
        link = "" if reference.link is None or reference.link in text else f" {reference.link}"
        if len(reference.entries) > 1:
            link += f" [listed by {', '.join(visible(entry.document) for entry in reference.entries)}]"
        lines.append(
            textwrap.fill(
                text + link,
                style.width,
                initial_indent="  ",
                subsequent_indent="    ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    return "\n".join(lines)


# ---- questions without an answer ------------------------------------------------------------------------------------


def gaps_as_text(gaps: Sequence[Gap], ratings: Mapping[str, int], style: Style) -> str:
    """The groups as a table, how often and since when each was asked; then the thumbs."""
    lines = [style.paint(f"{'times':>5}  {'first':10}  {'last':10}  question", _BOLD)] if gaps else []
    for gap in gaps:
        first, *others = (visible(question) for question in gap.questions)
        lines.append(f"{gap.times:>5}  {gap.first:10}  {gap.last:10}  {first}")
        lines += [f"{'':31}{style.paint(other, _DIM)}" for other in others]
    lines = lines or ["No question was left without an answer."]
    if ratings:
        lines.append(f"\nthumbs: {ratings.get('up', 0)} up, {ratings.get('down', 0)} down")
    return "\n".join(lines) + "\n"


# ---- the citation report --------------------------------------------------------------------------------------------


def report_as_text(report: CitationReport, style: Style) -> str:
    """The citation report for the shell."""
    from peerqa.citing.report import FINDING_KINDS  # only here: reports need patterns that answers do not

    resolved = sum(citation.status == "resolved" for citation in report.citations)
    head = (
        f"{style.paint(visible(report.document.title), _BOLD)}  {style.paint(visible(report.document.name), _DIM)}\n"
        f"{len(report.references)} references, {len(report.citations)} citations, {resolved} as the list has them, "
        f"{len(report.findings)} findings"
    )
    parts = [head]
    for kind in FINDING_KINDS:
        found = [finding for finding in report.findings if finding.kind == kind]
        if found:
            heading = style.paint(f"{strings.finding(kind)} ({len(found)})", _BOLD)
            parts.append("\n".join([heading, *(_finding(f, style) for f in found)]))
    if not report.findings:
        parts.append(strings.NO_FINDING)
    return "\n\n".join(parts)


def _finding(finding: Finding, style: Style) -> str:
    place = style.paint(f"line {finding.line}:", _ACCENT)
    about = "" if finding.kind in ("never-cited", "no-link") else f"{visible(finding.about)} – "
    return textwrap.indent(style.wrap(f"{place} {about}{visible(reason(finding.discrepancies))}"), "  ").replace(
        "\n  ", "\n      "
    )


def added_as_text(name: str, review: Review) -> str:
    """What was read of a file, and what was not."""
    document = review.document
    kinds = Counter(paragraph.kind for paragraph in document.paragraphs if paragraph.kind != "text")
    also = "".join(f", {count} of them {kind}" for kind, count in sorted(kinds.items()))
    statuses = Counter(citation.status for citation in review.citations)
    cited = ", ".join(f"{count} {status}" for status, count in statuses.most_common()) or "none"
    pages = f", {len(document.pages)} pages" if document.pages else ""
    lines = [
        f"{visible(name)}: “{visible(document.title)}”{pages}, {len(document.sections)} sections, "
        f"{sum(1 for _ in document.paragraphs)} paragraphs{also}; {len(review.references)} works; citations: {cited}"
    ]
    return "\n".join([*lines, *(f"  note: {visible(worded(warning))}" for warning in document.warnings)])
