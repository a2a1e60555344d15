"""Replies in topics, on photos, videos and other walls, and reading them back."""

from ..errors import Consequence
from ..values import Upload
from .case import ManagedCase
from .fake import (
    CITIZEN,
    T0,
    TOKEN,
    USER,
    Reply,
    error,
    listed,
    ours,
    paged,
)


class TestReplies(ManagedCase):
    def test_in_a_topic_on_a_photo_and_on_a_video(self):
        common = {"message": "Яму заделаем", "guid": "row-77", "access_token": USER}
        common["from_group"] = "1"
        for method, parent, expected, link in (
            (
                "board.createComment",
                "topic-1_30_r5",
                {"group_id": "1", "topic_id": "30"},
                "https://vk.com/topic-1_30?post=99",
            ),
            (
                "photos.createComment",
                "photo-1_20_r5",
                {"owner_id": "-1", "photo_id": "20", "reply_to_comment": "5"},
                "https://vk.com/photo-1_20?reply=99",
            ),
            (
                "video.createComment",
                "video-1_40_r5",
                {"owner_id": "-1", "video_id": "40", "reply_to_comment": "5"},
                "https://vk.com/video-1_40?reply=99&thread=5",
            ),
        ):
            self.vk.answers[method] = {"response": 99}
            sent = self.client.send(self.outgoing(parent_id=parent, thread_id=parent))
            self.assertEqual(self.params(), {**common, **expected})
            self.assertEqual(sent.external_id, parent.replace("_r5", "_r99"))
            self.assertEqual(sent.permalink, link)

    def test_to_a_mention_on_another_wall(self):
        self.vk.answers["wall.createComment"] = {"response": {"comment_id": 99}}
        sent = self.client.send(
            self.outgoing(parent_id="wall501_5", thread_id="wall501_5")
        )
        self.assertEqual(sent.external_id, "wall501_5_r99")
        self.assertEqual(self.params()["access_token"], USER)
        self.assertEqual(self.params()["from_group"], "1")
        self.vk.answers["wall.createComment"] = error(213, "Access denied")
        problem = self.refused(
            self.client.send,
            self.outgoing(parent_id="wall501_5", thread_id="wall501_5"),
        )
        self.assertEqual(problem.consequence, Consequence.PERMISSION)

    def test_on_our_own_wall_the_community_answers_by_itself(self):
        self.vk.answers["wall.createComment"] = {"response": {"comment_id": 99}}
        self.client.send(self.outgoing())
        self.assertEqual(self.params()["access_token"], TOKEN)

    def test_without_a_user_token_nothing_is_tried_or_uploaded(self):
        self.client = self.vk.client()
        picture = Upload("a.jpg", b"\xff", "image/jpeg")
        for parent in ("topic-1_30_r5", "photo-1_20_r5", "video-1_40_r5", "wall501_5"):
            problem = self.refused(
                self.client.send,
                self.outgoing(
                    parent_id=parent, thread_id=parent, attachments=(picture,)
                ),
            )
            self.assertEqual(problem.consequence, Consequence.PERMISSION)
            self.assertEqual(problem.code, "user_token_missing")
        self.assertEqual(self.vk.exchanges, [])

    def test_an_expired_user_token_does_not_stop_the_page(self):
        for code in (5, 27, 1117):
            self.vk.answers["board.createComment"] = error(code, "expired")
            problem = self.refused(
                self.client.send, self.outgoing(parent_id="topic-1_30_r5")
            )
            self.assertEqual(problem.consequence, Consequence.PERMISSION)
            self.assertEqual(problem.code, "user_token_denied")
        self.vk.answers["board.createComment"] = error(14, "Captcha needed")
        problem = self.refused(
            self.client.send, self.outgoing(parent_id="topic-1_30_r5")
        )
        self.assertEqual(problem.consequence, Consequence.PERSON)

    def test_pictures_go_as_documents_everywhere(self):
        doc = {"title": "x", "size": 2, "ext": "jpg", "date": T0, "type": 4}
        self.vk.answers |= {
            "upload": {"file": "F"},
            "docs.getWallUploadServer": {
                "response": {"upload_url": f"{self.vk.url}/upload"}
            },
            "docs.save": {
                "response": {"type": "doc", "doc": {"id": 9, "owner_id": -1, **doc}}
            },
        }
        picture = Upload("яма.jpg", b"\xff\xd8", "image/jpeg")
        for method, parent in (
            ("board.createComment", "topic-1_30_r5"),
            ("photos.createComment", "photo-1_20_r5"),
            ("video.createComment", "video-1_40_r5"),
        ):
            self.vk.answers[method] = {"response": 99}
            self.client.send(
                self.outgoing(parent_id=parent, text="", attachments=(picture,))
            )
            self.assertEqual(self.params()["attachments"], "doc-1_9")
            self.assertNotIn("message", self.params())
        tokens = {one.params["access_token"] for one in self.vk.calls("docs.save")}
        self.assertEqual(tokens, {USER})

    def test_outcome_unknown(self):
        self.described_answers = False
        for answer in (
            Reply(hang_up=True),
            Reply(status=502),
            {"response": {}},
            {"response": None},
        ):
            self.vk.answers["board.createComment"] = answer
            problem = self.refused(
                self.client.send, self.outgoing(parent_id="topic-1_30_r5")
            )
            self.assertEqual(problem.consequence, Consequence.UNKNOWN, answer)


class TestReadBack(ManagedCase):
    def found(self, parent, **values):
        outgoing = self.outgoing(parent_id=parent, thread_id=parent, **values)
        return [item.external_id for item in self.client.read_back(outgoing)]

    def test_newest_first_until_older_than_the_attempt(self):
        comments = [ours(n, author=CITIZEN, minutes=-n) for n in range(60, 400)]
        recent = [
            ours(9, minutes=2),
            ours(8),
            ours(7, author=CITIZEN, minutes=0.5),
        ]
        self.vk.answers["board.getComments"] = paged(recent + comments)
        self.assertEqual(
            self.found("topic-1_30_r5"), ["topic-1_30_r8", "topic-1_30_r9"]
        )
        # The second page is older than the attempt.
        self.assertEqual(len(self.vk.calls("board.getComments")), 2)
        self.assertEqual(self.last().params["sort"], "desc")

    def test_a_list_in_the_other_order_is_read_to_its_end(self):
        comments = [ours(n, author=CITIZEN, minutes=n - 999) for n in range(1, 200)]
        self.vk.answers["board.getComments"] = paged([*comments, ours(500)])
        self.assertEqual(self.found("topic-1_30_r5"), ["topic-1_30_r500"])

    def test_on_a_photo_and_on_a_video(self):
        answers = [ours(9, reply_to_comment=5), ours(8, reply_to_comment=6)]
        self.vk.answers["photos.getComments"] = paged(answers)
        self.assertEqual(self.found("photo-1_20_r5"), ["photo-1_20_r9"])
        self.vk.answers["video.getComments"] = paged(
            [{**one, "parents_stack": [5]} for one in answers]
        )
        self.assertEqual(self.found("video-1_40_r5"), ["video-1_40_r9"])
        self.assertEqual(self.last().params["comment_id"], "5")

    def test_what_was_sent_is_read_back_under_the_same_id_and_link(self):
        self.vk.answers |= {
            "photos.createComment": {"response": 99},
            "photos.getComments": paged([ours(99, reply_to_comment=5)]),
            "video.createComment": {"response": 99},
            "video.getComments": paged([ours(99, reply_to_comment=5)]),
            "board.createComment": {"response": 99},
            "board.getComments": paged([ours(99)]),
        }
        for parent in ("photo-1_20_r5", "video-1_40_r5", "topic-1_30_r5"):
            outgoing = self.outgoing(parent_id=parent, thread_id=parent)
            sent = self.client.send(outgoing)
            (item,) = self.client.read_back(outgoing)
            self.assertEqual(item.external_id, sent.external_id)
            self.assertEqual(item.permalink, sent.permalink)

    def test_a_server_that_repeats_itself_does_not_hold_the_reply(self):
        self.vk.answers["board.getComments"] = listed([ours(9)])
        self.assertEqual(self.found("topic-1_30_r5"), ["topic-1_30_r9"])
        self.assertEqual(len(self.vk.exchanges), 2)
