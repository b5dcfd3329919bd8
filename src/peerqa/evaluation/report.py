"""The report of an evaluation, for people: a table for the shell, and a page with pictures."""

from __future__ import annotations

import base64
import html
import io
import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from peerqa.answering.assistant import Assistant
from peerqa.errors import PeerqaError, Problem
from peerqa.evaluation import metrics
from peerqa.evaluation.questions import FAR, NEAR
from peerqa.evaluation.scoring import RANKING, Outcome, Report, Scored


def outcome_of(assistant: Assistant, question: str, history: Sequence[str]) -> Outcome:
    """What the assistant ranks and answers for a question, as `evaluate` takes it."""
    started = time.perf_counter()
    answer = assistant.ask(question, history)
    seconds = time.perf_counter() - started
    ranking = assistant.rank(question, history)
    return Outcome(
        passages=tuple(
            tuple(assistant.sentence(passage, number) for number in range(len(passage.sentences)))
            for passage in ranking.passages
        ),
        sentences=tuple(assistant.sentence(passage, number) for passage, number in ranking.sentences),
        highlights=tuple(highlight.text for passage in answer.passages for highlight in passage.highlights),
        confidence=answer.confidence,
        refused=answer.status != "answered",
        seconds=seconds,
    )


# ---- the shell ------------------------------------------------------------------------------------------------------


def report_as_table(report: Report) -> str:
    """The measures by kind of question as a table of text, then how well confidence tells what is answered."""
    names = [name for name, _ in RANKING]
    width = max(len(kind) for kind in ("all questions", *report.kinds())) + 1
    lines = [f"{'':{width}}{'n':>5}" + "".join(f"{name:>13}" for name in names)]
    for kind in (None, *report.kinds()):
        means = [report.mean(name, kind) for name in names]
        label = kind or "all questions"
        lines.append(f"{label:{width}}{means[0][3]:>5}" + "".join(f"{mean:>13.2f}" for mean, *_ in means))
        if kind is None:
            lines.append(
                f"{'  95 % interval':{width}}{'':>5}"
                + "".join(f"{f'{low:.2f}–{high:.2f}':>13}" for _, low, high, _ in means)
            )
    lines.append("")
    lines.extend(f"  {name}: {meaning}" for name, meaning in RANKING)
    lines.append("")
    counts = {None: len(report.confidences()), NEAR: len(report.confidences(NEAR)), FAR: len(report.confidences(FAR))}
    lines.append(
        f"Does confidence tell? {counts[None]} answerable, {counts[NEAR]} near misses, {counts[FAR]} off topic"
    )
    lines.extend(
        f"  {name:<30}{'–' if math.isnan(value) else f'{value:.2f}':>6}" for name, value in report.refusal().items()
    )
    seconds = sorted(item.outcome.seconds for item in report.scored)
    lines.append(f"  {'median time to answer':<30}{1000 * seconds[len(seconds) // 2]:>4.0f} ms")
    return "\n".join(lines)


# ---- the page -------------------------------------------------------------------------------------------------------

_STYLE = """
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d1d1f; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; }
small { color: #666; }
img { max-width: 100%; height: auto; }
blockquote { border-left: 3px solid #ccc; margin: .4rem 0; padding-left: 1rem; }
.scroll { overflow-x: auto; }
"""


def report_as_html(report: Report) -> str:
    """The report as one HTML file: tables, pictures, the worst cases. Raises PeerqaError without matplotlib."""
    pictures = "".join(
        f'<h2>{html.escape(title)}</h2><p>{html.escape(text)}</p><img alt="{html.escape(title)}" src="{source}">'
        for title, text, source in _pictures(report)
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Evaluation: {html.escape(report.name)}</title><style>{_STYLE}</style>"
        f"<h1>Evaluation: {html.escape(report.name)}</h1><p>{len(report.scored)} questions.</p>"
        f"{_ranking_table(report)}{_refusal_table(report)}{pictures}"
        f"<h2>Where it went worst</h2>{''.join(_case(item) for item in report.worst())}</html>\n"
    )


def _ranking_table(report: Report) -> str:
    head = "".join(f'<th title="{html.escape(meaning)}">{html.escape(name)}</th>' for name, meaning in RANKING)
    rows = []
    for kind in (None, *report.kinds()):
        cells = "".join(
            f"<td>{mean:.2f}<br><small>{low:.2f}–{high:.2f}</small></td>"
            for mean, low, high, _ in (report.mean(name, kind) for name, _ in RANKING)
        )
        rows.append(
            f"<tr><td>{html.escape(kind or 'all questions')}</td><td>{report.mean('MRR', kind)[3]}</td>{cells}</tr>"
        )
    notes = "".join(f"<li><b>{html.escape(name)}</b>: {html.escape(meaning)}</li>" for name, meaning in RANKING)
    return (
        f'<h2>Ranking</h2><div class="scroll"><table><tr><th></th><th>n</th>{head}</tr>{"".join(rows)}</table></div>'
        f"<ul>{notes}</ul><p>Small print: 95 % bootstrap interval of the mean.</p>"
    )


def _refusal_table(report: Report) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{'–' if math.isnan(value) else f'{value:.2f}'}</td></tr>"
        for name, value in report.refusal().items()
    )
    return f"<h2>Does confidence tell?</h2><table>{rows}</table>"


def _case(item: Scored) -> str:
    wanted = "".join(
        f"<blockquote>{html.escape(text)}</blockquote>" for text in (item.gold.essential or item.gold.also)
    )
    first = " ".join(item.outcome.passages[0]) if item.outcome.passages else "nothing"
    history = f" <small>after: {html.escape(' / '.join(item.gold.history))}</small>" if item.gold.history else ""
    return (
        f"<h3>{html.escape(item.gold.question)}</h3><p>{html.escape(item.gold.kind)}, confidence "
        f"{item.outcome.confidence:.2f}{history}</p><p>wanted:</p>{wanted or '<p>a refusal</p>'}"
        f"<p>first passage:</p><blockquote>{html.escape(first)}</blockquote>"
    )


def _pictures(report: Report) -> list[tuple[str, str, str]]:
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        raise PeerqaError(Problem.MATPLOTLIB_MISSING) from None
    return [
        ("First passage right, by kind of question", "Bars: share; lines: 95 % interval.", _bars(report, pyplot)),
        (
            "Reliability",
            "Of the questions with a confidence, how many the review answers; on the line it is a probability.",
            _reliability(report, pyplot),
        ),
        (
            "Refusing good questions against answering bad ones",
            "Each point of a line is a threshold; the nearer to the lower left corner, the better.",
            _trade_off(report, pyplot),
        ),
    ]


def _saved(figure: Any, pyplot: Any) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120, bbox_inches="tight")
    pyplot.close(figure)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _bars(report: Report, pyplot: Any) -> str:
    kinds = report.kinds()
    means = [report.mean("first right", kind) for kind in kinds]
    figure, axes = pyplot.subplots(figsize=(8, 0.4 * len(kinds) + 1))
    errors = np.array([[mean - low for mean, low, *_ in means], [high - mean for mean, _, high, _ in means]])
    axes.barh(
        [f"{kind} ({mean[3]})" for kind, mean in zip(kinds, means, strict=True)],
        [mean[0] for mean in means],
        xerr=np.maximum(errors, 0),
        color="#4c8a8f",
    )
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    return _saved(figure, pyplot)


def _reliability(report: Report, pyplot: Any) -> str:
    bins = metrics.calibration_bins(
        [i.outcome.confidence for i in report.scored], [i.gold.answerable for i in report.scored]
    )
    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="#bbb")
    axes.scatter(
        [confidence for confidence, _, _ in bins],
        [share for _, share, _ in bins],
        s=[8 * count for *_, count in bins],
        color="#b5651d",
    )
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that the review answers")
    return _saved(figure, pyplot)


def _trade_off(report: Report, pyplot: Any) -> str:
    good = np.array(report.confidences())
    thresholds = np.unique([0.0, *good, 1.0])
    figure, axes = pyplot.subplots(figsize=(6, 5))
    for kind, colour in ((NEAR, "#b5651d"), (FAR, "#4c8a8f")):
        bad = np.array(report.confidences(kind))
        if len(bad) and len(good):
            refused = [(good < threshold).mean() for threshold in thresholds]
            answered = [(bad >= threshold).mean() for threshold in thresholds]
            axes.plot(refused, answered, color=colour, label="near misses" if kind == NEAR else "off topic")
    axes.set_xlabel("good questions refused")
    axes.set_ylabel("bad questions answered")
    axes.legend()
    return _saved(figure, pyplot)
