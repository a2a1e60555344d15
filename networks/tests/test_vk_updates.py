"""The Bots Long Poll and what its events become."""

import json
import unittest
from datetime import datetime, timezone

from ..errors import Consequence
from . import contract
from .case import VKCase
from .fake import (
    CITIZEN,
    GROUP,
    LP_KEY,
    NOW,
    T0,
    Reply,
    comment,
    error,
    event,
    message,
    post,
)


class TestEvents(VKCase):
    def item(self, kind, subject):
        self.vk.events = [event(kind, subject)]
        _cursor, items = self.updates()
        self.assertEqual(len(items), 1)
        return items[0]

    def test_comment(self):
        item = self.item("wall_reply_new", comment(12, post_owner_id=-GROUP))
        self.assertEqual(item.external_id, "wall-1_10_r12")
        self.assertEqual(item.item_type, "comment")
        self.assertEqual(item.kind, "feed")
        self.assertEqual(item.root_id, "wall-1_10")
        self.assertEqual(item.thread_id, "wall-1_10_r12")
        self.assertEqual(item.parent_id, "wall-1_10")
        self.assertEqual(item.author_id, "501")
        self.assertEqual(item.text, "Яма на дороге")
        self.assertEqual(item.posted_at, datetime.fromtimestamp(T0 + 12, timezone.utc))
        self.assertEqual(item.change, "new")
        self.assertFalse(item.own or item.deleted)
        json.dumps(item.raw)

    def test_answer_within_a_thread(self):
        subject = comment(15, parents_stack=[11], reply_to_comment=13)
        item = self.item("wall_reply_new", subject)
        self.assertEqual(item.thread_id, "wall-1_10_r11")
        self.assertEqual(item.parent_id, "wall-1_10_r13")
        self.assertEqual(item.permalink, "https://vk.com/wall-1_10?reply=15&thread=11")

    def test_changes_of_a_comment(self):
        for change in ("edit", "restore"):
            item = self.item(f"wall_reply_{change}", comment(12, "Иначе"))
            self.assertEqual(item.change, change)
            self.assertEqual(item.text, "Иначе")

    def test_deleted_comment(self):
        gone = {
            "owner_id": -GROUP,
            "id": 12,
            "post_id": 10,
            "deleter_id": 5,
            "user_id": 5,
        }
        item = self.item("wall_reply_delete", gone)
        self.assertEqual(item.external_id, "wall-1_10_r12")
        self.assertEqual((item.change, item.deleted), ("delete", True))
        self.assertEqual((item.thread_id, item.author_id), ("", ""))
        self.assertEqual(item.posted_at, NOW)

    def test_own_items_are_marked_and_their_author_not_asked_for(self):
        self.vk.events = [
            event("wall_reply_new", comment(12, author=-GROUP)),
            event("wall_reply_new", comment(13)),
            event("message_reply", message(3, author=-GROUP, peer=CITIZEN)),
        ]
        batches = list(self.client.updates({"ts": "0"}))
        self.assertEqual([item.own for item in batches[0].items], [True, False, True])
        self.assertEqual(batches[0].author_ids, {"501"})

    def test_post_and_suggested_post(self):
        subject = post(20, "Прошу убрать снег", author=CITIZEN)
        item = self.item("wall_post_new", subject)
        self.assertEqual(item.external_id, "wall-1_20")
        self.assertEqual((item.item_type, item.thread_id), ("post", "wall-1_20"))
        self.assertIsNone(item.parent_id)
        self.assertFalse(item.own)
        item = self.item("wall_post_new", {**subject, "post_type": "suggest"})
        self.assertEqual(item.item_type, "suggested_post")

    def test_repost_shows_both_texts(self):
        subject = post(
            77,
            "Смотрите",
            owner_id=CITIZEN,
            author=CITIZEN,
            edited=T0 + 9,
            copy_history=[
                post(
                    10,
                    "Отключение воды",
                    attachments=[{"type": "link", "link": {"url": "https://x.ru"}}],
                )
            ],
        )
        item = self.item("wall_repost", subject)
        self.assertEqual(item.external_id, "wall501_77")
        self.assertEqual(item.item_type, "repost")
        self.assertEqual(
            item.text, "Смотрите\n\n↪ https://vk.com/wall-1_10\nОтключение воды"
        )
        self.assertEqual(item.attachments[0].url, "https://x.ru")
        self.assertEqual(item.edited_at.timestamp(), T0 + 9)

    def test_private_message(self):
        subject = message(42, conversation_message_id=3)
        item = self.item("message_new", {"message": subject, "client_info": {}})
        self.assertEqual(item.external_id, "im501_42")
        self.assertEqual((item.kind, item.item_type), ("private", "message"))
        self.assertEqual((item.thread_id, item.root_id), ("im501", "im501"))
        self.assertEqual(item.permalink, "https://vk.com/gim1/convo/501?cmid=3")

    def test_edited_message_comes_unwrapped(self):
        subject = message(42, "Исправлено", update_time=T0 + 60)
        item = self.item("message_edit", subject)
        self.assertEqual((item.external_id, item.change), ("im501_42", "edit"))
        self.assertEqual(item.edited_at.timestamp(), T0 + 60)

    def test_message_in_a_chat_has_no_id_of_its_own(self):
        subject = message(0, peer=2_000_000_001, conversation_message_id=7)
        item = self.item("message_new", {"message": subject})
        self.assertEqual(item.external_id, "im2000000001_c7")

    def test_forwarded_and_answered_messages(self):
        subject = message(
            42,
            "",
            fwd_messages=[message(5, "Течёт крыша")],
            reply_message={**message(41), "version": 1},
        )
        item = self.item("message_new", {"message": subject})
        self.assertEqual(item.text, "↪ Течёт крыша")
        self.assertEqual(item.parent_id, "im501_41")

    def test_service_messages_and_other_events_are_nothing(self):
        self.vk.events = [
            event("message_new", {"message": message(1, action={"type": "x"})}),
            event("group_join", {"user_id": 5, "join_type": "join"}),
            event("like_add", {"liker_id": 5}),
            event("message_typing_state", {"from_id": 1}),
        ]
        cursor, items = self.updates()
        self.assertEqual(items, [])
        self.assertEqual(cursor["ts"], "4")

    def test_comments_elsewhere(self):
        for kind, subject, external_id, link in (
            (
                "board_post_new",
                {"topic_id": 30, "topic_owner_id": -GROUP},
                "topic-1_30_r12",
                "https://vk.com/topic-1_30?post=12",
            ),
            (
                "photo_comment_new",
                {"photo_id": 20, "photo_owner_id": -GROUP},
                "photo-1_20_r12",
                "https://vk.com/photo-1_20?reply=12",
            ),
            (
                "video_comment_edit",
                {"video_id": 40, "video_owner_id": -GROUP},
                "video-1_40_r12",
                "https://vk.com/video-1_40?reply=12",
            ),
        ):
            base = {"id": 12, "from_id": CITIZEN, "date": T0, "text": "Текст"}
            item = self.item(kind, {**base, **subject})
            self.assertEqual(item.external_id, external_id)
            self.assertEqual(item.permalink, link)
        item = self.item(
            "board_post_delete", {"topic_owner_id": -GROUP, "topic_id": 30, "id": 12}
        )
        self.assertEqual(item.external_id, "topic-1_30_r12")
        self.assertEqual(item.item_type, "board_comment")

    def test_attachments(self):
        sizes = [
            {"type": "s", "url": "https://x/s", "width": 75, "height": 50},
            {"type": "w", "url": "https://x/w", "width": 2560, "height": 1707},
            {"type": "x", "url": "https://x/x", "width": 604, "height": 403},
        ]
        media = {"id": 9, "owner_id": CITIZEN}
        found = self.item(
            "wall_reply_new",
            comment(
                12,
                attachments=[
                    {"type": "photo", "photo": {**media, "sizes": sizes}},
                    {"type": "video", "video": {**media, "title": "Двор"}},
                    {
                        "type": "doc",
                        "doc": {**media, "title": "a.pdf", "size": 7, "url": "u"},
                    },
                    {"type": "sticker", "sticker": {"sticker_id": 3, "images": 1}},
                    {"type": "audio", "audio": {**media, "artist": "A", "title": "B"}},
                    {
                        "type": "audio_message",
                        "audio_message": {**media, "link_mp3": "https://x/v.mp3"},
                    },
                    {"type": "poll", "poll": {**media, "question": "?"}},
                    {"type": "photo"},
                    "rubbish",
                ],
                geo={"type": "point", "coordinates": "58.01 56.25"},
            ),
        ).attachments
        self.assertEqual(
            [(one.kind, one.url, one.external_id, one.name) for one in found],
            [
                ("photo", "https://x/w", "photo501_9", ""),
                ("video", "https://vk.com/video501_9", "video501_9", "Двор"),
                ("doc", "u", "doc501_9", "a.pdf"),
                ("sticker", "", "sticker3", ""),
                ("audio", "", "audio501_9", "A - B"),
                ("voice", "https://x/v.mp3", "audio_message501_9", ""),
                ("poll", "", "poll501_9", ""),
                ("photo", "", "", ""),
                ("place", "", "", "58.01 56.25"),
            ],
        )
        self.assertEqual(found[2].size, 7)

    def test_malformed_events_are_set_aside_and_stop_nothing(self):
        good = event("wall_reply_new", comment(12))
        bad = [
            None,
            "text",
            {},
            event("wall_reply_new", {"id": "x"}),
            event("wall_reply_new", {"id": 5, "from_id": 1, "text": "no post"}),
            event("wall_post_new", {"id": 5, "date": "soon", "from_id": 2}),
            event("wall_post_new", {"id": 5, "date": 10**20, "from_id": 2}),
            event("message_new", {"message": [1]}),
            event("message_new", {"message": {"peer_id": 1, "from_id": 1}}),
            {"type": "wall_post_new", "object": None},
            {"type": 5, "object": []},
        ]
        self.vk.events = [*bad[:4], good, *bad[4:]]
        batches = list(self.client.updates({"ts": "0"}))
        self.assertEqual(len(batches[0].items), 1)
        # An event without a known type is not an error, it is none of ours.
        self.assertEqual(len(batches[0].broken), len(bad) - 2)
        self.assertTrue(all(why for _raw, why in batches[0].broken))

    def test_strange_values_in_a_good_object(self):
        item = self.item(
            "wall_reply_new",
            comment(
                12,
                text=None,
                parents_stack="x",
                reply_to_comment=[],
                attachments={"a": 1},
                likes=3,
            ),
        )
        self.assertEqual((item.text, item.attachments), ("", ()))
        self.assertEqual(item.thread_id, "wall-1_10_r12")

    def test_cropped_message_is_read_in_full(self):
        full = message(42, "Полный текст")
        self.vk.answers["messages.getByConversationMessageId"] = {
            "response": {"count": 1, "items": [full]}
        }
        cropped = message(42, "Полн", is_cropped=True)
        item = self.item("message_new", {"message": cropped})
        self.assertEqual(item.text, "Полный текст")
        self.vk.answers["messages.getByConversationMessageId"] = error(15)
        item = self.item("message_new", {"message": cropped})
        self.assertEqual(item.text, "Полн")


class TestLongPoll(VKCase):
    def failed(self, *answers):
        answers = list(answers)
        usual = self.vk.answers[f"whp/{GROUP}"]
        self.vk.answers[f"whp/{GROUP}"] = lambda params: (
            answers.pop(0) if answers else usual(params)
        )

    def asked(self):
        return [one.query["ts"] for one in self.vk.calls(f"whp/{GROUP}")]

    def test_first_connection_starts_now_and_asks_for_a_comparison(self):
        self.vk.events = [event("wall_reply_new", comment(1))]
        batches = list(self.client.updates({}))
        self.assertEqual(batches[0].cursor["ts"], "1")
        self.assertTrue(batches[0].cursor["reconcile"])
        self.assertTrue(self.client.reconcile_needed(batches[-1].cursor))
        self.assertEqual([item for one in batches for item in one.items], [])
        self.assertEqual(batches[-1].remaining_hint, 0)

    def test_events_are_read_to_the_end_without_waiting(self):
        self.vk.events = [event("wall_reply_new", comment(n)) for n in (1, 2)]
        cursor, items = self.updates()
        self.assertEqual(len(items), 2)
        self.assertEqual(cursor["ts"], "2")
        self.assertFalse(self.client.reconcile_needed(cursor))
        query = self.vk.calls(f"whp/{GROUP}")[0].query
        self.assertEqual(
            query, {"act": "a_check", "key": LP_KEY, "ts": "0", "wait": "0"}
        )
        self.assertNotIn(LP_KEY, json.dumps(cursor))

    def test_number_zero_is_a_number(self):
        self.vk.events = [event("wall_reply_new", comment(1))]
        self.vk.answers["groups.getLongPollServer"] = {
            "response": {"key": LP_KEY, "server": f"{self.vk.url}/whp/1", "ts": 0}
        }
        self.described_answers = False
        cursor, items = self.updates({"budget": "rubbish"})
        self.assertEqual((cursor["ts"], len(items)), ("1", 1))

    def test_cursor_covers_exactly_the_batch(self):
        self.vk.events = [event("wall_reply_new", comment(1))]
        batches = self.client.updates({"ts": "0"})
        first = next(batches)
        self.vk.events.append(event("wall_reply_new", comment(2)))
        second = next(batches)
        self.assertEqual((first.cursor["ts"], second.cursor["ts"]), ("1", "2"))
        again = list(self.client.updates(first.cursor))
        self.assertEqual(again[0].items[0].external_id, "wall-1_10_r2")

    def test_failed_1_takes_the_new_number_and_reconciles(self):
        self.failed({"failed": 1, "ts": 30})
        cursor, _items = self.updates({"ts": "7"})
        self.assertEqual(self.asked()[:2], ["7", "30"])
        self.assertTrue(cursor["reconcile"])
        self.assertEqual(len(self.vk.calls("groups.getLongPollServer")), 1)

    def test_failed_2_takes_a_new_key_and_keeps_the_number(self):
        self.vk.events = [event("wall_reply_new", comment(n)) for n in (1, 2)]
        self.failed({"failed": 2})
        cursor, items = self.updates({"ts": "1"})
        self.assertEqual(self.asked()[:2], ["1", "1"])
        self.assertEqual(len(items), 1)
        self.assertFalse(self.client.reconcile_needed(cursor))
        self.assertEqual(len(self.vk.calls("groups.getLongPollServer")), 2)

    def test_failed_3_takes_both_and_reconciles(self):
        self.vk.events = [event("wall_reply_new", comment(1))]
        self.failed({"failed": 3})
        cursor, items = self.updates({"ts": "99"})
        self.assertEqual(self.asked()[:2], ["99", "1"])
        self.assertTrue(cursor["reconcile"])
        self.assertEqual(items, [])

    def test_a_server_that_keeps_refusing_is_left(self):
        for answer in ({"failed": 2}, {"failed": 4, "min_version": 0}):
            self.failed(*[answer] * 9)
            self.assertEqual(self.refused(self.updates).consequence, Consequence.RETRY)
        self.assertLess(len(self.asked()), 8)

    def test_other_answers_are_a_retry(self):
        for answer in ([], {}, {"ts": 1, "updates": {}}, Reply(status=504)):
            self.failed(answer)
            self.assertEqual(self.refused(self.updates).consequence, Consequence.RETRY)

    def test_address_of_the_server_without_scheme_or_host(self):
        host = self.vk.url.removeprefix("http://")
        for server in (f"{host}/whp/1", "/whp/1"):
            self.vk.answers["groups.getLongPollServer"] = {
                "response": {"key": LP_KEY, "server": server, "ts": "0"}
            }
            cursor, _items = self.updates()
            self.assertEqual(cursor["ts"], "0")

    def test_a_busy_page_goes_on_in_the_next_run(self):
        self.vk.answers[f"whp/{GROUP}"] = lambda params: {
            "ts": str(int(params["ts"]) + 1),
            "updates": [event("wall_reply_new", comment(int(params["ts"]) + 1))],
        }
        batches = list(self.client.updates({"ts": "0"}))
        self.assertEqual(len(batches), self.client.MAX_ANSWERS)
        self.assertGreater(batches[-1].remaining_hint, 0)

    def test_long_poll_off_is_a_clear_error(self):
        self.vk.answers["groups.getLongPollServer"] = error(
            100, "longpoll for this group is not enabled"
        )
        problem = self.refused(self.updates)
        self.assertEqual(problem.consequence, Consequence.GONE)
        self.assertIn("not enabled", str(problem))


@unittest.skipUnless(contract.available(), "needs the official schema")
class TestFixtures(unittest.TestCase):
    """The objects the tests use are what the schema describes."""

    def test_against_the_schema(self):
        wall = "../wall/objects.json#/definitions/"
        for value, reference in (
            (post(1), wall + "wall_wallpost_full"),
            (comment(1), wall + "wall_wall_comment"),
            (message(1), "../messages/objects.json#/definitions/messages_message"),
            (
                {"message": message(1)},
                "../callback/objects.json#/definitions/callback_message_object",
            ),
        ):
            contract.validate(value, reference)
        with self.assertRaises(AssertionError):
            contract.validate({"id": "x"}, wall + "wall_wall_comment")
        with self.assertRaises(AssertionError):
            contract.validate({"id": 1}, wall + "wall_wall_comment")
