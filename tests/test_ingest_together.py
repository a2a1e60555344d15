from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ..models.helpdesk_social_account_ingest_store import HelpdeskSocialAccount
from .common import SocialCommon, comment, utc

POTHOLE = "Яма на Лесной 5, машины бьют подвеску"
TEXTS = (
    POTHOLE,
    "Когда засыплют яму на Лесной 5? Машины бьют подвеску",
    "Фонари не горят третий день, темно",
    "Мусор не вывозят, сволочи",
    "Звоните 8 912 345-67-89, снег не убирают",
    "",
    "Спасибо",
)
STORE = f"{HelpdeskSocialAccount.__module__}.HelpdeskSocialAccount"


class Undo(Exception):
    """Ends one of the two ways."""


@tagged("post_install", "-at_install")
class TestTogether(SocialCommon):
    """Storing a piece together gives exactly what storing item by item gives."""

    HISTORIES, BATCHES, ITEMS = 12, 3, 14
    #: Share of items that cannot be stored
    broken_share = 0

    # -- histories ---------------------------------------------------------------

    def history(self, rng):
        """Batches of items: threads of a few authors, with edits, deletions before
        and after their originals, restorings, repeated and broken items."""
        items, posts = [], {}
        for _number in range(self.BATCHES * self.ITEMS):
            known = list(posts.values())
            if known and rng.random() < 0.45:
                items.append(self.change(rng, rng.choice(known)))
                continue
            number = len(posts) + 1
            fresh = self.fresh(rng, number, known)
            posts[number] = fresh
            if rng.random() < 0.15:
                items.append(self.tombstone(fresh))
            else:
                items.append(fresh)
        size = self.ITEMS
        return [items[i : i + size] for i in range(0, len(items), size)]

    def fresh(self, rng, number, known):
        private = rng.random() < 0.25
        author = str(501 + rng.randrange(4))
        thread = f"wall-1_10_r{number}"
        at = utc("2024-03-07 09:10") + timedelta(minutes=number)
        if known and rng.random() < 0.5:
            thread = rng.choice(known).thread_id
        if private:
            thread = f"dialog{author}"
        item = comment(
            f"wall-1_10_r{number}",
            rng.choice(TEXTS),
            thread=thread,
            author=author if rng.random() < 0.95 else "",
        )
        item = replace(item, posted_at=at, own=rng.random() < 0.05)
        if private:
            item = replace(item, kind="private", root_id=thread, permalink="")
        if rng.random() < self.broken_share:
            item = replace(item, posted_at="yesterday")
        elif rng.random() < 0.05 and known:
            # Another id of what has been received already.
            item = replace(item, permalink=rng.choice(known).permalink)
        return item

    def change(self, rng, item):
        step = rng.choice(("same", "edit", "older", "delete", "restore"))
        if step == "same":
            return item
        if step == "delete":
            return self.tombstone(item)
        if step == "restore":
            return replace(item, change="restore")
        minutes = 1 if step == "older" else rng.randint(2, 90)
        at = utc("2024-03-07 10:00") + timedelta(minutes=minutes)
        return replace(item, text=rng.choice(TEXTS) + "!", edited_at=at, change="edit")

    def tombstone(self, item):
        return replace(item, text="", author_id="", deleted=True, change="delete")

    # -- two ways ----------------------------------------------------------------

    def outcome(self, batches, between):
        """What storing ``batches`` gives; nothing of it stays."""
        result = None
        with suppress(Undo), self.env.cr.savepoint():
            for number, items in enumerate(batches):
                self.network.inbox += items
                self.account.poll()
                if not number:
                    between()
            self.env.flush_all()
            self.env.invalidate_all()
            result = self.picture()
            raise Undo
        self.env.invalidate_all()
        return result

    def picture(self):
        own = [("account_id", "=", self.account.id)]
        messages = self.env["helpdesk.social.message"].search(own, order="id")
        tickets = messages.ticket_id.sorted("id")
        order = {ticket: number for number, ticket in enumerate(tickets)}
        numbers = tickets.mapped("number")
        self.assertEqual(numbers, sorted(set(numbers)), "numbers follow the messages")
        rows = [self.message_picture(message, order) for message in messages]
        return rows, [self.ticket_picture(ticket, order) for ticket in tickets]

    def message_picture(self, message, order):
        names = ("external_id", "item_type", "kind", "text", "posted_at", "edited_at")
        names += ("deleted_at", "author_external_id", "thread_id", "permalink")
        names += ("screening_state", "broken", "error")
        return {
            **{name: message[name] for name in names},
            "author": message.author_id.external_id,
            "versions": message.version_ids.mapped(lambda v: (v.text, v.at)),
            "ticket": order.get(message.ticket_id),
        }

    def ticket_picture(self, ticket, order):
        names = ("name", "description", "original_text", "list_text", "social_state")
        names += ("follow_up", "steps", "thread_key", "permalink_key", "kind")
        names += ("initial_facts", "received_at", "next_due", "no_term", "importance")
        names += ("suggestion_data", "source_state", "waiting_since", "intake")
        return {
            **{name: ticket[name] for name in names},
            "regulation": ticket.regulation_id.id,
            "team": ticket.team_id.id,
            "stage": ticket.stage_id.id,
            "possible_repeat": order.get(ticket.possible_repeat_id),
            "next_deadline": ticket.next_deadline_id.norm_code,
            "events": ticket.event_ids.mapped(lambda e: (e.type, e.at, e.user_id.id)),
            "clocks": ticket.deadline_ids.mapped(
                lambda d: (d.norm_code, d.start, d.due, d.done, d.state, d.next_alert)
            ),
            "findings": sorted(
                (f.kind, f.words, f.message_id.external_id or "")
                for f in ticket.finding_ids
            ),
            "repeats": sorted(
                (order[r.earlier_id], r.score, r.reason, r.words or "")
                for r in ticket.repeat_ids
            ),
            "notes": sorted(
                str(body)
                for body in ticket.message_ids.mapped("body")
                if "The author" in str(body)
            ),
        }

    def settle(self):
        """Between the first and the second batch: one message is finished, and the
        author of another is asked."""
        tickets = self.account_tickets()
        if len(tickets) > 1:
            tickets[0].with_user(self.curator).no_reaction(
                self.env.ref("helpdesk_mgmt_social.no_reaction_thanks")
            )
            tickets[1].with_user(self.curator).ask_author_by_hand(
                "Где это?", "https://vk.com/x", at=utc("2024-03-07 09:30").replace(
                    tzinfo=None
                )
            )  # fmt: skip

    def account_tickets(self):
        return self.env["helpdesk.ticket"].search(
            [("social_account_id", "=", self.account.id)], order="id"
        )

    def test_same_as_one_by_one(self):
        def singly(account, items, authors):
            return sum(account._store_item_safely(item, authors) for item in items)

        fell_apart = []
        original = HelpdeskSocialAccount._store_item_safely

        def counted(account, item, authors):
            fell_apart.append(item)
            return original(account, item, authors)

        self.patch(HelpdeskSocialAccount, "_store_item_safely", counted)
        for seed in range(self.HISTORIES):
            # A broken item lets the whole piece be stored singly.
            self.broken_share = 0.04 * (seed % 2)
            batches = self.history(Random(seed))
            fell_apart.clear()
            with self.subTest(seed=seed), freeze_time("2024-03-07 12:00:00"):
                together = self.outcome(batches, self.settle)
                self.assertTrue(seed % 2 or not fell_apart)
                with patch(f"{STORE}._store_piece", singly):
                    apart = self.outcome(batches, self.settle)
                self.assertTrue(together[1])
                for here, there in zip(together, apart, strict=True):
                    self.assertEqual(len(here), len(there))
                    for one, other in zip(here, there, strict=True):
                        self.assertEqual(one, other)

    # -- cost --------------------------------------------------------------------

    def poll_queries(self, number, start):
        """Queries of a poll of ``number`` new messages, each with its own author."""
        self.network.inbox += [
            comment(
                f"wall-1_10_r{start + n}",
                f"{TEXTS[n % 5]} {n}",
                author=str(9000 + start + n),
            )
            for n in range(number)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self.account.poll(), number)
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_queries_of_a_poll(self):
        self.poll_queries(5, 1)
        self.assertLessEqual(self.poll_queries(100, 100) / 100, 2)
        self.assertLessEqual(self.poll_queries(400, 1000) / 400, 0.6)

    def test_numbers_are_those_of_the_sequence(self):
        sequence = self.env.company._social_sequence()
        first, second, third = sequence._social_next(3)
        self.assertLess(first, second)
        self.assertLess(second, third)
        self.assertEqual(int(third[-5:]) + 1, int(sequence.next_by_id()[-5:]))
        sequence.implementation = "no_gap"
        self.assertEqual(len(set(sequence._social_next(3))), 3)

    def test_followers_of_the_desk_are_told_as_before(self):
        follower = self._user("s_follower", "group_curator")
        self.desk.message_subscribe(follower.partner_id.ids)
        tickets = self.receive(comment(), comment("wall-1_10_r2"))
        self.assertEqual(len(tickets), 2)
        for ticket in tickets:
            self.assertIn(follower.partner_id, ticket.message_partner_ids)
            self.assertIn(follower.partner_id, ticket.message_ids.notified_partner_ids)
