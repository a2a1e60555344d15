from datetime import timedelta, timezone

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..models.helpdesk_social_account_unheard import ACTIVITY, LATE, UNHEARD
from .common import comment
from .delivery import DeliveryCase


@tagged("post_install", "-at_install")
class TestUnheard(DeliveryCase):
    """Events that are delivered no more are noticed by what reading finds."""

    def setUp(self):
        super().setUp()
        self.began = fields.Datetime.now()
        self.number = 0

    def found(self, count, after, **item):
        """Messages that reading finds, posted ``after`` the delivery was begun."""
        moment = (self.began + after).replace(tzinfo=timezone.utc)
        for _time in range(count):
            self.number += 1
            name = f"wall-1_10_r{100 + self.number}"
            self.receive(comment(name, posted_at=moment, **item))

    def watch(self, after):
        with freeze_time(self.began + after):
            self.env["helpdesk.social.account"]._cron_health()

    def activities(self):
        return self.account.activity_search([ACTIVITY])

    def test_told_once_and_taken_back(self):
        minute = timedelta(minutes=1)
        self.found(UNHEARD, minute)
        self.watch(minute + LATE)
        self.assertFalse(self.account.unheard_since, "events may be late")
        self.watch(2 * minute + LATE)
        self.assertEqual(self.account.unheard_since, self.account.delivery_since)
        self.assertEqual(self.account.delivery_state, "failing")
        planned = self.activities()
        self.assertEqual(len(planned), len(planned.user_id))
        mine = planned.filtered(lambda a: a.user_id == self.social_admin)
        self.assertIn("Nothing is lost", mine.note)
        self.watch(timedelta(hours=1))
        self.assertEqual(self.activities(), planned)
        with freeze_time(self.began + timedelta(hours=2)):
            self.deliver(self.event(1))
        self.watch(timedelta(hours=2))
        self.assertFalse(self.account.unheard_since)
        self.assertFalse(self.activities())
        self.assertIn("delivered again", self.account.message_ids[:1].body)
        self.assertEqual(self.account.delivery_state, "on")

    def test_what_proves_nothing(self):
        minute = timedelta(minutes=1)
        self.found(UNHEARD - 1, minute)
        # Of these no events are delivered; those had been written before.
        self.found(UNHEARD, minute, item_type="mention")
        self.found(UNHEARD, -minute)
        self.watch(timedelta(hours=1))
        self.assertFalse(self.account.unheard_since)
        self.found(1, minute)
        self.watch(timedelta(hours=1))
        self.assertTrue(self.account.unheard_since)

    def test_events_that_came_are_forgotten_some_day(self):
        self.found(UNHEARD, timedelta(days=1))
        self.watch(timedelta(days=16))
        self.assertFalse(self.account.unheard_since)

    def test_switched_on_again(self):
        self.found(UNHEARD, timedelta(minutes=1))
        self.watch(timedelta(hours=1))
        with freeze_time(self.began + timedelta(hours=1)):
            self.account.with_user(self.social_admin).action_delivery_on()
        self.assertFalse(self.account.unheard_since)
        self.assertFalse(self.activities())
        self.watch(timedelta(hours=2))
        self.assertFalse(self.account.unheard_since)

    def test_switched_off(self):
        self.found(UNHEARD, timedelta(minutes=1))
        self.watch(timedelta(hours=1))
        self.account.with_user(self.social_admin).action_delivery_off()
        self.watch(timedelta(hours=2))
        self.assertFalse(self.account.unheard_since)
        self.assertFalse(self.activities())
