"""`python -m peerqa` is `peerqa`."""

import sys

from .cli import main

sys.exit(main())
