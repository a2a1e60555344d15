"""Obscene roots in all their forms and disguises, and the words that only look so."""

import random

from ..screening import OBSCENITY, screen
from .common import Case

FORMS = {
    "хуй": "хуй хуя хую хуем хуями хуёк хуйня хуйнёй хуёвый хуёво хуета хуеты хуйло"
    " хуило хуесос хуеплёт хуяк хуярить хуячат хуевина нахуй нахуя похуй похуизм дохуя"
    " нихуя охуеть охуели охуенно охуительный ахуел захуярить расхуячили хули",
    "пизд": "пизда пизды пиздой пиздец пиздеть пиздит пиздел пизжу пиздёж пиздить"
    " пиздюлей пиздатый пиздато пиздобол пиздаболы спиздили спизжено распиздяй"
    " отпиздить напиздел допизделся пиздануть опизденеть пездец впиздячили",
    "еб": "ёб ебать ебал ебут ебёт ебаный ёбаные ебанутый ебучий еблан ебло ебало ебля"
    " ебись ебашат заебали заебись заёбывает наебали наёбывают наебалово выебали"
    " выёбывается доебались отъебись объебали подъебнул разъебали съебались въебал"
    " уебать уёбок уебище поебать проебали недоёбанный долбоёб мозгоёбы остоебенили"
    " невъебенно перееб сьебался обьебос йобаный заипали",
    "бля": "бля блять блядь бляди блядям блядский блядство блядун выблядок выблядки"
    " проблядь блятский",
    "муд": "мудак мудаки мудаками мудачьё мудацкий мудила мудилы мудозвон мудень мудня"
    " мудохаться отмудохали",
    "манд": "манда манды манду мандой мандавошка мандюк смандили",
    "гандон": "гандон гандоны гандонами гондон гондоны гандонский",
    "залуп": "залупа залупу залупы подзалупный залупаться",
    "дроч": "дрочить дрочит дрочила надрочили вздрочнуть задрочили дрочер",
    "пидор": "пидор пидоры пидорас пидарасы пидар пидорасина пидрила спидорасили",
}


class TestRoots(Case):
    def test_every_form_by_its_root(self):
        for root, words in FORMS.items():
            for word in words.split():
                for text in (word, word.upper(), f"Опять {word}, а не дорога"):
                    with self.subTest(text):
                        found = [f for f in screen(text) if f.kind == OBSCENITY]
                        self.assertEqual(1, len(found), found)
                        self.assertEqual(word, found[0].words.lower())
                        self.assertEqual(f"root:{root}", found[0].rule)

    def test_glued(self):
        self.assert_finds(OBSCENITY, "сукаблядь", "нахуйблядь", "вотпиздец")


class TestInnocent(Case):
    def test_words_with_the_same_letters(self):
        self.assert_clean(
            *"оскорблять застрахуй подстрахуй страхует психует употреблять хлебать"
            " рубля рублях сабля корабля мандарин мандат мандраж команда Мандельштам"
            " Гудермес мудрый мудрец изумруд хулиган художник худой хутор хурма"
            " плохую сухую тихую глухую хлеб небо учебный ребёнок мебель лебедь"
            " требовать потребитель колебание погреб щебень серебро служебный"
            " лечебный волшебный себестоимость вебинар Ебург наибольший ошибался"
            " погибали перебои перебежать двоеборье бляшка бляха оглобля ансамбля"
            " гондола гандбол лапидарный педагог проезд подъезд эпизод дебет дебри"
            " стебель ведро бодро дробь драчун небезопасно скипидар саламандра"
            " влюбляться ослаблять углублять сугроб EBITDA ebook job hybrid Hyundai"
            " Huawei website".split()
        )

    def test_euphemisms(self):
        self.assert_clean(
            *"блин фиг нафиг нифига офигеть капец хрен нахрен хреново охренеть"
            " ёпрст ёлки-палки мля пипец задолбали звездец".split()
        )

    def test_abbreviations_and_initials(self):
        self.assert_clean(
            "х/б перчатки",
            "с/х ярмарка",
            "б/у контейнеры",
            "Е. Б. Лядова не принимает",
            "Е.Б. Иванова",
            "А. Х. У. Иванов",
            "т. е. я и он",
            "3б класс, маршрут 6л",
            "На х. Весёлый нет автобуса",
        )

    def test_decoration(self):
        self.assert_clean(
            "**Важно** и *Бухгалтерия*",
            "**«На согласование»**",
            "5*5 метров",
            "Гр. И***в",
            "А***АА59",
            "Код 12345#",
            "до-бавьте ко-манду",
            "%(date)s и ctx.get('order')",
            "за лупу в музее плати отдельно",
        )


class TestDisguises(Case):
    def assert_whole(self, *words):
        """Each word is found, with its disguise, at its place in a text."""
        for word in words:
            with self.subTest(word):
                text = f"Вот {word} опять"
                found = [f for f in screen(text) if f.kind == OBSCENITY]
                self.assertEqual([word], [f.words for f in found])
                self.assertEqual(4, found[0].start)

    def test_lookalikes(self):
        self.assert_whole("xуй", "хyй", "xyй", "Xуйня", "нaxуй", "пиздeц", "БЛЯДЬ")
        self.assert_whole("xyeta", "xyй", "χуй", "пίздец", "пuздец")

    def test_digits(self):
        self.assert_whole("пи3дец", "п1здец", "6лять", "е6аный", "3аебали", "зае6али")
        self.assert_whole("3.14здец")

    def test_signs(self):
        self.assert_whole("пизд@", "х@й", "п#здец", "пи$дец", "бл@ть", "пиzдец")

    def test_stars(self):
        self.assert_whole(
            "х*й", "п***ц", "бл*ть", "б**дь", "за*бали", "ох*ели", "е*аный"
        )
        self.assert_whole(
            "х*йня", "пи**ец", "муд*к", "г*ндон", "нах*й", "пизд*бол", "*уйня"
        )

    def test_dots(self):
        self.assert_whole("х.й", "бл...ть", "нах.й", "пи..ец", "х🤬й")

    def test_set_apart(self):
        self.assert_whole("х у й", "п и з д е ц", "х-у-й", "п.и.з.д.е.ц", "х_у_й")
        self.assert_whole("х🔥у🔥й", "х*у*й", "х  у  й")

    def test_broken(self):
        self.assert_whole("ху й", "пиз дец", "х уйня", "п издец")

    def test_repeated(self):
        self.assert_whole("хууууй", "бляяяять", "ппиииздееец", "хуййй", "ббллядь")

    def test_invisible(self):
        self.assert_whole("ху\u200bй", "пи\u00adздец", "х\u0336у\u0336й\u0336")

    def test_other_widths(self):
        self.assert_whole("ｘуй", "ⓧуй", "𝐱уй")

    def test_latin(self):
        self.assert_whole("huy", "xuy", "nahuy", "pizdec", "blyat", "blyad", "zaebali")
        self.assert_whole("mudak", "pidoras", "gandon", "ohueli", "huinya", "ebat")
        self.assert_whole("nizdec", "dolboeb", "zalupa", "huyami", "xyu")

    def test_any_mixture_is_found_where_it_is(self):
        rng = random.Random(7)
        look = {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x"}
        for root, words in FORMS.items():
            for word in words.split():
                typed = "".join(
                    look.get(char, char) if rng.random() < 0.5 else char
                    for char in word
                )
                at = rng.randrange(1, len(typed) + 1)
                typed = f"{typed[:at]}\u200b{typed[at:]}"
                text = f"Ой 😀😀 {typed}!"
                with self.subTest(root=root, typed=typed):
                    found = [f for f in screen(text) if f.kind == OBSCENITY]
                    self.assertEqual(1, len(found))
                    self.assertIn(found[0].words.strip("\u200b"), typed)
                    self.assertEqual(text.index(typed), found[0].start)
