"""The graph of the BERT network (Devlin et al. 2019) for onnxruntime, in its own fused operators, without weights.

The names of the weights are those that peerqa.models.bert hands over when the graph is loaded.
"""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

from peerqa.models.bert import LAYERS, WIDTH

HEADS = 12
FUSED = "com.microsoft"
"""Domain of onnxruntime's own operators."""
EPSILON = 1e-12


class Builder:
    """Collects the nodes and the named weights of a graph."""

    def __init__(self, int8: bool) -> None:
        self.int8 = int8
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, *shape: int, kind: int = TensorProto.FLOAT) -> str:
        """Declare a weight that is handed over when the graph is loaded."""
        tensor = TensorProto(name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="handed-over")
        self.weights.append(tensor)
        return name

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        """Add a node with one output."""
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def product(self, states: str, name: str, width: int, height: int) -> str:
        """States times a matrix, in the graph's precision, without the bias."""
        if not self.int8:
            return self.node("MatMul", [states, self.weight(f"{name}.weight", width, height)], name)
        matrix = self.weight(f"{name}.weight", width, height, kind=TensorProto.INT8)
        return self.node("DynamicQuantizeMatMul", [states, matrix, self.weight(f"{name}.scale", height)], name, FUSED)

    def attention(self, states: str, name: str) -> str:
        """Self-attention with all heads."""
        if not self.int8:
            weight = self.weight(f"{name}.weight", WIDTH, 3 * WIDTH)
            bias = self.weight(f"{name}.bias", 3 * WIDTH)
            return self.node("Attention", [states, weight, bias, "mask"], name, FUSED, num_heads=HEADS)
        both = self.product(states, name, WIDTH, 3 * WIDTH)
        biased = self.node("Add", [both, self.weight(f"{name}.bias", 3 * WIDTH)], f"{name}.biased")
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        self.nodes.append(helper.make_node("Split", [biased], parts, axis=-1, num_outputs=3))
        return self.node("MultiHeadAttention", [*parts, "", "mask"], f"{name}.heads", FUSED, num_heads=HEADS)

    def norm(self, states: str, before: str, layer: str, norm: str, bias: str) -> str:
        """The norm of the sum of states, their bias and what went in."""
        inputs = [states, before]
        inputs += [self.weight(f"{layer}.{norm}.{part}", WIDTH) for part in ("scale", "shift")]
        inputs.append(self.weight(f"{layer}.{bias}.bias", WIDTH))
        return self.node("SkipLayerNormalization", inputs, f"{layer}.{norm}", FUSED, epsilon=EPSILON)

    def layer(self, states: str, number: int) -> str:
        """One layer: attention, then two dense products with a GELU between them."""
        layer = f"layer{number}"
        attended = self.product(self.attention(states, f"{layer}.attention"), f"{layer}.out", WIDTH, WIDTH)
        middle = self.norm(attended, states, layer, "attention_norm", "out")
        wide = self.product(middle, f"{layer}.up", WIDTH, 4 * WIDTH)
        bent = self.node("BiasGelu", [wide, self.weight(f"{layer}.up.bias", 4 * WIDTH)], f"{layer}.bent", FUSED)
        narrow = self.product(bent, f"{layer}.down", 4 * WIDTH, WIDTH)
        return self.norm(narrow, middle, layer, "output_norm", "down")


def graph(int8: bool) -> onnx.ModelProto:
    """The network from embeddings, positions, types and mask to the states of the last layer."""
    builder = Builder(int8)
    positions = builder.node("Gather", [builder.weight("positions.table", 512, WIDTH), "positions"], "placed")
    types = builder.node("Gather", [builder.weight("types.table", 2, WIDTH), "types"], "typed")
    marks = builder.node("Add", [positions, types], "marks")
    summed = builder.node("Add", ["embeddings", marks], "summed")
    scale, shift = (builder.weight(f"norm.{part}", WIDTH) for part in ("scale", "shift"))
    states = builder.node("LayerNormalization", [summed, scale, shift], "normed", axis=-1, epsilon=EPSILON)
    for number in range(LAYERS):
        states = builder.layer(states, number)
    shape = ["texts", "tokens"]
    inputs = [
        helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, [*shape, WIDTH]),
        helper.make_tensor_value_info("positions", TensorProto.INT64, shape),
        helper.make_tensor_value_info("types", TensorProto.INT64, shape),
        helper.make_tensor_value_info("mask", TensorProto.INT32, shape),
    ]
    outputs = [helper.make_tensor_value_info(states, TensorProto.FLOAT, [*shape, WIDTH])]
    made = helper.make_graph(builder.nodes, "bert", inputs, outputs, initializer=builder.weights)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    model = helper.make_model(made, opset_imports=opsets, producer_name="peerqa")
    model.ir_version = 9  # what onnxruntime 1.17 reads
    return model
