"""``python -m nbpipe`` is the ``nbpipe`` command."""

import sys

from nbpipe.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
