"""An assistant over several little reviews, without a model: they share works, and one repeats a passage of another.

`python several_reviews.py` serves it, for the browser tests.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from peerqa.answering.assistant import Assistant
from stub_encoder import StubEncoder

HOURS = """---
title: Hours of Peer Workers
author: A. Writer
date: 2021-04-05
tags: [peers, hours]
---

## Hours

Inadequate hours were a challenge for peer workers (Moll et al., 2009). Few hours make it hard to join the staff, and \
limited hours limit the pay of peer workers in hospitals (Cole, 2014).

## Boundaries

Keeping boundaries with consumers was another challenge (Moll et al., 2009).

## References

Cole, D. (2014). Hours and pay of peer workers. *Journal of Work*, 1(2), 3–4.

Moll, S., Holmes, J., & Sherman, D. (2009). Work transitions for peer providers. *Work*, 33(4), 449–458. \
https://doi.org/10.3233/WOR-2009-0893
"""
TRUST = """---
title: Trust among <Peers>
author: B. Other
date: 2023-01-01
tags: [peers, trust]
---

## Challenges

Inadequate hours were a challenge for peer workers (Moll et al., 2010). Few hours make it hard to join the staff, and \
limited hours limit the pay of peer workers in hospitals (Cole, 2014).

## Trust

Trust grows with the hours that peer workers share with the staff (Cole, 2014). Nobody is trusted in a day.

## References

Cole, E. (2014). Trust among many peer workers. *Peer Review*, 5(6), 7–8.

Moll, S., Holmes, J., & Sherman, D. (2009). Work Transitions for Peer Providers: Challenges. *Work*. \
https://doi.org/10.3233/wor-2009-0893
"""
WALKING = """Walking and Mood

Sleep

People who walk for many hours a day sleep better (Diaz, 2011). A short walk lifts the mood.

References

Diaz, A. (2011). Walking and sleep in adults. Sleep, 3(1), 1–9.
"""
TEXTS = {"hours.md": HOURS, "trust.md": TRUST, "walking.txt": WALKING}
QUESTION = "Peer workers?"


def several(folder: Path) -> Assistant:
    """The assistant; the files go into `corpus` below the folder."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in TEXTS.items():
        (corpus / name).write_text(text, "utf-8")
    return Assistant.build(corpus, folder / "index", encoder=StubEncoder())


if __name__ == "__main__":
    from unittest.mock import patch

    from peerqa.retrieval.confidence import Confidence, Logistic
    from peerqa.web.server import serve

    even = Logistic(0.0, {})
    answers_all = patch("peerqa.answering.answer.fitted_for", lambda signals: Confidence(even, even, 0.0))
    with answers_all, tempfile.TemporaryDirectory() as folder:
        serve(several(Path(folder)), port=0)
