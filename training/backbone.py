"""The network that both models start from."""

from __future__ import annotations

from tokenizers import Tokenizer
from transformers import BertModel

from peerqa.models.encoder import PACKAGED_MODEL, find_model


def packaged() -> tuple[BertModel, Tokenizer]:
    """The packaged embedding model's layers, its word embeddings frozen, and its tokenizer, which neither cuts nor
    fills. Without dropout, and with plain attention, a step takes a third of the time on a CPU; one epoch does not
    overfit."""
    folder = find_model(PACKAGED_MODEL)
    settings = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    network = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager", **settings)
    network.embeddings.word_embeddings.weight.requires_grad_(False)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return network, tokenizer
