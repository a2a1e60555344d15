"""Folders of the cache that are made once.

A folder counts only with its marker, which is written last: what an interrupted
set-up left behind is thrown away and made again.
"""

import os
import shutil
import time

from . import ui
from .paths import CACHE

_MARKER = ".complete"
_KEEP_DAYS = 30


def artifact(kind, key, build):
    """Return ``<cache>/kind/key``, made by ``build(folder)`` if need be.

    The caller holds the lock of the set-up.
    """
    folder = CACHE / kind / key
    marker = folder / _MARKER
    if marker.exists():
        os.utime(marker)
        return folder
    if folder.exists():
        ui.say(f"{folder} is incomplete: making it again")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    build(folder)
    marker.touch()
    _forget_unused(folder)
    return folder


def _forget_unused(folder):
    """Remove siblings of an older lock file that nobody used for a month."""
    oldest = time.time() - _KEEP_DAYS * 86400
    for other in folder.parent.iterdir():
        if other != folder and other.is_dir():
            marker = other / _MARKER
            if not marker.exists() or marker.stat().st_mtime < oldest:
                shutil.rmtree(other, ignore_errors=True)
