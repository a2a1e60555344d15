"""What MAX says becomes items: events, comments of posts, the full comparison."""

import json
from datetime import timedelta

from .. import normalise_link
from .fake import NOW, Reply
from .max_case import MAXCase
from .max_fake import (
    BOT,
    CITIZEN,
    DAY,
    DIALOGUE,
    MS,
    PAGE,
    refusal,
    user,
)


class TestEvents(MAXCase):
    def item(self, kind="message_created", **content):
        self.max.happen(kind, **content)
        _cursor, items = self.updates()
        self.assertEqual(len(items), 1)
        return items[0]

    def test_private_message(self):
        raw = self.max.message(DIALOGUE, "Нет воды", at=MS - 123)
        item = self.item(message=raw)
        self.assertEqual(item.external_id, f"im/{DIALOGUE}/{raw['body']['mid']}")
        self.assertEqual((item.kind, item.item_type), ("private", "message"))
        self.assertEqual((item.thread_id, item.root_id), (f"im/{DIALOGUE}",) * 2)
        self.assertEqual((item.text, item.author_id), ("Нет воды", str(CITIZEN)))
        self.assertEqual(item.posted_at, NOW - timedelta(milliseconds=123))
        self.assertFalse(item.own or item.deleted or item.parent_id)
        json.dumps(item.raw)

    def test_edited(self):
        raw = self.max.message(DIALOGUE, "Нет горячей воды")
        item = self.item("message_edited", message=raw)
        self.assertEqual((item.change, item.text), ("edit", "Нет горячей воды"))
        self.assertEqual(item.edited_at, NOW)

    def test_removed_has_the_id_of_the_message(self):
        raw = self.max.message(DIALOGUE, "Нет воды")
        gone = {"message_id": raw["body"]["mid"], "user_id": CITIZEN}
        self.max.happen("message_created", message=raw)
        self.max.happen("message_removed", chat_id=DIALOGUE, **gone)
        _cursor, (first, second) = self.updates()
        self.assertEqual(first.external_id, second.external_id)
        self.assertEqual((second.change, second.deleted), ("delete", True))

    def test_group_message_and_answer(self):
        self.max.chat_type = "chat"
        first = self.max.add_post("Когда уберут снег?", CITIZEN)
        ours = self.max.add_post("Завтра", BOT, reply=first)
        again = self.max.add_post("Не убрали", CITIZEN, reply=ours)
        for raw in (first, ours, again):
            self.max.happen("message_created", message=raw)
        _cursor, items = self.updates()
        thread = f"post/{first['body']['mid']}"
        self.assertEqual([item.thread_id for item in items], [thread] * 3)
        self.assertEqual([item.own for item in items], [False, True, False])
        self.assertEqual(items[2].parent_id, f"post/{ours['body']['mid']}")
        self.assertEqual([i.item_type for i in items], ["post", "comment", "comment"])

    def test_the_thread_of_an_answer_to_something_older_is_asked_for(self):
        self.max.chat_type = "chat"
        first = self.max.add_post("Когда уберут снег?", CITIZEN)
        ours = self.max.add_post("Завтра", BOT, reply=first)
        again = self.max.message(PAGE, "Не убрали", reply=ours)
        item = self.item(message=again)
        self.assertEqual(item.thread_id, f"post/{first['body']['mid']}")

    def test_forwarded_message(self):
        inner = {"mid": "mid.x", "seq": 1, "text": "Течёт крыша", "attachments": None}
        link = {"type": "forward", "message": inner}
        item = self.item(message=self.max.message(DIALOGUE, "Вот", link=link))
        self.assertEqual(item.text, "Вот\n\n↪ Течёт крыша")
        self.assertIsNone(item.parent_id)

    def test_attachments(self):
        raw = self.max.message(DIALOGUE, None)
        raw["body"]["attachments"] = [
            {"type": "image", "payload": {"photo_id": 7, "url": "https://i/1"}},
            {
                "type": "file",
                "filename": "акт.pdf",
                "size": 9,
                "payload": {"url": "https://f/1", "token": "t"},
            },
            {"type": "location", "latitude": 55.5, "longitude": 37.25},
            {"type": "share", "title": "Новость", "payload": {"url": "https://x.ru"}},
            {"type": "inline_keyboard", "payload": {"buttons": []}},
            {"type": "video", "payload": {"url": "https://v/1", "token": "t"}},
        ]
        found = self.item(message=raw).attachments
        self.assertEqual(
            [one.kind for one in found], ["photo", "doc", "place", "link", "video"]
        )
        self.assertEqual(
            (found[0].url, found[0].external_id), ("https://i/1", "photo7")
        )
        self.assertEqual((found[1].name, found[1].size), ("акт.pdf", 9))
        self.assertEqual(found[2].name, "55.5 37.25")

    def test_others_chats_own_messages_and_other_events_are_no_items(self):
        self.max.happen("message_created", message=self.max.message(-5, "чужой чат"))
        self.max.happen("bot_added", chat_id=-5, user=user(1), is_channel=True)
        self.max.happen("message_callback", callback={}, message=None)
        own = self.max.message(DIALOGUE, "Мы", BOT)
        self.max.happen("message_created", message=own)
        _cursor, items = self.updates()
        self.assertEqual([item.own for item in items], [True])

    def test_a_broken_event_stops_nothing(self):
        self.max.happen("message_created", message={"body": {"mid": "mid.1"}})
        self.max.happen("message_created", message=self.max.message(DIALOGUE, "да"))
        batches = list(self.client.updates({}))
        self.assertEqual([i.text for b in batches for i in b.items], ["да"])
        self.assertEqual(sum(len(b.broken) for b in batches), 1)
        self.max.updates = []

    def test_marker_is_kept_and_the_first_time_asks_for_a_comparison(self):
        cursor, _items = self.updates()
        self.assertTrue(self.client.reconcile_needed(cursor))
        self.max.happen("message_created", message=self.max.message(DIALOGUE, "раз"))
        cursor, items = self.updates({**cursor, "reconcile": False})
        self.assertEqual([item.text for item in items], ["раз"])
        cursor, items = self.updates(cursor)
        self.assertEqual(items, [])
        self.assertFalse(self.client.reconcile_needed(cursor))

    def test_more_events_than_fit_a_page(self):
        for number in range(250):
            raw = self.max.message(DIALOGUE, str(number))
            self.max.happen("message_created", message=raw)
        _cursor, items = self.updates()
        self.assertEqual([item.text for item in items], [str(n) for n in range(250)])

    def test_too_many_requests_end_the_run_in_order(self):
        cursor, _items = self.updates()
        self.max.replies.append(
            (
                "GET",
                "updates",
                refusal(429, "too.many.requests", **{"Retry-After": "7"}),
            )
        )
        last = list(self.client.updates(cursor))[-1]
        self.assertEqual(last.retry_after, 7)
        self.assertEqual(last.cursor["marker"], cursor["marker"])

    def test_budget_is_spent_and_stored(self):
        cursor, _items = self.updates()
        empty = {"calls": 0, "at": NOW.timestamp()}
        batches = list(self.client.updates({**cursor, "budget": empty}))
        self.assertEqual([batch.items for batch in batches], [()])
        self.assertAlmostEqual(batches[0].retry_after, 1 / 30)

    def test_authors_are_known_from_what_they_wrote(self):
        raw = self.max.message(DIALOGUE, "Я")
        raw["sender"] = user(7, "Валентина Зуева", username="zueva")
        self.max.happen("message_created", message=raw)
        batch = next(b for b in self.client.updates({}) if b.items)
        self.assertEqual(batch.author_ids, {"7"})
        (author,) = self.client.authors(["7"])
        self.assertEqual(
            (author.name, author.url), ("Валентина Зуева", "https://max.ru/zueva")
        )
        self.assertFalse(self.max.calls("GET chats/*/members"))
        (author,) = self.max.client().authors(["8", "404", "нет"])
        self.assertEqual((author.external_id, author.name), ("8", "Игорь Пахомов"))


class TestComments(MAXCase):
    def setUp(self):
        super().setUp()
        self.post = self.max.add_post()
        self.root = f"post/{self.post['body']['mid']}"

    def test_comments_threads_links(self):
        first = self.max.add_comment(self.post)
        ours = self.max.add_comment(self.post, "Заделаем", BOT, reply=first)
        self.max.add_comment(self.post, "От имени канала", None, reply=first)
        again = self.max.add_comment(self.post, "Не заделали", reply=ours)
        _cursor, items = self.follow()
        self.assertEqual([i.text for i in items], ["Яма на Лесной", "Не заделали"])
        top = f"{self.root}/{first['body']['mid']}"
        self.assertEqual([item.thread_id for item in items], [top, top])
        self.assertEqual([item.root_id for item in items], [self.root] * 2)
        self.assertEqual(items[0].parent_id, self.root)
        self.assertEqual(items[1].parent_id, f"{self.root}/{ours['body']['mid']}")
        self.assertEqual(items[1].external_id, f"{self.root}/{again['body']['mid']}")
        keys = {normalise_link(item.permalink) for item in items}
        self.assertEqual(len(keys), 2)
        self.assertTrue(all(key.startswith(f"max:{PAGE}/") for key in keys))

    def test_new_ones_come_without_a_comparison(self):
        cursor, _items = self.follow()
        self.max.add_comment(self.post, "раз")
        cursor, items = self.updates(cursor)
        self.assertEqual([(i.text, i.change) for i in items], [("раз", "new")])
        cursor, items = self.updates(cursor)
        self.assertEqual(items, [])
        self.max.add_comment(self.max.add_post("Новый пост"), "под новым")
        _cursor, items = self.updates(cursor)
        self.assertEqual([item.text for item in items], ["под новым"])

    def test_the_thread_is_the_same_for_a_comment_that_came_alone(self):
        first = self.max.add_comment(self.post)
        ours = self.max.add_comment(self.post, "Заделаем", BOT, reply=first)
        cursor, _items = self.follow()
        self.max.add_comment(self.post, "Не заделали", reply=ours)
        _cursor, (item,) = self.updates(cursor)
        self.assertEqual(item.thread_id, f"{self.root}/{first['body']['mid']}")

    def test_an_event_that_names_the_post_is_the_same_comment(self):
        raw = self.max.add_comment(self.post)
        _cursor, items = self.follow()
        place = {**raw["recipient"], "post_id": self.post["body"]["mid"]}
        self.max.happen("message_created", message={**raw, "recipient": place})
        mid = {"message_id": raw["body"]["mid"], "user_id": CITIZEN}
        self.max.happen(
            "message_removed", chat_id=PAGE, post_id=place["post_id"], **mid
        )
        cursor, (told, gone) = self.updates({**_cursor, "marker": 0, "seen": {}})
        self.assertEqual(told.external_id, items[0].external_id)
        _cursor, items_again = self.updates(cursor)
        self.assertEqual(items_again, [], "what an event told is not told again")
        self.assertEqual(
            (told.thread_id, told.author_id, told.own),
            (items[0].thread_id, str(CITIZEN), False),
        )
        self.assertEqual((gone.external_id, gone.deleted), (told.external_id, True))

    def test_edited_and_deleted(self):
        raw = self.max.add_comment(self.post)
        stays = self.max.add_comment(self.post, "Остаюсь")
        cursor, items = self.follow()
        self.assertEqual(len(items), 2)
        raw["body"]["text"] = "Яма на Полевой"
        cursor, items = self.reconcile(cursor)
        items = [item for item in items if not item.own]
        self.assertEqual(
            [(i.text, i.change) for i in items], [("Яма на Полевой", "edit")]
        )
        self.max.comments[self.post["body"]["mid"]].remove(raw)
        cursor, items = self.reconcile(cursor)
        (gone,) = [item for item in items if not item.own]
        self.assertEqual((gone.change, gone.deleted), ("delete", True))
        self.assertEqual(gone.external_id, f"{self.root}/{raw['body']['mid']}")
        cursor, items = self.reconcile(cursor)
        self.assertEqual([item for item in items if not item.own], [])
        self.assertIn(stays["body"]["mid"], str(self.stored))
        self.max.comments[self.post["body"]["mid"]].append(raw)
        _cursor, items = self.reconcile(cursor)
        (back,) = [item for item in items if not item.own]
        self.assertEqual((back.external_id, back.change), (gone.external_id, "restore"))

    def test_deleted_before_its_post_was_read(self):
        """Only the event told of it, and that of the deletion names no post."""
        cursor, _items = self.follow()
        raw = self.max.add_comment(self.post)
        place = {**raw["recipient"], "post_id": self.post["body"]["mid"]}
        self.max.happen("message_created", message={**raw, "recipient": place})
        self.max.comments[self.post["body"]["mid"]].remove(raw)
        mid = raw["body"]["mid"]
        self.max.happen("message_removed", chat_id=PAGE, message_id=mid)
        cursor, items = self.updates(cursor)
        self.assertEqual([item.change for item in items], ["new"])
        cursor, items = self.reconcile(cursor)
        (gone,) = [item for item in items if not item.own]
        self.assertEqual((gone.external_id, gone.deleted), (f"{self.root}/{mid}", True))
        _cursor, items = self.reconcile(cursor)
        self.assertEqual([item for item in items if not item.own], [])

    def test_deleted_under_a_post_newer_than_the_comparison(self):
        """The post appears while a comparison goes on, which has not listed it."""
        cursor, _items = self.follow()
        first = next(self.client.reconcile(cursor, self, NOW.replace(year=2020)))
        begun = first.cursor
        self.assertTrue(begun["walk"], "the comparison goes on")
        post = self.max.add_post("Новая запись")
        raw = self.max.add_comment(post, "Яма")
        cursor, items = self.updates(begun)
        self.assertEqual([item.text for item in items], ["Яма"])
        cursor, _items = self.reconcile(cursor)
        self.max.comments[post["body"]["mid"]].remove(raw)
        _cursor, items = self.reconcile(cursor)
        gone = [item.external_id for item in items if item.deleted]
        self.assertEqual(gone, [f"post/{post['body']['mid']}/{raw['body']['mid']}"])

    def test_a_comment_left_out_of_a_list_is_not_taken_for_deleted(self):
        raw = self.max.add_comment(self.post)
        cursor, _items = self.follow()
        nothing = Reply(200, b'{"messages": []}', {"Content-Type": "application/json"})
        self.max.replies.append(("GET", r"messages/[^/]+/comments", nothing))
        _cursor, items = self.reconcile(cursor)
        self.assertEqual([item for item in items if item.deleted], [])
        self.assertTrue(raw)

    def test_more_comments_than_fit_a_page_whichever_side_is_cut(self):
        for number in range(350):
            self.max.add_comment(self.post, str(number))
        for side in (True, False):
            self.max.comments_from_the_end = side
            self.stored.clear()
            _cursor, items = self.reconcile()
            texts = {item.text for item in items if not item.own}
            self.assertEqual(texts, {str(n) for n in range(350)})

    def test_a_run_may_end_after_any_batch(self):
        for number in range(250):
            self.max.add_comment(self.post, str(number))
        self.max.add_private("лично")
        cursor = {}
        for _run in range(60):
            batches = self.client.reconcile(cursor, self, NOW.replace(year=2020))
            batch = next(iter(batches))
            batches.close()
            # As a database gives it back.
            cursor = json.loads(json.dumps(batch.cursor))
            self.stored.update((i.external_id, i) for i in batch.items)
            if not self.client.reconcile_needed(cursor):
                break
        texts = {item.text for item in self.stored.values() if not item.own}
        self.assertEqual(texts, {*map(str, range(250)), "лично"})

    def test_nothing_remembered_of_what_was_not_given_out(self):
        """The thread of a comment cannot be asked for just now: it comes later."""
        first = self.max.add_comment(self.post)
        ours = self.max.add_comment(self.post, "Заделаем", BOT, reply=first)
        cursor, _items = self.follow()
        self.max.add_comment(self.post, "Не заделали", reply=ours)
        slow = refusal(429, "too.many.requests")
        self.max.replies.append(("GET", r"messages/[^/]+/comments/.*", slow))
        cursor, items = self.updates(cursor)
        self.assertEqual(items, [])
        _cursor, items = self.updates(cursor)
        self.assertEqual([item.text for item in items], ["Не заделали"])

    def test_since_and_posts_older_than_it(self):
        old = self.max.add_post("Месяц назад", at=MS - 20 * DAY)
        self.max.add_comment(old, "давно", at=MS - 19 * DAY)
        self.max.add_comment(old, "вчера", at=MS - DAY)
        self.max.add_comment(self.max.add_post("Год назад", at=MS - 365 * DAY), "-")
        since = NOW - timedelta(days=3)
        _cursor, items = self.reconcile(since=since)
        self.assertEqual([i.text for i in items if not i.own], ["вчера"])
        cursor, items = self.reconcile(_cursor, since=NOW - timedelta(days=40))
        self.assertEqual({i.text for i in items if not i.own}, {"давно"})

    def test_a_post_without_comments_stops_nothing(self):
        self.max.add_comment(self.post)
        self.max.add_post("Без комментариев")
        self.max.replies.append(
            ("GET", r"messages/[^/]+/comments", refusal(403, "comments.disabled"))
        )
        _cursor, items = self.follow()
        self.assertEqual([item.text for item in items], ["Яма на Лесной"])


class TestDialogues(MAXCase):
    def test_history_back_to_the_date(self):
        self.max.add_private("раньше", at=MS - 5 * DAY)
        for number in range(150):
            self.max.add_private(str(number), at=MS - DAY + number)
        self.max.add_private("Ответ", BOT)
        _cursor, items = self.reconcile(since=NOW - timedelta(days=2))
        citizens = [item for item in items if not item.own]
        self.assertEqual({i.text for i in citizens}, {str(n) for n in range(150)})
        self.assertEqual(len({i.external_id for i in citizens}), 150)

    def test_lost_events_are_found_and_a_quiet_dialogue_costs_one_call(self):
        self.max.add_private("раз")
        cursor, _items = self.follow()
        self.max.add_private("событие потеряно")
        cursor, items = self.reconcile(cursor)
        self.assertIn("событие потеряно", [i.text for i in items if i.change == "new"])
        before = len(self.max.exchanges)
        _cursor, items = self.reconcile(cursor)
        self.assertEqual(items, [])
        self.assertLessEqual(len(self.max.exchanges) - before, 4)

    def test_a_dialogue_the_network_does_not_list_is_known_from_its_events(self):
        self.max.listed_dialogues = False
        self.max.happen("bot_started", chat_id=DIALOGUE, user=user(CITIZEN))
        cursor, _items = self.updates()
        self.max.add_private("событие потеряно")
        _cursor, items = self.reconcile(cursor)
        self.assertEqual([item.text for item in items], ["событие потеряно"])

    def test_a_citizen_who_stopped_the_bot_is_no_problem_of_the_page(self):
        self.max.add_private("раз")
        denied = refusal(403, "chat.denied", "User suspended bot")
        cursor, _items = self.updates()
        answer = self.max.GET_messages

        def get_messages(parts, query, body):
            return (
                denied
                if query.get("chat_id") == str(DIALOGUE)
                else answer(parts, query, body)
            )

        self.max.GET_messages = get_messages
        batches = list(self.client.reconcile(cursor, self, NOW.replace(year=2020)))
        self.assertEqual([batch.problems for batch in batches if batch.problems], [])
        self.assertFalse(self.client.reconcile_needed(batches[-1].cursor))
