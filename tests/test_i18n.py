import re
from collections import Counter

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader, code_translations

from .common import MODULE

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\{.*?\}\}")
TAG = re.compile(r"</?([a-z]+)")
#: Operators in conditions of views are no exclamations.
EXCLAMATION = re.compile(r"!(?!=)")

#: The one Russian word for each thing, as people see it.
WORDS = {
    "Ticket": "Сообщение",
    "Message": "Сообщение",
    "Messages": "Сообщения",
    "Assignment": "Поручение",
    "My assignments": "Мои поручения",
    "Curator": "Куратор",
    "Executor": "Исполнитель",
    "Executors": "Исполнители",
    "Regulation": "Регламент",
    "New version": "Новая редакция",
    "Norm": "Норматив срока",
    "Clause": "Пункт",
    "Deadline": "Срок",
    "Overdue": "Просрочено",
    "Intake": "Способ поступления",
    "Whose page": "Чья страница",
    "Feed": "Лента",
    "Private message": "Личное сообщение",
    "Normal": "Обычная",
    "High": "Повышенная",
    "Life and health": "Жизнь и здоровье",
    "Topic": "Тема",
    "Group of topics": "Группа тем",
    "Location": "Локация",
    "To triage": "На разборе",
    "Take into work": "Взять в работу",
    "No reaction needed": "Не требует реагирования",
    "Needs no reaction": "Не требует реагирования",
    "Exclude": "Не подлежит ответу",
    "Excluded": "Не подлежит ответу",
    "Assign an executor": "Назначить исполнителя",
    "Accept": "Принять в работу",
    "Not our competence": "Не наша компетенция",
    "Draft reply": "Проект ответа",
    "Submit for approval": "На согласование",
    "For rework": "На доработку",
    "Remarks": "Замечания",
    "Approve": "Согласовать",
    "Publish": "Разместить",
    "Published by hand": "Разместить вручную",
    "Reply": "Ответ",
    "Interim reply": "Промежуточный ответ",
    "Promised date": "Обещанная дата",
    "Question to the author": "Уточнение у автора",
    "Superior curator": "Вышестоящий куратор",
    "Substitute": "Замещающий",
    "Repeated": "Повторное сообщение",
    "Page": "Страница",
    "Outbox": "Очередь размещения",
    "%s left": "ещё %s",
    "%s late": "просрочено на %s",
    "%s h": "%s ч",
    "%s min": "%s мин",
    "today, %s": "сегодня, %s",
}


@tagged("post_install", "-at_install")
class TestRussian(TransactionCase):
    """The Russian translation is complete and keeps to the words agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = polib.pofile(file_path(f"{MODULE}/i18n/{MODULE}.pot"))
        cls.russian = polib.pofile(file_path(f"{MODULE}/i18n/ru.po"))
        cls.words = {entry.msgid: entry.msgstr for entry in cls.russian}

    def _list(self, problems):
        """Problems as lines of a failure, a readable number of them."""
        lines = [f"  {problem!r}" for problem in problems[:40]]
        return "\n".join([f"{len(problems)} strings:", *lines])

    def test_no_term_is_left(self):
        """What Odoo's exporter finds now has Russian words, at its place: Odoo gives
        a word to the records that the file names, and to no others."""
        reader = TranslationModuleReader(self.env.cr, modules=[MODULE])
        terms = {
            (source, "code" if kind == "code" else f"{kind}:{name}:{res_id}")
            for _module, kind, name, res_id, source, _value, _comments in reader
            # The demonstration data is in Russian as it is.
            if kind == "code" or not res_id.startswith(f"{MODULE}.demo_")
        }
        self.assertGreater(len(terms), 500)
        known = {
            (entry.msgid, "code" if place.startswith("code:") else place)
            for entry in self.russian
            for place, _line in entry.occurrences
            if entry.msgstr
        }
        missing = sorted(terms - known)
        if missing:
            self.fail(f"Translate in i18n/ru.po and *.pot {self._list(missing)}")

    def test_nothing_fuzzy_or_empty(self):
        self.assertFalse([e.msgid for e in self.russian.fuzzy_entries()])
        self.assertFalse([e.msgid for e in self.russian.untranslated_entries()])
        self.assertFalse([e.msgid for e in self.russian.obsolete_entries()])
        self.assertEqual(self.russian.metadata["Language"], "ru")

    def test_template_is_the_same(self):
        self.assertEqual({e.msgid for e in self.template}, set(self.words))

    def test_placeholders_and_markup(self):
        wrong = [
            source
            for source, words in self.words.items()
            if Counter(PLACEHOLDER.findall(source))
            != Counter(PLACEHOLDER.findall(words))
            or TAG.findall(source) != TAG.findall(words)
        ]
        if wrong:
            self.fail(self._list(wrong))

    def test_spaces_at_the_ends(self):
        """What is joined to other words keeps its spaces."""
        wrong = [
            source
            for source, words in self.words.items()
            if source[:1].isspace() != words[:1].isspace()
            or source[-1:].isspace() != words[-1:].isspace()
        ]
        if wrong:
            self.fail(self._list(wrong))

    def test_no_exclamation(self):
        loud = [words for words in self.words.values() if EXCLAMATION.search(words)]
        if loud:
            self.fail(self._list(loud))

    def test_agreed_words(self):
        self.assertEqual(
            {source: self.words.get(source) for source in WORDS}, dict(WORDS)
        )

    def test_words_reach_the_screen(self):
        """The file is what Odoo shows to a Russian reader."""
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"].search(
            [("name", "=", MODULE)]
        )._update_translations(["ru_RU"], overwrite=True)
        ticket = self.env["helpdesk.ticket"].with_context(lang="ru_RU")
        states = dict(ticket._fields["social_state"]._description_selection(ticket.env))
        self.assertEqual(states["to_triage"], "На разборе")
        menu = self.env.ref(f"{MODULE}.menu_social_outbox")
        self.assertEqual(menu.with_context(lang="ru_RU").name, "Очередь размещения")
        norm = self.env.ref(f"{MODULE}.norm_perm_assign")
        self.assertEqual(norm.with_context(lang="ru_RU").condition_text, "всегда")
        web = code_translations.get_web_translations(MODULE, "ru_RU")["messages"]
        self.assertIn({"id": "today, %s", "string": "сегодня, %s"}, list(web))
