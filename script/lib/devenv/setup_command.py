"""``script/setup``"""

import argparse

from . import setup


def main(arguments):
    """Set up and say where things are."""
    argparse.ArgumentParser(
        prog="script/setup",
        description="Makes everything needed to run and test the addon, in the"
        " user's cache; repairs what an interrupted run left. Other scripts call it.",
    ).parse_args(arguments)
    setup.run(quiet=False)
    return 0
