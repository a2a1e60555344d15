"""Every answer and event against the official schema."""

import unittest

from sandbox.vk import api
from sandbox.vk.groups import EVENT_NAMES

from . import contract
from .common import COMMUNITY, PIXEL, SERVICE, USER, GroundCase


def cases():
    """Return `(method, token, parameters, extended, variant)` of what is checked."""
    wall = {"owner_id": -1}
    talk = {"peer_id": 104}
    result = []
    for token in (SERVICE, USER):
        for extended in (0, 1):
            more = {"extended": extended}
            result += [
                ("wall.get", token, {**wall, **more, "count": 100}),
                ("wall.getById", token, {"posts": "POST", **more}),
                (
                    "wall.getComments",
                    token,
                    {
                        **wall,
                        **more,
                        "post_id": "P",
                        "thread_items_count": 10,
                        "need_likes": 1,
                        "count": 100,
                    },
                ),
                (
                    "wall.getComments",
                    token,
                    {**wall, **more, "post_id": "P", "comment_id": "C"},
                ),
            ]
    for extended in (0, 1):
        more = {"extended": extended}
        result += [
            ("wall.getComment", USER, {**wall, **more, "comment_id": "C"}),
            ("messages.getConversations", COMMUNITY, more),
            ("messages.getHistory", COMMUNITY, {**talk, **more}),
            ("messages.getById", COMMUNITY, {"message_ids": "1,2", **more}),
            (
                "messages.getByConversationMessageId",
                COMMUNITY,
                {**talk, **more, "conversation_message_ids": "1"},
            ),
        ]
    fields = "photo_100,screen_name,sex"
    group_fields = "description,members_count,verified"
    return result + [
        ("wall.createComment", COMMUNITY,
         {**wall, "post_id": "P", "message": "Здравствуйте", "reply_to_comment": "C"}),
        ("wall.createComment", USER, {**wall, "post_id": "P", "message": "Да"}),
        ("wall.editComment", USER, {**wall, "comment_id": "OWN", "message": "Нет"}),
        ("wall.deleteComment", USER, {**wall, "comment_id": "C"}),
        ("messages.send", COMMUNITY, {**talk, "random_id": 1, "message": "Да"}),
        ("messages.send", COMMUNITY,
         {"peer_ids": "104,101", "random_id": 2, "message": "Да"}),
        ("groups.getById", COMMUNITY, {}),
        ("groups.getById", SERVICE, {"group_ids": "1,2", "fields": group_fields}),
        ("groups.getLongPollServer", COMMUNITY, {"group_id": 1}),
        ("groups.getLongPollSettings", COMMUNITY, {"group_id": 1}),
        ("groups.setLongPollSettings", COMMUNITY, {"group_id": 1, "wall_repost": 1}),
        ("groups.getTokenPermissions", COMMUNITY, {}),
        ("users.get", SERVICE, {"user_ids": "101,citizen102", "fields": fields}),
        ("users.get", USER, {}),
        ("utils.getServerTime", SERVICE, {}),
        ("photos.getMessagesUploadServer", COMMUNITY, {"peer_id": 0}),
        ("photos.getWallUploadServer", USER, {"group_id": 1}),
        ("docs.getWallUploadServer", COMMUNITY, {"group_id": 1}),
        ("docs.getMessagesUploadServer", COMMUNITY, {"peer_id": 104}),
        ("messages.edit", COMMUNITY,
         {"peer_id": "PEER", "message_id": "SENT", "message": "Иначе"}),
        ("messages.delete", COMMUNITY, {"message_ids": "1,999", "delete_for_all": 1}),
        ("messages.delete", COMMUNITY, {"message_ids": "SENT", "delete_for_all": 1}),
        *other_places(),
        *callback_cases(),
    ]  # fmt: skip


def other_places():
    """Return the cases of boards, photos, videos and mentions."""
    board = {"group_id": 1, "topic_id": "T"}
    photo = {"owner_id": -1, "photo_id": "F"}
    video = {"owner_id": -1, "video_id": "V"}
    here = {"owner_id": -1}
    say = {"message": "Здравствуйте", "from_group": 1}
    result = []
    for extended in (0, 1):
        more = {"extended": extended}
        result += [
            ("board.getTopics", SERVICE, {"group_id": 1, "preview": 3, **more}),
            ("board.getComments", SERVICE, {**board, **more, "need_likes": 1}),
            ("board.getComments", USER, {**board, **more, "start_comment_id": "TC"}),
            ("photos.getComments", USER, {**photo, **more, "need_likes": 1}),
            ("video.getComments", USER, {**video, **more, "thread_items_count": 10}),
            ("photos.get", SERVICE, {**here, "album_id": "wall", **more}),
            ("photos.getAll", USER, {**here, **more}),
            ("photos.getById", SERVICE, {"photos": "FULL", **more}),
            ("video.get", USER, {**here, **more}),
        ]
    result += [
        ("board.addTopic", USER, {"group_id": 1, "title": "Тема", "text": "а"}),
        ("photos.getAllComments", USER, {**here, "need_likes": 1}),
        ("newsfeed.getMentions", USER, {**here, "start_time": 1}),
        ("video.get", USER, {"videos": "-1_11,-1_777"}),
    ]
    for area, where, comment in (
        ("board", board, {**board, "comment_id": "TC"}),
        ("photos", photo, {**here, "comment_id": "FC"}),
        ("video", video, {**here, "comment_id": "VC"}),
    ):
        result += [
            (f"{area}.createComment", USER, {**where, **say}),
            (f"{area}.editComment", USER, {**comment, "message": "Иначе"}),
            (f"{area}.deleteComment", USER, comment),
            (f"{area}.restoreComment", USER, comment),
        ]
    return result


def callback_cases():
    """Return the cases of Callback API; nothing listens at the address."""
    server = {"group_id": 1, "url": "http://127.0.0.1:9/", "title": "Приём"}
    own = {"group_id": 1, "server_id": 1}
    return [
        ("groups.getCallbackConfirmationCode", COMMUNITY, {"group_id": 1}),
        ("groups.addCallbackServer", COMMUNITY, {**server, "secret_key": "ключ"}),
        ("groups.getCallbackServers", COMMUNITY, {"group_id": 1}),
        ("groups.getCallbackSettings", COMMUNITY, own),
        ("groups.setCallbackSettings", COMMUNITY, {**own, "wall_reply_new": 1}),
        ("groups.editCallbackServer", COMMUNITY, {**server, "server_id": 1}),
        ("groups.deleteCallbackServer", COMMUNITY, own),
    ]


HAVE = contract.folder()


def setUpModule():
    if not HAVE:
        others = sum(name.startswith("test_") for name in dir(TestContract)) - 1
        checks = len(cases()) + others
        print(f"skipped: {checks} contract checks, no schema folder")


@unittest.skipUnless(HAVE, "no schema folder")
class TestContract(GroundCase):
    """The wire format is what the schema says."""

    def setUp(self):
        super().setUp()
        group = self.world.group(1)
        self.thread = next(
            c for c in group["comments"].values() if c["thread"] and c["from_id"] < 0
        )
        names = {
            "P": self.thread["post_id"],
            "C": self.thread["thread"],
            "OWN": self.thread["id"],
            "POST": f"-1_{self.thread['post_id']},-1_999999",
            "PEER": 104,
            "SENT": self.world.add_message(1, 104, "ответ", out=True)["id"],
        }
        topic = self.world.add_topic(1, 101, "Двор", "Яма")["id"]
        photo = self.world.photos(1)[0]
        video = next(iter(group["videos"].values()))["id"]
        for key, where, parent in (
            ("T", "board", topic),
            ("F", "photo", photo["id"]),
            ("V", "video", video),
        ):
            names[key] = parent
            top = self.world.add_comment(1, parent, 102, "да", where=where)["id"]
            files = [self.world.add_file(PIXEL, 101)["id"]]
            self.world.add_comment(1, parent, 101, "нет", top, files, where=where)
            own = self.world.add_comment(1, parent, -1, "ответ", top, where=where)
            names[f"{key}C"] = own["id"]
        names["FULL"] = f"-1_{photo['id']}_{photo['key']}"
        self.names = names

    def check(self, name, answer, **options):
        problems = contract.response_problems(name, answer, **options)
        self.assertEqual(problems, [], name)

    def test_answers(self):
        for name, token, parameters in cases():
            values = {k: self.names.get(v, v) for k, v in parameters.items()}
            variant = None
            if name == "messages.send":
                many = "peer_ids" in values
                variant = "userIdsResponse" if many else "deprecatedResponse"
            with self.subTest(name, token=token, values=values):
                answer = self.raw(name, token, **values)
                self.assertIn("response", answer)
                extended = bool(values.get("extended"))
                self.check(name, answer, extended=extended, variant=variant)

    def test_deleted_and_restored_comment(self):
        self.world.delete_comment(1, self.names["C"])
        where = {"owner_id": -1, "post_id": self.names["P"]}
        answer = self.raw("wall.getComments", SERVICE, **where)
        self.check("wall.getComments", answer)
        answer = self.raw(
            "wall.restoreComment", USER, owner_id=-1, comment_id=self.names["C"]
        )
        self.check("wall.restoreComment", answer)

    def test_edited_and_deleted_post(self):
        post = self.names["P"]
        self.world.edit_post(1, post, "иначе")
        self.check("wall.get", self.raw("wall.get", SERVICE, owner_id=-1))
        self.world.delete_post(1, post)
        answer = self.raw("wall.getById", SERVICE, posts=self.names["POST"])
        self.assertEqual(len(answer["response"]["items"]), 1)
        self.check("wall.getById", answer)

    def test_uploads(self):
        for server, field, save, value in (
            ("photos.getMessagesUploadServer", "photo", "photos.saveMessagesPhoto", 0),
            ("docs.getWallUploadServer", "file", "docs.save", None),
            ("docs.getMessagesUploadServer", "file", "docs.save", 104),
            ("photos.getWallUploadServer", "photo", "photos.saveWallPhoto", None),
        ):
            with self.subTest(server):
                token = USER if "Wall" in save else COMMUNITY
                url = self.vk(server, token, peer_id=value)["upload_url"]
                sent = self.session.post(url, files={field: ("a.png", PIXEL)}).json()
                answer = self.raw(save, token, **sent)
                self.check(save, answer)

    def test_messages_with_attachments(self):
        photo = self.world.add_file(PIXEL, 104)["id"]
        message = self.world.add_message(1, 104, "", [photo])
        self.world.edit_message(1, message["id"], "вот фото")
        answer = self.raw("messages.getHistory", COMMUNITY, peer_id=104)
        self.check("messages.getHistory", answer)

    def test_error_envelope(self):
        for token in (COMMUNITY, SERVICE, "wrong", ""):
            answer = self.raw("wall.deleteComment", token, owner_id=-1)
            reference = "base/objects.json#/definitions/base_error"
            # A mark of the schema's own; published answers of VK do not have it.
            error = {"inner_type": "base_error", **answer["error"]}
            self.assertEqual(contract.problems(reference, error), [])

    def test_events(self):
        queue = self.world.group(1)["long_poll"]
        queue["subscribed"] = list(EVENT_NAMES)
        post = self.add_post("Новая запись", author=105)
        comment = self.add_comment(post, files=[self.world.add_file(PIXEL, 101)["id"]])
        self.world.edit_comment(1, comment, "иначе")
        self.world.delete_comment(1, comment)
        self.world.restore_comment(1, comment)
        message = self.world.add_message(1, 101, "личное")
        self.world.edit_message(1, message["id"], "личное, исправлено")
        self.world.add_message(1, 101, "ответ", out=True)
        for where, parent in (("board", "T"), ("photo", "F"), ("video", "V")):
            files = [self.world.add_file(PIXEL, 101)["id"]]
            made = self.world.add_comment(
                1, self.names[parent], 101, "да", None, files, where=where
            )["id"]
            self.world.edit_comment(1, made, "нет", where=where)
            self.world.delete_comment(1, made, where=where)
            self.world.restore_comment(1, made, where=where)
        callback = "callback/objects.json#/definitions/callback_"
        comment = "wall/objects.json#/definitions/wall_wall_comment"
        message = "messages/objects.json#/definitions/messages_message"
        definitions = {
            "wall_post_new": f"{callback}wall_post_new",
            "wall_reply_new": comment,
            "wall_reply_edit": comment,
            "wall_reply_restore": comment,
            "wall_reply_delete": f"{callback}wall_comment_delete",
            "message_new": f"{callback}message_object",
            "message_edit": message,
            "message_reply": message,
        }
        for kind in ("new", "edit", "restore"):
            definitions[f"board_post_{kind}"] = f"{callback}board_post_{kind}"
            definitions[f"photo_comment_{kind}"] = f"{callback}photo_comment"
            definitions[f"video_comment_{kind}"] = f"{callback}video_comment"
        for place in ("board_post", "photo_comment", "video_comment"):
            definitions[f"{place}_delete"] = f"{callback}{place}_delete"
        base = "callback/objects.json#/definitions/callback_base"
        seen = set()
        for _number, event in queue["events"]:
            seen.add(event["type"])
            with self.subTest(event["type"]):
                self.assertEqual(contract.problems(base, event), [])
                reference = definitions[event["type"]]
                self.assertEqual(contract.problems(reference, event["object"]), [])
        self.assertEqual(seen, set(definitions))

    def test_access_is_that_of_the_schema(self):
        kinds = {"user": "user", "group": "community", "service": "service"}
        self.assertEqual(set(api.ACCESS), set(api.METHODS))
        for name, allowed in api.ACCESS.items():
            expected = {kinds[k] for k in contract.method(name)["access_token_type"]}
            self.assertEqual(set(allowed), expected, name)

    def test_the_required_flags_are_checked(self):
        problems = contract.response_problems("wall.get", {"response": {"items": []}})
        self.assertTrue(problems, "count is required")
