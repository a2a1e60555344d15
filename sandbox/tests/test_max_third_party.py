"""An independent client, `maxapi` from PyPI, talks to the ground as to MAX."""

import asyncio

from maxapi import Bot
from maxapi.exceptions.max import MaxApiError

from .max_case import CHANNEL, TOKEN, MaxCase


class TestThirdParty(MaxCase):
    def run_bot(self, action):
        async def run():
            bot = Bot(TOKEN)
            bot.set_api_url(f"{self.ground.url}/max")
            try:
                return await action(bot)
            finally:
                await bot.close_session()

        return asyncio.run(run())

    def test_reading_and_answering(self):
        post = self.post("Запись")
        first = self.comment(post, "Яма")

        async def action(bot):
            me = await bot.get_me()
            self.assertTrue(me.is_bot)
            chat = await bot.get_chat_by_id(CHANNEL)
            self.assertEqual(chat.chat_id, CHANNEL)
            found = await bot.get_messages(chat_id=CHANNEL, count=1)
            self.assertEqual(found.messages[0].body.mid, post)
            comments = await bot.get_comments(post)
            self.assertEqual(comments.messages[0].body.mid, first)
            sent = await comments.messages[0].reply("Заделаем")
            self.assertEqual(sent.message.link.message.mid, first)
            await sent.message.edit("Заделали")
            self.message("Здравствуйте", 108)
            private = await bot.send_message(user_id=108, text="Добрый день")
            await private.message.delete()
            with self.assertRaises(MaxApiError):
                await bot.get_comments("mid.none")
            return await bot.get_updates(timeout=0)

        self.run_bot(action)
        texts = [one["text"] for one in self.place.comments_of(post)]
        self.assertEqual(texts, ["Яма", "Заделали"])
        private = self.place.of_chat(self.dialog(108))
        self.assertEqual([one["text"] for one in private], ["Здравствуйте"])
