"""The report of an evaluation, in English, for whoever works on answers: a table for the shell, and a page."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from peerqa.errors import PeerqaError, Problem
from peerqa.evaluation import metrics
from peerqa.evaluation.highlights import READING
from peerqa.evaluation.questions import FAR, NEAR
from peerqa.evaluation.scoring import RANKING, Report

Measures = Sequence[tuple[str, str]]
"""Names of measures, each with what it says."""

# ---- the shell ------------------------------------------------------------------------------------------------------


def report_as_table(report: Report) -> str:
    """The measures by kind of question as tables of text, then how well confidence tells what is answered."""
    lines = ["What is ranked", *_table(report, RANKING), "", "What is read", *_table(report, READING)]
    wrong = ", ".join(f"{name} {_figure(report.with_wrong_answers(name))}" for name in ("precision", "F1"))
    lines += [f"  with the questions that were wrongly answered, all of whose words are wrong: {wrong}", ""]
    counts = {None: len(report.confidences()), NEAR: len(report.confidences(NEAR)), FAR: len(report.confidences(FAR))}
    lines.append(
        f"Does confidence tell? {counts[None]} answerable, {counts[NEAR]} near misses, {counts[FAR]} off topic"
    )
    lines.extend(f"  {name:<40}{_figure(value):>6}" for name, value in report.refusal().items())
    pairs = report.pairs()
    if pairs:
        lines.append("The same question, with and without the paragraphs that answer it")
        lines.extend(f"  {name:<40}{_figure(value):>6}" for name, value in pairs.items())
    seconds = sorted(item.outcome.seconds for item in report.scored)
    lines.append(f"  {'median time to answer':<40}{1000 * seconds[len(seconds) // 2]:>4.0f} ms")
    return "\n".join(lines)


def _table(report: Report, measures: Measures) -> list[str]:
    """A row for each kind of question, the worst first, under one for all; then what the measures mean."""
    names = [name for name, _ in measures]
    kinds = sorted(report.kinds(), key=lambda kind: report.mean(names[0], kind)[0])
    width = max(len(kind) for kind in ("all questions", *kinds)) + 1
    lines = [f"{'':{width}}{'n':>5}" + "".join(f"{name:>13}" for name in names)]
    for kind in (None, *kinds):
        means = [report.mean(name, kind) for name in names]
        label = kind or "all questions"
        lines.append(f"{label:{width}}{means[0][3]:>5}" + "".join(f"{mean:>13.{_digits(mean)}f}" for mean, *_ in means))
        lines.append(
            f"{'  95 % interval':{width}}{'':>5}"
            + "".join(f"{f'{low:.{_digits(high)}f}–{high:.{_digits(high)}f}':>13}" for _, low, high, _ in means)
        )
    return [*lines, "", *(f"  {name}: {meaning}" for name, meaning in measures)]


def _digits(value: float) -> int:
    """Digits behind the point: none for a count of words."""
    return 0 if value > 1 else 2


# ---- the page -------------------------------------------------------------------------------------------------------


def report_as_html(report: Report) -> str:
    """The report as one HTML file: tables, pictures, the worst cases. Raises PeerqaError without matplotlib."""
    templates = Environment(
        loader=PackageLoader("peerqa.evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("report.html").render(
        name=report.name,
        questions=len(report.scored),
        tables=[
            ("Ranking", RANKING, _rows(report, RANKING)),
            ("Reading", READING, _rows(report, READING)),
        ],
        refusal=[(name, _figure(value)) for name, value in report.refusal().items()],
        pairs=[(name, _figure(value)) for name, value in report.pairs().items()],
        pictures=_pictures(report),
        worst=report.worst(),
    )


def _rows(report: Report, measures: Measures) -> list[tuple[str, int, list[tuple[float, float, float]]]]:
    """(kind of question, number of questions, (mean, low, high) of each measure), that of all questions first."""
    return [
        (kind or "all questions", report.mean("MRR", kind)[3], [report.mean(name, kind)[:3] for name, _ in measures])
        for kind in (None, *report.kinds())
    ]


def _figure(value: float) -> str:
    """A figure to two digits, or a dash for nan."""
    return "–" if math.isnan(value) else f"{value:.2f}"


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
