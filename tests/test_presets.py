from datetime import date, datetime

from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from ..deadlines import clocks_as_data
from ..deadlines.tests import acts, worked_days, worked_exchange
from ..deadlines.tests.common import history, play

MODULE = "helpdesk_mgmt_social"


@tagged("post_install", "-at_install")
class TestPresets(TransactionCase):
    """The shipped acts are those that the engine was proven on."""

    def preset(self, code):
        return self.env.ref(f"{MODULE}.regulation_{code}")

    def test_norms_are_those_of_the_acts(self):
        for code, act in acts.ACTS.items():
            with self.subTest(act=code):
                mine, theirs = self.preset(code)._act(), act
                self.assertEqual(mine.timezone, theirs.timezone)
                self.assertEqual(mine.interim_extension, theirs.interim_extension)
                self.assertEqual(
                    [self._norm(norm) for norm in mine.norms],
                    [self._norm(norm) for norm in theirs.norms],
                )

    def _norm(self, norm):
        """What a norm says, whatever it is called and however it is grouped."""
        data = norm.to_data()
        del data["name"], data["sequence"]
        groups = []
        for group in data["conditions"]:
            facts = {}
            for fact, operator, values in group:
                facts.setdefault((fact, operator), set()).update(values)
            groups.append({key: sorted(v, key=str) for key, v in facts.items()})
        data["conditions"] = sorted(groups, key=str)
        return data

    def test_presets_are_read_only_and_duplicable(self):
        preset = self.preset("perm")
        admin = self.env.ref("base.user_admin")
        with self.assertRaisesRegex(UserError, "Duplicate it"):
            preset.with_user(admin).norm_ids[0].term_amount = 5
        copy = preset.with_user(admin).copy()
        self.assertFalse(copy.is_preset)
        self.assertEqual(copy.company_id, self.env.company)
        self.assertEqual(len(copy.norm_ids), len(preset.norm_ids))
        self.assertEqual(
            [self._norm(norm) for norm in copy._act().norms],
            [self._norm(norm) for norm in preset._act().norms],
        )
        copy.norm_ids[0].term_amount = 5
        self.assertEqual(preset.norm_ids[0].term_amount, 1)

    def test_parts_besides_the_terms(self):
        chain = self.preset("myasnikovsky").approval_step_ids
        self.assertEqual(
            chain.mapped("role"), ["curator", "managing_director", "superior_curator"]
        )
        sentences = self.preset("vereshchagino").requirement_ids[0]
        self.assertEqual((sentences.kind, sentences.amount), ("sentences", 5))
        self.assertEqual(len(self.preset("palana").exclusion_reason_ids), 3)
        admin = self.env.ref("base.user_admin")
        preset = self.preset("palana").with_user(admin)
        with self.assertRaisesRegex(UserError, "Duplicate it"):
            preset.approval_step_ids.clause = "1"
        copy = preset.copy()
        for name in ("approval_step_ids", "requirement_ids", "exclusion_reason_ids"):
            self.assertEqual(len(copy[name]), len(preset[name]))
        self.assertEqual(copy.networks, "ok,vk,facebook,instagram")

    def test_struck_out_network_is_a_version(self):
        """As the amendment of 2023 struck one network out of an act."""
        admin = self.env.ref("base.user_admin")
        old = self.preset("palana").with_user(admin).copy({"date_from": "2021-04-07"})
        new = old.new_version(date(2023, 2, 20))
        new.networks = "ok,vk,facebook"
        self.assertIn("instagram", old._network_keys())
        self.assertNotIn("instagram", new._network_keys())
        self.assertEqual(new._in_force(datetime(2023, 2, 10)), old)
        with self.assertRaisesRegex(ValidationError, "myspace"):
            new.networks = "vk, myspace"

    def test_update_of_the_module_leaves_copies_alone(self):
        admin = self.env.ref("base.user_admin")
        preset = self.preset("perm")
        copy = preset.with_user(admin).copy()
        norm = copy.norm_ids.filtered(lambda n: n.code == "perm.assign")
        norm.term_amount = 7
        preset.sudo().norm_ids[0].term_amount = 9
        convert_file(self.env, MODULE, "data/regulation_perm.xml", None, mode="update")
        self.assertEqual(preset.norm_ids[0].term_amount, 1, "the preset is renewed")
        self.assertEqual(norm.term_amount, 7, "the copy is not")

    def test_new_version(self):
        admin = self.env.ref("base.user_admin")
        preset = self.preset("perm").with_user(admin)
        with self.assertRaisesRegex(UserError, "duplicate it"):
            preset.new_version(date(2026, 3, 1))
        old = preset.copy({"date_from": "2026-01-01"})
        new = old.new_version(date(2026, 3, 1))
        self.assertEqual(old.date_to, date(2026, 2, 28))
        self.assertEqual(new.code, old.code)
        new.norm_ids.filtered(lambda n: n.stage == "assign").term_amount = 2
        # Borders of days are those of the organisation: UTC+5.
        self.assertEqual(old._in_force(datetime(2026, 2, 28, 18, 59)), old)
        self.assertEqual(old._in_force(datetime(2026, 2, 28, 19, 0)), new)
        self.assertEqual(new._in_force(datetime(2026, 2, 1)), old)
        with self.assertRaisesRegex(UserError, "after the present"):
            new.new_version(date(2026, 3, 1))

    def test_regulation_in_use_is_not_changed(self):
        admin = self.env.ref("base.user_admin")
        mine = self.preset("perm").with_user(admin).copy()
        ticket = self.env["helpdesk.ticket"].sudo()
        mine.norm_ids[0].term_amount = 2
        ticket._social_create(
            {"company_id": self.env.company.id, "regulation_id": mine.id},
            datetime(2026, 3, 2, 5, 0),
        )
        with self.assertRaisesRegex(UserError, "under work"):
            mine.norm_ids[0].term_amount = 3
        with self.assertRaisesRegex(UserError, "under work"):
            mine.interim_extension_hours = 3
        with self.assertRaisesRegex(UserError, "under work"):
            mine.norm_ids[1].condition_ids.unlink()
        mine.date_to = "2026-12-31"

    def test_worked_examples_through_the_calendar_of_odoo(self):
        """The preview counts by Odoo's working intervals, the engine's own tests by
        a calendar of their own: both must say the same."""
        seen = 0
        for name, code, facts, text, now, _ in (
            worked_days.CASES + worked_exchange.CASES
        ):
            with self.subTest(f"{code}: {name}"):
                intake, owner, kind, importance, *photo = facts.split()
                known = {
                    "intake": intake,
                    "page_owner": owner,
                    "kind": kind,
                    "importance": importance,
                    "needs_photo": bool(photo),
                }
                expected = clocks_as_data(play(code, text, now, facts=known))
                events = [
                    {key: value for key, value in vars(event).items() if value}
                    for event in history(acts.ACTS[code], text)
                ]
                clocks = self.preset(code).preview_deadlines(known, events, now)
                self.assertEqual(clocks, expected)
                seen += len(clocks)
        self.assertGreater(seen, 100)
