"""Odoo's processes and databases."""

import ast
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from . import locks, paths, python_env, setup, ui
from .paths import ADDON, CHECKOUT
from .processes import Child
from .ui import Fail

#: Folders and files of the checkout whose change makes a database out of date
_MODULE_PARTS = (
    "__init__.py",
    "__manifest__.py",
    "controllers",
    "data",
    "deadlines",
    "demo",
    "i18n",
    "language",
    "models",
    "networks",
    "report",
    "security",
    "static",
    "tables",
    "views",
    "wizards",
)
#: The addon refuses private networks unless the server's configuration lists them;
#: the sandbox is on the loopback.
PRIVATE_NETWORKS = {"HELPDESK_SOCIAL_PRIVATE_NETWORKS": "127.0.0.0/8"}

_RUNNERS = Path(__file__).resolve().parent.parent / "runners"


class Odoo:
    """Runs Odoo of an environment on a database server."""

    def __init__(self, environment, server):
        self.environment = environment
        self.server = server

    # Processes

    @property
    def env(self):
        """The environment variables of a process of Odoo."""
        # Odoo's own variables would come before our settings.
        env = {
            k: v for k, v in python_env.clean_env().items() if not k.startswith("ODOO_")
        }
        return {
            **env,
            **PRIVATE_NETWORKS,
            **self.server.env,
            "PYTHONPATH": str(self.environment.odoo_path),
            "PYTHONUNBUFFERED": "1",
        }

    def command(self, *options, runner=None):
        """A command line of Odoo, or of one of our runners inside it."""
        start = ["-m", "odoo"] if runner is None else [_RUNNERS / runner]
        config = ["-c", setup.config_file()]
        return [self.environment.python, *start, *config, *options]

    def run(self, title, database, *options, log=None, runner=None, check=True):
        """Run Odoo to its end with its output in a log file."""
        log = log or paths.LOGS / f"{database}.log"
        command = self.command(
            "-d", database, "--stop-after-init", "--no-http", *options, runner=runner
        )
        hint = "mend what the traceback above says and start again"
        return ui.run_logged(
            title, command, log, env=self.env, cwd=paths.STATE, hint=hint, check=check
        )

    def python(self, database, source, log):
        """Run Python source on a database as ``script/shell`` does."""
        command = self.command(
            "-d", database, "--log-level=warn", runner="run_on_database.py"
        )
        with open(log, "ab") as output:
            child = Child(
                command,
                env=self.env,
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            with child:
                child.process.communicate(source.encode())
        if child.poll():
            ui.say(ui.tail(log))
            raise Fail(f"preparing database {database} failed (log: {log})")

    # Databases

    def code(self):
        """A digest of the addon's code, data, views and translations."""
        sha = hashlib.sha256(self.environment.version.encode())
        for part in _MODULE_PARTS:
            top = CHECKOUT / part
            files = [top] if top.is_file() else sorted(top.rglob("*"))
            for path in files:
                name = path.relative_to(CHECKOUT)
                if path.is_file() and not _no_code(name):
                    sha.update(os.fsencode(name) + b"\0")
                    sha.update(hashlib.sha256(path.read_bytes()).digest())
        return sha.hexdigest()[:12]

    def ensure(self, database, fresh=False):
        """Make a database with the addon and its demo data, or bring it up to date."""
        with self._lock(database):
            code = self.code()
            if fresh:
                self.drop(database)
            if self.server.exists(database):
                if self.server.marks().get(database) != _mark(code):
                    self._update(database)
                    self.server.mark(database, _mark(code))
                return
            with self._lock("social_template"):
                self._copy(self._template(code), database)
            self.server.mark(database, _mark(code))

    def dependencies_copy(self, database):
        """Make a database afresh with all that the addon depends on, without it."""
        with self._lock(database):
            self.drop(database)
            with self._lock("social_base"):
                self._copy(self._base(), database)

    def drop(self, database):
        """Drop a database and its files."""
        self.server.drop(database)
        shutil.rmtree(self._filestore(database), ignore_errors=True)

    def _lock(self, database):
        safe = paths.digest(database)
        return locks.exclusive(
            paths.STATE / "locks" / safe, f"it is preparing database {database}"
        )

    def _filestore(self, database):
        return paths.STATE / "data" / "filestore" / database

    def _copy(self, source, target):
        """Copy a database with its files, which are never changed in place."""
        self.server.copy(source, target)
        shutil.rmtree(self._filestore(target), ignore_errors=True)
        if self._filestore(source).exists():
            shutil.copytree(
                self._filestore(source), self._filestore(target), copy_function=_link
            )

    def _update(self, database):
        log = paths.LOGS / f"{database}.log"
        log.unlink(missing_ok=True)
        rows = self.server.query(
            f"SELECT 1 FROM ir_module_module WHERE name = '{ADDON}'"
            " AND state IN ('installed', 'to upgrade')",
            database,
        )
        title = f"Updating database {database}"
        if rows:
            self.run(title, database, "-u", ADDON, log=log)
        else:
            # Made by hand, with other addons only
            self.run(title, database, "-i", ADDON, "--with-demo", log=log)
            self._prepare(database, log)

    def _prepare(self, database, log):
        source = (_RUNNERS / "prepare_demo.py").read_text(encoding="utf-8")
        self.python(database, source, log)

    def _template(self, code):
        """A database with the addon as the code is now; copied, never used.

        The caller holds its lock, so that nobody replaces it before it is copied.
        """
        name = f"social_template_{code}"
        if self.server.marks().get(name) == _mark(code):
            return name
        for other in self._templates("social_template_"):
            self.drop(other)
        log = paths.LOGS / "template.log"
        log.unlink(missing_ok=True)
        with self._lock("social_base"):
            self._copy(self._base(), name)
        self.run("Installing the addon", name, "-i", ADDON, "--with-demo", log=log)
        self._prepare(name, log)
        self.server.mark(name, _mark(code))
        return name

    def _base(self):
        """A database with what the addon depends on: it changes rarely.

        The caller holds its lock.
        """
        depends = self.depends()
        code = paths.digest(self.environment.version, *depends)
        name = f"social_base_{code}"
        if self.server.marks().get(name) == _mark(code):
            return name
        for other in self._templates("social_base_"):
            self.drop(other)
        log = paths.LOGS / "base.log"
        log.unlink(missing_ok=True)
        options = ["--with-demo", "--load-language=ru_RU"]
        self.run(
            "Making a database with demo data",
            name,
            *["-i", ",".join(depends), *options],
            log=log,
        )
        self.server.mark(name, _mark(code))
        return name

    def _templates(self, prefix):
        rows = self.server.query("SELECT datname FROM pg_database")
        return [name for [name] in rows if name.startswith(prefix)]

    def depends(self):
        """The addons that ours depends on, by its manifest."""
        try:
            text = (CHECKOUT / "__manifest__.py").read_text(encoding="utf-8")
            return sorted(ast.literal_eval(text)["depends"])
        except (OSError, ValueError, SyntaxError, KeyError) as error:
            raise Fail(f"__manifest__.py cannot be read ({error}): mend it") from error


def _mark(code):
    return f"{ADDON} {code}"


def _no_code(name):
    """Files that do not get into a database."""
    return "__pycache__" in name.parts or "tests" in name.parts


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
