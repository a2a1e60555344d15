from dataclasses import replace

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .agreement import AgreementCommon
from .common import MODULE, comment


@tagged("post_install", "-at_install")
class TestWindows(AgreementCommon):
    """Buttons that open a window open one that its reader can read."""

    def opened(self, record, method):
        """Press the button ``method`` of ``record``; returns what opens."""
        action = getattr(record, method)()
        self.assertEqual(action["type"], "ir.actions.act_window")
        Model = self.env[action["res_model"]].with_user(record.env.user)
        context = action.get("context") or {}
        if isinstance(context, str):
            context = safe_eval(
                context, {"uid": record.env.uid, "active_id": record.id}
            )
        Model = Model.with_context(**context)
        Model.get_views([(False, "form")])
        if action.get("res_id"):
            row = Model.browse(action["res_id"])
            row.web_read({"display_name": {}})
            return row
        domain = action.get("domain") or []
        if isinstance(domain, str):
            domain = safe_eval(domain, {"uid": record.env.uid, "active_id": record.id})
        if Model._transient:
            # As the client does: it asks for the defaults of what the form shows.
            return Model.new(Model.default_get(list(Model._fields)))
        return Model.search(domain)

    def test_executor(self):
        ticket = self.assigned()
        share = self.holding(ticket, self.roads)
        wizard = self.opened(share, "action_propose_question")
        self.assertEqual(wizard.assignment_id._origin, share)
        self.assertEqual(
            self.opened(share, "action_decline").assignment_id._origin, share
        )

    def test_signatory(self):
        self.act.approval_step_ids.sudo().write({"sequence": 50})
        self.env["helpdesk.social.approval.step"].sudo().create(
            {
                "regulation_id": self.act.id,
                "role": "signatory",
                "sequence": 1,
                "clause": "3",
            }
        )
        leader = self.unit_roads.user_id = self._user("w_leader", "group_executor")
        share = self.drafted(self.assigned())
        self.assertEqual(share.state, "sign_off")
        wizard = self.opened(share.with_user(leader), "action_sign_return")
        wizard = wizard.create({"assignment_id": share.id, "remarks": "Когда?"})
        wizard.action_confirm()
        self.assertEqual(share.sign_remarks, "Когда?")

    def test_superior_outside(self):
        ticket = self.sent_up()
        self.asked(ticket, self.director).action_approve()
        self.assertEqual(ticket.agreement_next, "send")
        wizard = self.opened(ticket, "action_send_outside")
        self.assertIn("Яму засыплем до 15 марта.", wizard.body)
        self.waiting(ticket).mark_sent("СЭД")
        self.assertEqual(ticket.agreement_next, "answer")
        wizard = self.opened(ticket, "action_record_answer")
        self.assertEqual(wizard.approval_id._origin, self.waiting(ticket))

    def test_state_of_a_page(self):
        self.receive(replace(comment(), posted_at="yesterday"))
        page = self.account.with_user(self.curator)
        [row] = self.opened(page, "action_view_broken")
        self.assertTrue(row.error)
        self.assertFalse(self.opened(page, "action_view_outbox"))

    def test_outbox_on_a_phone(self):
        """Cards with the problem and the buttons that a curator, and nobody else,
        has for it; the banner of the hold is above them as above the list."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"{MODULE}.action_social_outbox"
        )
        kinds = [kind for _view, kind in action["views"]]
        self.assertIn(action["mobile_view_mode"], kinds)
        head = self._user("w_head", "group_head")
        for user, buttons in (
            (self.curator, {"action_retry", "action_withdraw"}),
            (head, set()),
        ):
            Message = self.env[action["res_model"]].with_user(user)
            views = Message.get_views([(False, "list"), (False, "kanban")])["views"]
            arches = {kind: etree.fromstring(views[kind]["arch"]) for kind in views}
            self.assertEqual(
                {kind: arch.get("js_class") for kind, arch in arches.items()},
                {"list": "social_outbox_list", "kanban": "social_outbox_kanban"},
            )
            cards = arches["kanban"]
            self.assertTrue(cards.xpath("//field[@name='problem']"))
            self.assertEqual(
                set(cards.xpath("//button[@type='object']/@name")), buttons
            )

    def test_flaw(self):
        ticket = self.assigned()
        share = self.holding(ticket, self.roads)
        flaw = self.env["helpdesk.social.flaw"].with_user(self.curator)
        flaw = flaw.create(
            {"ticket_id": ticket.id, "assignment_id": share.id, "kind": "other"}
        )
        self.assertEqual(
            flaw.responsible_id, flaw.assignment_id.unit_id.user_id or self.curator
        )
        wizard = self.opened(flaw, "action_explain")
        wizard = wizard.create(
            {"flaw_id": flaw.id, "step": wizard.step, "text": "Болел"}
        )
        wizard.action_confirm()
        self.assertEqual(flaw.explanation, "Болел")
        deputy = self._user("w_deputy", "group_head")
        self.appoint(deputy, "deputy_head")
        wizard = self.opened(flaw.with_user(deputy), "action_close")
        wizard = wizard.create(
            {"flaw_id": flaw.id, "step": wizard.step, "text": "Замечание"}
        )
        wizard.action_confirm()
        self.assertEqual(flaw.state, "closed")

    def test_answers_and_import(self):
        ticket = self.assigned()
        wizard = self.opened(ticket, "action_export_answers")
        self.assertEqual(wizard.ticket_ids._origin, ticket)
        self.assertFalse(wizard.line_count)
        for name in ("action_import", "action_answers", "action_manual"):
            action = self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.{name}")
            Model = self.env[action["res_model"]].with_user(self.curator)
            Model.get_views([(False, "form")])
            self.assertTrue(Model.new(Model.default_get(list(Model._fields))))

    def test_significant(self):
        ticket = self.assigned()
        wizard = self.opened(ticket, "action_significant")
        self.assertEqual((wizard.ticket_id._origin, wizard.step), (ticket, "mark"))
        wizard = wizard.create({"ticket_id": ticket.id, "reason": "Квартал без воды"})
        wizard.action_confirm()
        self.assertTrue(ticket.is_significant)
        self.assertEqual(self.opened(ticket, "action_significant").step, "unmark")

    def test_surge(self):
        [ticket] = self.receive(comment("wall-1_10_r1"))
        topic = self.env["helpdesk.ticket.category"].create({"name": "Дороги"})
        surge = self.env["helpdesk.social.surge"].create(
            {
                "company_id": ticket.company_id.id,
                "category_id": topic.id,
                "date_from": ticket.received_at,
                "date_last": ticket.received_at,
                "seen_at": ticket.received_at,
                "hours": 6,
                "peak": 9,
                "usual": 2,
                "count": 9,
                "ticket_ids": [(4, ticket.id)],
            }
        )
        head = self._user("w_head", "group_head")
        for reader in (self.curator, head):
            shown = self.opened(surge.with_user(reader), "action_tickets")
            self.assertEqual(shown.ids, ticket.ids)

    def test_settings_of_surges(self):
        Settings = self.env["helpdesk.social.surge.settings"]
        Settings = Settings.with_user(self.social_admin)
        Settings.get_views([(False, "form")])
        window = Settings.new(Settings.default_get(list(Settings._fields)))
        self.assertEqual((window.social_surge_hours, window.social_surge_least), (6, 5))

    def test_reports(self):
        """What the menu of reports opens, and what the report's window leads to."""
        for name, user in (("mailing", self.head), ("report", self.curator)):
            action = self.env.ref(f"{MODULE}.action_{name}")
            Model = self.env[action.res_model].with_user(user)
            kinds = action.view_mode.split(",")
            Model.get_views([(False, kind) for kind in kinds])
            Model.new(Model.default_get(list(Model._fields)))
        wizard = self.env["helpdesk.social.report"].with_user(self.head).create({})
        self.assertEqual(
            wizard.action_print_register()["report_name"], f"{MODULE}.report_register"
        )
        wizard.make_register_table()
        self.assertTrue(wizard.register_file)

    def test_earlier_message(self):
        first, second = self.receive(comment("wall-1_10_r1"), comment("wall-1_10_r2"))
        repeat = self.env["helpdesk.social.repeat"].search(
            [("ticket_id", "=", second.id), ("earlier_id", "=", first.id)]
        )
        self.assertTrue(repeat)
        shown = self.opened(repeat.with_user(self.curator), "action_open_earlier")
        self.assertEqual(shown.ids, first.ids)
        mine = self.opened(second.with_user(self.curator), "action_author_tickets")
        self.assertEqual(mine.ids, (second | first).ids)


@tagged("post_install", "-at_install")
class TestScheduledActions(AgreementCommon):
    def test_each_runs(self):
        """Every scheduled action of the addon calls something that there is."""
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.cron")]
        )
        crons = self.env["ir.cron"].browse(data.mapped("res_id"))
        self.assertEqual(len(crons), 18)
        with self.enter_registry_test_mode():
            for cron in crons:
                with self.subTest(cron.name):
                    self.assertTrue(cron.active)
                    self.assertTrue(cron.method_direct_trigger())
