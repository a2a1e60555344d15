"""The REST interface of Odnoklassniki: signatures, discussions, people, uploads."""

import requests

from sandbox.ok import api, constants

from .common import PIXEL, TIMEOUT
from .ok_common import OkCase, signed


class TestAccess(OkCase):
    def test_key_token_signature(self):
        url = f"{self.ground.url}/ok/fb.do"
        good = signed({"method": "users.getCurrentUser"})
        wrong = {
            101: {**good, "application_key": "other"},
            453: {**good, "access_token": ""},
            103: {**good, "access_token": "other"},
            104: {**good, "sig": "0" * 32},
        }
        for code, parameters in wrong.items():
            answer = self.session.get(url, params=parameters, timeout=TIMEOUT).json()
            self.assertEqual(answer["error_code"], code)
        changed = {**good, "method": "group.getInfo"}
        answer = self.session.get(url, params=changed, timeout=TIMEOUT).json()
        self.assertEqual(answer["error_code"], 104, "the method is signed too")
        answer = self.session.get(url, params=good, timeout=TIMEOUT).json()
        self.assertEqual(answer["name"], "Светлана Орлова")

    def test_the_documented_signature(self):
        token = "-s-84W-s3egarWUsbkq-IWTucuedzTKT8VUXIA.s4Xx8IW7"
        parameters = {"method": "events.get", "application_key": "ABCDEFGHIGKLMNOPK"}
        parameters["format"] = "json"
        kept = constants.APPLICATION_SECRET
        self.addCleanup(setattr, constants, "APPLICATION_SECRET", kept)
        constants.APPLICATION_SECRET = "ABC123DEF456GHI789JKL123"
        found = api.signature({**parameters, "access_token": token, "sig": "x"}, token)
        self.assertEqual(found, "232c8eb921951c4dba9b72606f9ddb4c")

    def test_both_addresses_and_both_verbs(self):
        for http in ("GET", "POST"):
            for path in ("fb.do", "api/users/getCurrentUser"):
                answer = self.raw("users.getCurrentUser", http=http, path=path).json()
                self.assertEqual(answer["first_name"], "Светлана")

    def test_unknown_method_and_missing_parameters(self):
        self.refused(3, "nothing.here")
        self.refused(100, "discussions.getComments", discussionType="GROUP_TOPIC")
        self.refused(100, "users.getInfo", uids=constants.uid(101))
        self.refused(
            300,
            "discussions.getComments",
            discussionId="1",
            discussionType="GROUP_TOPIC",
        )

    def test_dead_token_and_no_right_to_comment(self):
        self.control("PATCH", "ok/settings", {"token_valid": False})
        self.refused(102, "users.getCurrentUser")
        self.assertEqual(self.graph("GET", "me/info")["error_code"], 102)
        settings = {"token_valid": True, "comments_allowed": False}
        self.control("PATCH", "ok/settings", settings)
        topic = self.ok.add_topic("Тема")
        self.refused(
            10,
            "discussions.addDiscussionComment",
            entityId=topic["id"],
            entityType="GROUP_TOPIC",
            comment="Да",
        )
        self.control("PATCH", "ok/settings", {"nothing": True}, status=400)


class TestDiscussions(OkCase):
    seed = False

    def setUp(self):
        super().setUp()
        self.topic = self.ok.add_topic("Ремонт дорог\n\nС понедельника")

    def add(self, text="Яма", author=101, **more):
        return self.ok.add_comment(self.topic["id"], author, text, **more)

    def test_list_has_the_latest_talked_about_first(self):
        other = self.ok.add_topic("Вода")
        self.add()
        answer = self.call("discussions.getList", category="GROUP")
        ids = [one["object_id"] for one in answer["discussions"]]
        self.assertEqual(ids, [self.topic["id"], other["id"]])
        first = answer["discussions"][0]
        self.assertEqual(first["title"], "Ремонт дорог")
        self.assertEqual(first["total_comments_count"], 1)
        self.assertEqual(
            first["ref_objects"], [{"type": "GROUP", "id": constants.GROUP}]
        )
        page = self.call("discussions.getList", count=1)
        self.assertTrue(page["has_more"])
        page = self.call("discussions.getList", count=1, anchor=page["anchor"])
        self.assertEqual(page["discussions"][0]["object_id"], other["id"])
        self.assertFalse(page["has_more"])

    def test_comment(self):
        asked = self.add("Когда?")
        self.add("Завтра", 0, reply_to=asked["id"])
        newest, oldest = self.comments(self.topic)["comments"]
        self.assertEqual(oldest["text"], "Когда?")
        self.assertEqual(oldest["author_id"], constants.uid(101))
        self.assertEqual(oldest["author_ref"], f"user:{constants.uid(101)}")
        self.assertEqual(oldest["date_ms"], asked["ms"])
        self.assertEqual(newest["author_ref"], f"group:{constants.GROUP}")
        self.assertEqual(newest["reply_to_comment_id"], asked["id"])
        self.assertEqual(newest["reply_to_id"], constants.uid(101))
        one = self.call(
            "discussions.getComment",
            discussionId=self.topic["id"],
            discussionType="GROUP_TOPIC",
            comment_id=asked["id"],
        )
        self.assertEqual(one["comment"], oldest)

    def read(self, anchor, direction, count=40):
        """Read all pages one way; returns the texts in the order they came."""
        texts, more = [], True
        while more:
            page = self.comments(
                self.topic, anchor=anchor, direction=direction, count=count
            )
            texts += [one["text"] for one in page["comments"]]
            anchor, more = page["anchor"], page["has_more"]
        self.last = anchor
        return texts

    def test_pages_from_both_ends(self):
        for number in range(105):
            self.add(str(number))
        upwards = [str(number) for number in range(105)]
        for direction in ("FORWARD", "BACKWARD"):
            self.assertEqual(self.read("FIRST", direction), upwards)
            self.assertEqual(self.read("LAST", direction), upwards[::-1])
        self.assertEqual(self.read("FIRST", "FORWARD", 1000), upwards)
        self.assertEqual(len(self.comments(self.topic, count=1000)["comments"]), 100)
        # Where the list ended is where what comes later begins.
        self.add("новый")
        self.assertEqual(self.read(self.last, "FORWARD"), ["новый"])
        page = self.comments(self.topic, anchor="FIRST", count=50)
        back = self.comments(
            self.topic, anchor=page["anchor"], direction="BACKWARD", count=10
        )
        texts = [one["text"] for one in back["comments"]]
        self.assertEqual(texts, [str(n) for n in range(48, 38, -1)])
        self.refused(
            100,
            "discussions.getComments",
            discussionId=self.topic["id"],
            discussionType="GROUP_TOPIC",
            anchor="?",
        )

    def test_older_way_by_offset(self):
        for number in range(5):
            self.add(str(number))
        answer = self.call(
            "discussions.getDiscussionComments",
            entityId=self.topic["id"],
            entityType="GROUP_TOPIC",
            offset=3,
        )
        self.assertEqual([one["text"] for one in answer["comments"]], ["3", "4"])
        self.assertEqual(answer["totalCount"], 5)

    def publish(self, **more):
        return self.call(
            "discussions.addDiscussionComment",
            entityId=self.topic["id"],
            entityType="GROUP_TOPIC",
            **more,
        )

    def test_reply_of_the_page_and_of_the_editor(self):
        asked = self.add()
        made = self.publish(
            comment="Заделаем", reply_to_comment_id=asked["id"], as_admin="true"
        )
        self.assertEqual(made["author_ref"], f"group:{constants.GROUP}")
        self.assertEqual(made["reply_to_comment_id"], asked["id"])
        self.assertTrue(self.ok.comment(made["id"])["official"])
        again = self.publish(comment="Заделаем", as_admin="true")
        self.assertNotEqual(again["id"], made["id"], "no key against repetition")
        editor = self.publish(comment="От себя")
        self.assertEqual(editor["author_name"], "Светлана Орлова")

    def test_edit_and_delete(self):
        own, other = self.publish(comment="Было", as_admin="1"), self.add()
        place = {"discussionId": self.topic["id"], "discussionType": "GROUP_TOPIC"}
        self.call(
            "discussions.editDiscussionComment",
            **place,
            comment_id=own["id"],
            comment="Стало",
        )
        self.assertEqual(self.ok.comment(own["id"])["text"], "Стало")
        self.refused(
            10,
            "discussions.editDiscussionComment",
            **place,
            comment_id=other["id"],
            comment="Чужое",
        )
        for one in (own, other):
            self.call(
                "discussions.deleteDiscussionComment", **place, comment_id=one["id"]
            )
        self.refused(300, "discussions.getComment", **place, comment_id=own["id"])
        self.assertEqual(self.comments(self.topic)["comments"], [])
        (removed,) = self.comments(self.topic, includeRemoved="true")["comments"]
        self.assertEqual((removed["id"], removed["text"]), (other["id"], ""))

    def test_photo_in_a_comment(self):
        where = self.call("photosV2.getUploadUrl", gid=constants.GROUP, count=1)
        (photo,) = where["photo_ids"]
        given = self.session.post(
            where["upload_url"], files={"pic1": ("яма.png", PIXEL)}, timeout=TIMEOUT
        ).json()
        token = given["photos"][photo]["token"]
        done = self.call("photosV2.commit", photo_id=photo, token=token)
        self.assertEqual(done["photos"][0]["status"], "SUCCESS")
        attached = '{"attachments": [{"type": "PHOTO", "list": [{"id": "%s"}]}]}'
        made = self.publish(
            comment="Схема", as_admin="true", attachments=attached % token
        )
        url = made["attachments"][0]["pic640x480"]
        self.assertEqual(self.session.get(url, timeout=TIMEOUT).content, PIXEL)
        self.assertTrue(url.startswith(self.ground.url))

    def test_people_and_page(self):
        people = f"{constants.uid(101)},{constants.uid(105)},{constants.uid(4)},x"
        found = self.call("users.getInfo", uids=people, fields="uid,name")
        self.assertEqual([one["last_name"] for one in found], ["Ковалёва", "Зуева"])
        (group,) = self.call("group.getInfo", uids=constants.GROUP, fields="*")
        self.assertEqual(group["name"], "Администрация города Зареченска")
        counters = self.call(
            "group.getCounters", group_id=constants.GROUP, counterTypes="members"
        )
        self.assertEqual(counters, {"counters": {"members": 5210}})
        found = self.call(
            "url.getInfo", url=f"https://ok.ru/zarechensk/topic/{self.topic['id']}"
        )
        expected = {"type": "GROUP_TOPIC", "objectId": self.topic["id"]}
        self.assertEqual(found, expected)
        (topic,) = self.call("mediatopic.getByIds", topic_ids=self.topic["id"])[
            "media_topics"
        ]
        self.assertEqual(topic["created_ms"], self.topic["ms"])


class TestFaults(OkCase):
    def publish(self):
        topic = next(iter(self.ok.state["topics"]))
        return self.raw(
            "discussions.addDiscussionComment",
            entityId=topic,
            entityType="GROUP_TOPIC",
            comment="Ответ",
            as_admin="true",
        )

    def answers(self):
        return [c for c in self.ok.state["comments"].values() if c["text"] == "Ответ"]

    def test_refusals_do_nothing(self):
        method = "discussions.addDiscussionComment"
        self.ground.faults.add(method, "error", code=11)
        self.assertEqual(self.publish().json()["error_code"], 11)
        self.ground.faults.add(method, "http", code=503)
        self.assertEqual(self.publish().status_code, 503)
        self.assertEqual(self.answers(), [])

    def test_done_but_the_answer_is_lost(self):
        method = "discussions.addDiscussionComment"
        self.ground.faults.add(method, "drop")
        with self.assertRaises(requests.ConnectionError):
            self.publish()
        self.ground.faults.add(method, "truncate")
        response = self.publish()
        self.assertEqual(response.status_code, 200)
        with self.assertRaises(ValueError):
            response.json()
        self.ground.faults.add(method, "hang", seconds=0.1)
        self.assertEqual(self.publish().json()["text"], "Ответ")
        self.assertEqual(len(self.answers()), 3)
        outcomes = [one["outcome"] for one in self.ground.log.entries(method=method)]
        self.assertEqual(outcomes, ["ok, drop", "ok, truncate", "ok, hang"])

    def test_log_and_chance(self):
        self.ground.faults.rage(1, {"rate_limit": 1.0})
        self.refused(8, "users.getCurrentUser")
        self.ground.faults.calm()
        self.graph("GET", "me/info")
        names = [one["method"] for one in self.ground.log.entries()]
        self.assertEqual(names, ["users.getCurrentUser", "graph.get.info"])
        self.assertNotIn(constants.TOKEN, str(self.ground.log.entries()))
