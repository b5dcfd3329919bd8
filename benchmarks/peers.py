"""Other systems with the same embedding model on the same questions: how often is the first result right?

    pip install langchain-core langchain-text-splitters haystack-ai llama-index-core txtai
    python benchmarks/peers.py [--only peerqa txtai] [--sets review]

Asks the first review and the twelve articles of evaluation/articles. Each system is used as its own documentation shows
for a plain text, with its default chunks; one that is not installed is left out. A result is right if it holds an
essential or also-right sentence, so large chunks have it easier.
"""

from __future__ import annotations

from argparse import SUPPRESS
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from corpora import Corpus, articles, first_review
from peerqa.cli.scripts import PACKAGES, Parser, run

if TYPE_CHECKING:
    from peerqa.models.encoder import Encoder

Search = Callable[[str], Sequence[str]]


def langchain(texts: Sequence[str], encoder: Encoder) -> Search:
    """LangChain: RecursiveCharacterTextSplitter and a vector store in memory."""
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import InMemoryVectorStore
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    class Model(Embeddings):  # type: ignore[misc, unused-ignore]
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [vector.tolist() for vector in encoder.encode(texts)]

        def embed_query(self, text: str) -> list[float]:
            return [float(value) for value in encoder.encode([text])[0]]

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    store = InMemoryVectorStore(Model())
    store.add_texts(splitter.split_text("\n\n".join(texts)))
    return lambda question: [found.page_content for found in store.similarity_search(question, k=3)]


def haystack(texts: Sequence[str], encoder: Encoder) -> Search:
    """Haystack: DocumentSplitter (200 words) and a document store in memory."""
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    splitter = DocumentSplitter(split_by="word", split_length=200, split_overlap=0)
    splitter.warm_up()
    chunks = splitter.run([Document(content="\n\n".join(texts))])["documents"]
    vectors = encoder.encode([chunk.content for chunk in chunks])
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents([replace(chunk, embedding=v.tolist()) for chunk, v in zip(chunks, vectors, strict=True)])
    retriever = InMemoryEmbeddingRetriever(store, top_k=3)

    def search(question: str) -> list[str]:
        vector = encoder.encode([question])[0].tolist()
        return [found.content for found in retriever.run(query_embedding=vector)["documents"]]

    return search


def llamaindex(texts: Sequence[str], encoder: Encoder) -> Search:
    """LlamaIndex: SentenceSplitter (1024 tokens) and VectorStoreIndex."""
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding

    class Model(BaseEmbedding):  # type: ignore[misc, unused-ignore]
        def _get_text_embedding(self, text: str) -> list[float]:
            return [float(value) for value in encoder.encode([text])[0]]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    index = VectorStoreIndex.from_documents([Document(text="\n\n".join(texts))], embed_model=Model())
    retriever = index.as_retriever(similarity_top_k=3)
    return lambda question: [found.node.get_content() for found in retriever.retrieve(question)]


def txtai(texts: Sequence[str], encoder: Encoder) -> Search:
    """txtai: hybrid search over the paragraphs."""
    from txtai import Embeddings

    from peerqa.models.packaged import packaged_folder

    embeddings = Embeddings(path=str(packaged_folder()), hybrid=True, content=True)
    embeddings.index(list(texts))
    return lambda question: [found["text"] for found in embeddings.search(question, 3)]


def peerqa(corpus: Corpus, encoder: Encoder) -> Callable[[Any], Sequence[str]]:
    """peerqa without its cross-encoder: the same embedding model is all that the others have."""
    assistant = corpus.assistant(encoder)
    return lambda gold: [passage.text for passage in assistant.rank(gold.question, gold.history).passages]


def right_first(corpus: Corpus, search: Callable[[Any], Sequence[str]]) -> tuple[int, int]:
    """(answerable questions whose first result is right, answerable questions)."""
    right = asked = 0
    for gold in corpus.questions:
        if gold.answerable:
            asked += 1
            first = " ".join(next(iter(search(gold)), "").split())
            right += any(sentence in first for sentence in (*gold.essential, *gold.also))
    return right, asked


def _with_history(search: Search) -> Callable[[Any], Sequence[str]]:
    """The other systems know no conversation, so earlier questions are put before the follow-up."""
    return lambda gold: search(" ".join((*gold.history, gold.question)))


PEERS: dict[str, Any] = {
    "txtai": txtai,
    "LangChain": langchain,
    "LlamaIndex": llamaindex,
    "Haystack": haystack,
    "peerqa": None,
}


def main() -> None:
    sets: dict[str, Callable[[], list[Corpus]]] = {
        "review": lambda: [first_review()],
        "articles": lambda: list(articles()),
    }
    parser = Parser(__doc__)
    parser.add_argument("data", nargs="?", help=SUPPRESS)  # not needed since the articles are part of the repository
    parser.add_argument("--only", nargs="+", default=list(PEERS), choices=list(PEERS), help="these systems alone")
    parser.add_argument("--sets", nargs="+", default=list(sets), choices=list(sets), help="ask these documents alone")
    options = parser.parse_args()
    chosen = {title: sets[title]() for title in options.sets}
    from peerqa.models.encoder import load_encoder

    encoder = load_encoder()
    for name in options.only:
        make = PEERS[name]
        cells = []
        for title, corpora in chosen.items():
            totals = [0, 0]
            try:
                for corpus in corpora:
                    if make is None:
                        found = right_first(corpus, peerqa(corpus, encoder))
                    else:
                        document = corpus.review.document
                        texts = [document.text[p.start : p.end] for p in document.paragraphs]
                        found = right_first(corpus, _with_history(make(texts, encoder)))
                    totals = [totals[0] + found[0], totals[1] + found[1]]
                cells.append(f"{title} {totals[0] / totals[1]:.2f} ({totals[0]} of {totals[1]})")
            except ImportError as error:
                package = (error.name or "").split(".")[0]
                cells.append(f"{title}: not installed (pip install {PACKAGES.get(package, package)})")
        print(f"{name:12}" + "   ".join(cells), flush=True)


if __name__ == "__main__":
    run(main)
