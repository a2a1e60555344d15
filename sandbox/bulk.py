"""Many messages at once, for measurements and trials of endurance.

Everything goes through the methods that people use, so events come as for any other
comment. The same seed writes the same texts.
"""

import random

from .errors import WorldError
from .max.world import MaxWorld
from .ok.world import OkWorld

STREETS = "Лесная Заводская Полевая Мира Ленина Садовая Речная Школьная".split()
TROUBLES = (
    "яма на дороге",
    "не горит фонарь",
    "не вывезли мусор",
    "течёт труба в подвале",
    "не чистят снег",
    "опаздывает автобус",
    "сломана горка на площадке",
    "холодные батареи",
)
WISHES = (
    "Когда исправят?",
    "Прошу принять меры.",
    "Кому жаловаться?",
    "Сколько ждать?",
)

LIMIT = 100_000
#: Every so many comments a new post begins, and every so many are answers.
UNDER_ONE_POST = 200
ANSWER_EVERY = 5


def sentence(chance, number):
    """Return a text that differs from all others by its number."""
    street, house = chance.choice(STREETS), chance.randint(1, 120)
    trouble, wish = chance.choice(TROUBLES), chance.choice(WISHES)
    return f"Улица {street}, {house}: {trouble}. {wish} Обращение № {number}."


def vk(world, count, seed, group_id=1):
    """Write `count` comments and answers on the wall of a page; returns their ids."""
    chance = random.Random(seed)
    citizens = [int(key) for key in world.state["users"] if 100 < int(key) < 200]
    if not citizens:
        raise WorldError("На площадке нет жителей")
    made, tops, post = [], [], None
    for number in range(1, count + 1):
        if post is None or not number % UNDER_ONE_POST:
            post = world.add_post(group_id, -group_id, f"Новости, выпуск {number}")
            tops = []
        answered = tops and not number % ANSWER_EVERY
        record = world.add_comment(
            group_id,
            post["id"],
            chance.choice(citizens),
            sentence(chance, number),
            chance.choice(tops) if answered else None,
        )
        if not answered:
            tops.append(record["id"])
        made.append(record["id"])
    return made


def max_channel(world, count, seed, group_id=1):
    """Write `count` comments and answers in a page's channel; returns their ids."""
    chance = random.Random(seed)
    place = MaxWorld(world)
    citizens = [int(key) for key in world.state["users"] if 100 < int(key) < 200]
    if not citizens:
        raise WorldError("На площадке нет жителей")
    made, post = [], None
    for number in range(1, count + 1):
        if post is None or not number % UNDER_ONE_POST:
            post = place.add_post(group_id, f"Новости, выпуск {number}")["mid"]
            made_here = []
        answered = made_here and not number % ANSWER_EVERY
        record = place.add_comment(
            post,
            chance.choice(citizens),
            sentence(chance, number),
            chance.choice(made_here) if answered else None,
        )
        made_here.append(record["mid"])
        made.append(record["mid"])
    return made


def ok_group(world, count, seed, _group_id=1):
    """Write `count` comments and answers in the group on Odnoklassniki."""
    chance = random.Random(seed)
    place = OkWorld(world)
    citizens = [int(key) for key in world.state["users"] if 100 < int(key) < 200]
    if not citizens:
        raise WorldError("На площадке нет жителей")
    made, tops, topic = [], [], None
    for number in range(1, count + 1):
        if topic is None or not number % UNDER_ONE_POST:
            topic, tops = place.add_topic(f"Новости, выпуск {number}")["id"], []
        answered = tops and not number % ANSWER_EVERY
        record = place.add_comment(
            topic,
            chance.choice(citizens),
            sentence(chance, number),
            chance.choice(tops) if answered else None,
        )
        if not answered:
            tops.append(record["id"])
        made.append(record["id"])
    return made


#: Name of a network -> function `(world, count, seed, group_id)` returning the ids.
MAKERS = {"vk": vk, "max": max_channel, "ok": ok_group}


def make(world, network, count, seed, group_id=1):
    """Write many messages in a network; returns their ids."""
    if network not in MAKERS:
        raise ValueError(f"network: {', '.join(MAKERS)}")
    if not 1 <= count <= LIMIT:
        raise ValueError(f"count: 1 to {LIMIT}")
    return MAKERS[network](world, count, seed, group_id)
