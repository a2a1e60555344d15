"""Screening as a whole: order, places, masks, additions, hostile texts, phrases."""

import time

from ..screening import (
    INSULT,
    KINDS,
    OBSCENITY,
    PHONE,
    SUICIDE,
    THREAT,
    Finding,
    Lexicon,
    mask,
    screen,
)
from .common import Case, phrases


class TestFindings(Case):
    def test_places_in_the_order_of_the_text(self):
        text = "👍 Дебилы! Пи\u200bздец. Звоните 8 912 456-78-90, убью"
        found = screen(text)
        self.assertEqual(
            [
                (INSULT, "Дебилы", "hard:дебил"),
                (OBSCENITY, "Пи\u200bздец", "root:пизд"),
                (PHONE, "8 912 456-78-90", "valid_number"),
                (THREAT, "убью", "phrase:kill"),
            ],
            [(one.kind, one.words, one.rule) for one in found],
        )
        for one in found:
            self.assertEqual(one.words, text[one.start : one.end])
            self.assertIn(one.kind, KINDS)

    def test_a_word_is_found_once(self):
        self.assertEqual("сукаблядь", self.only("сукаблядь").words)

    def test_nothing(self):
        self.assert_clean("", " ", "…", "😀", "Спасибо за парк!")

    def test_the_same_each_time(self):
        text = "Дебилы, верните 89124567890"
        self.assertEqual(screen(text), screen(text))


class TestMask(Case):
    def test_length_stays(self):
        text = "Тел. 8 912 456-78-90, дебилы"
        masked = mask(text, screen(text))
        self.assertEqual("Тел. • ••• •••••••••, ••••••", masked)
        self.assertEqual(len(text), len(masked))

    def test_only_the_findings_given(self):
        text = "Тел. 89124567890, дебилы"
        found = [one for one in screen(text) if one.kind == PHONE]
        self.assertEqual("Тел. •••••••••••, дебилы", mask(text, found))

    def test_overlapping(self):
        found = [Finding(PHONE, 0, 3, "абв", ""), Finding(PHONE, 1, 9, "бв", "")]
        self.assertEqual("••••", mask("абвг", found))


class TestLexicon(Case):
    def test_is_hashable(self):
        self.assertEqual(hash(Lexicon(("а",))), hash(Lexicon(("а",))))

    def test_added_words_in_all_forms(self):
        lexicon = Lexicon(obscene=("бамбук",), insults=("пельмень", "самовар*"))
        self.assert_kinds({OBSCENITY}, "С бамбуками говорить", lexicon=lexicon)
        self.assert_kinds({INSULT}, "Пельмени вы", "Самоварище", lexicon=lexicon)
        self.assert_clean("С бамбуками говорить", "Пельмени вы")
        self.assertEqual("lexicon:бамбук", self.only("бамбука", lexicon=lexicon).rule)

    def test_added_words_disguised(self):
        lexicon = Lexicon(obscene=("бамбук",))
        self.assert_kinds(
            {OBSCENITY}, "бaмбyк", "б а м б у к", "бам\u200bбук", lexicon=lexicon
        )

    def test_added_phrases(self):
        lexicon = Lexicon(threats=("сделать шашлык",), insults=("старый пень",))
        found = self.only("Ой, сделаем шашлыки!", lexicon=lexicon)
        self.assertEqual((THREAT, "сделаем шашлыки"), (found.kind, found.words))
        self.assert_kinds({INSULT}, "Вы старые пни", lexicon=lexicon)

    def test_exceptions(self):
        text = "Дурень Иванушка и залупа"
        self.assertEqual({INSULT, OBSCENITY}, self.kinds(text))
        lexicon = Lexicon(allowed=("дурень", "залупа"))
        self.assert_clean(text, "Дурню и залупе", lexicon=lexicon)
        self.assert_kinds({INSULT}, "Дурень и дебил", lexicon=lexicon)

    def test_an_allowed_phrase_covers_what_lies_in_it(self):
        lexicon = Lexicon(allowed=("убью вас",))
        self.assert_clean("Убью вас!", lexicon=lexicon)
        self.assert_kinds({THREAT}, "Убью его!", lexicon=lexicon)

    def test_personal_data_cannot_be_allowed(self):
        lexicon = Lexicon(allowed=("89124567890",))
        self.assert_kinds({PHONE}, "89124567890", lexicon=lexicon)

    def test_one_lexicon_does_not_touch_another(self):
        screen("бамбук", Lexicon(obscene=("бамбук",)))
        self.assert_clean("бамбук")
        self.assert_clean("бамбук", lexicon=Lexicon(insults=("пень",)))


class TestHostile(Case):
    """16 KB made to take long take no longer than a request may."""

    def test_texts(self):
        screen("дурак 89124567890")
        size = 16_000
        for piece in (
            *("😀", "*", "х*й ", "х у ", "а", "1", "1 ", "1-", "a@", "@", ".", "а."),
            *("сука ", "баран ", "я убью вас ", "не хочу больше жить в ", "xyй", " "),
            *("89124567890 ", "3-15-42 ", "запонадовы", "надо повесить ", "(((", "😀х"),
            *("и\u0306", "x\u0336", "п***ц ", "m**bi ", "huy", "http://a.b/", "﷽"),
        ):
            with self.subTest(piece):
                text = (piece * size)[:size]
                start = time.process_time()
                for one in screen(text):
                    self.assertEqual(one.words, text[one.start : one.end])
                # Ten times what it takes: this catches what grows with the square.
                self.assertLess(time.process_time() - start, 10)


class TestPhrases(Case):
    """The phrases that the patterns were made with."""

    NAMES = {"insult": "insult", "soft": "soft_insult"}

    def test_tuning(self):
        for name in ("obscenity", "threats", "personal"):
            for wanted, text in phrases(f"tuning_{name}.txt"):
                wanted = {self.NAMES.get(kind, kind) for kind in wanted}
                found = self.kinds(text)
                with self.subTest(text):
                    self.assertLessEqual(wanted, found)
                    if not wanted:
                        self.assertEqual(set(), found)

    def test_no_phrase_is_in_both(self):
        for name in ("obscenity", "threats", "personal"):
            tuning = {text for _, text in phrases(f"tuning_{name}.txt")}
            scoring = {text for _, text in phrases(f"scoring_{name}.txt")}
            self.assertEqual(set(), tuning & scoring)

    def test_suicide_comes_beside_a_threat(self):
        self.assertEqual({THREAT, SUICIDE}, self.kinds("Убью вас и повешусь"))
