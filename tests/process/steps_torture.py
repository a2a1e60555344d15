"""The steps of a worker for the trial of endurance; see ``worker.py``."""

import random
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

# The process runs ``worker.py``.
from __main__ import STEPS, afresh, page_of, ref, step

#: Pages beside VK's of the demo data: name, address on the sandbox
PAGES = {"ok": ("demo_account_ok", "/ok"), "max": ("demo_account_max", "/max")}
#: What the scheduler runs of reading and sending, whatever lanes there are
LANES = ("model._cron_poll()", "model._cron_send()", "model._cron_deliveries()")
TICKETS = 200


@step
def connect_three(env, url):
    """Let a page of each network talk to the sandbox; returns their ids by network.

    That of VK is connected by :func:`worker.connect`.
    """
    ids = {"vk": page_of(env, 1).id}
    for network, (name, path) in PAGES.items():
        page = ref(env, name)
        page.write({"api_url": url + path, "receive": True, **afresh()})
        ids[network] = page.id
    return ids


@step
def toil(env, seed, stop):
    """Read and send, one lane after the other, until the file ``stop`` is there.

    Mostly as the scheduler does, which runs an action in one process at a time; now
    and then beside it, as a person's button or another server does.  Returns how
    often what happened.
    """
    # A transaction that is never ended would see the database as it is now.
    env.cr.commit()
    chance, counts = random.Random(seed), Counter()
    with ExitStack() as stack:
        _be_quick(stack)
        while not Path(stop).exists():
            registry = Registry(env.cr.dbname).check_signaling()
            try:
                with registry.cursor() as cr:
                    fresh = api.Environment(cr, SUPERUSER_ID, env.context)
                    counts[_lane(fresh, chance)] += 1
            except psycopg2.errors.SerializationFailure:
                counts["conflict"] += 1
            registry.signal_changes()
            time.sleep(chance.uniform(0, 0.1))
    return dict(counts)


def _lane(env, chance):
    crons = env["ir.cron"].search([("code", "in", LANES)], order="id")
    cron = chance.choice(crons)
    beside = chance.random() < 0.3
    if not beside:
        try:
            outcome = cron.method_direct_trigger()
        except UserError:
            # The other process runs it just now.
            beside = True
        else:
            if outcome is not True:
                raise RuntimeError(f"{cron.name}: {outcome}")
            return "by the scheduler"
    method = cron.code.removeprefix("model.").removesuffix("()")
    getattr(env[cron.model_id.model], method)()
    return "beside it"


def _be_quick(stack):
    """Shorten what only lets time pass: pauses, not the order of what is done."""
    from odoo.addons.helpdesk_mgmt_social.models import (
        helpdesk_social_account_ingest as ingest,
    )
    from odoo.addons.helpdesk_mgmt_social.models import (
        helpdesk_social_account_receive as receive,
    )
    from odoo.addons.helpdesk_mgmt_social.models import (
        helpdesk_social_delivery as delivery,
    )
    from odoo.addons.helpdesk_mgmt_social.models import (
        helpdesk_social_message_outbox as outbox,
    )
    from odoo.addons.helpdesk_mgmt_social.networks import pause
    from odoo.addons.helpdesk_mgmt_social.networks.ok.api import OKApi

    soon = partial(pause, first=0.5, longest=3)
    # Of the claims only the multiple: a killed process holds a page that long.
    quick = {"POLL_SECONDS": 1, "PIECE_CALLS": 1, "RECONCILE_MINUTES": 0.5}
    stack.enter_context(patch.multiple(ingest, pause=soon, **quick))
    stack.enter_context(patch.object(receive, "PIECE_CALLS", 1))
    stack.enter_context(patch.object(delivery, "pause", soon))
    stack.enter_context(patch.multiple(outbox, pause=soon, UNCLEAR_SECONDS=1))
    stack.enter_context(patch.object(OKApi, "PAUSE", 1.0))


@step
def answer_one(env, external_id, text, twice=False):
    """Answer a message, tried again after a conflict with those who read and send;
    ``twice`` queues the same words under it once more."""

    def procedure():
        rows = [STEPS["answer"](env, external_id, text)]
        if twice:
            rows.append(STEPS["answer_again"](env, rows[0]))
        return rows

    return retrying(procedure, env)


@step
def compare(env, pages):
    """Let the pages be compared as a whole, now; returns the time that stands there
    until that is done.

    The networks have said that events were lost: otherwise some changes of which they
    tell nobody would be looked for once a day, or once in several comparisons.  Photos
    that could not be fetched are tried again.
    """
    now = fields.Datetime.now()
    accounts = env["helpdesk.social.account"].browse(pages)
    accounts.write({"next_reconcile": now, "next_poll": now})
    for page in accounts:
        page.cursor = {**(page.cursor or {}), "reconcile": True}
    waiting = env["helpdesk.social.message"].search(
        [("account_id", "in", pages), ("media_pending", "=", True)]
    )
    waiting.media_next_try = False
    return fields.Datetime.to_string(now)


@step
def deliver(env, pages, url):
    """Let the networks deliver events to the server at ``url``, by an administrator's
    button; returns the pages whose network did not take the address."""

    def press():
        env["ir.config_parameter"].set_param("web.base.url", url)
        accounts = env["helpdesk.social.account"].browse(pages)
        for account in accounts:
            account.action_delivery_on()
        return accounts.filtered("delivery_error").ids

    return retrying(press, env)


@step
def deliver_no_more(env, pages):
    """Forget the addresses that events were delivered to."""

    def forget():
        env["helpdesk.social.account"].browse(pages)._forget_delivery()

    retrying(forget, env)


@step
def differences(env, tickets):
    """Where stored clocks differ from a replay, as ``script/replay.py`` says it."""
    found = []
    for first in range(0, len(tickets), TICKETS):
        part = env["helpdesk.ticket"].browse(tickets[first : first + TICKETS])
        found += part._replay_differences()
        env.invalidate_all()
    return found


@step
def termless(env, tickets):
    """Tickets with neither a clock nor the mark that no term applies."""
    Deadline = env["helpdesk.social.deadline"]
    clocked = set(Deadline.search([("ticket_id", "in", tickets)]).ticket_id.ids)
    marked = env["helpdesk.ticket"].search(
        [("id", "in", tickets), ("no_term", "=", True)]
    )
    return sorted(set(tickets) - clocked - set(marked.ids))
