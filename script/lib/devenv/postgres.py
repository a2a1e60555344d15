"""The PostgreSQL server: the one that ``PG*`` variables name, or a private one.

The private one belongs to the checkout, is started by the first script that needs
it and stopped by the last one that leaves, so that scripts running at the same
time share it and none of them stays behind.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager

from . import locks, paths, ui
from .ui import Fail

ROLE = "helpdesk_social"
_SUPERUSER = "helpdesk_social_admin"
#: System user under which root starts the server, which refuses to run as root
_SYSTEM_USER = "helpdesk_social"

#: Data here can be made again at any time, so speed comes before safety from a
#: power cut. Parallel queries would need more shared memory than containers give.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "autovacuum_naptime": "20s",
    "jit": "off",
    "log_min_messages": "fatal",
    "log_min_error_statement": "fatal",
}


class Server:
    """A PostgreSQL server that scripts can reach.

    :ivar dict env: ``PG*`` variables for the processes that use it
    """

    def __init__(self, bin_path, env):
        self.bin = bin_path
        self.env = env

    def tool(self, name, *arguments, check=True):
        """Run one of PostgreSQL's programs on this server."""
        return subprocess.run(
            [str(self.bin / name), *arguments],
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=check,
        )

    def query(self, sql, database="postgres"):
        """Run SQL; return the rows as lists of texts."""
        try:
            result = self.tool(
                "psql", "-XAtq", "-F", "\x1f", "-v", "ON_ERROR_STOP=1",
                "-d", database, "-c", sql,
            )  # fmt: skip
        except subprocess.CalledProcessError as error:
            raise Fail(
                f"the database server says: {error.stderr.strip()}; mend that and"
                " start again"
            ) from error
        return [line.split("\x1f") for line in result.stdout.splitlines()]

    def exists(self, database):
        """Whether there is a database of this name."""
        sql = f"SELECT 1 FROM pg_database WHERE datname = {literal(database)}"
        return bool(self.query(sql))

    def drop(self, database):
        """Drop a database, if it is there."""
        self.query(f"DROP DATABASE IF EXISTS {identifier(database)} WITH (FORCE)")

    def copy(self, source, target):
        """Copy a database that nobody uses at the moment."""
        self.query(
            f"CREATE DATABASE {identifier(target)} TEMPLATE {identifier(source)}"
        )

    def mark(self, database, text):
        """Keep a note about a database, which a copy does not take along."""
        self.query(f"COMMENT ON DATABASE {identifier(database)} IS {literal(text)}")

    def marks(self):
        """The notes of all databases that have one."""
        sql = (
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE shobj_description(oid, 'pg_database') IS NOT NULL"
        )
        return dict(self.query(sql))


def identifier(name):
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def running(env):
    """Give a :class:`Server` for as long as the caller needs it."""
    if any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER")):
        yield _given_server(env)
        return
    cluster = _Cluster(env.postgres_bin)
    users = locks.Users(cluster.root / "users.lock")
    mutex = cluster.root / "mutex.lock"
    cluster.root.mkdir(parents=True, exist_ok=True)
    with locks.exclusive(mutex):
        users.join()
        try:
            cluster.start()
        except BaseException:
            users.leave()
            raise
    try:
        yield Server(env.postgres_bin, cluster.env)
    finally:
        with locks.exclusive(mutex):
            if users.leave():
                cluster.stop()


def _given_server(env):
    """The server that the environment names, if it can serve Odoo."""
    server = Server(env.postgres_bin, {})
    try:
        [[user, create]] = server.query(
            "SELECT current_user, rolcreatedb OR rolsuper FROM pg_roles"
            " WHERE rolname = current_user"
        )
    except Fail as error:
        raise Fail(
            f"no connection to the PostgreSQL server that the PG* variables name:"
            f" {str(error).splitlines()[0]}, or unset PGHOST, PGPORT and PGUSER to use"
            " a private server"
        ) from error
    if user == "postgres":
        raise Fail(
            "Odoo refuses the role 'postgres': make another one (createuser --createdb"
            " NAME) and set PGUSER to it"
        )
    if create != "t":
        raise Fail(
            f'role {user} may not create databases: ALTER ROLE "{user}" CREATEDB'
        )
    return server


class _Cluster:
    """The files and the process of the private server."""

    def __init__(self, bin_path):
        self.bin = bin_path
        self.root = paths.STATE / "pg"
        self.data = self.root / "data"
        self.socket = paths.socket_dir()
        self.log = paths.LOGS / "postgres.log"
        self.env = {"PGHOST": str(self.socket), "PGPORT": "5432", "PGUSER": ROLE}

    def start(self):
        """Make the cluster if need be and start it unless it runs."""
        if not (self.root / "complete").exists():
            self._make()
        if self._run("pg_ctl", "-D", self.data, "status").returncode == 0:
            return
        self._make_socket_dir()
        log = self.root / "start.log"
        settings = " ".join(
            f"-c {name}='{value}'" if value else f"-c {name}=''"
            for name, value in _SETTINGS.items()
        )
        result = self._run(
            "pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", log,
            "-o", f"-k '{self.socket}' {settings}", "start",
        )  # fmt: skip
        if result.returncode:
            raise Fail(
                f"the private PostgreSQL does not start: {ui.tail(log, 3)}; remove"
                f" {self.root} to begin with an empty one, or set PGHOST, PGPORT and"
                " PGUSER to use another server"
            )

    def stop(self):
        """Stop the server; whoever was connected is gone already."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop")

    def _make(self):
        progress = ui.Progress("Making a private PostgreSQL")
        if self.data.exists():
            self.stop()
            shutil.rmtree(self.data)
        self.data.mkdir(mode=0o700)
        self._own(self.data)
        self._own(self.root)
        result = self._run(
            "initdb", "-D", self.data, "-U", _SUPERUSER, "--auth=trust",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        if result.returncode:
            raise Fail(
                f"initdb failed: {result.stderr.strip()[-300:]}; mend that, or set"
                " PGHOST, PGPORT and PGUSER to use another server"
            )
        # Before anybody can connect, in single-user mode
        sql = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n"
        result = self._run("postgres", "--single", "-D", self.data, "postgres", sql=sql)
        if result.returncode:
            raise Fail(f"no role could be made: {result.stderr.strip()[-300:]}")
        (self.root / "complete").touch()
        progress.done()

    def _make_socket_dir(self):
        if self.socket.is_symlink():
            raise Fail(f"{self.socket} is a link somebody made: remove it")
        self.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._own(self.socket)
        self.socket.chmod(0o700)

    def _own(self, path):
        """Give a folder to the system user, where there is one."""
        user = _system_user()
        if user:
            os.chown(path, user.pw_uid, user.pw_gid)
        elif path.stat().st_uid != os.getuid():
            raise Fail(
                f"{path} belongs to another user: remove it or set XDG_CACHE_HOME"
            )

    def _run(self, program, *arguments, sql=None):
        """Run one of the server's programs as the user who may run it."""
        command = [str(self.bin / program), *map(str, arguments)]
        user = _system_user()
        if user:
            # The cache may lie in a home folder closed to other users. Instead of
            # opening it to everybody, let the server pass; the last option makes
            # access(2), by which it looks for its own programs, say so too.
            command = [
                "setpriv",
                f"--reuid={user.pw_uid}",
                f"--regid={user.pw_gid}",
                "--clear-groups",
                "--inh-caps=-all,+dac_override",
                "--ambient-caps=-all,+dac_override",
                "--securebits=+no_setuid_fixup",
                *command,
            ]
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PG", "LC_")) and name != "LANGUAGE"
        }
        env.update(LC_ALL="C.UTF-8", TZ="UTC")
        # Files, not pipes: the server keeps them open for as long as it runs.
        with (
            tempfile.TemporaryFile("w+") as stdin,
            tempfile.TemporaryFile("w+") as stdout,
            tempfile.TemporaryFile("w+") as stderr,
        ):
            stdin.write(sql or "")
            stdin.seek(0)
            code = subprocess.run(
                command, env=env, stdin=stdin, stdout=stdout, stderr=stderr, cwd="/",
                check=False,
            ).returncode  # fmt: skip
            stdout.seek(0)
            stderr.seek(0)
            return subprocess.CompletedProcess(
                command, code, stdout.read(), stderr.read()
            )


def _system_user():
    """The system user for the server, made if need be; None unless we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", "/usr/sbin/nologin", _SYSTEM_USER],
            capture_output=True, check=False,
        )  # fmt: skip
        # Every system has "nobody", for machines whose users are kept elsewhere
        return pwd.getpwnam("nobody" if made.returncode else _SYSTEM_USER)
