"""Fine-tune the embedding model for what peerqa asks of it: vectors of passages, of sentences, and of tokens.

    python training/train_encoder.py OUT --rows rows/train.jsonl --twice questions.jsonl --minutes 15

Writes OUT/model.safetensors (the weights that were trained), OUT/log.jsonl, and OUT/checkpoint.pt, from which the same
command goes on after an interruption. rows.py and questions.py make the rows; plot.py draws the log.
"""

from __future__ import annotations

from pathlib import Path

from peerqa.cli.scripts import Parser, run


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder of the run; it is made")
    parser.add_argument("--rows", type=Path, nargs="+", required=True, metavar="FILE", help="training rows")
    parser.add_argument(
        "--twice",
        type=Path,
        nargs="*",
        default=[],
        metavar="FILE",
        help="rows of the kind that matters most, seen twice",
    )
    parser.add_argument("--start", type=Path, metavar="RUN", help="folder of an earlier run to go on from")
    parser.add_argument("--most", type=int, default=12000, help="examples that are drawn from --rows (default: 12000)")
    parser.add_argument("--minutes", type=float, default=600, help="stop by then; the rate falls too (default: 600)")
    parser.add_argument("--batch", type=int, default=16, help="examples in a batch (default: 16)")
    parser.add_argument("--rate", type=float, default=3e-5, help="the highest learning rate (default: 3e-5)")
    parser.add_argument("--scale", type=float, default=20.0, help="factor of the cosines in the softmax (default: 20)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the CPU (default: 2)")
    parser.add_argument("--seed", type=int, default=1, help="seed of order and choice (default: 1)")
    options = parser.parse_args()
    from encoder_training import train

    train(options)


if __name__ == "__main__":
    run(main)
