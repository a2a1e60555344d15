from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from itertools import count
from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

from ..models.helpdesk_social_account import HelpdeskSocialAccount
from ..networks import Author, Batch, Item, Limits, Sent, Transport, Verdict

MODULE = "helpdesk_mgmt_social"


def utc(text):
    """An aware UTC instant from ``YYYY-MM-DD HH:MM[:SS]``."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


class FakeClient:
    """A network of the tests' own: what it has to say is put into ``inbox``.

    It remembers what was sent and fails as it is told to.
    """

    LIMITS = Limits(text_length=4096, attachments=10)

    def __init__(self):
        self.inbox = []
        self.sent = []
        self.wall = []
        self.failures = []
        self.authors_asked = []
        self.error = None
        self.problems = ()
        self.delivering = False
        self.remaining = 0
        self.transport = Transport()
        self._ids = count(1000)

    # reading

    def updates(self, cursor):
        if self.error:
            raise self.error
        items, self.inbox = tuple(self.inbox), []
        ids = frozenset(item.author_id for item in items if item.author_id)
        number = int(cursor.get("n", 0)) + 1
        yield Batch(
            items=items,
            author_ids=ids,
            cursor={"n": number},
            remaining_hint=self.remaining,
            problems=self.problems,
        )

    def reconcile(self, cursor, stored, since):
        yield Batch(
            items=(),
            author_ids=frozenset(),
            cursor=dict(cursor),
            remaining_hint=self.remaining,
        )

    def check(self):
        return [Verdict(self.delivering, "long_poll", "long_poll_disabled")]

    def abilities(self, kind):
        return frozenset({"reply"})

    def switch_on(self):
        self.delivering = True

    @staticmethod
    def reconcile_needed(cursor):
        return False

    def authors(self, external_ids):
        self.authors_asked.append(sorted(external_ids))
        return [Author(i, f"Житель {i}", f"https://vk.com/id{i}") for i in external_ids]

    # writing

    def send(self, outgoing):
        """Publish, or fail: ``failures`` holds (error, accepted all the same)."""
        error, accepted = self.failures.pop(0) if self.failures else (None, True)
        if accepted:
            external_id = f"wall-1_10_r{next(self._ids)}"
            self.wall.append((external_id, outgoing))
        self.sent.append(outgoing)
        if error:
            raise error
        return Sent(external_id, f"https://vk.com/{external_id}")

    def read_back(self, outgoing):
        return [
            comment(external_id, sent.text, own=True, thread=sent.thread_id)
            for external_id, sent in self.wall
            if sent.parent_id == outgoing.parent_id
        ]


def comment(external_id="wall-1_10_r1", text="Яма на дороге", **kwargs):
    """A public comment under a post, as a network client reports it."""
    number = external_id.rsplit("_r", 1)[-1]
    kwargs.setdefault("raw", {"id": number})
    item = Item(
        external_id=external_id,
        item_type="comment",
        kind="feed",
        root_id="wall-1_10",
        thread_id=kwargs.pop("thread", external_id),
        parent_id="wall-1_10",
        author_id=kwargs.pop("author", "501"),
        text=text,
        posted_at=utc(kwargs.pop("at", "2024-03-07 09:10")),
        permalink=f"https://vk.com/wall-1_10?reply={number}",
    )
    return replace(item, **kwargs)


class SocialCommon(BaseCommon):
    """People, units, a page and a network for all tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The tests compare source strings, whatever language the database speaks.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env.user.write({"tz": "UTC", "lang": "en_US"})
        cls.env.company.partner_id.lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        (
            cls.curator, cls.roads, cls.roads_2, cls.light, cls.head, cls.social_admin
        ) = cls._people(
            s_curator="group_curator",
            s_roads="group_executor",
            s_roads_2="group_executor",
            s_light="group_executor",
            s_head="group_head",
            s_admin="group_admin",
        )  # fmt: skip
        Team = cls.env["helpdesk.ticket.team"]
        cls.desk = Team.create(
            {
                "name": "Curators",
                "is_social_desk": True,
                "user_ids": [(6, 0, cls.curator.ids)],
            }
        )
        cls.unit_roads = Team.create(
            {
                "name": "Roads",
                "is_social_unit": True,
                "user_ids": [(6, 0, (cls.roads | cls.roads_2).ids)],
            }
        )
        cls.unit_light = Team.create(
            {
                "name": "Lighting",
                "is_social_unit": True,
                "user_ids": [(6, 0, cls.light.ids)],
            }
        )
        cls.regulation = cls.env.ref(f"{MODULE}.regulation_perm")
        cls.account = cls.env["helpdesk.social.account"].create(
            {
                "name": "Page of the administration",
                "network": "vk",
                "external_id": "4242",
                "page_owner": "administration",
                "team_id": cls.desk.id,
                "regulation_id": cls.regulation.id,
                "since": "2020-01-01 00:00:00",
            }
        )
        cls.network = FakeClient()

    @classmethod
    def _user(cls, login, *groups):
        return new_test_user(
            cls.env,
            login=login,
            groups=",".join(f"{MODULE}.{g}" for g in groups),
            lang="en_US",
        )

    @classmethod
    def _people(cls, **groups):
        """Users by their logins, each in a group, as ``_user`` makes one of them.

        Every class of tests begins with them, and together they take a third of the
        time.
        """
        return cls.env["res.users"].create(
            [
                {
                    "login": login,
                    "name": f"{login} ({MODULE}.{group})",
                    "password": login.ljust(8, "x"),
                    "email": "s.s@example.com",
                    "group_ids": [Command.set(cls.env.ref(f"{MODULE}.{group}").ids)],
                    "lang": "en_US",
                }
                for login, group in groups.items()
            ]
        )

    def setUp(self):
        super().setUp()
        self.network.__init__()
        self.startPatcher(
            patch.object(HelpdeskSocialAccount, "_client", lambda _self: self.network)
        )

    # -- short words -------------------------------------------------------------

    def receive(self, *items):
        """Let the network deliver ``items`` and poll; returns the tickets made."""
        before = self.env["helpdesk.ticket"].search([("is_social", "=", True)])
        self.network.inbox += items
        self.account.poll()
        after = self.env["helpdesk.ticket"].search([("is_social", "=", True)])
        return (after - before).sorted("id")

    def assigned(self, *units, **item):
        """A received message, sent to ``units`` (roads by default)."""
        ticket = self.receive(comment(**item)).with_user(self.curator)
        ticket.action_register()
        none = self.env["res.users"]
        ticket.assign([(unit, none) for unit in units or (self.unit_roads,)])
        return ticket

    def holding(self, ticket, user):
        """The assignment of ``ticket`` that ``user`` holds, in that user's hands."""
        mine = self.env["helpdesk.social.assignment"].with_user(user)
        return mine.search([("ticket_id", "=", ticket.id), ("is_mine", "=", True)])

    def drafted(self, ticket, user=None, text="Яму засыплем до 15 марта."):
        """Let ``user`` (roads by default) accept, draft and submit."""
        assignment = self.holding(ticket, user or self.roads)
        if assignment.state == "assigned":
            assignment.action_accept()
        assignment.draft_text = text
        assignment.action_submit()
        return assignment

    def approved(self, **item):
        """A message whose only draft is approved."""
        ticket = self.assigned(**item)
        self.drafted(ticket).with_user(self.curator).action_approve()
        return ticket

    @contextmanager
    def sending(self):
        """Run the lane of sending, its commits replaced by flushes."""
        with self.committing():
            yield self.env["helpdesk.social.message"]

    @contextmanager
    def committing(self, careful=False):
        """Commits of lanes replaced by flushes.

        A ``careful`` lane has nothing left to write when it says that something is
        done: a conflict at the commit would end the lane, and leave its claims.
        """
        cron = type(self.env["ir.cron"])

        def progress(cron_self, processed=0, **kwargs):
            if careful and processed:
                pending = cron_self.env.transaction.field_dirty
                self.assertFalse([field for field, ids in pending.items() if ids])
            cron_self.env.flush_all()
            return float("inf")

        with patch.object(cron, "_commit_progress", progress):
            yield
