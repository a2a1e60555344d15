"""Messages stored per second and queries per message, beside OCA's mail gateway.

Both sides work on one database in one transaction, rolled back at the end: the
reading of a page through ``poll()`` (tickets, numbers, history, clocks, screening,
suggestions, repeats) in polls of 100 and of 1,000 messages, in one piece and in the
pieces that a comparison delivers, and the gateway of ``helpdesk_mgmt`` making a ticket
of each of the same texts sent as letters. What a commit would still have to do is
counted on both sides. Between the measurements PostgreSQL takes its statistics, as
autovacuum does on a live server, where each piece is committed.
"""

import logging
import random
import time
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path
from unittest.mock import patch

PHRASES = Path(__file__).resolve().parents[2] / "language" / "tests" / "phrases"
SEED = 20
#: (messages of a poll, polls)
POLLS = ((100, 5), (1000, 2))
LETTERS = 100
#: Items of one piece, as a comparison of a page delivers them at most.
PIECE = 100
STREETS = ("Лесной", "Школьной", "Рабочей", "Садовой", "Мира", "Гагарина", "Полевой")
ENDS = (
    "Примите меры, пожалуйста.",
    "Третий раз пишу, а ответа нет.",
    "Живут пожилые люди и дети, пройти невозможно.",
    "Когда это закончится? Платим исправно, а толку никакого.",
    "Звоните, если нужно, 8 (912) 345-67-89.",
)
POSTED = datetime(2026, 3, 5, 6, 0, tzinfo=timezone.utc)


def run(report, env):
    logging.getLogger("odoo.addons.mail").setLevel(logging.ERROR)
    env = env(context={**env.context, "lang": "ru_RU", "tz": "Asia/Yekaterinburg"})
    page = make_page(env)
    network = Network(texts())
    rates = {}
    with patch.object(type(page), "_client", lambda _self: network):
        # What only the first reading of a process pays for is no part of it.
        network.write(20)
        page.poll()
        for size, polls in POLLS:
            for label, piece in (("", size), ("_pieces", PIECE)):
                if piece == size and label:
                    continue
                network.piece = piece
                name = f"ingest_{size}{label}"
                rates[name] = measure(env, page, network, size, polls, report, name)
    letters = gateway(env, report)
    for name, rate in rates.items():
        report(f"{name}_times_faster_than_gateway", rate / letters, "x")


def measure(env, page, network, size, polls, report, name):
    """Messages per second of ``polls`` polls of ``size`` messages."""
    seconds, queries, tickets = 0, 0, 0
    for _ in range(polls):
        network.write(size)
        before = count(env)
        spent, asked = measured(env, page.poll)
        seconds, queries = seconds + spent, queries + asked
        tickets += count(env) - before
    number = size * polls
    report(f"{name}_messages", number / seconds, "1/s")
    report(f"{name}_queries", queries / number, "per_message")
    report(f"{name}_tickets", tickets / number, "per_message")
    return number / seconds


def gateway(env, report):
    """Letters per second that OCA's gateway makes tickets of."""
    Thread = env["mail.thread"].with_context(mail_notify_force_send=False)
    letters = [letter(number, text) for number, text in enumerate(texts(LETTERS + 1))]
    Thread.message_process("helpdesk.ticket", letters.pop())
    env.cr.flush()
    before = count(env)

    def process():
        for one in letters:
            Thread.message_process("helpdesk.ticket", one)
            # A letter is committed by itself.
            env.cr.flush()

    seconds, queries = measured(env, process)
    assert count(env) - before == LETTERS
    report("gateway_messages", LETTERS / seconds, "1/s")
    report("gateway_queries", queries / LETTERS, "per_message")
    return LETTERS / seconds


def measured(env, work):
    """Seconds and queries of ``work``, what a commit would write included."""
    env.cr.flush()
    env.invalidate_all()
    env.cr.execute("ANALYZE")
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.cr.flush()
    return time.perf_counter() - start, env.cr.sql_log_count - queries


def count(env):
    return env["helpdesk.ticket"].with_context(active_test=False).search_count([])


def make_page(env):
    return env["helpdesk.social.account"].create(
        {
            "name": "Benchmark",
            "network": "vk",
            "external_id": "4242",
            "regulation_id": env.ref("helpdesk_mgmt_social.regulation_perm").id,
            "since": "2020-01-01 00:00:00",
        }
    )


def texts(number=None):
    """Complaints as citizens write them, of one to four sentences; endless without
    ``number``."""
    lines = (PHRASES / "tuning_topics.txt").read_text(encoding="utf-8").splitlines()
    phrases = [line.split("|")[1].strip() for line in lines if "|" in line]
    phrases = [phrase for phrase in phrases if not phrase.startswith("message:")]
    rng = random.Random(SEED)
    while number is None or number:
        street, house = rng.choice(STREETS), rng.randint(1, 120)
        parts = [rng.choice(phrases) + f", на {street} {house}."]
        parts += rng.sample(ENDS, rng.randint(0, 3))
        yield " ".join(parts)
        number = number and number - 1


def letter(number, text):
    message = EmailMessage()
    message["Subject"] = text[:60]
    message["From"] = f"Житель {number} <citizen{number}@example.com>"
    message["To"] = "office@example.com"
    message["Message-Id"] = f"<{number}.benchmark@example.com>"
    message["Date"] = "Thu, 05 Mar 2026 06:00:00 +0000"
    message.set_content(text)
    return message.as_string()


class Network:
    """A page that people comment on: as many new comments as it is told to have.

    One comment in ten is a follow-up of an author in a thread; one in three is of
    an author who wrote before.
    """

    def __init__(self, words):
        self.words = words
        self.rng = random.Random(SEED)
        self.number = 0
        self.inbox = []
        self.threads = []
        self.piece = PIECE

    def write(self, number):
        from odoo.addons.helpdesk_mgmt_social.networks import Item

        for _ in range(number):
            self.number += 1
            author, thread = str(1000 + self.number), f"wall-4242_7_r{self.number}"
            if self.threads and self.number % 10 == 0:
                author, thread = self.rng.choice(self.threads)
            elif self.threads and self.number % 3 == 0:
                author, _thread = self.rng.choice(self.threads)
            self.threads.append((author, thread))
            text = next(self.words)
            self.inbox.append(
                Item(
                    external_id=f"wall-4242_7_r{self.number}",
                    item_type="comment",
                    kind="feed",
                    root_id="wall-4242_7",
                    thread_id=thread,
                    parent_id="wall-4242_7",
                    author_id=author,
                    text=text,
                    posted_at=POSTED + timedelta(seconds=self.number),
                    permalink=f"https://vk.com/wall-4242_7?reply={self.number}",
                    raw={"id": self.number, "from_id": int(author), "text": text},
                )
            )

    def updates(self, cursor):
        from odoo.addons.helpdesk_mgmt_social.networks import Batch

        items, self.inbox = self.inbox, []
        for start in range(0, len(items), self.piece):
            piece = tuple(items[start : start + self.piece])
            ids = frozenset(item.author_id for item in piece)
            yield Batch(items=piece, author_ids=ids, cursor={"n": piece[-1].raw["id"]})

    def reconcile(self, cursor, stored, since):
        from odoo.addons.helpdesk_mgmt_social.networks import Batch

        yield Batch(items=(), author_ids=frozenset(), cursor=dict(cursor))

    @staticmethod
    def reconcile_needed(cursor):
        return False

    def authors(self, external_ids):
        from odoo.addons.helpdesk_mgmt_social.networks import Author

        return [Author(i, f"Житель {i}", f"https://vk.com/id{i}") for i in external_ids]
