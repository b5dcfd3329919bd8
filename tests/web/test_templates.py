"""The templates: each is rendered, holds no logic, and prints nothing that is not escaped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jinja2 import UndefinedError, nodes
from jinja2.runtime import Macro
from markupsafe import Markup

import peerqa.web
from fake_assistant import PAYLOADS, REFERENCES, FakeAssistant, challenges
from page_turns import next_turn
from peerqa.answering.answer import AnswerReference, ListedEntry, Repeat
from peerqa.answering.notices import AnswerNotice
from peerqa.notices import Notice
from peerqa.web.app import create_app
from peerqa.web.chat.turns import messages
from peerqa.web.views.answer_card import render_answer, render_notice, render_question
from peerqa.web.views.escape import escape
from peerqa.web.views.templating import environment
from peerqa.wording import strings
from several_reviews import QUESTION, several

WEB = Path(peerqa.web.__file__).parent
TEMPLATES = {name: (WEB / "templates" / name).read_text("utf-8") for name in environment.list_templates()}
TREES = {name: environment.parse(text) for name, text in TEMPLATES.items()}
HERE = "http://127.0.0.1"
SYNTAX = set("<>*_`[]()|$~\\\"'")
"""What HTML or Markdown could read as markup inside a line."""

# ---- what templates may hold


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_prints_nothing_that_is_not_escaped(name: str) -> None:
    tree = TREES[name]
    assert {one.name for one in tree.find_all(nodes.Filter)} <= {"length"}  # so neither "safe" nor "join"
    assert not list(tree.find_all((nodes.Concat, nodes.Add, nodes.Mod)))  # these escape by rules of their own
    assert not list(tree.find_all((nodes.ScopedEvalContextModifier, nodes.FilterBlock)))
    assert not list(tree.find_all((nodes.MarkSafe, nodes.MarkSafeIfAutoescape)))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_text_that_a_template_names_is_there(name: str) -> None:
    for one in TREES[name].find_all(nodes.Getattr):
        if isinstance(one.node, nodes.Name) and one.node.name == "strings":
            assert hasattr(strings, one.attr), f"{name}, line {one.lineno}: strings.{one.attr}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_attributes_are_quoted(name: str) -> None:
    assert not re.findall(r'\s[\w-]+=[^"\s>]*\{[{%]', TEMPLATES[name])  # else a space in a value would end it


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """The string constants of a module but for its docstrings, each with its line."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.py")), ids=lambda path: path.name)
def test_markup_stands_in_templates_alone(path: Path) -> None:
    if path.name != "gradio_document.py":  # that replaces parts of Gradio's own document
        assert [found for found in texts_of(path) if re.search(r"</?[a-z]", found[1])] == []
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    named = {one.func.id for one in calls if one.args and isinstance(one.func, ast.Name)}
    if path.name != "templating.py":
        assert not named & {"Markup", "escape"}  # one place escapes, and says what needs none


# ---- how they print


def printed(template: str, **values: object) -> str:
    return environment.from_string(template).render(values)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_value_is_escaped_by_our_own_function(payload: str) -> None:
    assert printed('<p title="{{ a }}">{{ a }}</p>', a=payload) == f'<p title="{escape(payload)}">{escape(payload)}</p>'
    assert printed("{% macro twice(b) %}{{ b }}{{ b }}{% endmacro %}{{ twice(a) }}", a=payload) == escape(payload) * 2
    assert printed("{{ a }}", a=Markup("<b>ours</b>")) == "<b>ours</b>"


@pytest.mark.parametrize("value", [None, ["a"], 1.5, {}])
def test_only_texts_and_whole_numbers_are_printed(value: object) -> None:
    with pytest.raises(TypeError, match="neither text nor a number"):
        printed("{{ a }}", a=value)
    with pytest.raises(UndefinedError, match="'missing' is undefined"):
        printed("{{ missing }}")
    assert printed("{{ a }}", a=1) == "1"


def test_the_lines_of_a_template_are_joined() -> None:
    assert printed("<p>\n  {{ a }}\n  {{ a }}\n  b\n</p>\n", a="x") == "<p>xxb</p>"
    assert printed('<p class="a"\n   id="b">one\n  two</p>') == '<p class="a" id="b">one two</p>'
    assert printed('{{ a }}{{ " " }}\n<b>{{ a }} </b>\n', a="x\ny") == "x y <b>x y </b>"


# ---- each is rendered


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> tuple[set[str], set[str]]:
    """The names of the templates that are used from now on, and of the macros that are called."""
    templates: set[str] = set()
    macros: set[str] = set()
    load, call = environment.get_template, Macro.__call__

    def loading(name: Any, *more: Any, **options: Any) -> Any:
        templates.add(name)
        return load(name, *more, **options)

    def calling(macro: Macro, *values: Any, **options: Any) -> Any:
        macros.add(macro.name)
        return call(macro, *values, **options)

    monkeypatch.setattr("peerqa.web.chat.conversation.compile_templates", lambda: None)  # that loads without a use
    monkeypatch.setattr(environment, "get_template", loading)
    monkeypatch.setattr(Macro, "__call__", calling)
    return templates, macros


def test_each_template_and_each_macro_is_used_and_prints_one_line(
    used: tuple[set[str], set[str]], tmp_path: Path
) -> None:
    assistant = several(tmp_path)
    client = TestClient(create_app(assistant), base_url=HERE)
    for address in "library?lang=fr", "embed", "p/nothing", "about/hours.md", "read/hours.md", "p/hours.md:1?at=0":
        assert "\n" not in client.get(f"/{address}").text
    assert 'class="in-section"' in client.get("/?section=Trust").text
    for question in (QUESTION, ""):
        turn = next_turn(assistant, question, (), 100, documents=("hours.md", "trust.md"))
        assert all("\n" not in message["content"] for message in messages((turn,)))
    next_turn(FakeAssistant(), "the price?")
    assert used[0] == set(TEMPLATES)
    assert used[1] == {macro.name for tree in TREES.values() for macro in tree.find_all(nodes.Macro)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_message_can_be_read_as_markdown(payload: str) -> None:
    """Gradio renders Markdown in what it is handed, so that escaping for HTML alone would not be enough."""
    work: AnswerReference = replace(
        REFERENCES["cusick-2021"], text=payload, document=payload, entries=(ListedEntry("b.md", "b", payload),)
    )
    shown = replace(challenges()[0], section=payload, document=payload, also_in=(Repeat("b.md:1", "b.md"),))
    answer = replace(FakeAssistant().ask("hostile"), question=payload, section=payload, references=(work,))
    for status in ("answered", "not_covered", "greeting"):
        notice = Notice(AnswerNotice.NOT_COVERED_IN_SECTION, section=payload)
        told = replace(answer, status=status, notice=notice, passages=(*answer.passages, shown))
        html = render_answer(told, turn=1, titles={payload: payload, "b.md": payload}, rated=True)
        assert not set(re.sub(r"<[^>]*>", "", html)) & SYNTAX
    assert not set(re.sub(r"<[^>]*>", "", render_question(payload) + render_notice(payload))) & SYNTAX
