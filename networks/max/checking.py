"""Whether the bot of a MAX page can do what the page needs."""

from __future__ import annotations

from ..values import Verdict
from .api import TOKEN, WEBHOOK, MAXApi
from .items import mappings, string

#: rights of a channel's administrator the page cannot do without
RIGHTS = ("read_all_messages", "write")


class Checking(MAXApi):
    """The check of an account's settings."""

    def check(self) -> list[Verdict]:
        token = self._check_token()
        verdicts = [token]
        if token.ok:
            page = self._check_page()
            verdicts.append(page)
            if page.ok:
                verdicts.append(self._check_rights())
            verdicts.append(self._check_delivery())
        return verdicts

    def _check_token(self) -> Verdict:
        subject = "community_token"
        if not self.secrets.get(TOKEN):
            return Verdict(False, subject, "token_missing")

        def probe():
            me = self.call("GET", "me")
            name = string(me, "username") or string(me, "first_name")
            if not me.get("user_id") or me.get("is_bot") is False:
                return Verdict(False, subject, "token_invalid", name)
            return Verdict(True, subject, "token_valid", name)

        return self._verdict(subject, "token_invalid", probe)

    def _check_page(self) -> Verdict:
        def probe():
            chat = self.call("GET", f"chats/{self.page}")
            title = string(chat, "title")
            if string(chat, "type") == "dialog":
                return Verdict(False, "page", "page_is_dialogue", title)
            if string(chat, "status") not in ("active", ""):
                return Verdict(False, "page", "page_left", title)
            return Verdict(True, "page", "page_readable", title)

        return self._verdict("page", "page_denied", probe)

    def _check_rights(self) -> Verdict:
        def probe():
            me = self.call("GET", f"chats/{self.page}/members/me")
            given = me.get("permissions")
            given = given if isinstance(given, list) else []
            missing = [right for right in RIGHTS if right not in given]
            if missing and not me.get("is_owner"):
                return Verdict(False, "rights", "rights_missing", ", ".join(missing))
            return Verdict(True, "rights", "rights_sufficient")

        return self._verdict("rights", "rights_unknown", probe)

    def _check_delivery(self) -> Verdict:
        """Events come by asking or to our address; not to another's."""

        def probe():
            answer = self.call("GET", "subscriptions")
            urls = [string(one, "url") for one in mappings(answer.get("subscriptions"))]
            if urls and not self.secrets.get(WEBHOOK):
                detail = ", ".join(urls)
                return Verdict(False, "delivery", "delivery_elsewhere", detail)
            return Verdict(True, "delivery", "delivery_on" if urls else "polled")

        return self._verdict("delivery", "delivery_unknown", probe)
