"""Markdown and plain text -> the same kind of Document; files that cannot be read -> one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerqa.errors import CorpusError
from peerqa.reading.entry_splitting import split_entries
from peerqa.reading.files import corpus_files, read_document, read_folder, unread_files
from peerqa.reading.markdown import read_markdown
from peerqa.reading.plain_text import read_plain_text
from peerqa.text.document import Document

LINE = (
    "Peers offer hope and practical help to people who use mental health services (Moll et al., 2009). They also help "
    "staff, since they know the services from within."
)
WRAPPED = """Peers offer hope and practical help to people who use mental health
services (Moll et al., 2009). They also help staff, since they know the
services from within."""
ENTRIES = """Adams, B. (2016). One is a title. Journal of Peers, 1(1), 1–2.
Moll, S., & Cole, T. (2009). Two. Journal of Work, 3(1), 5–6. https://doi.org/10.1000/abc"""
WRAPPED_ENTRIES = """Adams, B. (2016). One is a title that is long enough to be
wrapped. Journal of Peers, 1(1), 1–2.
Moll, S., & Cole, T. (2009). Two. Journal of Work, 3(1), 5–6.
https://doi.org/10.1000/abc"""


def plain(text: str) -> Document:
    return read_plain_text("own.txt", text, "")


def markdown(text: str) -> Document:
    return read_markdown("own.md", text, "")


def shape(document: Document) -> list[tuple[str, int]]:
    """(heading, number of paragraphs) of each section."""
    return [(section.heading, len(section.paragraphs)) for section in document.sections]


def texts(document: Document) -> list[str]:
    return [" ".join(document.plain(part.start, part.end).text.split()) for part in document.paragraphs]


def sentences(document: Document) -> list[str]:
    parts = [sentence for paragraph in document.paragraphs for sentence in paragraph.sentences]
    return [" ".join(document.plain(part.start, part.end).text.split()) for part in parts]


def entries(document: Document) -> list[str]:
    return [" ".join(document.plain(start, end).text.split()) for start, end in document.reference_entries]


# ---- plain text -----------------------------------------------------------------------------------------------------


def test_pasted_page() -> None:
    document = plain(f"On Peers\nIntroduction\n{LINE}\nWhat peers do\n{LINE}\n{LINE}\nReferences\n{ENTRIES}\n|\n")
    assert document.title == "On Peers"
    assert shape(document) == [("Introduction", 1), ("What peers do", 2)]
    assert entries(document) == ENTRIES.splitlines()


def test_wrapped_by_hand() -> None:
    document = plain(
        f"On Peers\nAuthor: Jo Cole\nDate: 4 May 2021\n\nIntroduction\n\n{WRAPPED}\n\n{WRAPPED}\n\nWhat peers do\n\n"
        f"{WRAPPED}\n\nReferences\n\n{WRAPPED_ENTRIES}\n"
    )
    assert (document.title, document.author, document.date) == ("On Peers", "Jo Cole", "2021-05-04")
    assert shape(document) == [("Introduction", 2), ("What peers do", 1)]
    assert set(texts(document)) == {LINE}
    assert [entry.split(",")[0] for entry in entries(document)] == ["Adams", "Moll"]
    assert entries(document)[1].endswith("https://doi.org/10.1000/abc")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Introduction\n------------", "What peers do\n-------------"),
        ("1. Introduction", "2. What peers do"),
        ("INTRODUCTION", "WHAT PEERS DO"),
        ("Who are peers?", "Access: what is known"),
        ("Background", "Peers, staff, and the clinic"),
    ],
)
@pytest.mark.parametrize("body", [LINE, WRAPPED])
def test_kinds_of_headings(first: str, second: str, body: str) -> None:
    document = plain(f"{first}\n\n{body}\n\n{second}\n\n{body}\n\nReferences\n\n{ENTRIES}\n")
    assert shape(document) == [(first.split("\n")[0], 1), (second.split("\n")[0], 1)]
    assert len(document.reference_entries) == 2


def test_numbers_give_levels() -> None:
    document = plain(f"1. Peers\n\n{WRAPPED}\n\n1.1 At work\n\n{WRAPPED}\n\n2. Staff\n\n{WRAPPED}\n")
    assert [(section.level, section.path) for section in document.sections] == [(1, ()), (2, ("1. Peers",)), (1, ())]


def test_heading_without_text_keeps_its_place() -> None:
    document = plain(f"Introduction\n{LINE}\nBenefits\nFor clients\n{LINE}\nFor staff\n{LINE}\n")
    assert shape(document) == [("Introduction", 1), ("Benefits", 0), ("For clients", 1), ("For staff", 1)]


@pytest.mark.parametrize("marks", ["---", "•••", "123"])
def test_lists(marks: str) -> None:
    items = [f"{mark}{'.' if mark.isdigit() else ''} {word}" for mark, word in zip(marks, "abc", strict=True)]
    document = plain(f"Introduction\n\n{WRAPPED}\n\n" + "\n".join(items) + f"\n\n{WRAPPED}\n")
    assert [paragraph.kind for paragraph in document.paragraphs] == ["text", "list", "text"]
    assert sentences(document)[2:5] == ["a", "b", "c"]


def test_a_numbered_heading_behind_a_list_is_no_item() -> None:
    document = plain(f"1. Forms\n\n{WRAPPED}\n\n1) one to one\n2) groups\n\n2. Methods\n\n{WRAPPED}\n")
    assert shape(document) == [("1. Forms", 2), ("2. Methods", 1)]


def test_no_heading_at_all() -> None:
    document = plain(f"{LINE}\n{LINE}\n")
    assert shape(document) == [("", 2)]
    assert document.title == "Own"  # from the name of the file
    assert [str(warning) for warning in document.warnings] == [
        "own.txt: no reference list found; add a heading “References” above its entries"
    ]


def test_a_label_in_the_text_is_no_metadata() -> None:
    document = plain(f"Introduction\n{LINE}\n{LINE}\n{LINE}\nNote that one rule holds.\nDate: this is said of dates.\n")
    assert document.date is None
    assert "Date: this is said of dates." in texts(document)


@pytest.mark.parametrize(
    "heading",
    ["References", "REFERENCES", "Works Cited:", "Bibliography", "7. References", "Reference List", "Literature"],
)
@pytest.mark.parametrize("blank", ["\n", "\n\n"])
def test_names_of_the_reference_list(heading: str, blank: str) -> None:
    document = plain(f"Introduction{blank}{LINE}{blank}{heading}{blank}{blank.join(ENTRIES.splitlines())}\n")
    assert shape(document) == [("Introduction", 1)]
    assert entries(document) == ENTRIES.splitlines()


@pytest.mark.parametrize("body", [LINE, WRAPPED])
def test_an_appendix_follows_the_references(body: str) -> None:
    document = plain(f"Introduction\n\n{body}\n\nReferences\n\n{ENTRIES}\n\nAppendix A\n\n{body}\n")
    assert shape(document) == [("Introduction", 1), ("Appendix A", 1)]
    assert len(document.reference_entries) == 2


@pytest.mark.parametrize("text", ["((((", "|", "- - -", "...", "=\n=\n", "**\n", "<!-- -->", "\n"])
def test_nothing_to_read(text: str) -> None:
    for document in (plain(text), markdown(text)):
        assert not any(character.isalnum() for part in texts(document) for character in part)
        assert document.reference_entries == ()


# ---- entries of a reference list ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        ENTRIES,
        WRAPPED_ENTRIES,
        "1. Adams, B. (2016). One.\n2. Moll, S. (2009). Two.",
        "[1] Adams B. One. J Work. 2016;1:2.\n[2] Moll S. Two. J Work. 2009;1:2.",
        "van der Berg, P. (2016). One.\nO'Brien, M. (n.d.). Two.",
        "World Health Organization. (2016). One.\nBCcampus. (n.d.). Two.",
    ],
)
def test_two_entries(block: str) -> None:
    spans = split_entries(Document("own.txt", block, "Own", ()), [(0, len(block))])
    assert len(spans) == 2
    assert [word for start, end in spans for word in block[start:end].split()] == block.split()


def test_a_link_on_its_own_belongs_to_the_entry_before() -> None:
    text = "Adams, B. (2016). One.\n\nhttps://doi.org/10.1000/abc\n\n|\n\nMoll, S. (2009). Two."
    lines = [(text.index(line), text.index(line) + len(line)) for line in text.split("\n\n")]
    spans = split_entries(Document("own.txt", text, "Own", ()), lines)
    assert [text[start:end].split()[0] for start, end in spans] == ["Adams,", "Moll,"]
    assert text[slice(*spans[0])].endswith("abc")


# ---- Markdown -------------------------------------------------------------------------------------------------------


def test_front_matter_goes_before_the_text() -> None:
    document = markdown(
        "---\ntitle: On Peers\nauthor: [Jo Cole, Al Diaz]\ndate: 2021-05-04\nstarters:\n  - Who?\n---\n\n"
        f"# On Peers\n\n## Part\n\n{LINE}\n"
    )
    assert (document.title, document.author, document.date) == ("On Peers", "Jo Cole, Al Diaz", "2021-05-04")
    assert document.metadata == {"starters": ("Who?",)}
    assert shape(document) == [("Part", 1)]


@pytest.mark.parametrize("front", ["title: one: two", "- a list", "title: [open", "just words", "\tx: 1"])
def test_bad_front_matter_is_one_line(front: str) -> None:
    with pytest.raises(CorpusError, match=r"^own\.md") as caught:
        markdown(f"---\n{front}\n---\n\n{LINE}\n")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("front", ["", "title:", "# only a comment"])
def test_empty_front_matter(front: str) -> None:
    assert texts(markdown(f"---\n{front}\n---\n\n{LINE}\n")) == [LINE]


def test_headings() -> None:
    document = markdown(
        f"On Peers\n========\n\nPart\n----\n\n{LINE}\n\n### A *fine* part ###\n\n{LINE}\n\n#\n\n{LINE}\n"
    )
    assert document.title == "On Peers"
    assert shape(document) == [("Part", 1), ("A fine part", 2)]
    assert [section.path for section in document.sections] == [(), ("Part",)]


def test_a_bold_line_is_a_heading() -> None:
    document = markdown(
        f"# Own\n\n## Part\n\n{LINE}\n\n**At work**\n\n**Note.** {LINE}\n\n**References**\n\n{ENTRIES}\n"
    )
    assert shape(document) == [("Part", 1), ("At work", 1)]
    assert len(document.reference_entries) == 2


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Peers *help* **much** and __well__.", "Peers help much and well."),
        ('Peers [help](https://a.org/b_(c) "t") us.', "Peers help us."),
        ("See <https://a.org> and `code`.", "See https://a.org and code."),
        ("A <b>bold</b> word<!-- no -->.", "A bold word."),
        ("It was ~~not~~ so.[^1]", "It was not so."),
        (r"Two \* three \_ four.", "Two * three _ four."),
        ("2 * 3 and snake_case_word.", "2 * 3 and snake_case_word."),
        ("Peers (PSW) [APA] help [1].", "Peers (PSW) [APA] help [1]."),
        ("*Peers* help. *Staff agree.*", "Peers help. Staff agree."),
    ],
)
def test_markup(source: str, words: str) -> None:
    document = markdown(f"## Part\n\n{source}\n")
    assert document.text == f"## Part\n\n{source}\n"
    assert texts(document) == [words]


def test_blocks() -> None:
    document = markdown(
        "## Part\n\n| a | b |\n|---|---|\n| Peers | help |\n\n> First words. More words.\n> And more.\n\n"
        "- one\n  - nested\n- two\n\n  of two parts\n\n1. first\n2. second\n\n```\ncode (Moll, 2009)\n```\n\n"
        "<div>\nWords in HTML.\n</div>\n\nThe end.\n"
    )
    assert [paragraph.kind for paragraph in document.paragraphs] == ["table", "quote", "list", "list", "text", "text"]
    parts = sentences(document)
    assert parts[-11:] == [
        "First words.", "More words.", "And more.", "one", "nested", "two", "of two parts", "first", "second",
        "Words in HTML.", "The end.",
    ]  # fmt: skip
    assert not any("code" in part for part in parts)


@pytest.mark.parametrize(
    "block",
    [
        "\n\n".join(ENTRIES.splitlines()),
        ENTRIES,
        WRAPPED_ENTRIES,
        "- " + ENTRIES.replace("\n", "\n- "),
        "1. " + ENTRIES.replace("\n", "\n2. "),
        ENTRIES.replace("Journal of Peers", "*Journal of Peers*").replace("\n", "\n\n"),
    ],
)
def test_reference_lists_in_markdown(block: str) -> None:
    document = markdown(f"## Part\n\n{LINE}\n\n## References\n\n{block}\n\n## Appendix\n\n{LINE}\n")
    assert shape(document) == [("Part", 1), ("Appendix", 1)]
    assert [entry.split(",")[0] for entry in entries(document)] == ["Adams", "Moll"]
    assert not any(mark in entry for entry in entries(document) for mark in "*")


# ---- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        f"## Part\r\n\r\n{LINE}\r\n".encode(),
        b"\xef\xbb\xbf" + f"## Part\n\n{LINE}\n".encode(),
        f"## Part\n\n{LINE}\n".encode("utf-16"),
        f"## Part\r\r{LINE}\r".encode(),
    ],
    ids=["crlf", "bom", "utf-16", "cr"],
)
def test_encodings_and_line_ends(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "own.md"
    path.write_bytes(data)
    document = read_document(path)
    assert document.text == f"## Part\n\n{LINE}\n"
    assert document.title == "Part"
    assert texts(document) == [LINE]
    assert len(document.sha256) == 64


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.md", b""),
        ("blank.txt", b" \n\t\n"),
        ("binary.txt", b"\x89PNG\r\n\x1a\n\xff\xfe"),
        ("nul.txt", b"Peers\x00help."),
        ("latin.txt", "Café".encode("latin-1")),
        ("odd.txt", b"\xff\xfeabc"),
        ("review.pdf", b"%PDF"),
        ("review", b"Peers help."),
        ("marks.txt", b"((("),
        ("headings.md", b"# One\n\n## Two\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CorpusError) as caught:
        read_document(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"nowhere\.md: no such file"):
        read_document(tmp_path / "nowhere.md")
    with pytest.raises(CorpusError, match="nowhere"):
        corpus_files(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match="no review in"):
        read_folder(tmp_path)
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(CorpusError, match=r"folder\.md"):
        read_document(tmp_path / "folder.md")


def test_corpus_files(tmp_path: Path) -> None:
    for name in ("b.md", "a.TXT", "README.md", ".hidden.md", "c.xls", "sub/d.markdown", ".git/e.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{LINE}\n", encoding="utf-8")
    documents, errors = read_folder(tmp_path)
    assert [document.name for document in documents] == ["a.TXT", "b.md", "sub/d.markdown"]
    assert errors == []
    assert [path.name for path in unread_files(tmp_path)] == ["c.xls"]


def test_named_links_and_tables_keep_their_words_only() -> None:
    source = "## P\n\nSee [the walks][w] and [W], not [3].\n\n| a | b |\n|---|:-:|\n| c | d |\n\n[w]: https://a.org\n"
    document = markdown(source)
    assert document.text == source
    text, table = texts(document)
    assert text == "See the walks and W, not [3]."
    assert table.split() == ["a", "b", "c", "d"]


def test_a_title_page_is_no_text() -> None:
    document = markdown(
        "---\ntitle: On walks\n---\nOn walks\n\nA. Berg\n\n11 December 2022\n\n# Findings\n\nThey are long.\n"
    )
    assert (document.title, document.author, document.date) == ("On walks", "A. Berg", "2022-12-11")
    assert texts(document) == ["They are long."]
