"""Private messages and uploads for them; people and pages."""

from .common import COMMUNITY, HEAD, PIXEL, SERVICE, GroundCase


class TestMessages(GroundCase):
    """Conversations of a page."""

    def test_conversations(self):
        answer = self.vk("messages.getConversations", extended=1)
        self.assertEqual(answer["count"], 2)
        first = answer["items"][0]
        self.assertEqual(first["conversation"]["peer"]["id"], 103)
        self.assertEqual(first["conversation"]["unread_count"], 1)
        self.assertEqual({p["id"] for p in answer["profiles"]}, {103, 104})
        unread = self.vk("messages.getConversations", HEAD, filter="unanswered")
        self.assertEqual(unread["count"], 1)

    def test_history(self):
        newest = self.vk("messages.getHistory", peer_id=104)
        self.assertEqual([m["out"] for m in newest["items"]], [0, 1, 0])
        oldest = self.vk("messages.getHistory", user_id=104, rev=1, count=1)
        self.assertEqual(oldest["items"][0], newest["items"][-1])
        self.assertEqual(self.vk("messages.getHistory", peer_id=101)["count"], 0)
        self.refused(100, "messages.getHistory", peer_id=104, count=201)

    def test_send(self):
        sent = self.vk("messages.send", peer_id=104, random_id=7, message="Засыплем")
        self.assertIsInstance(sent, int)
        again = self.vk("messages.send", peer_id=104, random_id=7, message="Засыплем")
        self.assertEqual(sent, again)
        found = self.vk("messages.getById", message_ids=sent)["items"][0]
        self.assertEqual((found["from_id"], found["random_id"]), (-1, 7))
        self.control("PATCH", "settings", {"random_id_memory": False})
        other = self.vk("messages.send", peer_id=104, random_id=7, message="Засыплем")
        self.assertNotEqual(sent, other)

    def test_send_refusals(self):
        to = {"peer_id": 104, "random_id": 1}
        self.refused(901, "messages.send", peer_id=101, random_id=1, message="а")
        self.refused(914, "messages.send", **to, message="а" * 4097)
        self.refused(100, "messages.send", **to, message="")
        self.refused(100, "messages.send", peer_id=104, message="а")
        self.refused(100, "messages.send", random_id=1, message="а")
        many = self.vk("messages.send", peer_ids="104,101", random_id=5, message="а")
        self.assertNotIn("error", many[0])
        self.assertEqual(many[1]["error"]["code"], 901)

    def test_zero_random_id_is_no_memory(self):
        to = {"peer_id": 104, "random_id": 0, "message": "а"}
        self.assertNotEqual(
            self.vk("messages.send", **to), self.vk("messages.send", **to)
        )

    def test_photo(self):
        url = self.vk("photos.getMessagesUploadServer", peer_id=104)["upload_url"]
        files = {"photo": ("a.png", PIXEL, "image/png")}
        sent = self.session.post(url, files=files, timeout=10).json()
        self.refused(121, "photos.saveMessagesPhoto", **{**sent, "hash": "0"})
        photo = self.vk("photos.saveMessagesPhoto", **sent)[0]
        name = f"photo{photo['owner_id']}_{photo['id']}"
        self.vk("messages.send", peer_id=104, random_id=9, attachment=name)
        last = self.vk("messages.getHistory", peer_id=104, count=1)["items"][0]
        address = last["attachments"][0]["photo"]["sizes"][-1]["url"]
        self.assertEqual(self.session.get(address, timeout=10).content, PIXEL)
        post = self.add_post()
        self.refused(
            100, "wall.createComment", owner_id=-1, post_id=post, attachments=name
        )

    def test_upload_needs_a_picture_and_its_address(self):
        url = self.vk("photos.getMessagesUploadServer", peer_id=104)["upload_url"]
        files = {"photo": ("a.png", b"<svg onload=alert(1)>", "image/png")}
        sent = self.session.post(url, files=files, timeout=10).json()
        self.assertEqual(sent["photo"], "[]")
        self.refused(100, "photos.saveMessagesPhoto", **sent)
        forged = url.replace("owner=-1", "owner=-2")
        answer = self.session.post(forged, files=files, timeout=10).json()
        self.assertIn("error", answer)


class TestChanging(GroundCase):
    """messages.edit and messages.delete."""

    def setUp(self):
        super().setUp()
        self.sent = self.vk("messages.send", peer_id=104, random_id=5, message="Да")
        self.peer = {"peer_id": 104, "message_id": self.sent}

    def found(self, message_id):
        return self.vk("messages.getById", message_ids=message_id)["items"]

    def test_edit(self):
        events = self.world.group(1)["long_poll"]["events"]
        self.assertEqual(self.vk("messages.edit", **self.peer, message="Нет"), 1)
        (item,) = self.found(self.sent)
        self.assertEqual((item["text"], item["id"]), ("Нет", self.sent))
        self.assertIn("update_time", item)
        self.assertEqual(events[-1][1]["type"], "message_edit")
        number = item["conversation_message_id"]
        self.vk("messages.edit", peer_id=104, cmid=number, message="Может быть")
        self.assertEqual(self.found(self.sent)[0]["text"], "Может быть")

    def test_edit_refusals(self):
        other = self.vk("messages.getHistory", peer_id=104, count=2)["items"][1]
        edit = "messages.edit"
        self.refused(15, edit, peer_id=104, message_id=other["id"], message="а")
        self.refused(100, edit, peer_id=104, message_id=999, message="а")
        self.refused(100, edit, peer_id=104, message="а")
        self.refused(100, edit, **self.peer)
        self.refused(914, edit, **self.peer, message="а" * 4097)
        self.refused(28, edit, SERVICE, **self.peer, message="а")
        self.control("PATCH", "settings", {"time_shift": 90000})
        self.refused(909, edit, **self.peer, message="поздно")

    def test_delete(self):
        (result,) = self.vk(
            "messages.delete", message_ids=self.sent, delete_for_all=1
        )  # fmt: skip
        self.assertEqual((result["message_id"], result["response"]), (self.sent, 1))
        self.assertEqual(self.found(self.sent), [])
        again = self.vk("messages.send", peer_id=104, random_id=6, message="Снова")
        cmid = self.found(again)[0]["conversation_message_id"]
        self.assertEqual(cmid, result["conversation_message_id"] + 1)

    def test_delete_refusals(self):
        other = self.vk("messages.getHistory", peer_id=104, count=2)["items"][1]["id"]
        ids = f"{other},{self.sent},999"
        results = self.vk("messages.delete", message_ids=ids, delete_for_all=1)
        self.assertEqual([r["response"] for r in results], [0, 1, 0])
        self.assertEqual(results[0]["error"]["code"], 924)
        (hidden,) = self.vk("messages.delete", message_ids=other)
        self.assertEqual(hidden["response"], 1)
        self.assertEqual(len(self.found(other)), 1)
        self.refused(100, "messages.delete")

    def test_the_same_key_after_deletion_sends_anew(self):
        self.vk("messages.delete", message_ids=self.sent, delete_for_all=1)
        again = self.vk("messages.send", peer_id=104, random_id=5, message="Да")
        self.assertNotEqual(again, self.sent)

    def test_a_conversation_of_nothing(self):
        only = self.world.add_message(1, 108, "ошибся номером")["id"]
        count = self.vk("messages.getConversations")["count"]
        self.control("DELETE", f"messages/1/{only}")
        self.assertEqual(self.vk("messages.getConversations")["count"], count - 1)
        self.assertEqual(
            self.vk("messages.getHistory", peer_id=108, extended=1)["items"], []
        )
        self.control("DELETE", f"messages/1/{only}", status=400)


class TestPeople(GroundCase):
    """users.get and groups.getById."""

    def test_users(self):
        found = self.vk(
            "users.get", SERVICE, user_ids="102,101,7777", fields="photo_100"
        )
        self.assertEqual([user["id"] for user in found], [102, 101])
        picture = self.session.get(found[0]["photo_100"], timeout=10)
        self.assertEqual(picture.headers["Content-Type"], "image/png")
        self.assertNotIn("screen_name", found[0])
        many = ",".join(map(str, range(1, 1002)))
        self.refused(113, "users.get", SERVICE, user_ids=many)

    def test_groups(self):
        own = self.vk("groups.getById", COMMUNITY)
        self.assertEqual(own["groups"][0]["id"], 1)
        self.assertEqual(own["profiles"], [])
        both = self.vk("groups.getById", SERVICE, group_ids="zarechensk_glava,1")
        self.assertEqual([group["id"] for group in both["groups"]], [2, 1])
        self.refused(125, "groups.getById", SERVICE, group_ids="nobody")
