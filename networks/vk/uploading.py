"""Files to VK. In every kind of comment they go as documents: a community token may
not upload photos to a wall, and a document with a picture is shown as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import Consequence, NetworkError
from ..values import Upload
from .api import COMMUNITY, VKApi, joined
from .raw import Malformed, integer, mappings, string


class Uploading(VKApi):
    """What is put into ``attachments`` of a comment or message."""

    def upload_for_comment(self, files: Iterable[Upload], token: str) -> str:
        """``token``: the one that will publish, since it surely may use what it
        uploaded itself."""
        return joined([self._upload_for_wall(file, token) for file in files])

    def upload_for_peer(self, files: Iterable[Upload], peer: int) -> str:
        return joined([self._upload_for_peer(file, peer) for file in files])

    def _upload_for_wall(self, file: Upload, token: str) -> str:
        where = self.call("docs.getWallUploadServer", token, group_id=self.group)
        return self._upload_document(where, file, token)

    def _upload_for_peer(self, file: Upload, peer: int) -> str:
        if not file.content_type.startswith("image/"):
            where = self.call(
                "docs.getMessagesUploadServer", COMMUNITY, peer_id=peer, type="doc"
            )
            return self._upload_document(where, file, COMMUNITY)
        where = self.call("photos.getMessagesUploadServer", COMMUNITY, peer_id=peer)
        given = self._upload(where, "photo", file)
        saved = self.call(
            "photos.saveMessagesPhoto",
            COMMUNITY,
            photo=string(given, "photo"),
            server=given.get("server"),
            hash=string(given, "hash"),
        )
        return _attachable("photo", (mappings(saved) or [{}])[0])

    def _upload_document(self, where: object, file: Upload, token: str) -> str:
        given = self._upload(where, "file", file)
        saved = self.call(
            "docs.save", token, file=string(given, "file"), title=file.name
        )
        saved = saved.get("doc") if isinstance(saved, Mapping) else None
        return _attachable("doc", saved if isinstance(saved, Mapping) else {})

    def _upload(self, where: object, field: str, file: Upload) -> Mapping:
        url = string(where, "upload_url") if isinstance(where, Mapping) else ""
        given = self.transport.upload(
            url, field, file.name, file.content, file.content_type, method="upload"
        )
        if isinstance(given, Mapping) and given.get(field):
            return given
        raise NetworkError(
            f"VK did not take the file {file.name}",
            consequence=Consequence.CONTENT,
            code="upload_refused",
        )


def _attachable(kind: str, saved: Mapping) -> str:
    """How a saved file is named in ``attachments``."""
    try:
        name = f"{kind}{integer(saved, 'owner_id')}_{integer(saved, 'id')}"
    except Malformed:
        raise NetworkError(
            "VK did not save the file",
            consequence=Consequence.CONTENT,
            code="upload_refused",
        ) from None
    key = string(saved, "access_key")
    return f"{name}_{key}" if key else name
