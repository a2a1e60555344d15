"""What is attached to VK objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..values import Attachment
from .raw import MAX_DEPTH, integer, mappings, string


def attachments(raw: Mapping, depth: int = 0) -> tuple[Attachment, ...]:
    """The attachments of an object and of what it reposts or forwards."""
    found = []
    for entry in mappings(raw.get("attachments")):
        kind = string(entry, "type")
        body = entry.get(kind)
        if kind:
            found.append(_attachment(kind, body if isinstance(body, Mapping) else {}))
    place = raw.get("geo")
    if isinstance(place, Mapping):
        found.append(Attachment(kind="place", name=_coordinates(place)))
    if depth < MAX_DEPTH:
        for name in ("copy_history", "fwd_messages"):
            for inner in mappings(raw.get(name)):
                found.extend(attachments(inner, depth + 1))
    return tuple(found)


def _coordinates(place: Mapping) -> str:
    """Wall posts write "latitude longitude", messages an object of two numbers."""
    given = place.get("coordinates")
    if isinstance(given, Mapping):
        pair = [given.get(name) for name in ("latitude", "longitude")]
        if all(isinstance(one, (int, float)) for one in pair):
            return f"{pair[0]} {pair[1]}"
    return given if isinstance(given, str) else ""


def _attachment(kind: str, body: Mapping) -> Attachment:
    reader = _READERS.get(kind)
    if reader:
        return reader(body)
    return Attachment(
        kind=kind,
        url=string(body, "url"),
        external_id=_media_id(kind, body),
        name=string(body, "title") or string(body, "text"),
    )


def _media_id(kind: str, body: Mapping) -> str:
    owner, number = integer(body, "owner_id", 0), integer(body, "id", 0)
    return f"{kind}{owner}_{number}" if owner and number else ""


def _largest(images: Iterable[Mapping]) -> str:
    """Address of the largest picture; sizes may come as 0, then the last one wins."""
    best, best_area = "", -1
    for image in images:
        address = string(image, "url") or string(image, "src")
        area = integer(image, "width", 0) * integer(image, "height", 0)
        if address and area >= best_area:
            best, best_area = address, area
    return best


def _photo(body: Mapping) -> Attachment:
    sizes = mappings(body.get("sizes"))
    original = body.get("orig_photo")
    if isinstance(original, Mapping):
        sizes.append(original)
    return Attachment(
        kind="photo",
        url=_largest(sizes),
        external_id=_media_id("photo", body),
        name=string(body, "text"),
    )


def _video(body: Mapping) -> Attachment:
    number = _media_id("video", body)
    return Attachment(
        kind="video",
        # The file itself is not given out, so this is the page that plays it.
        url=f"https://vk.com/{number}" if number else "",
        external_id=number,
        name=string(body, "title"),
    )


def _doc(body: Mapping) -> Attachment:
    return Attachment(
        kind="doc",
        url=string(body, "url"),
        external_id=_media_id("doc", body),
        name=string(body, "title"),
        size=integer(body, "size", 0) or None,
    )


def _audio(body: Mapping) -> Attachment:
    names = (string(body, "artist"), string(body, "title"))
    return Attachment(
        kind="audio",
        url=string(body, "url"),
        external_id=_media_id("audio", body),
        name=" - ".join(filter(None, names)),
    )


def _voice(body: Mapping) -> Attachment:
    return Attachment(
        kind="voice",
        url=string(body, "link_mp3") or string(body, "link_ogg"),
        external_id=_media_id("audio_message", body),
        name=string(body, "transcript"),
    )


def _sticker(body: Mapping) -> Attachment:
    number = integer(body, "sticker_id", 0)
    return Attachment(
        kind="sticker",
        url=_largest(mappings(body.get("images"))),
        external_id=f"sticker{number}" if number else "",
    )


_READERS = {
    "photo": _photo,
    "video": _video,
    "clip": _video,
    "doc": _doc,
    "audio": _audio,
    "audio_message": _voice,
    "sticker": _sticker,
}
