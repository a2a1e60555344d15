"""Entry point of the scripts: hands over to the package beside this file."""

import sys

from devenv.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
