"""What only the machine's own package manager can bring: a browser, fonts.

Root may install it; anybody else is told what to copy into a root shell. Nothing
here is needed to run Odoo, so a machine without it can still do most of the work.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import ui
from .paths import CACHE
from .ui import Fail

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def _fonts():
    """Whether some font of the system has Cyrillic letters."""
    if shutil.which("fc-list"):
        found = subprocess.run(
            ["fc-list", ":lang=ru", "file"], capture_output=True, text=True, check=False
        )
        if found.returncode == 0:
            return bool(found.stdout.strip())
    return any(Path("/usr/share/fonts").glob("truetype/dejavu/*.ttf"))


#: Debian package, what it is for, whether it is there
NEEDS = [
    ("chromium", "browser tests", lambda: bool(browser())),
    ("wkhtmltopdf", "PDF reports", lambda: bool(shutil.which("wkhtmltopdf"))),
    ("fonts-dejavu-core", "Cyrillic text in reports and pictures", _fonts),
]


def missing():
    """The Debian packages that are needed and not there, with their purpose."""
    return [(package, purpose) for package, purpose, there in NEEDS if not there()]


def ensure():
    """Install what is missing where we may, else say what is missing."""
    absent = missing()
    if not absent:
        return
    packages = [package for package, _purpose in absent]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        if _apt_install(packages):
            absent = missing()
            if not absent:
                return
    for package, purpose in absent:
        ui.warn(f"{package} is missing ({purpose} will fail)")
    ui.say(f"Install it as root: {install_command(packages)}")


def install_command(packages):
    """What a person copies into a root shell."""
    return f"apt-get update && apt-get install -y {' '.join(packages)}"


def need_venv_module():
    """Debian keeps a part of Python's ``venv`` in a package of its own."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    packages = ["python{}.{}-venv".format(*sys.version_info)]
    if os.geteuid() == 0 and shutil.which("apt-get") and _apt_install(packages):
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip"):
            return
    raise Fail(
        f"{sys.executable} has no venv module; install it as root"
        f" ({install_command(packages)}) and start again"
    )


def _apt_install(packages):
    """Install Debian packages as root; tell whether that worked."""
    log = CACHE / "logs" / "apt.log"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    title = f"Installing {', '.join(packages)}"
    status = ui.run_logged(
        "Reading the package lists", [*apt, "update"], log, env=env, check=False
    )
    status = ui.run_logged(title, install, log, env=env, check=False) or status
    if status:
        ui.say(ui.tail(log, 5))
    return not status
