"""Splits a reference list entry of any style into authors, date, title and rest.

An entry is cut into pieces at its punctuation. Each piece belongs to one of four parts, which come in this order:
authors, date, title, rest. Any of the first three may be missing, and the rest may hold the date. The features of the
pieces and of the joints between them have weights for each part; dynamic programming (Viterbi 1967) finds the parts
with the greatest sum. entry_segmentation.json holds the weights, made by `benchmarks/fit_entries.py DATA --write`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from peerqa.text.dates import UNDATED, YEAR
from peerqa.text.document import Span
from peerqa.text.person_names import UPPER

PARTS = ("authors", "date", "title", "rest")
AUTHORS, DATE, TITLE, REST = range(4)
STEPS = tuple((before, after) for before in range(4) for after in range(before, 4))
"""The pairs of parts of which the second may follow the first, as indices in PARTS."""

Features = list[list[str]]

_CUT = re.compile(
    r"(?<=[.?!,:;])[”\"’»'`]*(?=\s)|(?<=[”\"»”])(?=\s)|(?<=[:;])(?=\S)|(?<=[.,])(?=[“\"«(])"  # behind punctuation
    rf"|(?<=\S)\s+(?=[(\[“«\"‘„])|(?<=[)\]])(?=[\s.,:;])"  # around brackets and quotes
    rf"|\s+(?={YEAR}[a-z]?\b)|(?<=\b{YEAR})(?=\s)"  # around years
    r"|\s+(?=[–—-]\s)|\s+(?=[Ii]n:?\s)|(?<=\bal)(?=\s)"
)
_PUNCTUATION = re.compile(r"[\s.,:;”\"’»]+")
_ENDS_INITIAL = re.compile(rf"(?:^|[\s.])[{UPPER}]\.$")
_ABBREVIATED = re.compile(rf"\b(?:[{UPPER}]\.[{UPPER}]|vs|cf|St|Dr|Mr|e\.g|i\.e|ca)\.$")
_INITIALS = re.compile(rf"(?:[{UPPER}]\.[\s-]?)+[,;:]?\s*")
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*\.?")
_DATE = re.compile(rf"\b{YEAR}[a-z]?\b|\b{UNDATED}", re.IGNORECASE)
_OPENING, _CLOSING = '“"«„`‘', '”"»’'


@dataclass(frozen=True, slots=True)
class EntryParts:
    """The spans of the parts of an entry, in order; the span of a missing part is empty."""

    authors: Span
    date: Span
    title: Span
    rest: Span


@dataclass(frozen=True, slots=True)
class Weights:
    """pieces: feature -> weight of each part of PARTS; joints: feature -> weight of each step of STEPS."""

    pieces: Mapping[str, Sequence[float]]
    joints: Mapping[str, Sequence[float]]


def segment_entry(text: str, names_end: int, date: Span | None = None) -> EntryParts:
    """The parts of an entry, given as one line without its number, notation and links.

    names_end: the end of the persons' names, as `leading_authors` gives it. date: the span of the date, if it is known;
    the authors are then what stands before it, and the title follows it.
    """
    spans = pieces_of(text, names_end)
    first = sum(end <= date[0] for _, end in spans) if date else 0
    path = [AUTHORS] * first
    path += best_parts(
        *features_of(text, spans, names_end, first), _fitted(), allowed=_allowed(spans[first:], date) if date else None
    )
    parts: list[Span] = []
    position = 0
    for part in range(4):
        own = [span for span, chosen in zip(spans, path, strict=True) if chosen == part]
        parts.append((own[0][0], own[-1][1]) if own else (position, position))
        position = parts[-1][1]
    return EntryParts(*parts)


def _allowed(spans: Sequence[Span], date: Span) -> list[tuple[int, ...]]:
    """The parts that each piece may belong to if the date is known: the piece right behind it is of the title."""
    parts: list[tuple[int, ...]] = []
    for start, end in spans:
        if start < date[1]:
            parts.append((DATE,) if end > date[0] else (AUTHORS,))
        else:
            parts.append((TITLE, REST) if parts and TITLE in parts[-1] else (TITLE,))
    return parts


@lru_cache(maxsize=1)
def _fitted() -> Weights:
    read = json.loads(resources.files(__package__).joinpath("entry_segmentation.json").read_text("utf-8"))
    return Weights(read["pieces"], read["joints"])


# ---- pieces ---------------------------------------------------------------------------------------------------------


def pieces_of(text: str, names_end: int) -> list[Span]:
    """The pieces of an entry in order, without the white space around them; initials of one name stay together.

    names_end: the end of the persons' names; behind it, "U.S." and "vs." do not end a piece.
    """
    pieces: list[Span] = []
    begin = 0
    for end in (*(match.end() for match in _CUT.finditer(text)), len(text)):
        piece = text[begin:end]
        start = begin + len(piece) - len(piece.lstrip())
        stop = begin + len(piece.rstrip())
        begin = end
        if start >= stop:
            continue
        last = pieces[-1] if pieces else (0, 0)
        if pieces and (
            _PUNCTUATION.fullmatch(piece)
            or _same_name(text, last, piece)
            or (last[1] > names_end + 1 > 1 and _ABBREVIATED.search(text, max(last[0], last[1] - 5), last[1]))
        ):
            pieces[-1] = (last[0], stop)
        else:
            pieces.append((start, stop))
    return pieces


def _same_name(text: str, before: Span, piece: str) -> bool:
    return bool(
        _INITIALS.fullmatch(piece.strip()) and _ENDS_INITIAL.search(text, max(before[0], before[1] - 3), before[1])
    )


# ---- features -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """The properties of a piece from which its features, and those of its joints, are made."""

    words: list[str]
    shapes: list[str]
    first: str
    last: str
    small: int
    dated: bool
    numbers: int
    opens: str
    closes: str
    count: str


@lru_cache(maxsize=1 << 14)
def _shape(word: str) -> str:
    bare = word.rstrip(".")
    stopped = len(bare) < len(word)
    if word[0].isdigit():
        return "9"
    if len(bare) == 1:
        return ("I." if stopped else "I") if bare.isupper() else "i"
    if bare.isupper():
        return "A.B." if "." in bare else "AB" if len(bare) < 4 else "ABCD"
    if word[0].isupper():
        return "Abc." if stopped and len(bare) < 6 else "Abc"
    return "abc." if stopped and len(bare) < 5 else "abc"


def _piece(text: str) -> _Piece:
    words = _WORD.findall(text)
    shapes = [_shape(word) for word in words]
    count = len(words)
    return _Piece(
        [word.lower() for word in words],
        shapes,
        shapes[0] if shapes else "-",
        shapes[-1] if shapes else "-",
        shapes.count("abc"),
        _DATE.search(text) is not None,
        shapes.count("9"),
        "a" if text[0].isalnum() else text[0],
        "a" if text[-1].isalnum() else text[-2:] if len(text) > 1 and not text[-2].isalnum() else text[-1],
        str(count) if count < 4 else "4+" if count < 6 else "6+" if count < 10 else "10+" if count < 20 else "20+",
    )


def features_of(text: str, spans: Sequence[Span], names_end: int, first: int = 0) -> tuple[Features, Features]:
    """(features of each piece, features of the joint before each piece), from the piece `first` on."""
    pieces = [_piece(text[start:end]) for start, end in spans[first:]]
    later_in = (
        len(pieces)
        - 1
        - next((i for i, piece in enumerate(reversed(pieces)) if piece.words[:1] == ["in"]), len(pieces))
    )
    of_pieces: Features = []
    of_joints: Features = []
    quoted = False
    depth = 0
    for index, (piece, (start, end)) in enumerate(zip(pieces, spans[first:], strict=True)):
        inside = quoted or depth > 0
        of_joints.append(
            _joint(pieces, index, _place(spans, first + index, names_end), inside, later_in) if index else []
        )
        quoted = quoted or piece.opens in _OPENING
        of_pieces.append(_features(piece, first + index, len(spans), quoted, start, end, names_end))
        if any(mark in _CLOSING for mark in piece.closes):
            quoted = False
        body = text[start:end]
        depth = max(0, depth + body.count("(") + body.count("[") - body.count(")") - body.count("]"))
    return of_pieces, of_joints


def _place(spans: Sequence[Span], index: int, names_end: int) -> str:
    """Where a joint stands: "in" the persons' names, "at" their end, or "after" it."""
    before, here = spans[index - 1][1], spans[index][0]
    return "at" if abs(before - names_end) <= 1 or abs(here - names_end) <= 2 else "in" if here < names_end else "after"


def _features(piece: _Piece, index: int, total: int, quoted: bool, start: int, end: int, names_end: int) -> list[str]:
    initials = piece.shapes.count("I.") + piece.shapes.count("I") + piece.shapes.count("A.B.")
    initials += piece.shapes.count("AB")
    count = len(piece.words)
    features = [
        "always",
        f"first {piece.first}",
        f"last {piece.last}",
        f"count {piece.count}",
        f"small {min(piece.small, 3)}",
        f"initials {min(initials, 2)}{' only' if initials == count else ''}",
        f"shape {' '.join(piece.shapes[:4])}",
        f"dated {piece.dated} {'only' if piece.numbers == count else bool(piece.numbers)}",
        f"opens {piece.opens}",
        f"closes {piece.closes}",
        f"quoted {quoted}",
        f"names {'in' if end <= names_end + 1 else 'out'}{' end' if abs(end - names_end) <= 1 else ''}"
        f"{' next' if 0 <= start - names_end <= 3 else ''}{' none' if not names_end else ''}",
        f"from start {min(index, 3) if index < 6 else 6}",
        f"from end {min(total - 1 - index, 3)}",
    ]
    features += {f"word {'#' if word.isdigit() else word}" for word in piece.words}
    if piece.words:
        features += [f"first word {piece.words[0]}", f"last word {piece.words[-1]}"]
    return features


def _joint(pieces: Sequence[_Piece], index: int, place: str, inside: bool, later_in: int) -> list[str]:
    before, piece = pieces[index - 1], pieces[index]
    mark = before.closes[-1]
    features = [
        "always",
        f"marks {before.closes}",
        f"marks {mark} {piece.opens}",
        f"mark {mark} {piece.first}",
        f"shapes {before.last}{mark}{piece.first}",
        f"counts {min(len(before.words), 6)} {min(len(piece.words), 6)}",
        f"dated {piece.dated} {bool(piece.numbers)}",
        f"names {place} {before.last}",
        f"small {min(before.small, 2)}{mark}{min(piece.small, 2)}",
        f"inside {inside}",
        f"in {'here' if index == later_in else index < later_in}",
    ]
    if index + 1 < len(pieces):
        features += [
            f"next {pieces[index + 1].first} {mark}",
            f"next dated {pieces[index + 1].dated} {bool(pieces[index + 1].numbers)}",
        ]
    if piece.words:
        features.append(f"word {piece.words[0]}")
    if before.words:
        features.append(f"behind {before.words[-1]}")
    return features


# ---- the best parts -------------------------------------------------------------------------------------------------


def best_parts(
    of_pieces: Features,
    of_joints: Features,
    weights: Weights,
    wrong: Sequence[int] | None = None,
    allowed: Sequence[Sequence[int]] | None = None,
) -> list[int]:
    """The part of each piece, as an index in PARTS, by the highest sum of weights.

    allowed: the parts that each piece may have; all if None.
    wrong: in training, the right parts. Every other part then scores 1 more, so that the right ones learn to win by 1.
    """
    back: list[list[int]] = []
    scores = [0.0, 0.0, 0.0, 0.0]
    for index, features in enumerate(of_pieces):
        own = _sum(features, weights.pieces, 4)
        if wrong is not None:
            own = [weight + (part != wrong[index]) for part, weight in enumerate(own)]
        if allowed is not None:
            own = [weight if part in allowed[index] else -1e6 for part, weight in enumerate(own)]
        if index:
            steps = _sum(of_joints[index], weights.joints, len(STEPS))
            reached = [(float("-inf"), 0)] * 4
            for (before, after), weight in zip(STEPS, steps, strict=True):
                if scores[before] + weight > reached[after][0]:
                    reached[after] = (scores[before] + weight, before)
            back.append([before for _, before in reached])
            scores = [weight + score for weight, (score, _) in zip(own, reached, strict=True)]
        else:
            scores = own
    path = [max(range(4), key=scores.__getitem__)]
    for origins in reversed(back):
        path.append(origins[path[-1]])
    return path[::-1] if of_pieces else []


def _sum(features: Sequence[str], weights: Mapping[str, Sequence[float]], width: int) -> list[float]:
    rows = [weights[feature] for feature in features if feature in weights]
    return list(map(sum, zip(*rows, strict=True))) if rows else [0.0] * width
