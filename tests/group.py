from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .common import SocialCommon, comment

INTERIM = "Проверяем, ответим до 20 марта."
TEXT = "Яму засыплем до 15 марта."


class GroupCase(SocialCommon):
    """Several citizens on one problem: one lead, one reply published to each."""

    def setUp(self):
        super().setUp()
        self.clock = freeze_time("2024-03-07 04:00:00")
        self.now = self.clock.start()
        self.addCleanup(self.clock.stop)
        items = [
            comment(
                f"wall-1_10_r{n}",
                f"Яма на Лесной, пишет {n}",
                author=str(500 + n),
                at=f"2024-03-07 03:{10 * n:02}",
            )
            for n in range(1, 5)
        ]
        self.tickets = self.receive(*items).with_user(self.curator)
        self.lead, *_others = self.tickets
        self.followers = self.tickets - self.lead
        self.nobody = self.env["res.users"]

    def later(self, minutes=10):
        self.now.tick(timedelta(minutes=minutes))
        return fields.Datetime.now()

    def types(self, ticket):
        return ticket.sudo().event_ids.sorted(lambda e: (e.at, e.id)).mapped("type")

    def steps(self, ticket, *types):
        """Steps on shares of ``ticket`` with their instants."""
        events = ticket.sudo().event_ids.filtered(
            lambda e: e.assignment_id and (not types or e.type in types)
        )
        return [(e.type, e.at) for e in events.sorted(lambda e: (e.at, e.id))]

    def assertTrue_to_history(self):
        for ticket in self.tickets:
            self.assertEqual(ticket._replay_differences(), [], ticket.number)

    def grouped(self, assign=True):
        self.later()
        self.followers.join(self.lead)
        if assign:
            self.later()
            self.lead.assign([(self.unit_roads, self.roads)])
        return self.lead

    def send(self):
        with self.sending() as outbox:
            for _round in range(3):
                outbox._cron_send()
                self.later(1)

    def private(self, number=1):
        return self.receive(
            comment(
                f"im1-{number}",
                "В личку",
                kind="private",
                author=f"9{number}",
                at="2024-03-07 04:00",
            )
        ).with_user(self.curator)

    def published(self, text=TEXT):
        self.grouped()
        self.later()
        self.drafted(self.lead, text=TEXT).with_user(self.curator).action_approve()
        self.later()
        self.lead.publish(text, self.account)
        self.later(1)

    def interim_approved(self):
        """The lead's interim draft, approved; returns its share."""
        self.grouped()
        share = self.holding(self.lead, self.roads)
        share.action_accept()
        share.write(
            {
                "draft_text": INTERIM,
                "draft_kind": "interim",
                "draft_interim_reason": "Ждём подрядчика.",
                "draft_promised_date": "2024-03-20",
            }
        )
        share.action_submit()
        share.with_user(self.curator).action_approve()
        self.later()
        return share
