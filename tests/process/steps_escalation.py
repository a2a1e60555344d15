"""The steps of a worker for the tests of escalation; see ``worker.py``."""

import importlib
import re
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.service.model import retrying
from odoo.tools import mute_logger

# The process runs ``worker.py``.
from __main__ import MODULE, hold_all, ref, run_action, step

#: A draft on the head's page takes four hours; so long ago it was assigned.
HOURS_AGO = 5
STEPS = [
    {"moment": "share", "share": 75, "recipient": "executor", "channel": "activity"},
    {"moment": "at", "recipient": "executor", "channel": "inbox"},
    {
        "moment": "after",
        "minutes": 10,
        "recipient": "curator",
        "channel": "email",
        "raise_priority": True,
    },
    {
        "moment": "after",
        "minutes": 30,
        "recipient": "executor",
        "channel": "inbox",
        "record_flaw": True,
    },
]


def regulation(env):
    """The act of these tests: Perm's, with four steps for each draft."""
    found = env["helpdesk.social.regulation"].search([("code", "=", "escalation")])
    if found:
        return found
    copy = ref(env, "regulation_perm").copy({"code": "escalation"})
    copy.escalation_step_ids.unlink()
    copy.escalation_step_ids = [(0, 0, {"stage": "draft", **vals}) for vals in STEPS]
    return copy


@step
def quiet_clocks(env):
    """Let no alert of earlier tests or of the demo data be due."""
    env["helpdesk.social.deadline"].search([("next_alert", "!=", False)]).write(
        {"next_alert": False}
    )
    users = ref(env, "demo_user_roads") | ref(env, "demo_user_curator")
    users.notification_type = "inbox"


@step
def due_messages(env, messages):
    """Messages whose drafts are an hour late, so that all four steps are due."""
    then = fields.Datetime.now() - timedelta(hours=HOURS_AGO)
    act = regulation(env)
    curator = ref(env, "demo_user_curator")
    none = env["res.users"]
    ids = []
    with patch.object(fields.Datetime, "now", lambda *args: then):
        for number in range(messages):
            ticket = env["helpdesk.ticket"]._social_create(
                {
                    "company_id": env.company.id,
                    "regulation_id": act.id,
                    "original_text": f"Яма {number}",
                    "page_owner": "head",
                    "kind": "feed",
                    "intake": "page",
                    "user_id": curator.id,
                },
                then,
            )
            ticket.with_user(curator).assign([(ref(env, "demo_unit_roads"), none)])
            ids.append(ticket.id)
    return ids


@step
def due_alerts(env):
    """How many clocks have an alert due."""
    Deadline = env["helpdesk.social.deadline"]
    return Deadline.search_count(Deadline._alert_domain())


@contextmanager
def counted(env, batch):
    """Count the clocks whose alerts this process fires and commits."""
    lane = f"odoo.addons.{MODULE}.models.helpdesk_social_deadline_alert"
    digest = f"odoo.addons.{MODULE}.models.helpdesk_social_alert_digest"
    deadlines, actions = (
        env.registry["helpdesk.social.deadline"],
        env.registry["ir.cron"],
    )
    fire, commit = deadlines._fire_batch, actions._commit_progress
    count = {"fired": 0, "committed": 0}

    def fire_batch(self):
        count["fired"] = 0
        count["fired"] = fire(self)
        return count["fired"]

    def commit_progress(self, *args, **kwargs):
        left = commit(self, *args, **kwargs)
        count["committed"] += count["fired"]
        count["fired"] = 0
        return left

    with (
        patch.object(deadlines, "_fire_batch", fire_batch),
        patch.object(actions, "_commit_progress", commit_progress),
        patch.object(importlib.import_module(lane), "BATCH", batch),
        # Each message is looked for in the digests.
        patch.object(importlib.import_module(digest), "LINES", 10_000),
    ):
        yield count


@step
def warn_by_action(env, holds=None, batch=100):
    """Run the scheduled action of escalation; returns how many clocks it dealt with."""
    with counted(env, batch) as count, ExitStack() as stack:
        hold_all(env, stack, holds)
        run_action(env, "cron_alert")
    return count["committed"]


@step
def warn_by_call(env, holds=None, batch=100):
    """Run the lane of escalation beside the scheduled action."""
    with counted(env, batch) as count, ExitStack() as stack:
        hold_all(env, stack, holds)
        env["helpdesk.social.deadline"]._cron_alert()
    return count["committed"]


@step
def submit_draft(env, ticket):
    """The executor submits, tried again after a conflict as a remote call is."""
    roads = ref(env, "demo_user_roads")
    assignment = env["helpdesk.ticket"].browse(ticket).assignment_ids.with_user(roads)

    def submit():
        assignment.action_accept()
        assignment.draft_text = "Засыплем."
        assignment.action_submit()

    with mute_logger("odoo.sql_db"):
        retrying(submit, env)


@step
def ledger(env, tickets):
    """The alerts of these tickets."""
    alerts = env["helpdesk.social.alert"].search([("ticket_id", "in", tickets)])
    return [
        {
            "deadline": alert.deadline_id.id,
            "step": alert.step_id.id,
            "told": bool(alert.told_at and alert.user_ids),
        }
        for alert in alerts
    ]


@step
def told(env, tickets):
    """What the people got of these tickets: one line for each mention."""
    lines, digests = [], 0
    for channel, who, text in _digests(env):
        mentioned = re.findall(r"model=([\w.]+)&amp;res_id=(\d+)", text)
        records = [env[model].browse(int(number)) for model, number in mentioned]
        found = [
            record.id if record._name == "helpdesk.ticket" else record.ticket_id.id
            for record in records
        ]
        found = [ticket for ticket in found if ticket in tickets]
        lines += [(channel, who, ticket) for ticket in found]
        digests += bool(found)
    records = env["helpdesk.ticket"].browse(tickets)
    return {
        "lines": lines,
        "digests": digests,
        "flaws": records.flaw_ids.ticket_id.ids,
        "raised": records.filtered(lambda ticket: ticket.priority == "2").ids,
    }


def _digests(env):
    """(channel, login, text) of all that was sent to people."""
    kind = ref(env, "activity_alert")
    activities = env["mail.activity"].search([("activity_type_id", "=", kind.id)])
    for activity in activities:
        yield "activity", activity.user_id.login, activity.note
    for mail in env["mail.mail"].search([("body_html", "like", "mail/view")]):
        yield "email", mail.recipient_ids.user_ids.login, mail.body_html
    for note in env["mail.notification"].search(
        [
            ("mail_message_id.body", "like", "mail/view"),
            ("notification_type", "=", "inbox"),
        ]
    ):
        login = note.res_partner_id.user_ids.login
        yield "inbox", login, note.mail_message_id.body
