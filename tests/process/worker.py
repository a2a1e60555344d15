"""An Odoo process that does what a test tells it, one step after the other.

Started by :class:`support.Worker` with Odoo's options. The steps come over a local
connection; each runs in a transaction of its own, committed at its end, and what it
returns (or its traceback) goes back.
"""

import os
import sys
import threading
import time
import traceback
from contextlib import ExitStack
from functools import partial
from multiprocessing.connection import Client
from pathlib import Path
from unittest.mock import patch

from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config

MODULE = "helpdesk_mgmt_social"
PAGES = {1: "demo_account_administration", 2: "demo_account_head"}
GATE_SECONDS = 180

STEPS = {}


def step(function):
    """Let the test call ``function(env, **arguments)`` by its name."""
    STEPS[function.__name__] = function
    return function


def ref(env, name):
    return env.ref(f"{MODULE}.{name}")


def page_of(env, number):
    """The official page of the demo data with this number on the sandbox."""
    return ref(env, PAGES[number])


def gate(name):
    """Say that this process has come to ``name``; wait until it may go on."""
    folder = Path(os.environ["WORKER_GATES"])
    (folder / f"{name}.{os.getpid()}").touch()
    deadline = time.monotonic() + GATE_SECONDS
    while not (folder / f"{name}.open").exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"gate {name} was never opened")
        time.sleep(0.005)


def hold(env, stack, target, name):
    """Make the first call of a method wait at a gate before it does anything.

    :param target: ``<model>:<method>``, or ``vk:<method>`` for the network's client
    """
    owner, method = target.split(":")
    if owner == "vk":
        from odoo.addons.helpdesk_mgmt_social.networks import client_class

        cls = client_class("vk")
    else:
        cls = env.registry[owner]
    original = getattr(cls, method)
    waiting = [True]

    def held(self, *args, **kwargs):
        if waiting:
            waiting.clear()
            gate(name)
        return original(self, *args, **kwargs)

    stack.enter_context(patch.object(cls, method, held))


def hold_all(env, stack, holds):
    """See :func:`hold`; ``holds`` are gates by what waits at them."""
    for target, name in (holds or {}).items():
        hold(env, stack, target, name)


# -- what the tests set up


def afresh():
    """Fields of a page of which nothing has been read."""
    return {
        "cursor": False,
        "health": "new",
        "failures": 0,
        "last_error": False,
        "last_consequence": False,
        "lease_owner": False,
        "lease_until": False,
        "next_reconcile": False,
        "next_poll": fields.Datetime.now(),
    }


@step
def connect(env, url):
    """Let both pages of VK in the demo data talk to the sandbox at ``url``, afresh;
    no other page is read."""
    for model in ("helpdesk.social.turn", "helpdesk.social.hold"):
        env[model].search([]).unlink()
    env["helpdesk.social.account"].search([]).receive = False
    for number in PAGES:
        account = page_of(env, number)
        account.write({"api_url": url, "receive": number == 1, **afresh()})
        account.set_secrets(
            {
                "access_token": f"sandbox-community-token-{number}",
                "service_token": "sandbox-service-key",
                "user_token": "sandbox-user-token",
            }
        )


@step
def set_parameter(env, name, value):
    env["ir.config_parameter"].set_param(f"{MODULE}.{name}", value)


@step
def change_page(env, page, **vals):
    """Write fields of a page; ``now`` stands for the present."""
    now = fields.Datetime.now()
    vals = {name: now if value == "now" else value for name, value in vals.items()}
    page_of(env, page).write(vals)


@step
def set_secrets(env, page, **secrets):
    page_of(env, page).set_secrets(secrets)


@step
def forget_numbers(env):
    """Let no message have had a number before."""
    sequences = env["ir.sequence"].search([("code", "=", "helpdesk.social.ticket")])
    sequences.write({"code": "forgotten"})
    for ticket in env["helpdesk.ticket"].search([("is_social", "=", True)]):
        ticket.number = f"forgotten-{ticket.id}"


@step
def read_page(env, page, names):
    return page_of(env, page).read(names)[0]


@step
def search_read(env, model, domain, names):
    return env[model].search_read(domain, names, order="id")


@step
def check(env, page):
    """Press «Check connection»; returns what it says."""
    account = page_of(env, page)
    account.action_check()
    return account.check_result.splitlines()


# -- reading


@step
def fetch_by_action(env, at=None, holds=None):
    """Run the scheduled action of reading as the scheduler does."""
    with ExitStack() as stack:
        hold_all(env, stack, holds)
        if at:
            gate(at)
        run_action(env, "cron_poll")


def run_action(env, name):
    outcome = ref(env, name).method_direct_trigger()
    if outcome is not True:
        raise RuntimeError(f"{name}: {outcome}")


@step
def fetch_by_call(env, page=1, at=None, holds=None):
    """Call ``poll()`` as a remote call does: tried again after a conflict."""
    with ExitStack() as stack:
        hold_all(env, stack, holds)
        account = page_of(env, page)
        if at:
            # The snapshot of the database is taken before the others go on.
            account.read(["cursor"])
            gate(at)
        return retrying(account.poll, env)


@step
def enter_by_hand(env, link, text):
    """A curator enters a message found by its link."""
    curator = ref(env, "demo_user_curator")
    ticket = env["helpdesk.ticket"].with_user(curator)
    return ticket.enter_by_hand({"permalink": link, "original_text": text}).id


# -- answering


@step
def answer(env, external_id, text):
    """Lead a received message through the procedure into the outbox."""
    message = env["helpdesk.social.message"].search(
        [("external_id", "=", external_id), ("direction", "=", "in")]
    )
    curator, roads = ref(env, "demo_user_curator"), ref(env, "demo_user_roads")
    ticket = message.ticket_id.with_user(curator)
    ticket.assign([(ref(env, "demo_unit_roads"), env["res.users"])])
    assignment = ticket.assignment_ids.with_user(roads)
    assignment.action_accept()
    assignment.draft_text = text
    assignment.action_submit()
    assignment.with_user(curator).action_approve()
    return ticket.publish(text, message.account_id).id


@step
def answer_again(env, row):
    """Queue the same words under the same message once more."""
    first = env["helpdesk.social.message"].browse(row)
    reply = first.reply_id.copy({"state": "queued"})
    again = first._queue_reply(reply, first.account_id, first.text)
    return again.id


@step
def send_by_action(env, at=None, holds=None, lane="cron_send", unclear=None):
    """Run a scheduled action of sending as the scheduler does, with so many seconds
    until an unclear outcome is looked into."""
    with ExitStack() as stack:
        hold_all(env, stack, holds)
        if unclear:
            stack.enter_context(patch.object(outbox(), "UNCLEAR_SECONDS", unclear))
        if at:
            gate(at)
        run_action(env, lane)


@step
def forget_sending(env, rows):
    """Set rows of the outbox back to what they were before they were sent."""
    env["helpdesk.social.message"].browse(rows).write(
        {
            "outbox_state": "queued",
            "external_id": False,
            "first_attempt_at": False,
            "attempts": 0,
            "next_try": fields.Datetime.now(),
        }
    )


@step
def hold_of_outbox(env, place=None):
    """Whether the outbox is held; with ``place``, the database was there before."""
    hold = env["helpdesk.social.hold"]
    if place:
        hold.search([]).place = place
    return hold.social_hold()["held"]


@step
def release(env):
    """An administrator lets the outbox send."""
    env["helpdesk.social.hold"].search([], limit=1).action_release()


@step
def send_by_call(env, at=None, holds=None):
    """Run the lane of sending beside the scheduled action."""
    with ExitStack() as stack:
        hold_all(env, stack, holds)
        Message = env["helpdesk.social.message"]
        if at:
            gate(at)
        Message._cron_send()


@step
def hurry(env, rows):
    """Make waiting rows of the outbox due now; claims stay as they are."""
    now = fields.Datetime.now()
    env["helpdesk.social.message"].browse(rows).write({"next_try": now})


@step
def expire(env, model, ids):
    """Let the time of claims pass; of rows of the outbox, also that of their pages."""
    if model == "helpdesk.social.message":
        turns = env["helpdesk.social.turn"].search([("lease_until", "!=", False)])
        turns.lease_until = fields.Datetime.now()
    records = env[model].browse(ids).filtered("lease_until")
    vals = {"lease_until": fields.Datetime.now()}
    if model == "helpdesk.social.message":
        vals["next_try"] = vals["lease_until"]
    records.write(vals)


@step
def retry(env, row):
    """A curator presses «Try again»."""
    curator = ref(env, "demo_user_curator")
    env["helpdesk.social.message"].browse(row).with_user(curator).action_retry()


@step
def change_ticket(env, ticket):
    """Change a ticket, as a curator does while other things go on."""
    record = env["helpdesk.ticket"].browse(ticket)
    record.write({"follow_up": not record.follow_up, "priority": "2"})


# -- the process


def outbox():
    """The module of the outbox, to be imported once Odoo knows where the addons are."""
    from odoo.addons.helpdesk_mgmt_social.models import helpdesk_social_message_outbox

    return helpdesk_social_message_outbox


def serve(database, connection):
    threading.current_thread().dbname = database
    Registry(database)
    outbox().UNCLEAR_SECONDS = 1
    connection.send("ready")
    while True:
        try:
            name, arguments = connection.recv()
        except EOFError:
            return
        try:
            registry = Registry(database).check_signaling()
            with registry.cursor() as cr:
                root = api.Environment(cr, api.SUPERUSER_ID, {})
                context = root["res.users"].context_get()
                env = root(context=context)
                value = partial(STEPS[name], env)(**arguments)
                cr.commit()
            registry.signal_changes()
            connection.send((True, value))
        except Exception:
            connection.send((False, traceback.format_exc()))


def main(arguments):
    # They need what is defined here, and register themselves.
    import steps_calendar  # noqa: F401
    import steps_escalation  # noqa: F401
    import steps_torture  # noqa: F401

    config.parse_config(arguments, setup_logging=True)
    [database] = config["db_name"]
    key = bytes.fromhex(os.environ["WORKER_KEY"])
    with Client(os.environ["WORKER_ADDRESS"], authkey=key) as connection:
        serve(database, connection)


if __name__ == "__main__":
    main(sys.argv[1:])
