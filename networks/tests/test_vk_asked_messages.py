"""Private messages are asked for by their ids: only that shows what became of them."""

from datetime import timedelta

from .fake import CITIZEN, NOW, error, message
from .test_vk_asked import changes
from .test_vk_reconcile import Talks

HOUR = timedelta(hours=1)


class TestPrivate(Talks):
    """No event tells of a deleted private message, and one may be the only one."""

    def setUp(self):
        super().setUp()
        young = int((NOW - timedelta(hours=5)).timestamp())
        self.dialogues = {
            CITIZEN: [message(n, date=young + n) for n in range(1, 251)],
            7: [message(900, peer=7, author=7, date=young)],
        }
        self.cursor, _items = self.reconcile()

    def compare(self, later=timedelta(), **cursor):
        self.client = self.vk.client(now=NOW + later)
        before = dict(self.stored)
        del self.vk.exchanges[:]
        self.cursor, items = self.reconcile({**self.cursor, **cursor})
        return changes(items, before)

    def test_edited_and_deleted(self):
        said_here = self.dialogues[CITIZEN]
        said_here[20]["text"] = "Исправлено"
        del said_here[100]
        self.assertEqual(self.compare(), {"im501_21": "edit"})
        self.assertEqual(self.calls("messages.getHistory"), [])
        asked = [
            len(one["message_ids"].split(",")) for one in self.calls("messages.getById")
        ]
        # The last one of each dialogue was read with the list.
        self.assertEqual(asked, [100, 100, 49])
        self.assertEqual(self.compare(), {"im501_101": "delete"})
        self.assertEqual(self.stored["im501_101"].root_id, "im501")
        for _time in range(3):
            self.assertEqual(self.compare(), {})

    def test_the_only_one_of_its_dialogue(self):
        self.dialogues[7] = []
        self.compare()
        self.assertEqual(self.compare(), {"im7_900": "delete"})

    def test_shown_as_deleted(self):
        self.described_answers = False
        there = self.dialogues[CITIZEN][100]
        # Perhaps with nothing else that could be read.
        bare = {"id": 101, "conversation_message_id": 101, "deleted": 1}
        self.dialogues[CITIZEN][100] = bare
        self.assertEqual(self.compare(), {"im501_101": "delete"})
        self.assertEqual(self.compare(), {})
        self.dialogues[CITIZEN][100] = there
        self.assertEqual(self.compare(), {"im501_101": "restore"})

    def test_left_out_for_a_moment(self):
        everything = self.dialogues[7]
        self.dialogues[7] = []
        self.compare()
        self.dialogues[7] = everything
        self.assertEqual(self.compare(), {})
        self.dialogues[7] = []
        self.assertEqual(self.compare(), {})

    def test_back_again(self):
        """In the middle of a dialogue nothing else would show it."""
        everything = self.dialogues[CITIZEN]
        self.dialogues[CITIZEN] = everything[:-9] + everything[-8:]
        self.compare()
        self.assertEqual(self.compare(), {"im501_242": "delete"})
        self.dialogues[CITIZEN] = everything
        self.assertEqual(self.compare(), {"im501_242": "restore"})
        self.assertEqual(self.compare(), {})
        self.dialogues[CITIZEN] = everything[:-9] + everything[-8:]
        self.compare()
        self.assertEqual(self.compare(), {"im501_242": "delete"})
        # After some days nobody brings it back.
        for _time in range(2):
            self.compare(timedelta(days=5))
        self.assertEqual(self.calls("messages.getById"), [])
        self.assertEqual(self.cursor["gone"], {})

    def test_what_can_be_changed_no_more_is_not_asked_for(self):
        later = timedelta(days=5)
        self.compare()
        self.compare(later)
        self.assertEqual(len(self.calls("messages.getById")), 3)
        self.compare(later)
        self.assertEqual(self.calls("messages.getById"), [])
        self.assertEqual(self.cursor["asked_at"], int((NOW + later).timestamp()))

    def test_deleted_while_nothing_was_compared(self):
        self.dialogues[7] = []
        self.compare(timedelta(days=5))
        found = self.compare(timedelta(days=5) + HOUR)
        self.assertEqual(found, {"im7_900": "delete"})

    def test_in_a_chat_messages_have_no_id_of_their_own(self):
        chat = 2_000_000_001
        young = int((NOW - HOUR).timestamp())
        self.dialogues[chat] = [
            message(0, peer=chat, conversation_message_id=n, date=young + n)
            for n in (1, 2, 3)
        ]
        self.compare()
        self.dialogues[chat][0]["text"] = "Исправлено"
        del self.dialogues[chat][1]
        self.assertEqual(self.compare(), {"im2000000001_c1": "edit"})
        request = self.calls("messages.getById")[-1]
        self.assertEqual((request["peer_id"], request["cmids"]), (str(chat), "1,2"))
        self.assertEqual(self.compare(), {"im2000000001_c2": "delete"})

    def test_a_refusal_proves_nothing(self):
        self.dialogues[7] = []
        for code in (15, 100):
            self.vk.answers["messages.getById"] = error(code, "Refused")
            for _time in range(3):
                self.assertEqual(self.compare(), {})
        batches = list(self.client.reconcile(self.cursor, self, NOW - HOUR))
        self.assertEqual([batch.problems for batch in batches if batch.problems], [])

    def test_a_crash_after_any_batch(self):
        self.dialogues[7] = []
        del self.dialogues[CITIZEN][100]
        self.compare()
        self.assert_crashes_lose_nothing({"im7_900", "im501_101"})
