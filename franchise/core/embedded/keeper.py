"""Waits until nobody uses a server and stops it: `python -m embedded.keeper HOME`.

Started by the server's first user, outlives it, and imports neither Django nor Regent.
"""

import sys
from pathlib import Path

from .server import Server

if __name__ == "__main__":
    Server(Path(sys.argv[1])).keep()
