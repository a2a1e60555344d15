"""Whether the tokens of a VK community can do what the page needs."""

from __future__ import annotations

from ..errors import NetworkError
from ..values import Verdict
from .api import COMMUNITY, SERVICE, USER, WEBHOOK_SECRET, VKApi, groups_of
from .raw import integer, mapping_or_empty, mappings, string

#: the events of the long poll this client understands
EVENTS = (
    "message_new",
    "message_reply",
    "message_edit",
    "wall_post_new",
    "wall_repost",
    "wall_reply_new",
    "wall_reply_edit",
    "wall_reply_delete",
    "wall_reply_restore",
    "board_post_new",
    "board_post_edit",
    "board_post_delete",
    "board_post_restore",
    "photo_comment_new",
    "photo_comment_edit",
    "photo_comment_delete",
    "photo_comment_restore",
    "video_comment_new",
    "video_comment_edit",
    "video_comment_delete",
    "video_comment_restore",
)
#: rights of the community token, by VK's names
RIGHTS = ("manage", "messages", "wall", "photos", "docs")


class Checking(VKApi):
    """The check of an account's settings."""

    def check(self) -> list[Verdict]:
        token = self._check_token()
        verdicts = [token]
        if token.ok:
            verdicts += [
                self._check_rights(),
                self._check_long_poll(),
                self._check_messages(),
            ]
        verdicts.append(self._check_service_key())
        if self.secrets.get(USER):
            verdicts.append(self._check_user_token())
        if token.ok and self.secrets.get(WEBHOOK_SECRET):
            verdicts.append(self._check_callback())
        return verdicts

    def switch_on(self) -> None:
        """Let VK deliver every event this client understands (Long Poll API)."""
        events = dict.fromkeys(EVENTS, 1)
        self.call(
            "groups.setLongPollSettings",
            COMMUNITY,
            group_id=self.group,
            enabled=1,
            api_version=self.VERSION,
            **events,
        )

    def _check_token(self) -> Verdict:
        subject = "community_token"
        if not self.secrets.get(COMMUNITY):
            return Verdict(False, subject, "token_missing")

        def probe():
            # Without a number VK answers with the community the token belongs to.
            try:
                groups = groups_of(self.call("groups.getById", COMMUNITY))
            except NetworkError as error:
                # The token was accepted, only the missing number was not.
                if error.code != 100:
                    raise
                groups = []
            found = integer(groups[0], "id", 0) if groups else 0
            if found and found != self.group:
                name = f"{string(groups[0], 'name')} ({found})"
                return Verdict(False, subject, "token_other_community", name)
            name = string(groups[0], "name") if groups else ""
            return Verdict(True, subject, "token_valid", name)

        return self._verdict(subject, "token_invalid", probe)

    def _check_rights(self) -> Verdict:
        def probe():
            answer = mapping_or_empty(
                self.call("groups.getTokenPermissions", COMMUNITY)
            )
            given = {string(one, "name") for one in mappings(answer.get("permissions"))}
            missing = [right for right in RIGHTS if right not in given]
            if missing:
                return Verdict(False, "rights", "rights_missing", ", ".join(missing))
            return Verdict(True, "rights", "rights_sufficient")

        return self._verdict("rights", "rights_unknown", probe)

    def _check_long_poll(self) -> Verdict:
        def probe():
            answer = mapping_or_empty(
                self.call("groups.getLongPollSettings", COMMUNITY, group_id=self.group)
            )
            if not answer.get("is_enabled"):
                return Verdict(False, "long_poll", "long_poll_disabled")
            events = mapping_or_empty(answer.get("events"))
            missing = [event for event in EVENTS if not events.get(event)]
            if missing:
                names = ", ".join(missing)
                return Verdict(False, "long_poll", "long_poll_events_missing", names)
            return Verdict(True, "long_poll", "long_poll_enabled")

        return self._verdict("long_poll", "long_poll_denied", probe)

    def _check_messages(self) -> Verdict:
        def probe():
            self.call(
                "messages.getConversations", COMMUNITY, group_id=self.group, count=1
            )
            return Verdict(True, "private_messages", "messages_readable")

        return self._verdict("private_messages", "messages_denied", probe)

    def _check_service_key(self) -> Verdict:
        subject = "service_key"
        if not self.secrets.get(SERVICE):
            return Verdict(False, subject, "service_key_missing")

        def probe():
            self.call("wall.get", SERVICE, owner_id=self.owner, count=1)
            return Verdict(True, subject, "wall_readable")

        return self._verdict(subject, "wall_denied", probe)

    def _check_user_token(self) -> Verdict:
        subject = "user_token"

        def probe():
            people = mappings(self.call("users.get", USER))
            names = [string(one, "last_name") for one in people[:1]]
            return Verdict(True, subject, "user_token_valid", "".join(names))

        return self._verdict(subject, "user_token_denied", probe)

    def _check_callback(self) -> Verdict:
        subject = "callback"

        def probe():
            answer = mapping_or_empty(
                self.call("groups.getCallbackServers", COMMUNITY, group_id=self.group)
            )
            secret = self.secrets[WEBHOOK_SECRET]
            ours = [
                string(server, "status")
                for server in mappings(answer.get("items"))
                if string(server, "secret_key") == secret
            ]
            if not ours:
                return Verdict(False, subject, "callback_missing")
            if "ok" not in ours:
                return Verdict(False, subject, "callback_unconfirmed", ours[0])
            return Verdict(True, subject, "callback_confirmed")

        return self._verdict(subject, "callback_denied", probe)
