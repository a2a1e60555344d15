from dataclasses import replace
from unittest.mock import patch

from odoo.tests import tagged

from ..networks import Consequence
from .common import MODULE, SocialCommon, comment
from .test_outbox import failing


@tagged("post_install", "-at_install")
class TestSpoken(SocialCommon):
    """What is noted on nobody's behalf is Russian where people read Russian."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.env["ir.module.module"].search(
            [("name", "=", MODULE)]
        )._update_translations(["ru_RU"], overwrite=True)
        cls.people = cls.env["res.users"].search([("share", "=", False)])
        cls.people.write({"lang": "ru_RU"})

    def setUp(self):
        super().setUp()
        # As in a scheduled action: in no language at all.
        self.env = self.env(context={**self.env.context, "lang": None})
        self.account = self.account.with_env(self.env)

    def test_language_of_most(self):
        company = self.env.company
        self.assertEqual(company.partner_id.lang, "en_US", "as Odoo was set up")
        self.assertEqual(company._social_lang(), "ru_RU")
        self.people.write({"lang": "en_US"})
        self.roads.lang = "ru_RU"
        self.assertEqual(company._social_lang(), "en_US")
        # Who does not work with messages does not count, nor who has left.
        self.people.write({"lang": "en_US"})
        (self.people - self.env.ref("base.user_admin")).active = False
        self.env.ref("base.user_admin").group_ids -= self.env.company._social_groups()
        self.env["res.users"].create(
            {"name": "X", "login": "s_outsider", "lang": "en_US"}
        )
        company.partner_id.lang = "ru_RU"
        self.assertEqual(company._social_lang(), "ru_RU")

    def test_scheduled_action(self):
        heard = []
        cron = self.env.ref(f"{MODULE}.cron_poll")
        pages = type(self.account)
        with (
            self.enter_registry_test_mode(),
            patch.object(pages, "_cron_poll", lambda s: heard.append(s.env.lang)),
        ):
            cron.method_direct_trigger()
        self.assertEqual(heard, ["ru_RU"])

    def test_other_scheduled_actions(self):
        """They are none of our business."""
        heard = []
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        queue = type(self.env["mail.mail"])
        with (
            self.enter_registry_test_mode(),
            patch.object(
                queue, "process_email_queue", lambda s, **kw: heard.append(s.env.lang)
            ),
        ):
            cron.method_direct_trigger()
        self.assertEqual(heard, [None])

    def test_reading(self):
        ticket = self.receive(comment(text=""))
        self.assertEqual(ticket.name, "Сообщение без текста")
        self.network.inbox = [replace(comment(text="Яма"), change="edit")]
        self.account.poll()
        self.assertIn("Автор изменил сообщение", ticket.message_ids[:1].body)

    def test_publishing(self):
        ticket = self.approved()
        self.network.failures = [failing(Consequence.PERMISSION)]
        row = ticket.with_env(self.env).sudo().publish("Засыплем.", self.account)
        with self.sending() as outbox:
            outbox._cron_send()
        self.assertEqual(row.outbox_state, "failed")
        self.assertIn("Соцсеть", row.problem)
        self.assertIn("Ответ не размещён", row.ticket_id.message_ids[:1].body)
