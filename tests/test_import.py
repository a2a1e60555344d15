import base64
import io
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from lxml.html import fromstring
from openpyxl import Workbook, load_workbook

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tables import read_table
from .common import MODULE, SocialCommon, comment

HEADER = ("Номер инцидента", "Ссылка на публикацию", "Текст сообщения", "Автор")
HEADER += ("Дата публикации", "Тема", "Приоритет")
LINK = "https://vk.com/wall-7_10?reply={}"


def xlsx(*rows, header=HEADER):
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def line(number, text="Яма на дороге", link=True, **more):
    cells = {
        "Номер инцидента": f"И-{number}",
        "Ссылка на публикацию": LINK.format(number) if link else None,
        "Текст сообщения": text,
        "Автор": "Анна Петрова",
        "Дата публикации": "03.06.2024 10:00",
        **more,
    }
    return tuple(cells.get(name) for name in HEADER)


@tagged("post_install", "-at_install")
class TestImport(SocialCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        act = cls.env.ref(f"{MODULE}.regulation_vereshchagino")
        cls.env.company.social_regulation_id = act
        cls.roads_topic = cls.env["helpdesk.ticket.category"].create({"name": "Ямы"})

    def wizard(self, content, **vals):
        vals = {"file": base64.b64encode(content), "filename": "вход.xlsx", **vals}
        wizard = self.env["helpdesk.social.import"].with_user(self.curator).create(vals)
        wizard.action_read()
        return wizard

    def counts(self, wizard):
        return (wizard.new_count, wizard.again_count, wizard.bad_count)

    def made(self, wizard, name="new"):
        ids = (wizard.ticket_data or {}).get(name, [])
        return self.env["helpdesk.ticket"].browse(ids)

    def rejects(self, wizard):
        return load_workbook(io.BytesIO(base64.b64decode(wizard.rejects))).active

    def test_from_file_to_tickets(self):
        wizard = self.wizard(
            xlsx(
                line(1, Тема="ямы", Приоритет="Жизнь и здоровье"),
                line(2, "Лужа", Приоритет="high", Автор=None),
            )
        )
        self.assertEqual(wizard.state, "check")
        self.assertEqual(
            wizard.column_ids.mapped("field"),
            ["source_number", "link", "text", "author", "received", "topic"]
            + ["importance"],
        )
        # The label of the reader's language counts; here that is English.
        self.assertEqual(self.counts(wizard), (1, 0, 1))
        self.assertIn("Life and health", wizard.preview)
        wizard = self.wizard(
            xlsx(
                line(1, Тема="ямы", Приоритет="Life and health"),
                line(2, "Лужа", Приоритет="high", Автор=None, Тема="Небо"),
            )
        )
        self.assertEqual(self.counts(wizard), (2, 0, 0))
        self.assertIn("Небо", wizard.preview)
        self.assertFalse(self.env["helpdesk.social.intake"].search_count([]))
        wizard.action_import()
        self.assertEqual(wizard.state, "done")
        first, second = self.made(wizard)
        self.assertEqual(first.permalink, LINK.format(1))
        self.assertEqual((first.network, first.intake), ("vk", "incident"))
        self.assertEqual(first.category_id, self.roads_topic)
        self.assertEqual(first.importance, "life_safety")
        self.assertEqual(first.author_id.name, "Анна Петрова")
        self.assertEqual(
            fields.Datetime.to_string(first.received_at), "2024-06-03 05:00:00"
        )
        self.assertEqual(first.deadline_ids.norm_code, "vereshchagino.total.life")
        row = first.intake_ids
        self.assertEqual((row.source_number, row.how), ("И-1", "file"))
        self.assertEqual((row.user_id, row.note), (self.curator, "вход.xlsx"))
        self.assertFalse(first.screening_failed)
        self.assertFalse(second.author_id)
        self.assertFalse(second.category_id)
        self.assertEqual((first | second)._replay_differences(), [])
        action = wizard.action_new()
        self.assertEqual(
            self.env["helpdesk.ticket"]
            .with_user(self.curator)
            .search(action["domain"]),
            first | second,
        )

    def test_the_same_file_again(self):
        content = xlsx(line(1), line(2, "Лужа"))
        self.wizard(content).action_import()
        wizard = self.wizard(content)
        self.assertEqual(self.counts(wizard), (0, 2, 0))
        ticket = self.env["helpdesk.ticket"].search(
            [("permalink", "=", LINK.format(1))]
        )
        self.assertIn(ticket.number, wizard.preview)
        wizard.action_import()
        self.assertEqual(self.counts(wizard), (0, 2, 0))
        self.assertEqual(len(ticket.intake_ids), 1)

    def test_known_from_the_page(self):
        with freeze_time("2024-06-03 06:00:00"):
            ticket = self.receive(comment(at="2024-06-03 04:00"))
            link = ticket.permalink.replace("https://vk.com", "http://m.vk.com")
            wizard = self.wizard(xlsx(line(1, **{"Ссылка на публикацию": link})))
            self.assertEqual(self.counts(wizard), (0, 1, 0))
            wizard.action_import()
        self.assertEqual(self.made(wizard, "again"), ticket)
        self.assertEqual(ticket.intake_ids.mapped("intake"), ["page", "incident"])

    def test_equal_words(self):
        words = "Во дворе дома 5 по улице Ленина третью неделю не горит ни один фонарь"
        with freeze_time("2024-06-03 06:00:00"):
            Ticket = self.env["helpdesk.ticket"].with_user(self.curator)
            ticket = Ticket.enter_by_hand(
                {"original_text": words, "intake": "monitoring"}
            )
        rows = (
            line(1, words.upper() + ".", link=False),
            line(2, words, link=False, **{"Дата публикации": "13.06.2024"}),
            line(3, "Спасибо", link=False),
            line(4, "Спасибо!", link=False),
            line(5, "Спасибо", link=False, Автор="Иван"),
        )
        wizard = self.wizard(xlsx(*rows))
        self.assertEqual(self.counts(wizard), (3, 2, 0))
        self.assertIn(ticket.number, wizard.preview)
        self.assertIn("the same as row 4", wizard.preview)
        wizard.action_import()
        self.assertEqual(self.counts(wizard), (3, 2, 0))
        ways = ticket.intake_ids.sorted("id").mapped("intake")
        self.assertEqual(ways, ["monitoring", "incident"])
        wizard = self.wizard(
            xlsx(line(9, words, link=False)), same_words="new", intake="pos"
        )
        self.assertEqual(self.counts(wizard), (1, 0, 0))

    def test_twice_in_one_file(self):
        wizard = self.wizard(
            xlsx(line(1), line(2, **{"Ссылка на публикацию": LINK.format(1)}))
        )
        self.assertEqual(self.counts(wizard), (1, 1, 0))
        wizard.action_import()
        ticket = self.made(wizard)
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.intake_ids.mapped("source_number"), ["И-1", "И-2"])

    def test_bad_rows(self):
        wizard = self.wizard(
            xlsx(
                line(1),
                line(2, **{"Дата публикации": "вчера"}),
                line(3, **{"Ссылка на публикацию": "javascript:alert(1)"}),
                line(4, "=cmd|' /C calc'!A0", **{"Дата публикации": "01.01.2124"}),
                line(5, None, link=False),
                line(6, **{"Дата публикации": None}),
                line(7, Приоритет="огромный"),
            )
        )
        self.assertEqual(self.counts(wizard), (1, 0, 6))
        sheet = self.rejects(wizard)
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(rows[0], (*HEADER, "Column", "Reason"))
        self.assertEqual([row[0] for row in rows[1:]], [f"И-{n}" for n in range(2, 8)])
        reasons = [(row[-2], row[-1]) for row in rows[1:]]
        self.assertIn("вчера", reasons[0][1])
        self.assertEqual(reasons[1][0], "Link to the message")
        self.assertIn("future", reasons[2][1])
        for row in sheet.iter_rows():
            for cell in row:
                self.assertNotEqual(cell.data_type, "f")
        wizard.action_import()
        self.assertEqual(len(self.made(wizard)), 1)
        self.assertEqual(wizard.bad_count, 6)
        # Mended, the file of these rows is imported as it is.
        table = read_table(base64.b64decode(wizard.rejects))
        mended = [list(row) for _number, row in table.rows]
        mended[0][4] = "03.06.2024"
        again = self.wizard(xlsx(*mended, header=table.header))
        self.assertEqual(again.new_count, 1)

    def test_all_or_nothing(self):
        content = xlsx(line(1), line(2, **{"Дата публикации": "вчера"}))
        wizard = self.wizard(content, all_or_nothing=True)
        wizard.action_import()
        self.assertEqual(wizard.state, "check")
        self.assertFalse(self.made(wizard))
        self.assertFalse(self.env["helpdesk.social.intake"].search_count([]))
        wizard.all_or_nothing = False
        wizard.action_import()
        self.assertEqual(len(self.made(wizard)), 1)

    def test_columns_are_remembered(self):
        header = ("a", "b", "c")
        content = xlsx(("Яма", LINK.format(1), "И-1"), header=header)
        wizard = self.wizard(content)
        self.assertTrue(wizard.problem)
        self.assertFalse(wizard.preview)
        with self.assertRaisesRegex(UserError, "which column"):
            wizard.action_import()
        for column, field in zip(
            wizard.column_ids, ("text", "link", "source_number"), strict=True
        ):
            column.field = field
        wizard.action_check()
        self.assertFalse(wizard.problem)
        wizard.action_import()
        again = self.wizard(content)
        self.assertEqual(
            again.column_ids.mapped("field"), ["text", "link", "source_number"]
        )
        # Of this source and this header alone.
        self.assertTrue(self.wizard(content, intake="pos").problem)
        wizard = self.wizard(content)
        wizard.column_ids[0].field = "link"
        wizard.action_check()
        self.assertIn("Two columns", wizard.problem)

    def test_csv(self):
        text = "Ссылка;Текст\nvk.com/wall-7_10?reply=1;Яма\n"
        wizard = self.wizard(text.encode("cp1251"), filename="a.csv")
        wizard.action_import()
        ticket = self.made(wizard)
        self.assertEqual(ticket.permalink, "https://" + LINK.format(1)[8:])
        self.assertEqual(ticket.original_text, "Яма")

    def test_what_is_left_empty_is_said_once(self):
        header = (*HEADER, "Локация")
        rows = [(*line(n, Тема="Небо"), "Луна") for n in range(20)]
        wizard = self.wizard(xlsx(*rows, header=header))
        words = fromstring(wizard.preview).text_content()
        for name, value in (("Topic", "Небо"), ("Location", "Луна")):
            self.assertEqual(words.count(f"«{name}»: «{value}»"), 1)
        self.assertIn("2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 8 more", words)
        self.assertIn("a new message", words)
        wizard.action_import()
        words = fromstring(wizard.preview).text_content()
        self.assertNotIn("a new message", words, "what is imported is no plan")

    def test_dates_as_their_reader_writes_them(self):
        day, moment = datetime(2024, 6, 3), datetime(2024, 6, 3, 7, 5)
        wizard = self.wizard(
            xlsx(
                *(line(n, **{"Дата публикации": d}) for n, d in ((1, day), (2, moment)))
            )
        )
        sample = wizard.column_ids.filtered(lambda c: c.field == "received").sample
        self.assertEqual(sample, "06/03/2024")
        self.assertRegex(wizard.preview, r">6/3/24, 7:05\sAM<")

    def test_text_in_utf_16(self):
        text = "Ссылка;Текст\nvk.com/wall-7_10?reply=1;Яма\n"
        wizard = self.wizard(text.encode("utf-16"), filename="a.csv")
        self.assertEqual(self.counts(wizard), (1, 0, 0))

    def test_files_that_are_none(self):
        for content, words in (
            (b"\xd0\xcf\x11\xe0", "old format"),
            (b"PK\x03\x04", "cannot be read"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "cannot be read"),
            (b"a;b\n", "no rows"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.wizard(content)
        with self.assertRaisesRegex(UserError, "Choose a file"):
            wizard = self.env["helpdesk.social.import"].with_user(self.curator)
            wizard.create({}).action_read()

    def test_hostile_cells(self):
        wizard = self.wizard(
            xlsx(line(1, "<script>alert(1)</script>", Автор="<b>x</b>"))
        )
        self.assertNotIn("<script>", wizard.preview)
        wizard.action_import()
        self.assertEqual(self.made(wizard).original_text, "<script>alert(1)</script>")

    def test_only_curators(self):
        for user in (self.roads, self.head, self.social_admin):
            Wizard = self.env["helpdesk.social.import"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Wizard.create({"file": base64.b64encode(xlsx(line(1)))})
        wizard = self.wizard(xlsx(line(1)))
        other = self._user("s_curator_other", "group_curator")
        with self.assertRaises(AccessError):
            wizard.with_user(other).action_import()
        company = self.env["res.company"].create({"name": "Another town"})
        wizard.sudo().company_id = company
        with self.assertRaises(UserError):
            wizard.action_import()

    def test_large_file(self):
        """Several batches; no row costs more than the making of its ticket."""
        rows = [line(n, f"Яма номер {n} на улице Мира") for n in range(450)]
        rows.append(line(450, "Яма", **{"Ссылка на публикацию": LINK.format(3)}))
        wizard = self.wizard(xlsx(*rows))
        before = self.env.cr.sql_log_count
        wizard.action_import()
        self.assertLess((self.env.cr.sql_log_count - before) / 450, 27)
        self.assertEqual(self.counts(wizard), (450, 1, 0))
        tickets = self.made(wizard)
        self.assertEqual(tickets[:400]._replay_differences(), [])
        self.assertEqual(len(tickets.intake_ids), 451)

    def test_two_imports_at_once_conflict(self):
        """Both change the row of the columns, so the later is repeated and finds by
        their words what has neither link nor number."""
        self.wizard(xlsx(line(1, link=False))).action_import()
        wizard = self.wizard(xlsx(line(2, link=False)))
        row = self.env["helpdesk.social.import.mapping"].search([], limit=1)

        def version():
            self.env.flush_all()
            query = "SELECT ctid FROM helpdesk_social_import_mapping WHERE id = %s"
            self.env.cr.execute(query, tuple(row.ids))
            return self.env.cr.fetchone()

        before = version()
        wizard.action_import()
        self.assertNotEqual(version(), before)

    def test_row_that_fails_late(self):
        """A row that cannot be stored is given back, the others are imported."""
        Ticket = type(self.env["helpdesk.ticket"])
        check = Ticket._check_entered

        def failing(records, vals):
            if "Лужа" in vals["original_text"]:
                raise UserError("No puddles")
            return check(records, vals)

        wizard = self.wizard(xlsx(line(1), line(2, "Лужа"), line(3)))
        with patch.object(Ticket, "_check_entered", failing):
            wizard.action_import()
        self.assertEqual(self.counts(wizard), (2, 0, 1))
        self.assertEqual(self.rejects(wizard).cell(2, 9).value, "No puddles")
        wizard = self.wizard(
            xlsx(line(5), line(6, "Лужа")), all_or_nothing=True, intake="pos"
        )
        with patch.object(Ticket, "_check_entered", failing):
            with self.assertRaisesRegex(UserError, "Row 3: No puddles"):
                wizard.action_import()
