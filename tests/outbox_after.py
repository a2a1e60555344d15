from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from ..networks import Consequence, NetworkError, Standing
from .common import FakeClient, SocialCommon

TEXT = "Яму засыплем до 15 марта."


def error(consequence, **kwargs):
    return NetworkError("the network's words", consequence=consequence, **kwargs)


class AfterClient(FakeClient):
    """A network on which the own items can be changed, taken off and looked at."""

    def __init__(self):
        super().__init__()
        self.able = frozenset({"reply", "edit", "delete", "look"})
        self.calls = []
        #: (error, done all the same) of the next changes
        self.change_failures = []
        self.look_errors = []
        self.looked = []

    def abilities(self, kind):
        return self.able

    def texts(self):
        """What stands on the wall, by external id."""
        return {external_id: sent.text for external_id, sent in self.wall}

    def put(self, external_id, outgoing):
        """Somebody changes an item, or deletes it (None)."""
        wall = [(i, sent) for i, sent in self.wall if i != external_id]
        self.wall = wall + ([(external_id, outgoing)] if outgoing else [])

    def edit(self, published, outgoing):
        self._change("edit", published, outgoing)

    def delete(self, published):
        self._change("delete", published, None)

    def _change(self, name, published, outgoing):
        self.calls.append((name, published.external_id))
        failure, done = (
            self.change_failures.pop(0) if self.change_failures else (None, True)
        )
        if done:
            self.put(published.external_id, outgoing)
        if failure:
            raise failure

    def look(self, published):
        ids = [item.external_id for item in published]
        self.looked.append(ids)
        if self.look_errors:
            raise self.look_errors.pop(0)
        texts = self.texts()
        return [
            Standing(i, "there" if i in texts else "gone", texts.get(i, ""))
            for i in ids
        ]


class AfterCase(SocialCommon):
    """A reply that the software has published."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network = AfterClient()

    def setUp(self):
        super().setUp()
        self.clock = freeze_time("2024-03-11 07:00:00")
        self.now = self.clock.start()
        self.addCleanup(self.clock.stop)

    def later(self, **kwargs):
        self.now.tick(timedelta(**kwargs))
        return fields.Datetime.now()

    def send(self):
        with self.sending() as outbox:
            outbox._cron_send()

    def look(self):
        with self.committing(careful=True):
            self.env["helpdesk.social.message"]._cron_look()

    def published(self, text=TEXT, split=False, **item):
        """A message whose reply stands on the network; in the curator's hands."""
        item.setdefault("at", "2024-03-11 06:00")
        ticket = self.approved(**item)
        ticket.publish(text, self.account, split=split)
        self.later(minutes=1)
        self.send()
        self.assertEqual(ticket.social_state, "published")
        return ticket

    def rows(self, ticket):
        return ticket.sudo().social_message_ids.filtered("outbox_state").sorted("id")

    def activities(self, ticket, name):
        kind = self.env.ref(f"helpdesk_mgmt_social.activity_{name}")
        return ticket.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )


LOST = Consequence.UNKNOWN
