from contextlib import contextmanager
from datetime import timedelta

from freezegun import freeze_time

from odoo.fields import Datetime

from .common import MODULE, SocialCommon

#: Thursday, 18:00 in Moscow
NOW = "2024-03-14 15:00:00"


class HeadNoticeCase(SocialCommon):
    """An administration under an act that wants the head told at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.act = cls.env.ref(f"{MODULE}.regulation_myasnikovsky").copy()
        cls.env["helpdesk.social.account"].search([]).regulation_id = cls.act
        cls.company = cls.account.company_id
        cls.company.social_regulation_id = cls.act
        # Whoever else has the role in this database is nobody here.
        others = cls.env["helpdesk.social.appointment"]._heads(cls.company) - cls.head
        others.group_ids -= cls.env.ref(f"{MODULE}.group_head")
        cls.head.write({"notification_type": "inbox", "email": "head@x.test"})
        cls.topics = cls.env["helpdesk.ticket.category"].create(
            [{"name": "Водоснабжение"}, {"name": "Дороги"}]
        )
        cls.places = cls.env["helpdesk.social.territory"].create(
            [{"name": "Центр"}, {"name": "Заречье"}]
        )
        cls.authors = cls.env["helpdesk.social.author"].create(
            [
                {
                    "company_id": cls.company.id,
                    "network": "vk",
                    "external_id": f"9{number}",
                    "name": f"Житель {number}",
                }
                for number in range(40)
            ]
        )

    def message(self, at, topic=None, place=None, author=None, **vals):
        """A message as it stands in the database, received at ``at``."""
        ticket = self.env["helpdesk.ticket"]._social_create(
            {
                "company_id": self.company.id,
                "team_id": self.desk.id,
                "network": "vk",
                "intake": "page",
                "page_owner": "administration",
                "kind": "feed",
                "original_text": "Нет воды",
                **vals,
            },
            Datetime.to_datetime(at),
        )
        ticket.write(
            {
                "category_id": topic.id if topic else False,
                "territory_id": place.id if place else False,
                "author_id": author.id if author else False,
            }
        )
        return ticket

    def burst(self, count, topic=None, place=None, before=NOW, first=0):
        """``count`` messages of different authors within the hour before."""
        now = Datetime.to_datetime(before)
        return self.env["helpdesk.ticket"].union(
            *(
                self.message(
                    now - timedelta(minutes=1 + number),
                    topic,
                    place,
                    self.authors[first + number],
                )
                for number in range(count)
            )
        )

    def weeks(self, counts, topic=None, place=None):
        """So many messages in the same hours of each of the weeks before."""
        # It has worked for longer than that.
        self.message("2023-12-01 10:00:00")
        for number, count in enumerate(counts, 1):
            week = Datetime.to_datetime(NOW) - timedelta(weeks=number)
            self.burst(count, topic, place, before=Datetime.to_string(week))

    @contextmanager
    def lane(self, at):
        """The present is ``at``; commits of lanes are flushes."""
        with freeze_time(at), self.committing(careful=True):
            yield

    def detect(self, at=NOW):
        with self.lane(at):
            self.env["helpdesk.social.surge"]._cron_detect()
        return self.surges()

    def tell(self, at=NOW):
        with self.lane(at):
            self.env["helpdesk.social.head.notice"]._cron_tell()

    def surges(self):
        return self.env["helpdesk.social.surge"].search(
            [
                "|",
                ("category_id", "in", self.topics.ids),
                ("territory_id", "in", self.places.ids),
            ],
            order="id",
        )

    def told(self, user=None):
        """Notifications of ``user`` (the head), oldest first."""
        partner = (user or self.head).partner_id
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("notified_partner_ids", "in", partner.ids),
            ],
            order="id",
        )

    def activities(self, user=None):
        kind = self.env.ref(f"{MODULE}.activity_head_notice")
        return self.env["mail.activity"].search(
            [
                ("user_id", "=", (user or self.head).id),
                ("activity_type_id", "=", kind.id),
            ]
        )
