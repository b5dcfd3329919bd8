"""Open the assistant, build the page, serve it: `python app.py`, then open http://127.0.0.1:7860."""

import sys

from peerqa.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
