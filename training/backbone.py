"""The network that both models are trained from."""

from __future__ import annotations

from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from peerqa.models.packaged import packaged_folder
from peerqa.models.tokens import load_tokenizer


def packaged() -> tuple[BertModel, Tokenizer]:
    """(network, tokenizer) of the packaged embedding model; the tokenizer neither truncates nor pads.

    The word embeddings are frozen. Without dropout and with plain attention a step takes a third of the time on a CPU,
    and one epoch does not overfit.
    """
    folder = packaged_folder()
    config = BertConfig.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    network = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False, attn_implementation="eager")
    network.embeddings.word_embeddings.weight.requires_grad_(False)
    return network, load_tokenizer(folder)
