import re

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..language.codes import CODES
from ..models.helpdesk_social_remark_words import remark_words
from ..models.helpdesk_social_requirement import KINDS
from .common import MODULE, SocialCommon

GOOD = "Яму на Лесной, 5 засыплем до 15 марта 2030 года."
THANKS = "Спасибо за обращение!"
ABBREVIATION = "Яму на Лесной, 5 засыплет МКП ГУДС до 15 марта 2030 года."
#: A number that may be a person's own
PHONE = "+7 912 345-67-89"


class ChecksCase(SocialCommon):
    """A message under an administration's own copy of an act."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.regulation.copy({"name": "Our act", "code": "our"})
        cls.account.regulation_id = cls.own

    def line(self, kind):
        return self.own.requirement_ids.filtered(
            lambda line: line.kind == kind and line.reply_kind != "interim"
        )

    def draft(self, draft=None, **item):
        """A share accepted by roads, with ``draft`` as its text."""
        share = self.holding(self.assigned(**item), self.roads)
        share.action_accept()
        if draft:
            share.draft_text = draft
        return share

    def as_curator(self, share):
        """The message of ``share``, in the curator's hands."""
        return share.ticket_id.with_user(self.curator)

    def remarks(self, share, text, **kwargs):
        """The remarks on ``text`` without the reminders, by kind."""
        found = share.check_text(text, **kwargs)
        return {r["kind"]: r for r in found if r["severity"] != "remind"}


@tagged("post_install", "-at_install")
class TestChecks(ChecksCase):
    # -- while writing -----------------------------------------------------------

    def test_remarks_while_writing(self):
        share = self.draft(text="Когда засыплют яму? Почему так долго?")
        found = share.check_text(f"{THANKS} ГУДС.")
        severities = [one["severity"] for one in found]
        order = ["block", "warn", "remind"]
        self.assertEqual(severities, sorted(severities, key=order.index))
        first = found[0]
        self.assertEqual((first["kind"], first["clause"]), ("substance", "3.7.1"))
        for one in found:
            self.assertLessEqual(
                {"kind", "severity", "clause", "message", "start", "end", "excerpt"},
                set(one),
            )
            self.assertNotIn("%", one["message"])
        terms = next(one for one in found if one["kind"] == "terms")
        self.assertEqual((terms["excerpt"], terms["clause"]), ("ГУДС", "3.7.4"))
        self.assertEqual(THANKS + " ", f"{THANKS} ГУДС."[: terms["start"]])
        self.assertEqual(
            [one["message"] for one in found if one["severity"] == "remind"],
            ["Когда засыплют яму?", "Почему так долго?"],
        )

    def test_nothing_is_said_of_an_empty_draft(self):
        share = self.draft(text="Когда засыплют яму?")
        for text in ("", "  \n", False):
            found = share.check_text(text)
            self.assertEqual([one["severity"] for one in found], ["remind"])

    def test_curator_sees_the_same(self):
        share = self.draft()
        mine = share.check_text(THANKS)
        self.assertEqual(share.with_user(self.curator).check_text(THANKS), mine)

    def test_severity_of_the_regulation(self):
        share = self.draft()
        self.assertEqual(self.remarks(share, THANKS)["substance"]["severity"], "block")
        self.line("substance").sudo().severity = "warn"
        self.assertEqual(self.remarks(share, THANKS)["substance"]["severity"], "warn")
        self.line("substance").sudo().severity = "off"
        self.assertNotIn("substance", self.remarks(share, THANKS))

    def test_final_and_interim_ask_differently(self):
        share = self.draft()
        self.assertEqual(self.remarks(share, THANKS)["substance"]["severity"], "block")
        interim = self.remarks(share, THANKS, kind="interim")
        self.assertEqual(interim["substance"]["severity"], "warn")
        self.assertEqual(interim["dates"]["clause"], "3.6")
        self.assertNotIn("substance", self.remarks(share, THANKS, kind="clarification"))

    def test_every_code_has_a_sentence(self):
        sample = {"int": 3, "str": "слово", "list": ["phone"]}
        for code, (kind, params, _) in CODES.items():
            with self.subTest(code=code):
                self.assertIn(kind, dict(KINDS))
                values = {name: sample[what] for name, what in params.items()}
                if code == "formulaic":
                    values["date"] = "2026-03-02"
                (worded,) = remark_words(self.env, [{"code": code, "params": values}])
                self.assertNotEqual(worded["message"], code)
                self.assertFalse(re.search(r"%\(|_missing", worded["message"]))
                self.assertNotIn("params", worded)

    # -- at submission -----------------------------------------------------------

    def test_blocking_remark_refuses_the_submission(self):
        share = self.draft(THANKS)
        with self.assertRaisesRegex(UserError, r"clause 3\.7\.1: .*thanks"):
            share.action_submit()
        self.assertEqual(share.state, "accepted")
        self.assertFalse(share.reply_id.version_ids)
        share.draft_text = GOOD
        share.action_submit()
        self.assertEqual(share.state, "submitted")

    def test_warning_passes_and_is_kept(self):
        share = self.draft(ABBREVIATION)
        share.action_submit()
        kept = share.reply_id._last_version().checks
        terms = [one for one in kept if one["kind"] == "terms"]
        self.assertIn("ГУДС", [one["excerpt"] for one in terms])
        self.assertEqual({one["clause"] for one in terms}, {"3.7.4"})
        # What was remarked then stays, whatever the act asks later.
        self.line("terms").sudo().severity = "off"
        seen = share.with_user(self.curator)
        seen.invalidate_recordset()
        shown = [one for one in seen.draft_checks if one["kind"] == "terms"]
        self.assertIn("ГУДС", shown[0]["message"])

    def test_off_is_silent(self):
        for kind in ("terms", "substance"):
            self.line(kind).severity = "off"
        share = self.draft(f"{THANKS} ГУДС.")
        share.action_submit()
        kinds = {one["kind"] for one in share.reply_id._last_version().checks or []}
        self.assertFalse(kinds & {"terms", "substance"})

    def test_review_shows_nothing_of_a_draft_being_written(self):
        share = self.draft(ABBREVIATION)
        share.action_submit()
        self.assertTrue(share.with_user(self.curator).draft_checks)
        share.with_user(self.curator).request_rework(
            self.own.rework_reason_ids[3], "Explain"
        )
        self.assertFalse(share.with_user(self.curator).draft_checks)

    # -- personal data, obscenity ------------------------------------------------

    def test_personal_data_in_public_only(self):
        message = f"Яма на Лесной. Мой телефон {PHONE}"
        text = f"{GOOD} Позвоним вам по номеру {PHONE}."
        public = self.draft(text=message)
        remark = self.remarks(public, text)["personal"]
        self.assertEqual((remark["severity"], remark["clause"]), ("warn", ""))
        self.assertIn(PHONE, remark["excerpt"])
        private = self.draft(
            external_id="wall-1_10_r2", kind="private", text=message, author="502"
        )
        self.assertNotIn("personal", self.remarks(private, text))

    def test_default_is_switched_off_by_a_line(self):
        share = self.draft()
        insult = f"{GOOD} Вы дурак."
        self.assertEqual(self.remarks(share, insult)["obscenity"]["severity"], "warn")
        line = self.env["helpdesk.social.requirement"].create(
            {"regulation_id": self.own.id, "kind": "obscenity", "severity": "off"}
        )
        self.assertNotIn("obscenity", self.remarks(share, insult))
        line.severity = "block"
        share.draft_text = insult
        with self.assertRaisesRegex(UserError, "insulting"):
            share.action_submit()

    # -- before publishing -------------------------------------------------------

    def approved_good(self):
        share = self.draft(GOOD)
        share.action_submit()
        share.with_user(self.curator).action_approve()
        return share.ticket_id.with_user(self.curator)

    def test_publishing_checks_again(self):
        ticket = self.approved_good()
        with self.assertRaisesRegex(UserError, r"clause 3\.7\.1"):
            ticket.publish(THANKS, self.account)
        with self.assertRaisesRegex(UserError, r"clause 3\.7\.1"):
            ticket.publish_by_hand(THANKS, "https://vk.com/wall-1_2")
        self.assertEqual(ticket.social_state, "approved")
        found = ticket.check_text(THANKS)
        self.assertEqual(found[0]["severity"], "block")
        ticket.publish_by_hand(GOOD, "https://vk.com/wall-1_2")
        self.assertEqual(ticket.social_state, "published")

    def test_text_of_an_earlier_reply(self):
        topic = self.env["helpdesk.ticket.category"].create({"name": "Ямы"})
        text = (
            "Ямочный ремонт на этой улице включён в план. Подрядчик засыплет ямы и "
            "выровняет покрытие до 15 марта 2030 года."
        )
        share = self.draft(text)
        self.as_curator(share).category_id = topic
        share.action_submit()
        share.with_user(self.curator).action_approve()
        self.as_curator(share).publish_by_hand(text, "https://vk.com/wall-1_2")
        first = share.sudo().reply_id
        other = self.draft(external_id="wall-1_10_r2", author="502")
        self.assertIn("formulaic", self.remarks(other, text), "no topic: all of them")
        self.as_curator(other).category_id = topic.copy({"name": "Свет"})
        self.assertNotIn("formulaic", self.remarks(other, text))
        self.as_curator(other).category_id = topic
        remark = self.remarks(other, text)["formulaic"]
        self.assertEqual(remark["clause"], "3.7.1")
        day = first.ticket_id._local_day(first.published_at)
        self.assertIn(str(day.year), remark["message"])

    def test_private_replies_are_compared_with_nothing(self):
        text = f"{GOOD} Подрядчик уже выехал на место и оградил яму."
        share = self.draft(text, kind="private")
        share.action_submit()
        share.with_user(self.curator).action_approve()
        self.as_curator(share).publish_by_hand(text, "https://vk.com/wall-1_2")
        other = self.draft(external_id="wall-1_10_r2", author="502")
        self.assertNotIn("formulaic", self.remarks(other, text))

    # -- facts of the message ----------------------------------------------------

    def test_repeated_message_asks_for_progress(self):
        self.env["helpdesk.social.requirement"].create(
            {
                "regulation_id": self.own.id,
                "kind": "progress",
                "clause": "13",
                "severity": "block",
            }
        )
        first = self.assigned()
        share = self.draft(external_id="wall-1_10_r2", author="502")
        advice = "Объезжайте, пожалуйста, яму по улице Мира."
        self.assertNotIn("progress", self.remarks(share, advice))
        self.as_curator(share).repeat_of_id = first
        self.assertEqual(self.remarks(share, advice)["progress"]["clause"], "13")
        told = f"{advice} Подрядчик уже засыпал её щебнем 1 марта."
        self.assertNotIn("progress", self.remarks(share, told))

    def test_labels_are_offered_to_be_added(self):
        act = self.env.ref(f"{MODULE}.regulation_purovsky").copy({"code": "our2"})
        self.account.regulation_id = act
        share = self.draft()
        number = share.ticket_id.number
        label = next(
            one
            for one in share.check_text(GOOD)
            if one["kind"] == "labels" and number in one["message"]
        )
        self.assertEqual((label["severity"], label["clause"]), ("block", "8.2"))
        again = share.check_text(f"{GOOD}\n{label['insert']}")
        self.assertNotIn("labels", {one["kind"] for one in again})

    def test_queries(self):
        topic = self.env["helpdesk.ticket.category"].create({"name": "Ямы"})
        place = self.env["helpdesk.social.territory"].create({"name": "Центр"})
        share = self.draft(text="Когда засыплют яму?")
        self.as_curator(share).write(
            {"category_id": topic.id, "territory_id": place.id}
        )
        for user in (self.roads, self.curator):
            # Twice before: dictionaries and rights are looked up once.  Each rule on
            # the way asks anew who is replaced, with a query of its own.
            for most in (999, 999, 24):
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(user=user.login), self.assertQueryCount(most):
                    share.with_user(user).check_text(GOOD)


@tagged("post_install", "-at_install")
class TestReworkReasons(ChecksCase):
    def wizard(self, share):
        return (
            self.env["helpdesk.social.rework"]
            .with_user(self.curator)
            .with_context(default_assignment_id=share.id)
            .create({})
        )

    def test_reasons_of_the_act_follow_failed_checks(self):
        share = self.draft(ABBREVIATION)
        share.action_submit()
        wizard = self.wizard(share)
        self.assertEqual(wizard.reason_choice_ids, self.own.rework_reason_ids)
        self.assertIn("3.7.4", wizard.reason_ids.mapped("clause"))
        self.assertNotIn("3.7.3", wizard.reason_ids.mapped("clause"))
        self.assertRegex(wizard.remarks, r"clause 3\.7\.4: .*ГУДС")
        wizard.action_confirm()
        self.assertEqual(share.state, "rework")
        self.assertIn("ГУДС", share.rework_remarks)

    def test_reasons_of_the_preset(self):
        kinds = {
            reason.clause: reason.requirement_kind
            for reason in self.regulation.rework_reason_ids
        }
        self.assertEqual(
            kinds,
            {
                "3.7.1": "substance",
                "3.7.2": "consistent",
                "3.7.3": "questions",
                "3.7.4": "terms",
            },
        )

    def test_same_clause_proposes_too(self):
        """A copied reply is as formal as an empty one."""
        checks = [{"kind": "formulaic", "clause": "3.7.1"}]
        proposed = self.own._rework_reasons()._proposed_by(checks)
        self.assertEqual(proposed.mapped("clause"), ["3.7.1"])

    def test_clean_draft_proposes_nothing(self):
        share = self.draft(GOOD)
        share.action_submit()
        wizard = self.wizard(share)
        self.assertFalse(wizard.reason_ids)
        self.assertFalse(wizard.remarks)

    def test_act_without_reasons_gets_the_common_ones(self):
        act = self.env.ref(f"{MODULE}.regulation_vereshchagino").copy({"code": "our3"})
        act.approval_step_ids.filtered(lambda s: s.role == "signatory").unlink()
        self.account.regulation_id = act
        share = self.draft("Яму засыплем до 15 марта 2030 года. " * 6)
        share.action_submit()
        wizard = self.wizard(share)
        self.assertEqual(wizard.reason_ids, self.env.ref(f"{MODULE}.rework_sentences"))
        offered = set(wizard.reason_choice_ids.mapped("requirement_kind"))
        self.assertIn("redirect", offered)
        self.assertNotIn("labels", offered, "the act does not ask for them")


@tagged("post_install", "-at_install")
class TestChecksAccess(ChecksCase):
    """Who may have a text checked, and see the materials."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = new_test_user(cls.env, "s_plain", "base.group_user")
        cls.oca = new_test_user(
            cls.env, "s_oca", "helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.portal = new_test_user(cls.env, "s_portal", "base.group_portal")
        cls.curator_2 = cls._user("s_curator_2", "group_curator")

    def test_strangers_are_refused(self):
        share = self.draft()
        strangers = self.light | self.head | self.social_admin
        strangers |= self.plain | self.oca | self.portal
        for user in strangers:
            for record in (share, share.ticket_id):
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(user).check_text(GOOD)
        for user in self.roads | self.roads_2 | self.curator:
            with self.subTest(user=user.login):
                self.assertTrue(share.with_user(user).check_text(THANKS))
                self.assertTrue(share.ticket_id.with_user(user).check_text(THANKS))

    def test_private_message_is_checked_by_its_own_curators(self):
        self.account.curator_ids = self.curator
        share = self.draft(kind="private")
        share.with_user(self.curator).check_text(GOOD)
        with self.assertRaises(AccessError):
            share.with_user(self.curator_2).check_text(GOOD)

    def test_former_holder_is_refused(self):
        share = self.draft()
        share.decline("Не наше")
        with self.assertRaises(AccessError):
            share.check_text(GOOD)

    def test_versions_checks_are_not_written_by_people(self):
        share = self.draft(ABBREVIATION)
        share.action_submit()
        version = share.reply_id._last_version()
        for user in self.roads | self.curator | self.head | self.social_admin:
            with self.assertRaises(AccessError):
                version.with_user(user).checks = []

    # -- materials ---------------------------------------------------------------

    def material(self, **vals):
        return self.env["helpdesk.social.material"].create(
            {
                "regulation_id": self.own.id,
                "name": "How to answer",
                "url": "https://example.org/guide",
                **vals,
            }
        )

    def test_materials_at_hand(self):
        topics = self.env["helpdesk.ticket.category"]
        roads = topics.create({"name": "Дороги"})
        holes = topics.create({"name": "Ямы", "parent_id": roads.id})
        light = topics.create({"name": "Свет"})
        common = self.material()
        own = self.material(name="Roads", category_id=roads.id, sequence=20)
        self.material(name="Light", category_id=light.id)
        self.material(regulation_id=self.regulation.id)
        share = self.draft()
        self.assertEqual(share.material_ids, common)
        self.as_curator(share).category_id = holes
        share.invalidate_recordset()
        self.assertEqual(share.material_ids.ids, (own | common).ids, "own topic first")

    def test_materials_access(self):
        # The act is in use and a preset is nobody's: materials change all the same.
        self.draft()
        for act in self.own | self.regulation:
            act.with_user(self.social_admin).material_ids = [
                Command.create({"name": "Guide", "url": "https://example.org"})
            ]
        material = self.own.material_ids
        for user in self.roads | self.curator | self.head:
            self.assertEqual(material.with_user(user).name, "Guide")
            with self.assertRaises(AccessError):
                material.with_user(user).name = "Mine"
            with self.assertRaises(AccessError):
                material.with_user(user).unlink()
        for user in self.plain | self.portal | self.oca:
            with self.assertRaises(AccessError):
                material.with_user(user).read(["name"])
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._user("s_foreign", "group_executor")
        foreign.write({"company_ids": other.ids, "company_id": other.id})
        with self.assertRaises(AccessError):
            material.with_user(foreign).read(["name"])

    def test_material_is_a_file_or_a_web_link(self):
        with self.assertRaisesRegex(ValidationError, "Attach"):
            self.material(url=False)
        with self.assertRaisesRegex(ValidationError, "https://"):
            self.material(url="javascript:alert(1)")
        stored = self.material(url=False, file="0YTQsNC50Ls=", file_name="a.txt")
        self.assertIn(f"/{stored.id}/file", stored.href)

    def test_copy_of_a_regulation_takes_its_materials(self):
        self.material()
        self.assertEqual(self.own.copy().material_ids.name, "How to answer")
