"""`python -m peerqa` is `peerqa`."""

import sys

from peerqa.cli.main import main

sys.exit(main())
