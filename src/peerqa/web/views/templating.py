"""The one Jinja environment: templates from the package, each value escaped by our own `escape`.

The view modules choose and order what is shown, as plain data; the templates hold the markup, with loops and
conditions only. `strings` is there in every template: `{{ strings.ASK }}` is a text in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from peerqa.library.review import Review
from peerqa.web.views.escape import escape
from peerqa.wording import strings

_BREAK_BESIDE_A_TAG = re.compile(r"(?:^|(?<=>))\s*\n\s*|\s*\n\s*(?=<|$)")
_BREAK = re.compile(r"\s*\n\s*")


class JoinedLines(Extension):
    """Joins the lines of a template, so that it can be indented and what it prints has no line break.

    A line break, with the white space around it, prints nothing beside a tag or an expression, and one space elsewhere.
    In a message that Gradio renders, a line break could begin a Markdown block.
    """

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        for token in stream:
            if token.type != "data":
                yield token
            elif joined := _BREAK.sub(" ", _BREAK_BESIDE_A_TAG.sub("", token.value)):
                yield Token(token.lineno, "data", joined)


def _printed(value: object) -> Markup:
    """What a template prints for a value: markup of ours as it is, text and whole numbers escaped.

    Raises: TypeError for anything else (None, a list), which only a mistake in a template prints.
    """
    if type(value) is str:  # first, since it is by far the most frequent
        return Markup(escape(value))
    if isinstance(value, Markup):
        return value
    if isinstance(value, (str, int)):
        return Markup(escape(str(value)))
    raise TypeError(f"a template prints {value}, which is neither text nor a number")


environment = Environment(
    loader=PackageLoader("peerqa.web"),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    finalize=_printed,
    extensions=[JoinedLines],
)
environment.globals = {"strings": strings}


def compile_templates() -> None:
    """Compile every template now (0.1 s), so that no reader waits for it."""
    for name in environment.list_templates():
        environment.get_template(name)


def render(template: str, **values: object) -> str:
    """The HTML that a template ("answer.html") makes of the values."""
    return environment.get_template(template).render(values)


def rendered(html: str) -> Markup:
    """HTML that `render` has made, to be printed by another template as it is."""
    return Markup(html)


def lang_attribute(review: Review | None) -> Markup:
    """The attribute ` lang="fr"` for the words of a review whose language is not the reader's; else nothing.

    None stands for a review that is not known, whose words are taken for English.
    """
    return declared_language(None if review is None else review.document.metadata.get("lang"))


def declared_language(code: object) -> Markup:
    """The same attribute for words whose language a review declares, or does not (None)."""
    return Markup(strings.lang_attribute(code))
