from datetime import datetime, timezone

from odoo.tests import new_test_user, tagged

from odoo.addons.mail.tests.common import MailCase

from .common import MODULE, comment
from .rpc import RpcCase

DONE = "helpdesk_mgmt.helpdesk_ticket_stage_done"
#: Tests switch the tracking of changes off, and with it mails about them.
TRACKED = {"tracking_disable": False, "mail_notrack": False}


@tagged("post_install", "-at_install")
class TestBaseUndisturbed(RpcCase, MailCase):
    """Whoever works with tickets of the base module notices nothing of this one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "s_manager", "helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.member = new_test_user(
            cls.env, "s_member", "helpdesk_mgmt.group_helpdesk_user_own"
        )
        cls.portal = new_test_user(
            cls.env, "s_portal", "base.group_portal", email="portal@example.org"
        )
        cls.oca_team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Support", "user_ids": [(6, 0, (cls.manager | cls.member).ids)]}
        )
        cls.our_stages = cls.env["helpdesk.ticket.stage"].union(
            *(
                cls.env.ref(f"{MODULE}.stage_{name}")
                for name in ("triage", "work", "finished")
            )
        )

    def ticket(self, **vals):
        """A ticket of the base module, made by its manager."""
        Ticket = self.env["helpdesk.ticket"].with_user(self.manager)
        return Ticket.create(
            {
                "name": "Printer",
                "description": "It does not print",
                "team_id": self.oca_team.id,
                "partner_id": self.portal.partner_id.id,
                "partner_email": self.portal.email,
                **vals,
            }
        )

    def closed_message(self):
        """A social message answered and closed, tied to a contact all the same."""
        ticket = self.approved().with_context(**TRACKED)
        ticket.sudo().partner_id = self.portal.partner_id
        ticket.sudo().partner_email = self.portal.email
        ticket.publish_by_hand("Исправлено.", "https://vk.com/wall-1_10?reply=1")
        ticket.action_close()
        return ticket

    # -- stages ------------------------------------------------------------------

    def test_stages_are_not_offered(self):
        Stage = self.env["helpdesk.ticket.stage"].with_user(self.manager)
        Ticket = self.env["helpdesk.ticket"].with_user(self.manager)
        teams = self.oca_team | self.desk | self.unit_roads
        offered = [team._get_applicable_stages() for team in teams]
        offered += [
            teams.browse()._get_applicable_stages(),
            Ticket._read_group_stage_ids(Stage, []),
            Stage.search([]),
            Stage.browse([row[0] for row in Stage.name_search("Social")]),
        ]
        self.receive(comment())
        groups = Ticket.formatted_read_group([], ["stage_id"], ["__count"])
        offered.append(
            Stage.browse([g["stage_id"][0] for g in groups if g["stage_id"]])
        )
        for stages in offered:
            self.assertFalse(stages & self.our_stages)

    def test_visitors_write_no_stage(self):
        stage = self.env.ref(DONE).with_user(self.env.ref("base.public_user"))
        self.assertFalse(stage.has_access("write"))

    # -- tickets -----------------------------------------------------------------

    def test_ticket_as_before(self):
        self.receive(comment())
        ticket = self.ticket()
        self.assertEqual(ticket.stage_id, self.oca_team._get_applicable_stages()[:1])
        self.assertFalse(ticket.is_social or ticket.social_state)
        self.assertEqual(ticket.display_name, f"{ticket.number} - Printer")
        ticket.user_id = self.member
        self.assertEqual(ticket.user_id, self.member)
        ticket.team_id = self.unit_roads
        self.assertFalse(ticket.user_id, "the base module clears who is no member")
        copy = ticket.copy()
        self.assertNotEqual(copy.number, ticket.number)
        ticket.stage_id = self.env.ref(DONE)
        self.assertTrue(ticket.closed_date)
        ticket.active = False
        (ticket | copy).unlink()

    def test_assigned_to_oneself(self):
        ticket = self.ticket(user_id=False)
        caller = self.as_user(self.member)
        caller.call("helpdesk.ticket", "assign_to_me", ticket.ids)
        self.assertEqual(ticket.user_id, self.member)

    def test_numbers_have_no_gaps(self):
        """Social messages take no number of the base module's sequence."""
        first = self.ticket()
        self.receive(comment("wall-1_10_r1"), comment("wall-1_10_r2"))
        second = self.ticket()
        digits = [int("".join(filter(str.isdigit, t.number))) for t in (first, second)]
        self.assertEqual(digits[1], digits[0] + 1)

    def test_followers_as_before(self):
        ticket = self.ticket(partner_id=False)
        plain = new_test_user(self.env, "s_plain")
        partners = (plain | self.portal).partner_id
        ticket.message_subscribe(partners.ids)
        self.assertLessEqual(partners, ticket.message_partner_ids)
        for user in (plain, self.portal):
            self.assertTrue(ticket.with_user(user).has_access("read"))
        with self.mock_mail_gateway():
            message = ticket.message_post(
                body="Mended", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertLessEqual(partners, message.notified_partner_ids)

    # -- mails -------------------------------------------------------------------

    def test_done_mail(self):
        self.env.company.partner_id.email = "office@example.org"
        template = self.env.ref(DONE).mail_template_id
        self.assertTrue(template)
        ticket = self.ticket().with_context(**TRACKED)
        self.flush_tracking()
        with self.mock_mail_gateway():
            ticket.stage_id = self.env.ref(DONE)
            self.flush_tracking()
        self.assertTrue(self.mails_to_contact())
        # Even if somebody gave our own stage a template.
        self.our_stages.mail_template_id = template
        with self.mock_mail_gateway():
            self.closed_message()
            self.flush_tracking()
        self.assertFalse(self.mails_to_contact())

    def mails_to_contact(self):
        """Mails to the portal user that were sent just now."""
        addresses = [str(mail["email_to"]) for mail in self._mails]
        return [address for address in addresses if self.portal.email in address]

    # -- counts ------------------------------------------------------------------

    def counts(self):
        """What the base module's own screens count for its manager."""
        self.env.invalidate_all()
        teams = (self.desk | self.oca_team).with_user(self.manager)
        partner = self.portal.partner_id.with_user(self.manager)
        return (
            [tile["value"] for tile in teams.retrieve_dashboard()],
            teams.mapped("todo_ticket_count"),
            teams.mapped("todo_ticket_count_unassigned"),
            teams.mapped("todo_ticket_count_unattended"),
            partner.helpdesk_ticket_count,
        )

    def test_counts(self):
        self.ticket()
        before = self.counts()
        self.assertTrue(any(before[1]))
        self.receive(comment("wall-1_10_r5"))
        self.closed_message()
        self.assertEqual(self.counts(), before)

    # -- the portal --------------------------------------------------------------

    def close_by_link(self, ticket_id, stage):
        return self.url_open(
            "/ticket/close",
            params={"ticket_id": ticket_id, "stage_id": stage.id},
            allow_redirects=False,
        )

    def test_close_link(self):
        stage = self.env.ref(DONE)
        stage.close_from_portal = True
        social = self.receive(comment())
        own = self.ticket()
        self.as_user(self.portal)
        number = str(social.id)
        for written in (
            number,
            f"0{number}",
            f"0_{number}",
            f" {number}",
            f"+{number}",
            number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        ):
            with self.subTest(ticket_id=written):
                answer = self.close_by_link(written, stage)
                self.assertEqual(answer.status_code, 404)
        self.env.invalidate_all()
        self.assertEqual(social.stage_id, self.env.ref(f"{MODULE}.stage_triage"))
        answer = self.close_by_link(own.id, stage)
        self.assertEqual(answer.status_code, 302)
        self.env.invalidate_all()
        self.assertEqual(own.stage_id, stage)

    def test_portal_pages(self):
        social = self.receive(comment(text="Pothole in the road"))
        social.sudo().partner_id = self.portal.partner_id
        own = self.ticket()
        token = own.sudo()._portal_ensure_token()
        self.as_user(self.portal)
        page = self.url_open("/my/tickets").text
        self.assertIn("Printer", page)
        self.assertNotIn("Pothole", page)
        self.assertIn("Printer", self.url_open(f"/my/ticket/{own.id}").text)
        for user in (self.portal, self.manager, self.curator):
            self.as_user(user)
            page = self.url_open(f"/my/ticket/{social.id}").text
            self.assertNotIn("Pothole in the road", page)
        self.as_user(None)
        page = self.url_open(f"/my/ticket/{own.id}?access_token={token}")
        self.assertIn("Printer", page.text)

    # -- working time ------------------------------------------------------------

    def test_other_calendars(self):
        """A public holiday of the acts' country is a working day elsewhere."""
        calendar = self.env["resource.calendar"].create({"name": "Elsewhere"})
        friday = [datetime(2024, 2, 23, h, tzinfo=timezone.utc) for h in (0, 23)]
        self.assertEqual(calendar.get_work_hours_count(*friday), 8)
        intervals = calendar._work_intervals_batch(*friday)[False]
        self.assertTrue(list(intervals))
