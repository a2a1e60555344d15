from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError

from .common import MODULE, SocialCommon, comment

LINK = "https://vk.com/wall-1_10?reply=77"
UTC = timezone.utc


class StoryCase(SocialCommon):
    """Messages led through an act, at times of the clock on its wall."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rita = cls._user("s_rita", "group_executor")
        cls.leader = cls._user("s_leader", "group_executor")
        cls.parks = cls._user("s_parks", "group_executor")
        cls.unit_parks = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Parks",
                "is_social_unit": True,
                "user_ids": [Command.set(cls.parks.ids)],
            }
        )
        cls.none = cls.env["res.users"]
        cls.env["helpdesk.social.appointment"].search([]).unlink()

    def begin(self, act, local):
        """Work under ``act`` from a ``local`` time on, as the act's zone shows it."""
        self.act = self.env.ref(f"{MODULE}.regulation_{act}")
        self.zone = ZoneInfo(self.act.tz)
        self.account.regulation_id = self.act
        self.env.company.social_regulation_id = self.act
        clock = freeze_time(self.utc(local))
        self.clock = clock.start()
        self.addCleanup(clock.stop)

    def utc(self, local):
        """A naive instant in UTC from a local ``YYYY-MM-DD HH:MM``."""
        at = datetime.fromisoformat(local).replace(tzinfo=self.zone)
        return at.astimezone(UTC).replace(tzinfo=None)

    def at(self, local):
        """Let the clock on the wall show ``local``; never backwards."""
        target = self.utc(local)
        self.assertGreaterEqual(target, datetime.now())
        self.clock.move_to(target)
        self.env.invalidate_all()

    # -- clocks ------------------------------------------------------------------

    def terms(self, ticket, code):
        """The clocks of a norm, or of a stage: «day time state», local, in order."""
        rows = ticket.sudo().deadline_ids.filtered(
            lambda row: code in (row.norm_code, row.stage)
        )
        return [
            f"{self.local(row.due):%d.%m %H:%M} {row.state}"
            for row in rows.sorted(lambda row: (row.start, row.id))
        ]

    def local(self, instant):
        return instant.replace(tzinfo=UTC).astimezone(self.zone)

    def assertTerms(self, ticket, code, *expected):
        self.assertEqual(self.terms(ticket, code), list(expected), code)

    def assertReplayed(self, *tickets):
        for ticket in tickets:
            self.assertEqual(ticket.sudo()._replay_differences(), [])

    # -- messages ----------------------------------------------------------------

    def message(self, number=1, text="Яма на Рабочей, 17. Когда засыплют?", **item):
        """A message that has just come to the page."""
        at = f"{fields.Datetime.now():%Y-%m-%d %H:%M}"
        item = {"author": str(500 + number), **item}
        item = comment(f"wall-1_10_r{number}", text, at=at, **item)
        return self.receive(item).with_user(self.curator)

    def entered(self, intake, **vals):
        """A message that the curator enters by hand."""
        vals = {"original_text": "Яма на Рабочей, 17", "network": "vk", **vals}
        Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
        return Ticket.enter_by_hand({**vals, "intake": intake})

    # -- steps -------------------------------------------------------------------

    def share(self, ticket, user):
        """The share that ``user`` holds, in that user's hands."""
        self.env.invalidate_all()
        return self.holding(ticket, user)

    def write(self, ticket, user, text, interim=None, reason="Ждём подрядчика."):
        """Let ``user`` write a draft; ``interim`` is the promised day."""
        share = self.share(ticket, user)
        vals = {"draft_text": text, "draft_kind": "interim" if interim else "final"}
        if interim:
            vals["draft_promised_date"] = interim
            vals["draft_interim_reason"] = reason
        share.write(vals)
        return share

    def submit(self, ticket, user, text, **kwargs):
        share = self.write(ticket, user, text, **kwargs)
        share.action_submit()
        return share.with_user(self.curator)

    def blocked(self, ticket, user, text, *clauses, **kwargs):
        """Submitting ``text`` is refused, and the refusal names the clauses."""
        share = self.write(ticket, user, text, **kwargs)
        with self.assertRaises(UserError) as refused:
            share.action_submit()
        for clause in clauses:
            self.assertIn(clause, str(refused.exception))

    def remarks(self, ticket, user, text, severity="warn"):
        """Kinds of what the checks of a draft remark."""
        found = self.share(ticket, user).check_text(text)
        return {one["kind"] for one in found if one["severity"] == severity}

    def send(self):
        with self.sending() as outbox:
            outbox._cron_send()

    def photo(self, share):
        """A photo attached to the draft of ``share`` by its holder."""
        image = self.env["ir.attachment"].with_user(share.env.user)
        share.draft_attachment_ids = image.create(
            {
                "name": "road.png",
                "raw": b"\x89PNG\r\n\x1a\n0",
                "mimetype": "image/png",
                "res_model": "helpdesk.social.reply",
                "res_id": share.reply_id.id,
            }
        )

    def appoint(self, user, role, **vals):
        return self.env["helpdesk.social.appointment"].create(
            {
                "user_id": user.id,
                "role": role,
                "act_number": "17",
                "act_date": "2024-01-10",
                "date_from": "2024-01-10",
                **vals,
            }
        )

    def away(self, person, substitute, days):
        """Let ``person`` be away for ``days``, ``substitute`` standing in."""
        now = fields.Datetime.now()
        return self.env["helpdesk.social.substitution"].create(
            {
                "user_id": person.id,
                "substitute_id": substitute.id,
                "start": now,
                "stop": now + timedelta(days=days),
            }
        )

    def asked(self, ticket, user):
        """What ``user`` is asked to agree, in that user's hands."""
        rows = self.env["helpdesk.social.approval"].with_user(user)
        return rows.search([("ticket_id", "=", ticket.id), ("is_mine", "=", True)])

    def waiting(self, ticket):
        return ticket.approval_ids.filtered(lambda row: row.state == "waiting")

    # -- what an act does not know -----------------------------------------------

    def refused(self, *steps, words=None):
        """Every one of ``steps`` is refused, whoever takes it, and changes nothing."""
        for step in steps:
            with self.assertRaises(UserError) as error:
                step()
            if words:
                self.assertRegex(str(error.exception), words)
            self.env.invalidate_all()

    def refuse_agreement(self, ticket):
        """The act has nobody agree after the curator."""
        self.assertFalse(ticket.has_chain)
        self.refused(
            ticket.action_agree,
            lambda: ticket.send_to_agreement(ticket._merged_text()),
            words="asks nobody after",
        )

    def refuse_signature(self, ticket):
        """The act has nobody sign inside the unit."""
        share = ticket.assignment_ids[:1]
        self.assertFalse(share.asks_signature)
        for user in (self.curator, self.roads, self.leader):
            self.refused(
                share.with_user(user).action_sign,
                lambda user=user: share.with_user(user).sign_return("Нет"),
            )

    def refuse_appeal(self, ticket):
        """The act hands no message over as an appeal."""
        self.assertFalse(ticket.appeal_handover)
        self.refused(
            ticket.action_hand_over,
            lambda: ticket.hand_over("Отдел обращений"),
            words="hands no message over",
        )

    def refuse_source(self, ticket):
        """Nothing is to be done in a source system for this message."""
        self.assertFalse(ticket.source_mode)
        now = fields.Datetime.now()
        self.refused(
            ticket.action_source,
            lambda: ticket.confirm_source(now, "№ 1"),
            lambda: ticket.publish_by_hand(ticket._merged_text(), LINK, where="source"),
        )

    def refuse_executors_publication(self, ticket, user):
        """The act has the curator alone publish."""
        shares = ticket.assignment_ids.filtered("is_live").with_user(self.curator)
        self.assertFalse(any(shares.mapped("publishing_allowed")))
        text = ticket._merged_text()
        self.refused(shares.action_allow_publishing, words="only the curator")
        self.refused(
            lambda: ticket.with_user(user).publish_by_hand(text, LINK),
            lambda: ticket.with_user(user).publish(text, self.account),
            ticket.with_user(user).action_publish,
        )

    def no_reviews(self):
        """The act asks nobody to look through the pages."""
        Review = self.env["helpdesk.social.page.review"]
        Review._cron_plan()
        self.assertFalse(Review.search([("account_id", "=", self.account.id)]))

    def grounds(self, ticket):
        """The grounds on which this message can be excluded."""
        return self.env["helpdesk.social.exclusion.reason"]._grounds(
            ticket.regulation_id
        )
