"""An independent client, `aiookru` from PyPI, talks to the ground as to the network."""

import asyncio

from sandbox.ok import constants

from .ok_common import OkCase

try:
    import aiookru
    import httpx
except ImportError:  # pragma: no cover
    aiookru = None


class TestThirdParty(OkCase):
    """Its signatures are accepted, and its errors are ours."""

    def setUp(self):
        if not aiookru:
            self.skipTest("aiookru is not installed")
        super().setUp()

    def ask(self, method, secret=constants.APPLICATION_SECRET, **parameters):
        async def run():
            api = aiookru.API(
                access_token=constants.TOKEN,
                application_key=constants.APPLICATION_KEY,
                application_secret_key=secret,
            )
            api.session.client = httpx.AsyncClient(
                base_url=f"{self.ground.url}/ok/", trust_env=False
            )
            async with api:
                return await api(method, **parameters)

        return asyncio.run(run())

    def test_reading_and_answering(self):
        found = self.ask("discussions.getList", category="GROUP")["discussions"]
        place = {
            "discussionId": found[-1]["object_id"],
            "discussionType": found[-1]["object_type"],
        }
        read = self.ask("discussions.getComments", **place, mark_as_read="false")
        asked = read["comments"][0]
        self.assertEqual(asked["author_name"], "Денис Брагин")
        made = self.ask(
            "discussions.addDiscussionComment",
            entityId=place["discussionId"],
            entityType=place["discussionType"],
            comment="Денис, здравствуйте. Контейнер вывезут сегодня до 20:00.",
            reply_to_comment_id=asked["id"],
            as_admin="true",
        )
        self.assertEqual(made["reply_to_name"], "Денис Брагин")
        people = self.ask("users.getInfo", uids=asked["author_id"], fields="name")
        self.assertEqual(people[0]["name"], "Денис Брагин")

    def test_a_wrong_secret(self):
        answer = self.ask("users.getCurrentUser", secret="other")
        self.assertEqual(answer["error_code"], 104)
