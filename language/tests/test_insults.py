"""Insults of both classes, and what only sounds like one."""

from ..screening import INSULT, SOFT_INSULT
from .common import Case


class TestHard(Case):
    def test_forms(self):
        self.assert_kinds(
            {INSULT},
            "Идиоты, кто так строит",
            "Вы дебилы",
            "Директор — мразь",
            "Сволочи, верните остановку",
            "Какой урод это придумал",
            "Ублюдку закон не писан",
            "Подонки сломали качели",
            "Ты дура",
            "Суки, дайте воду",
            "С этой сукой говорить нельзя",
            "Сукин сын",
            "Тварь продажная",
            "Скотина ты",
            "Скоты, а не люди",
        )

    def test_rule_names_the_dictionary_form(self):
        found = self.only("С этой сукой говорить нельзя")
        self.assertEqual(("hard:сука", "сукой"), (found.rule, found.words))

    def test_disguised(self):
        self.assert_kinds(
            {INSULT},
            "cyka",
            "сyка",
            "с*ка",
            "сууука",
            "с у к а",
            "suka",
            "д е б и л ы",
            "деб1лы",
            "мр@зи",
            "и.д.и.о.т.ы",
            "д*билы",
        )


class TestSoft(Case):
    def test_animals_that_mean_people(self):
        self.assert_kinds(
            {SOFT_INSULT},
            "Вы бараны",
            "Овца ты",
            "Бараны!",
            "Глава — козёл",
            "Администрация — сборище ослов",
        )

    def test_animals(self):
        self.assert_clean(
            "Бараны и овцы пасутся на кладбище",
            "Козёл съел клумбу",
            "Свиньи соседа воняют",
            "Крысы в подвале",
            "Собаки бегают стаей",
            "Кобель без намордника",
        )

    def test_rude(self):
        self.assert_kinds({SOFT_INSULT}, "Дармоеды", "жопа, а не дорога", "вы тупые")


class TestInnocent(Case):
    def test_of_oneself(self):
        self.assert_clean(
            "Не держите нас за дураков",
            "Не считайте людей идиотами",
            "Мы не быдло",
            "Стою как дура на остановке",
            "Чувствуешь себя идиотом",
        )

    def test_reported(self):
        self.assert_clean("Кондуктор обозвала меня дурой")

    def test_trees_and_dogs(self):
        self.assert_clean(
            "Сухой сук упал на машину",
            "На суку старого тополя висит провод",
            "Спилите суки у тополя",
            "Собака, сука, стерилизована",
            "Серебристый лох засох",
            "Берёзовые чурки остались после спила",
        )

    def test_names_and_titles(self):
        self.assert_clean(
            "Улица Баранова, дом 3",
            "Господин Сукачёв обещал",
            "Спектакль «Идиот» отменили",
            "Дети с синдромом Дауна",
            "Тупой угол дома",
        )

    def test_the_exception_holds_only_where_it_stands(self):
        self.assert_kinds({INSULT}, "Мы не быдло. Это вы быдло")
