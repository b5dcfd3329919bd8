"""One other system on the texts that it is given, in an environment of its own; speed.py starts this.

    python benchmarks/speed_peer.py NAME build TEXTS FOLDER MODEL        embeds and saves
    python benchmarks/speed_peer.py NAME ask TEXTS FOLDER MODEL          opens what was saved, asks one question
    python benchmarks/speed_peer.py NAME serve TEXTS FOLDER MODEL        opens, asks all questions, prints JSON

TEXTS is a JSON file with "texts" and "questions", MODEL the folder of a sentence-transformers model. Each system is
used as its own documentation shows, with a saved index; the texts are its chunks, so that all hold the same.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from peerqa.cli.scripts import Parser, run

Search = Callable[[str], Sequence[Any]]


def txtai(texts: Sequence[str] | None, folder: Path, model: str) -> Search:
    """txtai: hybrid search."""
    from txtai import Embeddings

    embeddings = Embeddings(path=model, hybrid=True, content=True)
    if texts is None:
        embeddings.load(str(folder))
    else:
        embeddings.index(list(texts))
        embeddings.save(str(folder))
    return lambda question: embeddings.search(question, 3)  # type: ignore[no-any-return, unused-ignore]


def langchain(texts: Sequence[str] | None, folder: Path, model: str) -> Search:
    """LangChain with its FAISS store."""
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model)

    class Model(Embeddings):  # type: ignore[misc, unused-ignore]
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return encoder.encode(texts).tolist()  # type: ignore[no-any-return, unused-ignore]

        def embed_query(self, text: str) -> list[float]:
            return encoder.encode(text).tolist()  # type: ignore[no-any-return, unused-ignore]

    if texts is None:
        store = FAISS.load_local(str(folder), Model(), allow_dangerous_deserialization=True)
    else:
        store = FAISS.from_texts(list(texts), Model())
        store.save_local(str(folder))
    return lambda question: store.similarity_search(question, k=3)  # type: ignore[no-any-return, unused-ignore]


def llamaindex(texts: Sequence[str] | None, folder: Path, model: str) -> Search:
    """LlamaIndex: VectorStoreIndex."""
    from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.schema import TextNode
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model)

    class Model(BaseEmbedding):  # type: ignore[misc, unused-ignore]
        def _get_text_embedding(self, text: str) -> list[float]:
            return encoder.encode(text).tolist()  # type: ignore[no-any-return, unused-ignore]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return encoder.encode(texts).tolist()  # type: ignore[no-any-return, unused-ignore]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    if texts is None:
        context = StorageContext.from_defaults(persist_dir=str(folder))
        index = load_index_from_storage(context, embed_model=Model())
    else:
        index = VectorStoreIndex([TextNode(text=text) for text in texts], embed_model=Model())
        index.storage_context.persist(str(folder))
    retriever = index.as_retriever(similarity_top_k=3)
    return lambda question: retriever.retrieve(question)  # type: ignore[no-any-return, unused-ignore]


def haystack(texts: Sequence[str] | None, folder: Path, model: str) -> Search:
    """Haystack: a document store in memory, saved to disk."""
    from haystack import Document
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from sentence_transformers import SentenceTransformer

    encoder, path = SentenceTransformer(model), str(folder / "store.json")
    if texts is None:
        store = InMemoryDocumentStore.load_from_disk(path)
    else:
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        vectors = encoder.encode(list(texts)).tolist()
        store.write_documents([Document(content=text, embedding=v) for text, v in zip(texts, vectors, strict=True)])
        folder.mkdir(parents=True, exist_ok=True)
        store.save_to_disk(path)
    retriever = InMemoryEmbeddingRetriever(store, top_k=3)
    return lambda question: retriever.run(query_embedding=encoder.encode(question).tolist())["documents"]  # type: ignore[no-any-return, unused-ignore]


PEERS: dict[str, Callable[[Sequence[str] | None, Path, str], Search]] = {
    "txtai": txtai,
    "LangChain": langchain,
    "LlamaIndex": llamaindex,
    "Haystack": haystack,
}


def resident_megabytes() -> float:
    """Megabytes of memory that this process holds. Linux."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("name", choices=list(PEERS), help="the system")
    parser.add_argument("what", choices=("build", "ask", "serve"), help="what it does")
    parser.add_argument("texts", type=Path, help="JSON with the texts and the questions")
    parser.add_argument("folder", type=Path, help="where its index is saved")
    parser.add_argument("model", help="folder of the embedding model")
    options = parser.parse_args()
    given = json.loads(options.texts.read_text("utf-8"))
    peer = PEERS[options.name]
    if options.what == "build":
        peer(given["texts"], options.folder, options.model)
        return
    search = peer(None, options.folder, options.model)
    if options.what == "ask":
        print(search(given["questions"][0])[0])
        return
    took = []
    for number, question in enumerate((given["questions"] * 110)[:110]):
        begun = time.perf_counter()
        search(question)
        if number >= 10:  # the first ones warm up
            took.append(1000 * (time.perf_counter() - begun))
    print(json.dumps({"query ms": statistics.median(took), "resident MB": resident_megabytes()}))


if __name__ == "__main__":
    run(main)
