"""The page in the browser: `web.app.create_app` builds the application, `web.server.serve` runs it.

Gradio reads its environment when it is first imported, so it is told here, before any module below imports it, to
send no usage figures and to look nothing up on the network.
"""

from __future__ import annotations

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")
