"""The head's figures and papers over 3,000 messages of one month.

The messages, with their history, terms, executors and drafts sent back, are put into
the tables in one transaction, which is rolled back at the end.
"""

import io
import random
import time
from datetime import datetime, timedelta

from psycopg2.extras import Json, execute_values

MESSAGES = 3000
SEED = 6
UNITS, TOPICS, PLACES = 12, 25, 40
FIRST = datetime(2025, 3, 1)
STATES = ("published", "closed", "in_progress", "excluded", "no_reaction")
ENDS = (
    "Примите меры, пожалуйста.",
    "Третий раз пишу, а ответа нет.",
    "Живут пожилые люди и дети, пройти невозможно.",
    "Когда это закончится? Платим исправно, а толку никакого.",
)
COMPLAINTS = (
    "На дороге глубокая яма, машины объезжают её по встречной полосе.",
    "Третью неделю не горят фонари, детям страшно идти из школы.",
    "Мусор не вывозят с прошлой пятницы, контейнеры переполнены.",
    "Автобус по утрам не приходит, на остановке стоит полсотни человек.",
    "В подъезде холодно, батареи еле тёплые, заявки в управляющей не берут.",
)


def run(report, env):
    start = time.perf_counter()
    env = env(context={**env.context, "lang": language(env), "tz": "Europe/Moscow"})
    populate(env)
    env.cr.execute("ANALYZE")
    report("report_population", time.perf_counter() - start, "s")
    head = make_head(env)
    env = env(user=head, context={**env.context, "allowed_company_ids": [1]})
    days = ("2025-03-01", "2025-03-31")
    figures = timed(
        report, "report_figures", env["helpdesk.social.figures"].figures, *days
    )
    report("report_received", figures["headline"]["received"]["value"], "messages")
    report("report_late", figures["late"]["count"], "answers")
    wizard = env["helpdesk.social.report"].create({"first": days[0], "last": days[1]})
    papers(report, env, "month", wizard)
    papers(report, env, "register", wizard)
    timed(report, "report_register_xlsx", wizard.make_register_table)


def papers(report, env, name, wizard):
    """Seconds of a paper as a page and as PDF, and its pages."""
    paper = env["ir.actions.report"].with_context(force_report_rendering=True)
    paper = paper._get_report(f"helpdesk_mgmt_social.report_{name}").with_env(paper.env)
    env.invalidate_all()
    timed(report, f"report_{name}_html", paper._render_qweb_html, paper.id, wizard.ids)
    env.invalidate_all()
    pdf, kind = timed(
        report, f"report_{name}_pdf", paper._render_qweb_pdf, paper.id, wizard.ids
    )
    assert kind == "pdf", kind
    report(f"report_{name}_pages", pages(pdf), "pages")


def pages(pdf):
    from odoo.tools.pdf import PdfFileReader

    return len(PdfFileReader(io.BytesIO(pdf)).pages)


def timed(report, name, work, *args):
    """What ``work`` gives; its seconds are reported."""
    start = time.perf_counter()
    result = work(*args)
    report(name, time.perf_counter() - start, "s")
    return result


def language(env):
    """Russian where it is installed."""
    return "ru_RU" if env["res.lang"]._get_code("ru_RU") else "en_US"


def make_head(env):
    return env["res.users"].create(
        {
            "name": "Глава Тестовый",
            "login": "benchmark_head",
            "group_ids": [
                (4, env.ref("helpdesk_mgmt_social.group_head").id),
                (4, env.ref("base.group_user").id),
            ],
        }
    )


# -- the population --------------------------------------------------------------


def populate(env):
    rng = random.Random(SEED)
    Team = env["helpdesk.ticket.team"]
    desk = Team.create({"name": "Кураторы", "is_social_desk": True})
    units = Team.create(
        [{"name": f"Отдел № {n}", "is_social_unit": True} for n in range(UNITS)]
    ).ids
    topics = env["helpdesk.ticket.category"].create(
        [{"name": f"Тема № {n}: содержание и ремонт"} for n in range(TOPICS)]
    )
    places = env["helpdesk.social.territory"].create(
        [{"name": f"Посёлок № {n}"} for n in range(PLACES)]
    )
    regulation = env.ref("helpdesk_mgmt_social.regulation_perm")
    norms = {norm.stage: norm for norm in regulation.norm_ids}
    reasons = env["helpdesk.social.rework.reason"].search([]).ids
    made = env["helpdesk.ticket"]._social_create(
        {
            "company_id": 1,
            "team_id": desk.id,
            "network": "vk",
            "intake": "page",
            "page_owner": "administration",
            "kind": "feed",
            "original_text": "Образец",
            "regulation_id": regulation.id,
        },
        # In no period that is reported on.
        FIRST - timedelta(90),
    )
    made.deadline_ids.sudo().unlink()
    env.flush_all()
    messages = [one(rng, number) for number in range(MESSAGES)]
    authors = insert(
        env,
        "helpdesk_social_author",
        [
            {
                "name": f"Житель {number % 900}",
                "network": "vk",
                "external_id": str(900_000 + number),
                "company_id": 1,
            }
            for number in range(MESSAGES)
        ],
    )
    template = columns_of(env, made)
    tickets = insert(
        env,
        "helpdesk_ticket",
        [
            {
                **template,
                "number": f"Б-{number:05}",
                "name": message["text"][:60],
                "original_text": message["text"],
                "list_text": message["text"],
                "received_at": message["received"],
                "create_date": message["received"],
                "network": rng.choice(("vk", "vk", "vk", "ok", "max")),
                "category_id": rng.choice(topics.ids),
                "territory_id": rng.choice(places.ids),
                "author_id": author,
                "social_state": message["state"],
                "permalink": f"https://vk.com/wall-1_{number}?reply={number * 7}",
            }
            for number, (message, author) in enumerate(
                zip(messages, authors, strict=True)
            )
        ],
    )
    shares, drafts = [], []
    for message, ticket in zip(messages, tickets, strict=True):
        message["ticket"], message["unit"] = ticket, rng.choice(units)
        if message["answered"]:
            shares.append(
                {
                    "ticket_id": ticket,
                    "company_id": 1,
                    "unit_id": message["unit"],
                    "state": "done",
                    "assigned_at": message["assigned"],
                    "ticket_kind": "feed",
                    "create_uid": 1,
                }
            )
    made_shares = iter(insert(env, "helpdesk_social_assignment", shares))
    for message in messages:
        message["share"] = next(made_shares) if message["answered"] else None
    relate(env, messages)
    insert(env, "helpdesk_social_event", list(events(messages)))
    clocks = list(terms(messages, norms))
    made_clocks = insert(env, "helpdesk_social_deadline", clocks)
    insert(env, "helpdesk_social_flaw", list(flaws(rng, clocks, made_clocks)))
    replies = insert(
        env,
        "helpdesk_social_reply",
        [
            {
                "ticket_id": message["ticket"],
                "company_id": 1,
                "assignment_id": message["share"],
                "kind": "final",
                "state": "published",
                "body": "Яму засыплем до 15 марта.",
            }
            for message in messages
            if message["returned"]
        ],
    )
    returned = [message for message in messages if message["returned"]]
    for message, reply in zip(returned, replies, strict=True):
        drafts.append(
            {
                "reply_id": reply,
                "ticket_id": message["ticket"],
                "company_id": 1,
                "body": "Примем меры.",
                "kind": "final",
                "submitted_by_id": 1,
                "submitted_at": message["drafted"],
                "decision": "rework",
                "decided_by_id": 1,
                "decided_at": message["returned"],
                "checks": Json([{"kind": rng.choice(("substance", "dates"))}]),
            }
        )
    versions = insert(env, "helpdesk_social_reply_version", drafts)
    field = env["helpdesk.social.reply.version"]._fields["reason_ids"]
    pairs(env, field, [(version, rng.choice(reasons)) for version in versions])
    env.invalidate_all()


def relate(env, messages):
    field = env["helpdesk.ticket"]._fields["unit_ids"]
    pairs(env, field, [(m["ticket"], m["unit"]) for m in messages if m["share"]])


def one(rng, number):
    """A message and the instants of its course."""
    received = FIRST + timedelta(minutes=rng.randrange(30 * 24 * 60))
    assigned = received + timedelta(minutes=rng.randrange(5, 200))
    drafted = assigned + timedelta(minutes=rng.randrange(30, 1500))
    answered = drafted + timedelta(minutes=rng.randrange(10, 2500))
    state = rng.choices(STATES, (70, 15, 7, 4, 4))[0]
    done = state in ("published", "closed")
    text = f"{rng.choice(COMPLAINTS)} Дом {number}. {rng.choice(ENDS)}"
    return {
        "received": received,
        "assigned": assigned,
        "drafted": drafted,
        "returned": drafted + timedelta(minutes=5)
        if done and rng.random() < 0.2
        else None,
        "answered": answered if done else None,
        "state": state,
        "text": text,
    }


def events(messages):
    for message in messages:
        steps = [("received", message["received"], None)]
        if message["answered"]:
            share = message["share"]
            steps += [
                ("registered", message["assigned"], None),
                ("assigned", message["assigned"], share),
                ("accepted", message["assigned"], share),
                ("draft_submitted", message["drafted"], share),
                ("approved", message["answered"], share),
                ("published", message["answered"], share),
            ]
            if message["returned"]:
                steps.append(("rework_requested", message["returned"], share))
        for kind, at, share in steps:
            yield {
                "ticket_id": message["ticket"],
                "company_id": 1,
                "type": kind,
                "at": at,
                "assignment_id": share,
                "create_date": at,
            }


def terms(messages, norms):
    for message in messages:
        spans = {
            "assign": ("received", "assigned", 2),
            "draft": ("assigned", "drafted", 16),
            "publish": ("received", "answered", 48),
        }
        for stage, (since, until, hours) in spans.items():
            if not message["answered"]:
                continue
            start, done = message[since], message[until]
            due = start + timedelta(hours=hours)
            norm = norms.get(stage)
            yield {
                "ticket_id": message["ticket"],
                "company_id": 1,
                "assignment_id": message["share"] if stage == "draft" else None,
                "norm_id": norm.id if norm else None,
                "norm_code": norm.code if norm else f"benchmark.{stage}",
                "stage": stage,
                "start": start,
                "due": due,
                "done": done,
                "state": "met" if done <= due else "breached",
            }


def flaws(rng, clocks, ids):
    for clock, deadline in zip(clocks, ids, strict=True):
        if clock["state"] == "breached" and rng.random() < 0.5:
            yield {
                "ticket_id": clock["ticket_id"],
                "company_id": 1,
                "assignment_id": clock["assignment_id"],
                "deadline_id": deadline,
                "kind": "late",
                "at": clock["due"],
                "state": "open",
                "explanation": "Ждали подрядчика, который не вышел на работу.",
            }


# -- rows ------------------------------------------------------------------------


def columns_of(env, ticket):
    """The stored values of a message, to be those of its copies."""
    env.cr.execute("SELECT * FROM helpdesk_ticket WHERE id = %s", [ticket.id])
    [row] = env.cr.dictfetchall()
    for name in ("id", "permalink_key", "access_token", "next_due"):
        row.pop(name, None)
    return {
        name: Json(value) if isinstance(value, (dict, list)) else value
        for name, value in row.items()
    }


def insert(env, table, rows):
    """Put rows into a table, all with the same columns; returns their ids."""
    if not rows:
        return []
    names = list(rows[0])
    found = execute_values(
        env.cr._obj,
        f"INSERT INTO {table} ({', '.join(names)}) VALUES %s RETURNING id",
        [[row[name] for name in names] for row in rows],
        page_size=1000,
        fetch=True,
    )
    return [row[0] for row in found]


def pairs(env, field, rows):
    execute_values(
        env.cr._obj,
        f"INSERT INTO {field.relation} ({field.column1}, {field.column2}) VALUES %s",
        rows,
        page_size=1000,
    )
