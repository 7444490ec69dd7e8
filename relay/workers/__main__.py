"""A worker's process; started by pool."""

import sys

from relay.workers.worker import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
