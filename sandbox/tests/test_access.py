"""Tokens, versions, unknown methods, frequency."""

import time

from sandbox import constants
from sandbox.vk import api

from .common import COMMUNITY, SERVICE, USER, GroundCase


class TestAccess(GroundCase):
    """Who may call what."""

    def test_community_token_cannot_read_the_wall(self):
        for method in ("wall.get", "wall.getComments", "wall.getById"):
            error = self.refused(27, method, owner_id=-1, post_id=1)
            self.assertEqual(
                error["error_msg"],
                "Group authorization failed: method is unavailable with group auth.",
            )

    def test_service_key_cannot_write(self):
        for method in ("wall.createComment", "messages.send", "wall.deleteComment"):
            self.refused(28, method, SERVICE, owner_id=-1, post_id=1, message="а")

    def test_wrong_and_missing_token(self):
        self.refused(5, "users.get", "wrong", user_ids="101")
        self.refused(5, "users.get", None, user_ids="101")

    def test_bearer_header(self):
        response = self.session.get(
            f"{self.ground.url}/method/wall.get?v=5.199&owner_id=-1&count=1",
            headers={"Authorization": f"Bearer {SERVICE}"},
            timeout=10,
        )
        self.assertEqual(len(response.json()["response"]["items"]), 1)

    def test_get_and_post(self):
        for http in ("GET", "POST"):
            answer = self.raw("users.get", SERVICE, http, user_ids="101")
            self.assertEqual(answer["response"][0]["first_name"], "Марина")

    def test_version_is_required(self):
        self.refused(8, "users.get", SERVICE, v=None)
        self.refused(8, "users.get", SERVICE, v="5.21")
        self.refused(100, "users.get", SERVICE, v="new")

    def test_unknown_method(self):
        self.refused(3, "wall.burn", SERVICE)

    def test_errors_hide_the_token(self):
        error = self.refused(27, "wall.get", owner_id=-1)
        self.assertNotIn(COMMUNITY, str(error))
        keys = {item["key"] for item in error["request_params"]}
        self.assertEqual(keys, {"method", "oauth", "owner_id"})

    def test_foreign_group(self):
        self.refused(15, "groups.getLongPollServer", group_id=2)
        self.refused(125, "groups.getLongPollServer", group_id=77)
        self.refused(15, "messages.getHistory", group_id=2, peer_id=104)
        self.refused(15, "wall.get", SERVICE, owner_id=-77)

    def test_log_names_kinds_not_secrets(self):
        self.raw("users.get", SERVICE, user_ids="101")
        self.raw("wall.get", COMMUNITY, owner_id=-1)
        self.raw("wall.get", "wrong", owner_id=-1)
        calls = self.control("GET", "log")["calls"]
        self.assertEqual(
            [(c["method"], c["token"], c["outcome"]) for c in calls],
            [
                ("users.get", "service", "ok"),
                ("wall.get", "community:1", "error 27"),
                ("wall.get", "invalid", "error 5"),
            ],
        )
        self.assertNotIn("sandbox-", str(calls))
        self.control("DELETE", "log")
        self.assertEqual(self.control("GET", "log")["calls"], [])


class TestFrequency(GroundCase):
    """Too many calls in a second are refused."""

    rate_limit = True

    def calls(self, number, token):
        codes = [
            self.raw("utils.getServerTime", token).get("error", {}).get("error_code")
            for _number in range(number)
        ]
        return codes

    def test_three_for_the_service_key(self):
        self.assertEqual(self.calls(5, SERVICE), [None, None, None, 6, 6])
        self.assertEqual(self.calls(1, USER), [None])

    def test_twenty_for_a_community(self):
        self.assertEqual(self.calls(22, COMMUNITY).count(6), 2)

    def test_reading_the_wall_has_a_daily_limit(self):
        limiter = self.ground.application.limiter
        token = api.find_token(SERVICE)
        limiter._days[token] = (time.monotonic(), constants.WALL_GET_PER_DAY - 1)
        self.vk("wall.get", SERVICE, owner_id=-1)
        self.refused(29, "wall.get", SERVICE, owner_id=-1)

    def test_switched_off(self):
        self.control("PATCH", "settings", {"rate_limit": False})
        self.assertEqual(self.calls(8, SERVICE).count(6), 0)
