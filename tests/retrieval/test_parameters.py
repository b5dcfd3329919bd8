"""The one file of numbers: what ships is read whole, and a file with a wrong key is refused by that key."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from little_review import REVIEW
from peerqa.answering.assistant import Assistant
from peerqa.errors import ParametersError
from peerqa.retrieval.confidence import RERANKER_SIGNALS, SIGNALS
from peerqa.retrieval.parameters import PARAMETERS_FILE, Parameters, shipped_parameters
from stub_encoder import StubEncoder


def test_what_is_saved_is_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "parameters.json"
    shipped_parameters().save(path)
    assert path.read_text("utf-8") == PARAMETERS_FILE.read_text("utf-8")
    assert Parameters.from_file(path) == shipped_parameters()


def test_confidence_is_fitted_with_and_without_the_reranker() -> None:
    confidence = shipped_parameters().confidence
    assert confidence.fitted_for(dict.fromkeys(SIGNALS, 1.0)) == confidence.without_reranker
    assert confidence.fitted_for(dict.fromkeys([*SIGNALS, *RERANKER_SIGNALS], 1.0)) == confidence.with_reranker
    assert set(RERANKER_SIGNALS) <= set(confidence.with_reranker.detail.weights)
    for case in (confidence.without_reranker, confidence.with_reranker):
        assert 0 < case.threshold < 1


def _set(*keys: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    return change


def _delete(*keys: str) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        for key in keys[:-1]:
            content = content[key]
        del content[keys[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_delete("reranking"), "the parameter reranking is missing"),
        (_delete("retrieval", "bm25_b"), "the parameter retrieval.bm25_b is missing"),
        (
            _delete("confidence", "with_reranker", "topic", "intercept"),
            "the parameter confidence.with_reranker.topic.intercept is missing",
        ),
        (_set("selection", "most", value=1), "there is no parameter selection.most;"),
        (_set("selektion", value={}), "there is no parameter selektion;"),
        (_set("retrieval", "candidates", value=1.5), "retrieval.candidates is 1.5; give a whole number"),
        (_set("retrieval", "candidates", value=True), "retrieval.candidates is true; give a whole number"),
        (_set("reranking", "temperature", value="3"), 'reranking.temperature is "3"; give a number'),
        (_set("reranking", "temperature", value=float("inf")), "reranking.temperature is Infinity"),
        (_set("reranking", value=[1]), r"reranking is \[1\]; give an object"),
        (
            _set("confidence", "with_reranker", "topic", "weights", "warmth", value=1),
            "confidence.with_reranker.topic.weights.warmth is the weight of no signal",
        ),
        (
            _set("confidence", "without_reranker", "detail", "weights", "reranked_passages", value=1),
            "confidence.without_reranker.detail.weights.reranked_passages is the weight of no signal",
        ),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, change: Callable[[dict[str, Any]], None], told: str) -> None:
    content = json.loads(PARAMETERS_FILE.read_text("utf-8"))
    change(content)
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(ParametersError, match=f"mine.json: {told}") as caught:
        Parameters.from_file(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [None, "", "{", "[]"])
def test_a_file_that_holds_none_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "mine.json"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(ParametersError, match=r"mine\.json: "):
        Parameters.from_file(path)


def test_every_parameter_is_documented() -> None:
    source = Path(PARAMETERS_FILE).with_suffix(".py").read_text("utf-8").splitlines()
    for group in ("retrieval", "reranking", "selection", "confidence"):
        for field in fields(getattr(shipped_parameters(), group)):
            line = next(number for number, text in enumerate(source) if text.startswith(f"    {field.name}: "))
            assert source[line + 1].startswith('    """'), field.name


def test_an_assistant_takes_its_numbers_from_what_it_is_opened_with(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "peers.md").write_text(REVIEW, "utf-8")
    shipped = shipped_parameters()

    def shown(**selection: int) -> int:
        changed = replace(shipped, selection=replace(shipped.selection, margin=9.0, **selection))
        opened = Assistant.open(tmp_path / "corpus", tmp_path / "index", encoder=StubEncoder(), parameters=changed)
        return len(opened.ask("Do inadequate hours limit the pay of PSWs?").passages)

    assert (shown(most_passages=1), shown(most_passages=3)) == (1, 3)
