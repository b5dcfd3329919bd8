"""Train the cross-encoder on rows of question, passage, and which of its sentences answer.

    python training/train_cross_encoder.py OUT --rows rows/train.jsonl --validation rows/validation.jsonl --minutes 60
    python training/train_cross_encoder.py OUT2 --start OUT --rows hard.jsonl --epochs 2     # from an earlier model

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
    parser.add_argument("--validation", type=Path, nargs="*", metavar="FILE", help="rows to measure on (600 at most)")
    parser.add_argument("--start", type=Path, metavar="RUN", help="folder of an earlier run to go on from")
    parser.add_argument("--epochs", type=int, default=1, help="how often all rows are seen (default: 1)")
    parser.add_argument("--minutes", type=float, default=600, help="stop by then; the rate falls too (default: 600)")
    parser.add_argument("--rate", type=float, default=1e-4, help="the highest learning rate (default: 1e-4)")
    parser.add_argument(
        "--window",
        type=int,
        nargs=2,
        default=(40, 140),
        metavar=("LEAST", "MOST"),
        help="words of a training passage: short ones cost less, and teach as much about sentences (default: 40 140)",
    )
    parser.add_argument("--tokens", type=int, default=4096, help="tokens in a batch, padding included (default: 4096)")
    parser.add_argument(
        "--sentence-weight", type=float, default=2.0, help="weight of sentences in the loss (default: 2)"
    )
    parser.add_argument("--every", type=int, default=500, help="steps between two checkpoints (default: 500)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the CPU (default: 2)")
    parser.add_argument("--seed", type=int, default=1, help="seed of order and changes (default: 1)")
    options = parser.parse_args()
    from cross_encoder_training import train

    train(options)


if __name__ == "__main__":
    run(main)
