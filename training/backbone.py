"""The network that both models are trained from."""

from __future__ import annotations

from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from peerqa.models.packaged import packaged_folder


def packaged() -> tuple[BertModel, Tokenizer]:
    """(network, tokenizer) of the packaged embedding model; the tokenizer neither truncates nor pads.

    The word embeddings are frozen. Without dropout and with plain attention a step takes a third of the time on a CPU,
    and one epoch does not overfit.
    """
    folder = packaged_folder()
    config = BertConfig.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    network = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False, attn_implementation="eager")
    network.embeddings.word_embeddings.weight.requires_grad_(False)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return network, tokenizer
