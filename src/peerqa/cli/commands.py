"""The commands: each asks the assistant or another stage, prints what comes of it, and returns the exit status.

What a command needs is imported inside it, so that `peerqa --help` need not load any model.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, cast

from peerqa.cli.terminal import as_json, one_line, progress_bars, style_of
from peerqa.errors import CorpusError, KeptQuestionsError, PeerqaError, Problem
from peerqa.notices import Notice
from peerqa.wording.notices import worded

if TYPE_CHECKING:
    from pathlib import Path

    from peerqa.answering.asking import Assistant as Served
    from peerqa.answering.asking import Progress
    from peerqa.answering.assistant import Assistant, Settings
    from peerqa.text.document import Document


def ask(options: argparse.Namespace) -> int:
    """Print the answer to one question, or hold a session of questions."""
    with progress_bars() as progress:
        assistant = _open(options, progress)
    if options.document or options.tag:
        assistant = assistant.limited_to(options.document, options.tag)
    if options.question is None:
        return _session(assistant, list(options.history), options.why)
    answer = assistant.ask(options.question, options.history)
    if options.json:
        print(as_json(answer.to_dict()))
    else:
        from peerqa.cli.rendering import answer_as_text

        print(answer_as_text(answer, style_of(sys.stdout), options.why))
    return 0


def _session(assistant: Assistant, history: list[str], why: bool) -> int:
    """Answer one question a line, each with those before it as its history, until an empty line or the end."""
    from peerqa.cli.rendering import answer_as_text, visible

    style = style_of(sys.stdout)
    if sys.stdin is None:
        raise PeerqaError(Problem.NOTHING_TO_ASK)
    if sys.stdin.isatty():
        documents = assistant.documents
        more = f" and {len(documents) - 5} more reviews" if len(documents) > 6 else ""
        titles = ", ".join(visible(document.title) for document in documents[: 5 if more else None]) + more
        print(f"Ask about: {titles}\nAn empty line or Ctrl-D ends the session. You could begin with:")
        print("\n".join(f"  • {visible(worded(one))}" for one in assistant.starters))
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - arrow keys and earlier lines at the prompt
    while True:
        try:
            question = input("\n> " if sys.stdin.isatty() else "").strip()
        except EOFError:
            break
        if not question:
            break
        answer = assistant.ask(question, history)
        print(
            ("\n" if sys.stdin.isatty() else "")
            + answer_as_text(answer, style, why)
            + ("" if sys.stdin.isatty() else "\n")
        )
        if answer.status in ("answered", "not_covered"):
            history.append(question)
    return 0


def add(options: argparse.Namespace) -> int:
    """Copy files into the corpus, say what was read of each, and build the index."""
    from peerqa.answering.assistant import Assistant
    from peerqa.cli.rendering import added_as_text, visible
    from peerqa.library.importing import add_files

    added = kept = 0
    for item in add_files(options.file, options.corpus):
        added += 1
        if item.review is None:
            left_out = worded(Notice(Problem.LEFT_OUT, reason=item.error))
            print(f"peerqa: {visible(left_out)}", file=sys.stderr)
        else:
            kept += 1
            print(added_as_text(item.name, item.review))
    if kept:
        with progress_bars() as progress:
            Assistant.build(
                options.corpus,
                options.index,
                settings=_settings(options),
                progress=progress,
                workers=options.workers,
                repair=False,
            )
    return 2 if not kept else int(kept < added)


def build(options: argparse.Namespace) -> int:
    """Build the index and say what is in it."""
    from peerqa.answering.assistant import Assistant

    with progress_bars() as progress:
        assistant = Assistant.build(
            options.corpus, options.index, settings=_settings(options), progress=progress, workers=options.workers
        )
    _warn(assistant)
    for document in assistant.library.summaries():
        name = one_line(document.name)
        print(f"{name}: {document.passages} passages, {document.works} works in the reference list")
    return 0


def verify(options: argparse.Namespace) -> int:
    """Check everything in the index, and whether it fits the corpus; print what is wrong, each in a line."""
    from peerqa.answering.verifying import verify as check_index

    found = check_index(options.corpus, options.index)
    for notice in found:
        print(f"peerqa: {one_line(worded(notice))}", file=sys.stderr)
    if not found:
        print(f"{options.index}: everything is as it was written, and fits {options.corpus}")
    return 1 if found else 0


def check(options: argparse.Namespace) -> int:
    """Print the citation report of each file."""
    from peerqa.citing.report import check as report_on
    from peerqa.cli.rendering import report_as_text
    from peerqa.library.review import read_review
    from peerqa.reading.files import read_document

    found = False
    reports = []
    for path in options.file:
        review = read_review(read_document(path))
        if not review.references:
            raise CorpusError(Problem.NO_REFERENCE_LIST, path=path)
        report = report_on(review.document, review.references, review.citations)
        found = found or bool(report.findings)
        reports.append(report)
    if options.json:
        plain = [report.to_dict() for report in reports]
        print(as_json(plain[0] if len(plain) == 1 else plain))
    else:
        print("\n\n".join(report_as_text(report, style_of(sys.stdout)) for report in reports))
    return 1 if found else 0


def serve(options: argparse.Namespace) -> int:
    """Serve the page and the HTTP interface until the process is told to stop."""
    import peerqa.answering.assistant  # noqa: F401 - first: two threads must not load the same packages at once

    # The page's libraries take seconds, of which the models and the index, read meanwhile, need no Python.
    loading = threading.Thread(target=_load_page, name="peerqa-page")
    loading.start()
    with progress_bars() as progress:
        assistant: Served = _open(options, progress)
    with contextlib.ExitStack() as stack:
        if options.workers > 1:
            from peerqa.answering.processes import AnsweringProcesses

            opening = partial(_opened, options.corpus, options.index, _settings(options))
            processes = AnsweringProcesses(assistant, opening, options.workers)
            stack.callback(processes.close)
            # The server raises the signal again that has ended it; so it ends the processes on its way out.
            signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
            assistant = cast("Served", processes)
        _serve_page(assistant, options)
    return 0


def _opened(corpus: Path, index: Path, settings: Settings) -> Served:
    """The assistant of one of several processes that answer."""
    from peerqa.answering.assistant import Assistant

    return Assistant.open(corpus, index, settings=settings)


def _load_page() -> None:
    with contextlib.suppress(Exception):  # whatever it is, it is raised where the page is needed
        import peerqa.web.server  # noqa: F401


def _serve_page(assistant: Served, options: argparse.Namespace) -> None:
    from peerqa.web.app import LOCAL_HOSTS, WebSettings  # only now: Gradio takes seconds to load
    from peerqa.web.server import serve as run_server

    settings = WebSettings(
        allowed_hosts=(*LOCAL_HOSTS, *options.allow_host),
        allowed_origins=tuple(options.allow_origin),
        max_concurrent=max(WebSettings().max_concurrent, 2 * options.workers),  # so that none of them waits for work
        language=options.language,
        keep_questions=options.keep_questions,
        keep_days=options.keep_days,
    )
    run_server(assistant, host=options.host, port=options.port, settings=settings)


def gaps(options: argparse.Namespace) -> int:
    """List the kept questions in groups, or delete them."""
    from peerqa.cli.rendering import gaps_as_text
    from peerqa.feedback.gaps import KeptQuestions, as_csv, group
    from peerqa.reading.files import read_folder
    from peerqa.text.abbreviations import find_abbreviations

    if not options.file.is_file():
        raise KeptQuestionsError(Problem.KEPT_FILE_MISSING, path=options.file)
    kept = KeptQuestions(options.file)
    if options.purge:
        print(f"{options.file}: {kept.purge()} entries deleted")
        return 0
    documents: list[Document] = []
    if options.corpus.is_dir():
        with contextlib.suppress(CorpusError):  # the questions are listed all the same
            documents = read_folder(options.corpus)[0]
    abbreviations = {short: long for one in documents for short, long in find_abbreviations(one.text).items()}
    groups = group(kept.questions(), abbreviations)
    print(as_csv(groups) if options.csv else gaps_as_text(groups, kept.ratings(), style_of(sys.stdout)), end="")
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Ask the questions of a set and print how good the answers are."""
    from peerqa.evaluation.outcomes import outcome_of
    from peerqa.evaluation.questions import read_questions
    from peerqa.evaluation.report import report_as_html, report_as_table
    from peerqa.evaluation.scoring import evaluate as measure

    questions = read_questions(options.questions)
    with progress_bars() as progress:
        assistant = _open(options, progress)
        report = measure(
            lambda question: outcome_of(assistant, question),
            questions,
            options.questions.name,
            lambda done, total: progress("asking", done, total),
        )
    if options.html is not None:
        options.html.write_text(report_as_html(report), "utf-8")
        print(f"written: {options.html}", file=sys.stderr)
    print(as_json(report.to_dict()) if options.json else report_as_table(report))
    return 0


# ---- what several of them need ---------------------------------------------------------------------------------------


def _settings(options: argparse.Namespace) -> Settings:
    from peerqa.answering.assistant import Settings

    given = {"model": options.model, "reranker": getattr(options, "reranker", "none")}  # building does not rerank
    return Settings(**{name: value for name, value in given.items() if value})


def _open(options: argparse.Namespace, progress: Progress | None) -> Assistant:
    from peerqa.answering.assistant import Assistant

    assistant = Assistant.open(options.corpus, options.index, settings=_settings(options), progress=progress)
    _warn(assistant)
    return assistant


def _warn(assistant: Assistant) -> None:
    for warning in assistant.warnings:
        print(f"peerqa: warning: {one_line(worded(warning))}", file=sys.stderr)
