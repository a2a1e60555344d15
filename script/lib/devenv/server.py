"""``script/server``"""

import argparse
import contextlib
import json
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import paths, postgres, processes, python_env, setup, ui
from .odoo import Odoo
from .paths import ADDON, CHECKOUT
from .ui import Fail

ODOO_PORT = 8069
SANDBOX_PORT = 8079

#: The demo's official pages, and where on the sandbox their network stands.
DEMO_ACCOUNTS = {
    "demo_account_administration": "",
    "demo_account_head": "",
    "demo_account_ok": "/ok",
    "demo_account_max": "/max",
}

SCREEN = """
────────────────────────────────────────────────────────────────────────
  Сообщения граждан в соцсетях                 Citizens' messages
────────────────────────────────────────────────────────────────────────
  Odoo        {odoo_url}
  Песочница   {sandbox_url}
  Sandbox     (пишите здесь как житель / write here as a citizen)

  Вход / Log in                               логин / login    пароль / password
    куратор / curator                         curator          curator
    исполнитель «дороги» / executor, roads    roads            roads
    исполнитель «свет» / executor, lighting   lighting         lighting
    руководитель / head                       head             head
    администратор / administrator             admin            admin

  База / Database: {database}    Журналы / Logs: {logs}
  Остановить: Ctrl-C             Stop: Ctrl-C
────────────────────────────────────────────────────────────────────────
"""


def main(arguments):
    """Serve Odoo with demo data and the sandbox until somebody stops it."""
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Serves Odoo with the addon, its demo data and the sandbox network"
        " on this machine. Ctrl-C stops all of it.",
    )
    parser.add_argument("--db", default="social_demo", help="database (%(default)s)")
    parser.add_argument(
        "--port", type=int, help=f"port of Odoo ({ODOO_PORT} or the next free one)"
    )
    parser.add_argument(
        "--sandbox-port",
        type=int,
        help=f"port of the sandbox ({SANDBOX_PORT} or the next free one)",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="make database and sandbox again"
    )
    parser.add_argument(
        "--info", metavar="FILE", help="when ready, write the addresses there as JSON"
    )
    options = parser.parse_args(arguments)
    environment = setup.run()
    try:
        with postgres.running(environment) as server:
            _serve(Odoo(environment, server), options)
    except KeyboardInterrupt:
        # Ctrl-C is how a person ends a server; all it started is stopped by now.
        ui.say("\nОстановлено. Stopped.")
    return 0


def _serve(odoo, options):
    odoo_port, sandbox_port = _ports(options)
    with contextlib.ExitStack() as stack:
        sandbox, sandbox_url = start_sandbox(
            stack, odoo, sandbox_port, options.db, fresh=options.fresh
        )
        odoo.ensure(options.db, fresh=options.fresh)
        _point_demo_accounts(odoo, options.db, sandbox_url)
        log = paths.LOGS / f"server-{options.db}.log"
        server = stack.enter_context(
            _child(
                odoo.command(
                    "-d",
                    options.db,
                    f"--db-filter=^{options.db}$",
                    "--no-database-list",
                    f"--http-port={odoo_port}",
                    "--workers=0",
                    "--max-cron-threads=2",
                ),
                odoo.env,
                log,
            )
        )
        children = {"Odoo": (server, log), "The sandbox": (sandbox, sandbox.log)}
        odoo_url = f"http://127.0.0.1:{odoo_port}"
        progress = ui.Progress("Starting Odoo and the sandbox")
        _wait(f"{sandbox_url}/", children, progress)
        _wait(f"{odoo_url}/web/health", children, progress)
        # The first page makes the browser's bundles: better now than in front of
        # the first visitor.
        _wait(f"{odoo_url}/web/login", children, progress)
        progress.done()
        ui.say(
            SCREEN.format(
                odoo_url=odoo_url,
                sandbox_url=sandbox_url,
                database=options.db,
                logs=paths.LOGS,
            )
        )
        if options.info:
            info = {
                "odoo": odoo_url,
                "sandbox": sandbox_url,
                "database": options.db,
                "odoo_pid": server.pid,
                "sandbox_pid": sandbox.pid,
                "odoo_log": str(log),
                "sandbox_log": str(sandbox.log),
            }
            draft = Path(f"{options.info}.new")
            draft.write_text(json.dumps(info))
            draft.replace(options.info)
        while True:
            _check(children)
            time.sleep(0.3)


def _ports(options):
    """The ports to use: those asked for, else the usual or the next free ones."""
    for port in filter(None, (options.port, options.sandbox_port)):
        if not processes.port_is_free(port):
            raise Fail(f"port {port} is taken: stop what uses it or name another one")
    odoo_port = options.port or processes.free_port(
        ODOO_PORT, avoid={options.sandbox_port}
    )
    sandbox_port = options.sandbox_port or processes.free_port(
        SANDBOX_PORT, avoid={odoo_port}
    )
    return odoo_port, sandbox_port


def start_sandbox(stack, odoo, port, name, fresh=False):
    """Start the emulated networks; return the process and its address."""
    if not (CHECKOUT / "sandbox" / "__main__.py").exists():
        raise Fail(f"{CHECKOUT / 'sandbox'} is no package: the checkout is incomplete")
    state = paths.STATE / f"sandbox-{name}.json"
    log = paths.LOGS / f"sandbox-{name}.log"
    if fresh:
        state.unlink(missing_ok=True)
    command = [odoo.environment.python, "-m", "sandbox", "--port", port]
    command += ["--state", state]
    env = {**python_env.clean_env(), "PYTHONUNBUFFERED": "1"}
    child = stack.enter_context(_child(command, env, log))
    child.log = log
    return child, f"http://127.0.0.1:{port}"


def _child(command, env, log):
    with open(log, "wb") as output:
        return processes.Child(
            command,
            env=env,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _check(children):
    """Fail if one of the processes ended by itself."""
    for name, (child, log) in children.items():
        status = child.poll()
        if status is not None:
            ui.say(ui.tail(log))
            raise Fail(
                f"{name} ended by itself with status {status}, so everything was"
                f" stopped; see the log and start again (log: {log})"
            )


def _wait(url, children, progress, seconds=180):
    """Wait until an address answers; any answer but a server's error will do."""
    deadline = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        _check(children)
        progress.tick()
        try:
            with opener.open(url, timeout=60):
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.2)
    logs = ", ".join(str(log) for _child, log in children.values())
    raise Fail(f"{url} does not answer; see the logs and start again ({logs})")


def _point_demo_accounts(odoo, database, url):
    """Make the demo's official pages talk to the sandbox, wherever it listens."""
    wanted = ", ".join(
        f"({postgres.literal(name)}, {postgres.literal(url + place)})"
        for name, place in DEMO_ACCOUNTS.items()
    )
    stale = odoo.server.query(
        "SELECT 1 FROM helpdesk_social_account a"
        " JOIN ir_model_data d ON d.res_id = a.id"
        f" JOIN (VALUES {wanted}) w (name, url) ON w.name = d.name"
        f" WHERE d.module = '{ADDON}' AND d.model = 'helpdesk.social.account'"
        " AND a.api_url IS DISTINCT FROM w.url",
        database,
    )
    if not stale:
        return
    source = (
        f"for name, place in {DEMO_ACCOUNTS!r}.items():\n"
        f"    account = env.ref('{ADDON}.' + name, raise_if_not_found=False)\n"
        f"    if account:\n"
        f"        account.write({{'api_url': {url!r} + place}})\n"
        "env.cr.commit()\n"
    )
    odoo.python(database, source, paths.LOGS / f"{database}.log")
