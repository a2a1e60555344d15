"""Whether the keys of a group can do what the page needs."""

from __future__ import annotations

from ..values import Verdict
from .api import KEY, SECRET, TOKEN, USER_TOKEN, OKApi
from .items import mappings, string


class Checking(OKApi):
    """The check of an account's settings.

    The right to write comments shows only in writing one: nothing asks for it here.
    """

    def check(self) -> list[Verdict]:
        verdicts = [self._check_keys()]
        if verdicts[0].ok:
            verdicts.append(self._check_token())
        if verdicts[-1].ok:
            verdicts.append(self._check_discussions())
        if self.secrets.get(USER_TOKEN) or verdicts[-1].ok:
            verdicts.append(self._check_messages())
        return verdicts

    def _check_keys(self) -> Verdict:
        missing = [name for name in (KEY, SECRET) if not self.secrets.get(name)]
        if missing:
            return Verdict(False, "application", "keys_missing", ", ".join(missing))
        return Verdict(True, "application", "keys_entered")

    def _check_token(self) -> Verdict:
        subject = "access_token"
        if not self.secrets.get(TOKEN):
            return Verdict(False, subject, "token_missing")

        def probe():
            answer = self.call(
                "group.getInfo", uids=self.group, fields="uid,name,shortname"
            )
            found = next(
                (one for one in mappings(answer) if string(one, "uid") == self.group),
                None,
            )
            if found is None:
                return Verdict(False, subject, "group_unknown", self.group)
            return Verdict(True, subject, "token_valid", string(found, "name"))

        return self._verdict(subject, "token_invalid", probe)

    def _check_discussions(self) -> Verdict:
        def probe():
            self.call("discussions.getList", category="GROUP", count=1)
            return Verdict(True, "discussions", "discussions_readable")

        return self._verdict("discussions", "discussions_denied", probe)

    def _check_messages(self) -> Verdict:
        subject = "private_messages"

        def probe():
            told = string(self.graph("me/info"), "group_id").removeprefix("group:")
            if told and told != self.group:
                return Verdict(False, subject, "token_other_community", told)
            self.graph("me/chats", count=1)
            return Verdict(True, subject, "messages_readable")

        return self._verdict(subject, "messages_denied", probe)
