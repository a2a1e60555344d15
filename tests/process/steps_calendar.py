"""The steps of a worker for the tests of calendars; see ``worker.py``."""

from datetime import timedelta

from odoo import fields

# The process runs ``worker.py``.
from __main__ import page_of, ref, run_action, step


@step
def assign_within_a_day(env):
    """Let a message of the first page be assigned within a working day."""
    act = env["helpdesk.social.regulation"].search([("code", "=", "calendar")])
    if not act:
        act = ref(env, "regulation_perm").copy({"code": "calendar"})
        act.calendar_id = act.calendar_id.copy()
        norm = act.norm_ids.filtered(lambda norm: norm.stage == "assign")
        norm.write({"term_unit": "working_days", "term_amount": 1})
    page_of(env, 1).regulation_id = act


@step
def forget_assign_within_a_day(env):
    page_of(env, 1).regulation_id = ref(env, "regulation_perm")


@step
def take_week_off(env):
    """Let nobody work for a week from yesterday on; the lane of recomputation runs
    as soon as that is known."""
    calendar = page_of(env, 1).regulation_id.calendar_id
    today = fields.Date.today()
    env["helpdesk.social.calendar.day"].create(
        [
            {
                "date": today + timedelta(number),
                "kind": "off",
                "calendar_id": calendar.id,
            }
            for number in range(-1, 7)
        ]
    )
    env.cr.commit()
    run_action(env, "cron_replay")


@step
def clocks(env, ticket):
    """Where a ticket's stored clocks differ from its history's, and how many of them
    end after the week."""
    record = env["helpdesk.ticket"].browse(ticket)
    week = fields.Datetime.now() + timedelta(days=5)
    return {
        "differences": record._replay_differences(),
        "after_the_week": len(record.deadline_ids.filtered(lambda d: d.due > week)),
    }
