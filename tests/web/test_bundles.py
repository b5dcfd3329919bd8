"""The few files that are sent for the many in static/: nothing is lost, nothing meets by accident."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import peerqa.web
from fake_assistant import FakeAssistant
from peerqa.web import bundles
from peerqa.web.app import create_app
from peerqa.web.bundles import BundleError, bundle

STATIC = Path(peerqa.web.__file__).parent / "static"
ENTRIES = ("peerqa.css", "peerqa.js", "pages.js", "builder.js", "embed.js")


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(FakeAssistant()), base_url="http://127.0.0.1")


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The files of a static folder, to be filled in."""
    made: dict[str, str] = {}
    monkeypatch.setattr(bundles, "_read", made.__getitem__)
    return made


def built(name: str) -> str:
    """A bundle of the files of a test, which the cache must not keep."""
    return bundle.__wrapped__(name).decode()


def test_modules_stand_before_those_that_import_them_each_once(files: dict[str, str]) -> None:
    files["entry.js"] = 'import { one } from "./one.js";\nimport { two,\n  both } from "./two.js";\n\none(two, both);\n'
    files["one.js"] = 'import { both } from "./two.js";\nconst hidden = 1;\nexport function one() {}\n'
    files["two.js"] = "const hidden = 2;\nexport const two = 2;\nexport async function both() {}\n"
    assert built("entry.js") == (
        "const $two = (() => {\nconst hidden = 2;\nconst two = 2;\nasync function both() {}\n"
        "return { two, both };\n})();\n"
        "const $one = (() => {\nconst { both } = $two;\nconst hidden = 1;\nfunction one() {}\nreturn { one };\n})();\n"
        "const { one } = $one;\nconst { two,\n  both } = $two;\n\none(two, both);\n"
    )


def test_sheets_stand_in_the_place_of_their_import(files: dict[str, str]) -> None:
    files["all.css"] = '@import url("one.css");\n@import url("two.css");\na { b: c }\n'
    files["one.css"] = "one { d: e }\n"
    files["two.css"] = "two { f: g }\n"
    assert built("all.css") == "one { d: e }\ntwo { f: g }\na { b: c }\n"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('import { a, gone } from "./other.js";\n', "static/entry.js: other.js exports no gone"),
        ('import other from "./other.js";\n', 'as the other files do: import other from "./other.js";'),
        ('import "./other.js";\n', "static/entry.js: write this import or export as the other files do"),
        ('import { entry } from "./entry.js";\n', "import each other: entry.js, entry.js"),
        ('import { back } from "./circle.js";\n', "import each other: entry.js, circle.js, entry.js"),
        (
            "export default 1;\n",
            "as the other files do: export default 1;",
        ),
        (
            "export let a = 1;\n",
            "as the other files do: export let a = 1;",
        ),
    ],
)
def test_what_cannot_be_put_together_is_refused(files: dict[str, str], entry: str, said: str) -> None:
    files["entry.js"] = entry
    files["other.js"] = "export const a = 1;\n"
    files["circle.js"] = 'import { c } from "./entry.js";\nexport const back = 1;\n'
    with pytest.raises(BundleError, match=re.escape(said)):
        built("entry.js")


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BundleError, match=r"static/nothing\.js: there is no such file"):
        bundle("nothing.js")


def test_every_file_is_sent_by_some_bundle() -> None:
    sent = "".join(bundle(name).decode() for name in ENTRIES)
    for path in STATIC.iterdir():
        first = path.read_text("utf-8").split("*/")[0]
        assert first.startswith("/* ")
        assert first in sent, path.name


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_a_script_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 200


def test_a_visit_asks_for_one_sheet_and_one_script_of_ours(client: TestClient) -> None:
    for address in ("/", "/?embed=1&section=Conclusion", "/read/", "/about"):
        page = client.get(address).text
        (sheet,) = re.findall(r'<link rel="stylesheet" href="(/static/[^"]+)"', page)
        (script,) = re.findall(r'src="(/static/[^"]+)"', page)
        assert re.fullmatch(r"/static/peerqa\.css\?v=[0-9a-f]{12}", sheet)
        assert re.fullmatch(r"/static/(peerqa|pages)\.js\?v=[0-9a-f]{12}", script)


@pytest.mark.parametrize("name", ENTRIES[:-1])
def test_a_file_is_sent_packed_to_those_who_take_it(client: TestClient, name: str) -> None:
    packed = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip, br"})
    plain = client.get(f"/static/{name}", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == bundle(name)
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    for response in (packed, plain):
        assert "Accept-Encoding" in response.headers["vary"]
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
