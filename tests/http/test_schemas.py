"""The schema of the HTTP interface against the answers that are given, and docs/api.md against the schema."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from conftest import ROOT
from fake_assistant import MET, FakeAssistant
from peerqa.answering.answer import Answer, Context, Focus, Item, ListedEntry, NearestSentence, Refusal, Repeat
from peerqa.answering.asking import MAX_DOCUMENTS, MAX_HISTORY, MAX_SECTION
from peerqa.answering.assistant import Assistant
from peerqa.errors import Problem
from peerqa.http import schemas
from peerqa.notices import Notice
from peerqa.web.app import WebSettings, create_app
from peerqa.web.security import BODY_LIMIT
from several_reviews import QUESTION, several

HERE = "http://127.0.0.1"
DESCRIBED = (ROOT / "docs" / "api.md").read_text("utf-8")
QUESTIONS = ("Were inadequate hours a challenge?", "What challenges do PSWs face?", "the price of gold?", "hello", "?!")


def plain_json(value: object) -> bytes:
    return TypeAdapter(Any).dump_json(value)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The OpenAPI description, with the route of feedback, which is there only where questions are kept."""
    settings = WebSettings(keep_questions=tmp_path_factory.mktemp("kept") / "kept.sqlite")
    client = TestClient(create_app(FakeAssistant(), settings=settings), base_url=HERE)
    described: dict[str, Any] = client.get("/api/openapi.json").json()
    return described


# ---- the answers


def test_the_json_of_an_answer_is_that_of_the_answer_itself(little: Assistant, tmp_path: Path) -> None:
    """Byte for byte, so that the schema adds, drops, sorts and converts nothing."""
    fake, library, full = FakeAssistant(), several(tmp_path), FakeAssistant()
    full.answer = full_answer()
    statuses = set()
    for assistant, questions in (
        (little, QUESTIONS),
        (fake, (*QUESTIONS, "hostile")),
        (library, (QUESTION,)),
        (full, ("?",)),
    ):
        client = TestClient(create_app(assistant), base_url=HERE)
        for question in questions:
            answer = assistant.ask(question)
            response = client.post("/api/ask", json={"question": question})
            assert response.content == plain_json(answer.to_dict())
            assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
            statuses.add(answer.status)
    assert statuses == {"answered", "not_covered", "greeting", "unclear"}


def full_answer() -> Answer:
    """An answer in which no field is empty or null."""
    answer = FakeAssistant().ask("What challenges?")
    entries = tuple(ListedEntry(name, work.key, work.text) for work in answer.references for name in ("a.md", "b.md"))
    works = tuple(
        replace(work, url="https://a.example", container="Work", entries=entries) for work in answer.references
    )
    shown = tuple(
        replace(
            passage,
            page=3,
            also_in=(Repeat("b.md:1", "b.md"),),
            context=(Context(0, 5, passage.text[:5], 6),),
            items=(Item(0, 5, passage.text[:5], "b.md:2"),),
            highlights=tuple(
                replace(one, page=4, term_matches=MET, focus=Focus(0, 5, passage.text[:5]))
                for one in passage.highlights
            ),
        )
        for passage in answer.passages
    )
    said = Notice(Problem.NO_QUESTION)
    refusal = Refusal(("smoke",), NearestSentence("a.md:1", 0, 4, "Text"), ("Hours",))
    return replace(
        answer, passages=shown, references=works, notice=said, suggestions=("And?",), section="Hours", refusal=refusal
    )


def test_the_full_answer_of_these_tests_has_every_field() -> None:
    """Else the test above would say nothing of the fields that it lacks."""
    found = {key for key, value in _fields(full_answer().to_dict()) if value not in (None, [])}
    whole = (schemas.Answer, schemas.Passage, schemas.Highlight, schemas.Focus, schemas.TermMatch, schemas.Context,
             schemas.Item, schemas.Refusal, schemas.NearestSentence,
             schemas.Citation, schemas.Repeat, schemas.Reference, schemas.ListedEntry, schemas.Evidence)  # fmt: skip
    assert found == {field for model in whole for field in model.model_fields}


def _fields(value: Any) -> list[tuple[str, Any]]:
    """Each key of a JSON value, at any depth, with what it holds."""
    if isinstance(value, list):
        return [field for item in value for field in _fields(item)]
    if isinstance(value, dict):
        return [*value.items(), *(field for item in value.values() for field in _fields(item))]
    return []


def test_the_other_answers_fit_their_schema() -> None:
    client = TestClient(create_app(FakeAssistant()), base_url=HERE)
    health = client.get("/healthz")
    assert health.content == schemas.Health.model_validate_json(health.content).model_dump_json().encode()
    for refused in (
        client.post("/api/ask", json={}),
        client.post("/api/ask", json={"question": "a", "documents": ["nowhere"]}),
        client.post("/api/ask", json={"question": "please explode"}),
        client.post("/api/ask", content=b" " * (BODY_LIMIT + 1)),
        client.get("/nowhere"),
        client.get("/healthz", headers={"Host": "evil.example"}),
    ):
        assert refused.status_code >= 400
        problem = schemas.Problem.model_validate_json(refused.content)
        assert refused.json() == problem.model_dump()
        assert f"| {refused.status_code} |" in DESCRIBED


# ---- what is said of them


def test_every_route_says_what_it_answers(schema: dict[str, Any]) -> None:
    routes = {(method, path): one for path, methods in schema["paths"].items() for method, one in methods.items()}
    answers = {
        route: one["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
        for route, one in routes.items()
    }
    assert answers == {
        ("post", "/api/ask"): {"$ref": "#/components/schemas/Answer"},
        ("get", "/healthz"): {"$ref": "#/components/schemas/Health"},
        ("post", "/api/feedback"): None,
    }
    for one in routes.values():
        assert one["description"]
        for status, response in one["responses"].items():
            if int(status) >= 400:
                assert response["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_no_part_of_an_answer_is_left_open(schema: dict[str, Any]) -> None:
    for name, model in schema["components"]["schemas"].items():
        assert model["type"] == "object"
        for field, described in model["properties"].items():
            assert {"type", "anyOf", "$ref", "enum", "const"} & described.keys(), f"{name}.{field}"
            assert described.get("type") != "object", f"{name}.{field}"
        if name not in ("AskRequest", "Rating"):
            assert model["required"] == list(model["properties"]), name


def test_the_documentation_names_every_field_and_no_other(schema: dict[str, Any]) -> None:
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", DESCRIBED, re.MULTILINE | re.DOTALL))
    documented = {name: re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) for name, text in sections.items()}
    assert documented == {name: list(one["properties"]) for name, one in schema["components"]["schemas"].items()}


def test_the_documentation_names_every_route_status_and_limit(schema: dict[str, Any]) -> None:
    for path, methods in schema["paths"].items():
        for method, one in methods.items():
            assert f"| `{method.upper()} {path}` |" in DESCRIBED
            errors = [status for status in one["responses"] if int(status) >= 400]
            assert all(f"| {status} |" in DESCRIBED for status in errors)
    text = " ".join(DESCRIBED.split())
    limits = WebSettings()
    for said in (
        f"at most {limits.max_question_length:,} characters",
        f"at most {MAX_HISTORY}, each at most {limits.max_question_length:,} characters",
        f"at most {MAX_DOCUMENTS}, each at most {schemas.MAX_NAME} characters",
        f"at most {MAX_SECTION} characters",
        f"at most {schemas.MAX_RATED_PASSAGES}, each at most {schemas.MAX_PASSAGE_ID} characters",
        f"more than {BODY_LIMIT:,} bytes",
        f"{limits.max_concurrent} questions are being answered already",
        f"share this limit of {limits.max_concurrent}.",
        f"up to {limits.max_waiting} of them",
    ):
        assert said in text


def test_the_example_is_an_answer() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DESCRIBED, re.DOTALL)
    (request,) = re.findall(r"-d '(.*?)'", DESCRIBED)
    answer = schemas.Answer.model_validate_json(example)
    assert answer.model_dump(mode="json") == json.loads(example)
    assert schemas.AskRequest.model_validate_json(request).question == answer.question
    (passage,) = answer.passages
    review = (ROOT / "corpus" / passage.document).read_text("utf-8")
    assert review[passage.start : passage.end] == passage.text
    spans = [(one.start, one.end, one.text) for one in passage.highlights]
    spans += [(one.start, one.end, one.text) for one in passage.context]
    spans += [(one.start, one.end, one.mention) for one in passage.citations]
    assert all(passage.text[start:end] == words for start, end, words in spans)
