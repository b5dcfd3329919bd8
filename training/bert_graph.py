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

    def product(self, states: str, name: str, width: int, height: int, biased: bool = True) -> str:
        """States times a matrix, in the graph's precision, with its bias unless `biased` is false."""
        bias = [self.weight(f"{name}.bias", height)] if biased else []
        if not self.int8:
            product = self.node("MatMul", [states, self.weight(f"{name}.weight", width, height)], f"{name}.product")
            return self.node("Add", [product, *bias], name) if biased else product
        matrix = self.weight(f"{name}.weight", width, height, kind=TensorProto.INT8)
        inputs = [states, matrix, self.weight(f"{name}.scale", height)]
        return self.node("DynamicQuantizeMatMul", [*inputs, *(["", *bias] if biased else [])], name, FUSED)

    def attention(self, states: str, name: str) -> str:
        """Self-attention with all heads. In 8 bits without a mask: what it reads is never padded."""
        if not self.int8:
            weight = self.weight(f"{name}.weight", WIDTH, 3 * WIDTH)
            bias = self.weight(f"{name}.bias", 3 * WIDTH)
            return self.node("Attention", [states, weight, bias, "mask"], name, FUSED, num_heads=HEADS)
        both = self.product(states, name, WIDTH, 3 * WIDTH)
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        self.nodes.append(helper.make_node("Split", [both], parts, axis=-1, num_outputs=3))
        return self.node("MultiHeadAttention", parts, f"{name}.heads", FUSED, num_heads=HEADS)

    def norm(self, states: str, before: str, name: str) -> str:
        """The norm of the sum of states and what went in. In two steps: the operator for both at once is slower."""
        summed = self.node("Add", [states, before], f"{name}.summed")
        weights = [self.weight(f"{name}.{part}", WIDTH) for part in ("scale", "shift")]
        return self.node("LayerNormalization", [summed, *weights], name, axis=-1, epsilon=EPSILON)

    def layer(self, states: str, number: int) -> str:
        """One layer: attention, then two dense products with a GELU between them."""
        layer = f"layer{number}"
        attended = self.product(self.attention(states, f"{layer}.attention"), f"{layer}.out", WIDTH, WIDTH)
        middle = self.norm(attended, states, f"{layer}.attention_norm")
        wide = self.product(middle, f"{layer}.up", WIDTH, 4 * WIDTH, biased=False)
        bent = self.node("BiasGelu", [wide, self.weight(f"{layer}.up.bias", 4 * WIDTH)], f"{layer}.bent", FUSED)
        return self.norm(self.product(bent, f"{layer}.down", 4 * WIDTH, WIDTH), middle, f"{layer}.output_norm")


def graph(int8: bool) -> onnx.ModelProto:
    """The network from embeddings, positions, types and mask to the states of the last layer; no mask in 8 bits."""
    builder = Builder(int8)
    positions = builder.node("Gather", [builder.weight("positions.table", 512, WIDTH), "positions"], "placed")
    types = builder.node("Gather", [builder.weight("types.table", 2, WIDTH), "types"], "typed")
    states = builder.norm(builder.node("Add", [positions, types], "marks"), "embeddings", "norm")
    for number in range(LAYERS):
        states = builder.layer(states, number)
    shape = ["texts", "tokens"]
    inputs = [
        helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, [*shape, WIDTH]),
        helper.make_tensor_value_info("positions", TensorProto.INT64, shape),
        helper.make_tensor_value_info("types", TensorProto.INT64, shape),
    ]
    if not int8:
        inputs.append(helper.make_tensor_value_info("mask", TensorProto.INT32, shape))
    outputs = [helper.make_tensor_value_info(states, TensorProto.FLOAT, [*shape, WIDTH])]
    made = helper.make_graph(builder.nodes, "bert", inputs, outputs, initializer=builder.weights)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    model = helper.make_model(made, opset_imports=opsets, producer_name="peerqa")
    model.ir_version = 9  # what onnxruntime 1.17 reads
    return model
