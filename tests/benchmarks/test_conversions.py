"""From the published form of a data set to what the scripts read."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import conversions
from jats_conversion import article_of
from peerqa.cli.scripts import ScriptError

JATS = """<article><front><article-meta><article-id pub-id-type="doi">10.1/x</article-id>
<title-group><article-title>On <italic>hours</italic></article-title></title-group></article-meta></front>
<body><p>Before.</p><sec><title>Results</title><p>Hours  were short (<xref ref-type="bibr" rid="B1">Moll, 2009</xref>;
see <xref ref-type="fig" rid="F1">Figure 1</xref>).</p><fig id="F1"><caption><p>A figure.</p></caption></fig>
<sec><title>Pay</title><p>Pay was low <xref ref-type="bibr" rid="B1 B2">(1, 2)</xref>.<fn><p>A note.</p></fn></p></sec>
</sec></body><back><ref-list><ref id="B1"><element-citation><person-group><name><surname>Moll</surname>
<given-names>Sandra E</given-names></name><name><surname>Holmes</surname><given-names>JB</given-names></name>
</person-group><article-title>Work transitions.</article-title><source>Work</source><year>2009</year>
<volume>33</volume><issue>4</issue><fpage>449</fpage><lpage>458</lpage>
<pub-id pub-id-type="doi">10.3/w</pub-id></element-citation></ref>
<ref id="B2"><mixed-citation>A page without fields</mixed-citation></ref></ref-list></back></article>"""


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    folder = tmp_path / "originals"
    folder.mkdir()
    return folder


def test_jats_keeps_paragraphs_links_and_entries(originals: Path, tmp_path: Path) -> None:
    (originals / "PMC1.nxml").write_text(JATS, "utf-8")
    article = article_of(originals / "PMC1.nxml")
    assert article["title"] == "On hours"
    assert [(s["title"], [p["text"] for p in s["paragraphs"]]) for s in article["sections"]] == [
        ("", ["Before."]),
        ("Results", ["Hours were short (Moll, 2009; see Figure 1)."]),
        ("Pay", ["Pay was low (1, 2)."]),
    ]
    cites = [cite for section in article["sections"] for p in section["paragraphs"] for cite in p["cites"]]
    assert [(cite["start"], cite["end"], cite["text"], cite["refs"]) for cite in cites] == [
        (18, 28, "Moll, 2009", ["B1"]),
        (12, 18, "(1, 2)", ["B1", "B2"]),
    ]
    assert [entry["text"] for entry in article["references"]] == [
        "Moll, S. E., & Holmes, J. B. (2009). Work transitions. Work, 33(4), 449–458. https://doi.org/10.3/w",
        "A page without fields",
    ]
    conversions.jats(originals, tmp_path)
    assert json.loads((tmp_path / "jats" / "json" / "PMC1.json").read_text("utf-8")) == article
    assert (tmp_path / "jats" / "xml" / "PMC1.nxml").read_text("utf-8") == JATS


def test_squad2_takes_its_articles_in_order(originals: Path, tmp_path: Path) -> None:
    titles = [*reversed(conversions.SQUAD2_ARTICLES), "Another"]
    published = {"version": "v2.0", "data": [{"title": title, "paragraphs": []} for title in titles]}
    (originals / "dev-v2.0.json").write_text(json.dumps(published))
    conversions.squad2(originals, tmp_path)
    made = json.loads((tmp_path / "squad2" / "articles-1-8.json").read_text("utf-8"))
    assert [article["title"] for article in made["data"]] == conversions.SQUAD2_ARTICLES


def test_an_article_that_is_gone_is_named(originals: Path, tmp_path: Path) -> None:
    (originals / "dev-v2.0.json").write_text('{"version": "v2.0", "data": []}')
    with pytest.raises(ScriptError, match="Normans is not among the downloaded articles"):
        conversions.squad2(originals, tmp_path)
    assert not (tmp_path / "squad2").exists()


def test_covid_qa_answers_get_their_end(originals: Path, tmp_path: Path) -> None:
    question = {"id": 7, "question": "What?", "answers": [{"text": "this", "answer_start": 3}], "is_impossible": False}
    paragraphs = [
        {"document_id": name, "context": f"is this {name}", "qas": [question]}
        for name in conversions.COVID_QA_DOCUMENTS
    ]
    (originals / "covidQA.json").write_text(json.dumps({"data": [{"paragraphs": [part]} for part in paragraphs]}))
    conversions.covid_qa(originals, tmp_path)
    made = rows(tmp_path / "covid-qa" / "dev.jsonl")
    assert [row["document_id"] for row in made] == list(conversions.COVID_QA_DOCUMENTS)
    assert made[0]["qas"] == [{"id": 7, "question": "What?", "answers": [{"start": 3, "end": 7, "text": "this"}]}]


def test_selqa_leaves_out_empty_candidates_and_keeps_labels_right(originals: Path, tmp_path: Path) -> None:
    published = [
        {"article": "Cake", "section": "History", "question": "When?", "answers": [2], "candidates": ["", "a", "b"]}
    ]
    (originals / "selqa-ass-test.json").write_text(json.dumps(published))
    conversions.selqa(originals, tmp_path)
    (row,) = rows(tmp_path / "reader-train" / "test" / "selqa.test.jsonl")
    assert (row["title"], row["sentences"], row["labels"]) == ("Cake | History", ["a", "b"], [0, 1])


def test_wikiqa_gathers_the_candidates_of_a_question(originals: Path, tmp_path: Path) -> None:
    head = "QuestionID\tQuestion\tDocumentID\tDocumentTitle\tSentenceID\tSentence\tLabel\r\n"
    lines = 'Q0\tHow?\tD1\tThing\tD1-0\tAn "odd one.\t0\r\nQ0\tHow?\tD1\tThing\tD1-1\tSo.\t1\r\n'
    lines += "Q3\tWhy?\tD2\tOther\tD2-0\tNo.\t0\r\n"
    with zipfile.ZipFile(originals / "WikiQACorpus.zip", "w") as archive:
        archive.writestr("WikiQACorpus/WikiQA-test.tsv", head + lines)
    conversions.wikiqa(originals, tmp_path)
    made = rows(tmp_path / "reader-train" / "test" / "wikiqa.test.jsonl")
    assert [(row["qid"], row["sentences"], row["labels"], row["answerable"]) for row in made] == [
        ("Q0", ['An "odd one.', "So."], [0, 1], True),
        ("Q3", ["No."], [0], False),
    ]


def test_golden_rules_are_read_without_running_them(originals: Path, tmp_path: Path) -> None:
    (originals / "english_golden_rules.py").write_text("X = [('A b. C.', ['A b.', 'C.'])]\nraise SystemExit\n")
    (originals / "test_english_clean.py").write_text("Y = [('dots....', ['dots']), ('So.', ['So.'])]\n")
    conversions.pysbd_golden(originals, tmp_path)
    made = rows(tmp_path / "pysbd-golden" / "golden.jsonl")
    assert [(row["n"], row["sentences"]) for row in made] == [(0, ["A b.", "C."]), (1, ["So."])]


def test_gum_sentences_have_their_places(originals: Path, tmp_path: Path) -> None:
    text = "# newdoc id = x\n# newpar_block = p (2 s)\n# s_type = decl\n# text = One here.\n1\tOne\n\n"
    text += "# s_type = wh\n# text = Who?\n1\tWho\n"
    (originals / "GUM_academic_x.conllu").write_text(text)
    conversions.gum_sentences(originals, tmp_path)
    (row,) = rows(tmp_path / "gum-sentences" / "academic-dev.jsonl")
    assert row["paragraphs"] == [
        {"block": "p (2 s)", "text": "One here. Who?", "sentences": [[0, 9, "decl"], [10, 14, "wh"]]}
    ]
