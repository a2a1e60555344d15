from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MODULE
from .head_notices import NOW, HeadNoticeCase

CALM = [2, 1, 3, 2, 0, 1, 2, 3]


@tagged("post_install", "-at_install")
class TestSurgeLane(HeadNoticeCase):
    """Surges among messages whose history is made up and known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.water, cls.road = cls.topics
        cls.centre, cls.river = cls.places

    def later(self, **span):
        return Datetime.to_string(Datetime.to_datetime(NOW) + timedelta(**span))

    def test_found_and_explained(self):
        self.weeks(CALM, self.water)
        self.burst(14, self.water)
        surge = self.detect()
        self.assertEqual(len(surge), 1)
        self.assertEqual((surge.category_id, surge.count), (self.water, 14))
        self.assertFalse(surge.territory_id)
        self.assertEqual((surge.peak, surge.usual, surge.hours), (14, 3, 6))
        self.assertEqual(
            surge.explanation,
            "Messages within 6 h on the topic «Водоснабжение»: 14; usually not more "
            "than 3 come in such a time.",
        )
        self.assertEqual(len(surge.ticket_ids), 14)
        self.assertEqual(surge.date_from, min(surge.ticket_ids.mapped("received_at")))

    def test_usual_numbers_are_no_surge(self):
        self.weeks([9, 12, 8, 10, 11, 9, 13, 10], self.water)
        self.burst(13, self.water)
        self.assertFalse(self.detect())

    def test_few_are_no_surge(self):
        self.weeks([0, 0, 0, 0, 0, 0, 0, 1], self.water)
        self.burst(4, self.water)
        self.assertFalse(self.detect())
        self.company.social_surge_least = 4
        self.assertTrue(self.detect())

    def test_without_history_nothing_is_said(self):
        self.burst(20, self.water)
        self.assertFalse(self.detect())

    def test_same_hours_alone_count(self):
        """Thirty every morning do not make three in the evening unusual, nor the
        other way round."""
        for number in range(1, 9):
            week = Datetime.to_datetime(NOW) - timedelta(weeks=number, hours=9)
            self.burst(6, self.water, before=Datetime.to_string(week))
        self.burst(12, self.water)
        self.assertEqual(self.detect().usual, 0)

    def test_one_author_counts_once(self):
        self.weeks(CALM, self.water)
        for minute in range(20):
            at = Datetime.to_datetime(NOW) - timedelta(minutes=minute)
            self.message(at, self.water, author=self.authors[0])
        self.assertFalse(self.detect())
        # Those whose author is not known are different people.
        for minute in range(20):
            at = Datetime.to_datetime(NOW) - timedelta(minutes=minute)
            self.message(at, self.water)
        self.assertEqual(self.detect().count, 21)

    def test_excluded_do_not_count(self):
        self.weeks(CALM, self.water)
        self.burst(14, self.water).write({"social_state": "excluded"})
        self.assertFalse(self.detect())

    def test_topic_and_place(self):
        self.weeks(CALM, self.water, self.centre)
        self.burst(14, self.water, self.centre)
        surge = self.detect()
        self.assertEqual(
            (surge.category_id, surge.territory_id), (self.water, self.centre)
        )
        self.assertEqual(surge.display_name, "Водоснабжение, Центр")
        # Another matter at the same time is an event of its own.
        self.burst(9, self.road, self.river, first=20)
        self.assertEqual(len(self.detect() - surge), 1)

    def test_other_administration(self):
        self.weeks(CALM, self.water)
        self.burst(14, self.water).write({"company_id": self._company().id})
        self.assertFalse(self.detect())

    def _company(self):
        return self.env["res.company"].create({"name": "Другая администрация"})

    # -- once --------------------------------------------------------------------

    def test_told_once_and_again_when_doubled(self):
        self.weeks(CALM, self.water)
        self.burst(10, self.water)
        self.detect()
        self.tell()
        self.detect()
        self.tell()
        surge = self.surges()
        self.assertEqual(len(surge), 1)
        self.assertEqual(len(self.told()), 1)
        self.assertEqual((surge.told_count, bool(surge.told_at)), (10, True))
        self.assertIn("not more than 3", self.told().body)
        self.assertTrue(self.told().attachment_ids)
        # It grows, but is not twice as large yet.
        at = self.later(hours=1)
        self.burst(9, self.water, before=at, first=10)
        self.detect(at)
        self.tell(at)
        self.assertEqual((self.surges(), surge.count), (surge, 19))
        self.assertEqual(len(self.told()), 1)
        at = self.later(hours=2)
        self.burst(4, self.water, before=at, first=19)
        self.detect(at)
        self.tell(at)
        self.assertEqual((self.surges(), surge.count), (surge, 23))
        self.assertEqual(len(self.told()), 2)
        self.assertEqual(surge.peak, 23)

    def test_over_and_a_new_one(self):
        self.weeks(CALM, self.water)
        self.burst(10, self.water)
        first = self.detect()
        self.tell()
        # A quiet run in between does not end it.
        self.assertEqual(self.detect(self.later(hours=5)).state, "ongoing")
        self.detect(self.later(hours=13))
        self.assertEqual(first.state, "over")
        self.assertEqual(first.ended_at, first.date_last)
        self.assertFalse(self.activities())
        week = self.later(weeks=1)
        self.burst(20, self.water, before=week)
        second = self.detect(week) - first
        self.assertEqual(second.count, 20)

    def test_where_no_act_asks(self):
        self.act.reports_significant = False
        self.weeks(CALM, self.water)
        self.burst(14, self.water)
        self.assertTrue(self.detect())
        self.tell()
        self.assertFalse(self.told())

    def test_index_keeps_one(self):
        self.weeks(CALM, self.water)
        self.burst(14, self.water)
        surge = self.detect()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            with self.env.cr.savepoint():
                surge.copy({"ticket_ids": False})

    def test_one_administration_stops_no_other(self):
        self.weeks(CALM, self.water)
        self.burst(14, self.water)
        other = self._company()
        Surge = type(self.env["helpdesk.social.surge"])
        detect = Surge._detect

        def failing(surges, company, now):
            if company == other:
                raise ValueError("made up")
            return detect(surges, company, now)

        rollback = patch.object(self.env.cr, "rollback", lambda: None)
        with patch.object(Surge, "_detect", failing), rollback:
            with self.assertLogs(f"odoo.addons.{MODULE}", "ERROR"):
                self.assertTrue(self.detect())

    # -- who may -----------------------------------------------------------------

    def test_roles(self):
        self.weeks(CALM, self.water)
        self.burst(14, self.water)
        surge = self.detect()
        for user in (self.head, self.curator, self.social_admin):
            self.assertEqual(surge.with_user(user).count, 14)
            with self.assertRaises(UserError):
                surge.with_user(user).write({"count": 1})
        with self.assertRaises(AccessError):
            surge.with_user(self.roads).read(["count"])
        action = surge.with_user(self.curator).action_tickets()
        found = self.env["helpdesk.ticket"].with_user(self.curator)
        self.assertEqual(found.search(action["domain"]), surge.ticket_ids)
        stranger = self._user("s_stranger", "group_head")
        other = self._company()
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            surge.with_user(stranger).read(["count"])

    def test_settings(self):
        Settings = self.env["helpdesk.social.surge.settings"]
        with self.assertRaises(AccessError):
            Settings.with_user(self.curator).create({})
        window = Settings.with_user(self.social_admin).create({})
        self.assertEqual(window.social_surge_hours, 6)
        window.social_surge_hours = 12
        window.action_save()
        self.assertEqual(self.company.social_surge_hours, 12)
        window.social_surge_hours = 0
        window.action_save()
        self.weeks(CALM, self.water)
        self.burst(14, self.water)
        self.assertFalse(self.detect())
