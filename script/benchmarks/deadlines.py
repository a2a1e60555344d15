"""Replays of a history per second; clocks stored through the ORM, beside OCA's SLA."""

import time
from datetime import datetime, timedelta

from deadlines import Act, Event, replay, russian_calendar
from deadlines.tests.acts import PERM

FACTS = {
    "intake": "page",
    "page_owner": "administration",
    "kind": "feed",
    "importance": "normal",
    "needs_photo": False,
}
#: Fifteen events: two executors, a decline, two rounds of rework
HISTORY = [
    ("2026-03-05T16:10", "received", None),
    ("2026-03-05T16:20", "registered", None),
    ("2026-03-05T16:40", "assigned", "roads"),
    ("2026-03-05T16:41", "assigned", "parks"),
    ("2026-03-05T17:05", "declined", "parks"),
    ("2026-03-05T17:20", "assigned", "lighting"),
    ("2026-03-06T09:15", "accepted", "roads"),
    ("2026-03-06T09:40", "accepted", "lighting"),
    ("2026-03-06T11:00", "draft_submitted", "roads"),
    ("2026-03-06T11:30", "rework_requested", "roads"),
    ("2026-03-06T12:10", "draft_submitted", "lighting"),
    ("2026-03-06T12:40", "rework_requested", "lighting"),
    ("2026-03-06T14:10", "draft_submitted", "roads"),
    ("2026-03-06T15:00", "draft_submitted", "lighting"),
    ("2026-03-06T15:30", "approved", "roads"),
]
SECONDS = 2
TICKETS = 500
#: Local times are UTC+5; four clocks: assign, draft, review, publish
STORED = [
    ("2026-03-05 11:10:00", "received"),
    ("2026-03-05 11:20:00", "registered"),
    ("2026-03-05 11:40:00", "assigned"),
    ("2026-03-05 12:15:00", "accepted"),
    ("2026-03-06 06:00:00", "draft_submitted"),
]
RULES = 4


def run(report, env):
    replays(report)
    # Installed before anything is measured: both sides run in one registry.
    env = with_sla(env)
    ours = stored_clocks(env, report)
    theirs = sla_rules(env, report)
    report("deadlines_times_faster_than_sla", theirs / ours, "x")


def replays(report):
    act = Act.from_data(PERM)
    calendar = russian_calendar(act.tz)
    events = [
        Event(type=kind, at=datetime.fromisoformat(at).replace(tzinfo=act.tz),
              executor=executor)
        for at, kind, executor in HISTORY
    ]  # fmt: skip
    now = events[-1].at + timedelta(minutes=1)
    clocks = replay(act, FACTS, events, calendar, now)
    count = 0
    start = time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(50):
            replay(act, FACTS, events, calendar, now)
        count += 50
    seconds = time.perf_counter() - start
    report("deadlines_events", len(events), "events")
    report("deadlines_clocks", len(clocks), "clocks")
    report("deadlines_replays", count / seconds, "1/s")


def with_sla(env):
    """The environment of a registry that has OCA's helpdesk_mgmt_sla."""
    module = env["ir.module.module"].search([("name", "=", "helpdesk_mgmt_sla")])
    if not module:
        env["ir.module.module"].update_list()
        module = env["ir.module.module"].search([("name", "=", "helpdesk_mgmt_sla")])
    if module.state != "installed":
        module.button_immediate_install()
    from odoo import api

    return api.Environment(env.cr, env.uid, dict(env.context))


def measured(env, work):
    """Queries and seconds of ``work``, what it leaves to be written included."""
    env.flush_all()
    env.invalidate_all()
    queries = env.cr.sql_log_count
    start = time.perf_counter()
    work()
    env.flush_all()
    return env.cr.sql_log_count - queries, time.perf_counter() - start


def stored_clocks(env, report):
    """Let the clocks of tickets be replayed and stored; seconds per clock."""
    tickets = social_tickets(env)
    # What the first call of a process pays for is no part of it.
    tickets[0]._replay_clocks()
    tickets[0].deadline_ids.unlink()
    queries, seconds = measured(env, tickets._replay_clocks)
    clocks = len(tickets.deadline_ids)
    report("deadlines_stored_clocks", clocks, "clocks")
    report("deadlines_stored_queries", queries, f"per_{TICKETS}_tickets")
    report("deadlines_stored_ms", 1000 * seconds, f"per_{TICKETS}_tickets")
    again, seconds_again = measured(env, tickets._replay_clocks)
    report("deadlines_replayed_queries", again, f"per_{TICKETS}_tickets")
    report("deadlines_replayed_ms", 1000 * seconds_again, f"per_{TICKETS}_tickets")
    report("deadlines_us_per_clock", 1e6 * seconds / clocks, "us")
    return seconds / clocks


def social_tickets(env):
    """Messages with a history and without clocks."""
    regulation = env.ref("helpdesk_mgmt_social.regulation_perm")
    unit = env["helpdesk.ticket.team"].create(
        {"name": "Benchmark", "is_social_unit": True}
    )
    common = {
        "description": "Benchmark",
        "is_social": True,
        "company_id": env.company.id,
        "regulation_id": regulation.id,
        "user_id": False,
        "initial_facts": FACTS,
        "social_state": "review",
        **FACTS,
    }
    quiet = {"tracking_disable": True, "mail_create_nolog": True}
    tickets = env["helpdesk.ticket"].with_context(**quiet)
    tickets = tickets.create([{**common, "name": f"M {n}"} for n in range(TICKETS)])
    assignments = (
        env["helpdesk.social.assignment"]
        .with_context(**quiet)
        .create(
            [
                {
                    "ticket_id": ticket.id,
                    "unit_id": unit.id,
                    "state": "submitted",
                    "assigned_at": STORED[2][0],
                }
                for ticket in tickets
            ]
        )
    )
    env["helpdesk.social.event"].create(
        [
            {
                "ticket_id": assignment.ticket_id.id,
                "type": kind,
                "at": at,
                "assignment_id": assignment.id
                if kind not in ("received", "registered")
                else False,
            }
            for assignment in assignments
            for at, kind in STORED
        ]
    )
    return tickets.with_context(tracking_disable=False)


def sla_rules(env, report):
    """Let OCA's SLA set its rules on as many tickets; seconds per clock."""
    calendar = env.ref("helpdesk_mgmt_social.calendar_perm")
    team = env["helpdesk.ticket.team"].create(
        {"name": "SLA", "use_sla": True, "resource_calendar_id": calendar.id}
    )
    stages = env["helpdesk.ticket.stage"].search([], limit=RULES)
    env["helpdesk.sla"].create(
        [
            {
                "name": f"Rule {hours}",
                "team_ids": [(6, 0, team.ids)],
                "stage_id": stages[hours % len(stages)].id,
                "hours": hours,
            }
            for hours in range(1, RULES + 1)
        ]
    )
    # Another environment would be slowed by the rules of the demo data
    env["helpdesk.sla"].search([("team_ids", "not in", team.ids)]).active = False
    quiet = {"tracking_disable": True, "mail_create_nolog": True}
    tickets = (
        env["helpdesk.ticket"]
        .with_context(**quiet)
        .create(
            [
                {"name": f"S {n}", "description": "Benchmark", "user_id": False,
                 "team_id": team.id}
                for n in range(TICKETS)
            ]
        )
    )  # fmt: skip
    tickets.ticket_sla_ids.unlink()
    queries, seconds = measured(env, tickets.set_sla)
    clocks = len(tickets.ticket_sla_ids)
    report("sla_stored_clocks", clocks, "clocks")
    report("sla_stored_queries", queries, f"per_{TICKETS}_tickets")
    report("sla_stored_ms", 1000 * seconds, f"per_{TICKETS}_tickets")
    report("sla_us_per_clock", 1e6 * seconds / clocks, "us")
    return seconds / clocks
