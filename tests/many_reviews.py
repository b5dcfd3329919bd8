"""`python many_reviews.py NUMBER` serves so many little reviews, without a model, for the browser tests."""

from __future__ import annotations

import sys

from fake_assistant import FakeAssistant
from peerqa.library.review import Review, read_review
from peerqa.reading.markdown import read_markdown


def little_review(number: int) -> Review:
    text = (
        f"---\ntitle: Review {number:04} of peers at work\nauthor: A. Writer\ndate: {1990 + number % 35}-01-01\n"
        f"tags: [tag{number % 40}, peers]\n---\n\n## Start\n\nPeers met {number} people (Moll, 2009).\n\n"
        "## References\n\nMoll, S. (2009). Work. *Work*, 1(2), 3–4.\n"
    )
    return read_review(read_markdown(f"review-{number}.md", text, f"{number:064x}"))


if __name__ == "__main__":
    from peerqa.web.server import serve

    serve(FakeAssistant([little_review(number) for number in range(int(sys.argv[1]))]), port=0)
