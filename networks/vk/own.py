"""What became of our own comments and messages, changing them, taking them back.

VK gives the changing and deleting of comments to user tokens; a topic's comments a
community token may delete, too. Private messages are the community's own matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ..errors import Consequence, NetworkError
from ..values import Outgoing, Published, Standing
from . import ids
from .api import COMMUNITY, SERVICE, USER, joined
from .comments import THREADED, Comments, thread_top
from .raw import integer, mapping_or_empty, mappings, string
from .sending import no_target
from .uploading import Uploading

#: codes of "it is not there (any more)"
NOT_FOUND = 104
#: VK took the request and says that nothing was deleted
NOT_DELETED = "not_deleted"
_UNREADABLE = (Consequence.GONE, Consequence.PERMISSION)


class Own(Uploading, Comments):
    """Our own items after their publication."""

    def abilities(self, kind: str) -> frozenset[str]:
        if kind == "private":
            return frozenset({"reply", "edit", "delete", "look"})
        able = {"reply"}
        if self.secrets.get(SERVICE) or self.secrets.get(USER):
            able |= {"look", "fetch"}
        if self.secrets.get(USER):
            able |= {"edit", "delete"}
        return frozenset(able)

    # ----------------------------------------------------------------- change

    def edit(self, published: Published, outgoing: Outgoing) -> None:
        self.refuse_oversize(outgoing)
        if published.kind == "private":
            return self._edit_message(published, outgoing)
        place = self._own_comment(published)
        method = {
            "wall": "wall.editComment",
            "topic": "board.editComment",
            "photo": "photos.editComment",
            "video": "video.editComment",
        }[place.kind]
        self.need(USER, method)
        self.call(
            method,
            USER,
            **_comment_at(place),
            message=outgoing.text,
            # Empty ones take away what was attached before.
            attachments=self.upload_for_comment(outgoing.attachments, USER),
        )

    def _edit_message(self, published: Published, outgoing: Outgoing) -> None:
        peer, number, position = self._own_message(published)
        self.call(
            "messages.edit",
            COMMUNITY,
            peer_id=peer,
            group_id=self.group,
            message_id=number or None,
            cmid=position or None,
            message=outgoing.text,
            attachment=self.upload_for_peer(outgoing.attachments, peer),
            keep_forward_messages=1,
        )

    # ----------------------------------------------------------------- delete

    def delete(self, published: Published) -> None:
        try:
            if published.kind == "private":
                self._delete_message(published)
            else:
                self._delete_comment(self._own_comment(published))
        except NetworkError as error:
            if error.code == NOT_FOUND or self._is_gone(published, error):
                return
            raise

    def _delete_comment(self, place: ids.Place) -> None:
        method, token = {
            "wall": ("wall.deleteComment", USER),
            "topic": ("board.deleteComment", COMMUNITY),
            "photo": ("photos.deleteComment", USER),
            "video": ("video.deleteComment", USER),
        }[place.kind]
        answer = self.call(method, token, **_comment_at(place))
        if answer == 0:
            raise _not_deleted(method)

    def _delete_message(self, published: Published) -> None:
        peer, number, position = self._own_message(published)
        which = {"cmids": position, "peer_id": peer}
        if number:
            which = {"message_ids": number}
        answer = self.call(
            "messages.delete",
            COMMUNITY,
            group_id=self.group,
            delete_for_all=1,
            **which,
        )
        # Each message is answered for by itself.
        for one in mappings(answer):
            if one.get("error"):
                raise self._error(one["error"], "messages.delete", COMMUNITY)
            if one.get("response") == 0:
                raise _not_deleted("messages.delete")

    def _is_gone(self, published: Published, error: NetworkError) -> bool:
        """Whether a refused deletion had nothing left to delete."""
        told_by_vk = isinstance(error.code, int) or error.code == NOT_DELETED
        if error.consequence not in _UNREADABLE or not told_by_vk:
            return False
        try:
            return any(one.state == "gone" for one in self.look([published]))
        except NetworkError:
            # The refusal itself is what the caller is told.
            return False

    # ------------------------------------------------------------------- look

    def look(self, published: Iterable[Published]) -> list[Standing]:
        messages: dict[int, list] = defaultdict(list)
        comments: dict[tuple, dict[int, Published]] = defaultdict(dict)
        standings = []
        for one in published:
            message = ids.parse_message(one.external_id)
            place = ids.parse_place(one.external_id)
            if message:
                messages[message[0]].append((message, one.external_id))
            elif place and place.comment and self._can_read(place.kind):
                top = thread_top(one.thread_id, one.parent_id)
                if top == place.comment or place.kind not in THREADED:
                    top = None
                root = ids.Place(place.kind, place.owner, place.object)
                comments[root, top][place.comment] = one
            else:
                standings.append(Standing(one.external_id, "unknown"))
        for (root, top), wanted in comments.items():
            standings += self._look_comments(root, top, wanted)
        return standings + self._look_messages(messages)

    def _can_read(self, kind: str) -> bool:
        return bool(self.secrets.get(self.comments_token(kind)))

    def _look_comments(
        self, root: ids.Place, top: int | None, wanted: Mapping[int, Published]
    ) -> list[Standing]:
        found: dict[int, Mapping] = {}
        try:
            for objects in self.comment_pages(root, top, newest_first=True):
                numbers = [integer(raw, "id", 0) for raw in objects]
                found |= zip(numbers, objects, strict=True)
                descending = numbers[:1] > numbers[-1:]
                passed = descending and numbers[-1] <= min(wanted)
                if passed or wanted.keys() <= found.keys():
                    break
        except NetworkError as error:
            if error.consequence not in _UNREADABLE:
                raise
            # The thread or post is not shown: it was deleted, or we may not look.
            state = "gone" if self._is_removed(root, top, error) else "unknown"
            return [Standing(one.external_id, state) for one in wanted.values()]
        return [
            _standing(one.external_id, found.get(number))
            for number, one in wanted.items()
        ]

    def _is_removed(
        self, root: ids.Place, top: int | None, error: NetworkError
    ) -> bool:
        if not isinstance(error.code, int):
            return False
        if root.kind != "wall":
            return error.consequence is Consequence.GONE
        posts = self.call("wall.getById", self.reader, posts=_post_name(root))
        found = mappings(mapping_or_empty(posts).get("items"))
        if not any(not post.get("is_deleted") for post in found):
            return True
        # The post is there, so it is the thread that is not.
        return bool(top) and error.consequence is Consequence.GONE

    def _look_messages(self, peers: Mapping[int, list]) -> list[Standing]:
        by_id = [entry for group in peers.values() for entry in group if entry[0][1]]
        standings = []
        for part in chunks(by_id, 100):
            shown = self._messages(
                message_ids=joined(message[1] for message, _id in part)
            )
            found = {integer(raw, "id", 0): raw for raw in shown}
            standings += [_standing(one, found.get(msg[1])) for msg, one in part]
        for peer, group in peers.items():
            in_chat = [entry for entry in group if not entry[0][1]]
            for part in chunks(in_chat, 100):
                shown = self._messages(
                    peer_id=peer, cmids=joined(message[2] for message, _id in part)
                )
                found = {
                    integer(raw, "conversation_message_id", 0): raw for raw in shown
                }
                standings += [_standing(one, found.get(msg[2])) for msg, one in part]
        return standings

    def _messages(self, **which) -> list[Mapping]:
        answer = self.call("messages.getById", COMMUNITY, group_id=self.group, **which)
        return mappings(mapping_or_empty(answer).get("items"))

    # ------------------------------------------------------------------- names

    def _own_comment(self, published: Published) -> ids.Place:
        place = ids.parse_place(published.external_id)
        if place is None or not place.comment:
            raise no_target(published.external_id)
        return place

    def _own_message(self, published: Published) -> tuple[int, int, int]:
        message = ids.parse_message(published.external_id)
        if message is None:
            raise no_target(published.external_id)
        return message


def _comment_at(place: ids.Place) -> dict:
    """How a comment is named to the methods that change it."""
    if place.kind == "topic":
        return {
            "group_id": abs(place.owner),
            "topic_id": place.object,
            "comment_id": place.comment,
        }
    where = {"owner_id": place.owner, "comment_id": place.comment}
    return {**where, "post_id": place.object} if place.kind == "wall" else where


def _standing(external_id: str, raw: Mapping | None) -> Standing:
    if raw is None or raw.get("deleted"):
        return Standing(external_id, "gone")
    return Standing(external_id, "there", string(raw, "text"))


def _not_deleted(method: str) -> NetworkError:
    return NetworkError(
        f"VK deleted nothing ({method})",
        consequence=Consequence.PERMISSION,
        code=NOT_DELETED,
        method=method,
    )


def _post_name(root: ids.Place) -> str:
    return f"{root.owner}_{root.object}"


def chunks(values: list, size: int) -> Iterable[list]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
