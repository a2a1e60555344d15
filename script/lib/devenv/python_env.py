"""The Python environment and the OCA addons."""

import os
import sys
from pathlib import Path

from . import system, ui
from .artifacts import artifact
from .paths import CACHE, SCRIPTS, STATE, digest

_HINT = "check the network and the settings of pip, then start again"


def virtualenv():
    """Return the virtual environment of ``script/requirements.lock``."""
    lock = SCRIPTS / "requirements.lock"
    # The same from within the environment, where tests use this package
    key = digest(lock.read_bytes(), sys.base_prefix, sys.version)
    return artifact("venv", key, lambda folder: _build_virtualenv(folder, lock))


def python_of(venv):
    """The interpreter of a virtual environment."""
    return Path(venv) / "bin" / "python"


def oca_addons():
    """Return the folder of the OCA addons of ``script/addons.lock``."""
    lock = SCRIPTS / "addons.lock"
    venv = virtualenv()
    key = digest(lock.read_bytes())
    folder = artifact("oca", key, lambda folder: _build_addons(folder, lock, venv))
    return folder / "odoo" / "addons"


def _log():
    return CACHE / "logs" / "setup.log"


def clean_env():
    """The environment for Python without what would lead it or pip astray."""
    drop = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET", "PIP_USER")
    env = {name: value for name, value in os.environ.items() if name not in drop}
    # Hypothesis would keep its examples in the checkout.
    return {**env, "HYPOTHESIS_STORAGE_DIRECTORY": str(STATE / "hypothesis")}


def _build_virtualenv(folder, lock):
    system.need_venv_module()
    ui.run_logged(
        "Making a Python environment",
        [getattr(sys, "_base_executable", sys.executable), "-m", "venv", folder],
        _log(),
        env=clean_env(),
        hint="install the venv module of this Python (Debian: python3-venv)",
    )
    python = python_of(folder)
    env = {**clean_env(), "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(folder)}
    title = "Installing the Python packages"
    # uv is several times faster, but knows nothing of the settings of pip: where it
    # cannot be had or finds no index, pip does the same.
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    uv = [*pip, "install", "uv"]
    if not ui.run_logged("Installing uv", uv, _log(), env=env, check=False):
        command = [python, "-m", "uv", "pip", "install", "--require-hashes"]
        command += ["--cache-dir", CACHE / "uv", "-r", lock]
        if not ui.run_logged(title, command, _log(), env=env, check=False):
            return
        ui.say("uv did not get through: using pip")
    command = [*pip, "install", "--require-hashes", "-r", lock]
    ui.run_logged(title, command, _log(), env=env, hint=_HINT)


def _build_addons(folder, lock, venv):
    command = [python_of(venv), "-m", "pip", "--disable-pip-version-check"]
    command += ["--no-input", "install", "--no-deps", "--no-compile"]
    command += ["--target", folder, "-r", lock]
    ui.run_logged(
        "Installing the OCA addons", command, _log(), hint=_HINT, env=clean_env()
    )
