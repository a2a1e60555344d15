import logging
import time
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from ..networks import Consequence, NetworkError

_logger = logging.getLogger(__name__)

#: Largest photo that is stored, in bytes; the networks' own are far smaller.
PHOTO_LIMIT = 10 * 1024 * 1024
#: Photos of one run; the rest follows in the next one.
PHOTOS_PER_RUN = 20
#: Seconds after which no further photo is begun: the page's claim and the worker's own
#: limit must outlast a server that hardly answers.
PHOTO_SECONDS = 20
TRIES = 5
#: Failures that another try would not mend: too large, an address inside, gone.
NEVER = (Consequence.CONTENT, Consequence.GONE, Consequence.PERMISSION)
NEVER += (Consequence.PERSON,)
IMAGE_TYPES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
}


class HelpdeskSocialMessage(models.Model):
    """Photos of incoming messages: fetched after the message itself is safe."""

    _inherit = "helpdesk.social.message"

    media = fields.Json(
        "Attachments on the network",
        readonly=True,
        help="What the network said of each attachment, and what became of it.",
    )
    media_pending = fields.Boolean(
        compute="_compute_media_pending", store=True, readonly=True
    )
    media_next_try = fields.Datetime(readonly=True)
    media_links = fields.Html(
        "Files and links", compute="_compute_media_links", sanitize_attributes=False
    )

    _media_idx = models.Index("(account_id) WHERE media_pending")

    @api.model
    def _media_vals(self, item):
        return [
            {
                "kind": attachment.kind,
                "url": attachment.url if _is_web(attachment.url) else "",
                "external_id": attachment.external_id,
                "name": attachment.name,
                "state": "pending" if _is_photo(attachment) else "link",
            }
            for attachment in item.attachments
        ]

    def _media_added(self, item):
        """Values of what ``item`` has attached besides what is stored.

        Addresses change with each reading, so ids tell; of what has none, the number.
        """
        self.ensure_one()
        given, stored = {}, {}
        for entry in self._media_vals(item):
            given.setdefault(entry["kind"], []).append(entry)
        for entry in self.media or []:
            stored.setdefault(entry.get("kind"), []).append(entry.get("external_id"))
        added = []
        for kind, entries in given.items():
            known = stored.get(kind, [])
            if all(known) and all(entry["external_id"] for entry in entries):
                added += [one for one in entries if one["external_id"] not in known]
            else:
                added += entries[len(known) :]
        return added

    @api.depends("media")
    def _compute_media_pending(self):
        for message in self:
            message.media_pending = any(
                entry.get("state") == "pending" for entry in message.media or []
            )

    @api.depends("media")
    def _compute_media_links(self):
        """Files, videos and other things that were sent, as links to the network.

        Nothing of them is fetched: neither by the server nor by who reads.
        """
        link = Markup(
            '<a href="%s" target="_blank" rel="noopener noreferrer nofollow">%s</a>'
        )
        for message in self:
            lines = []
            for entry in message.media or []:
                if entry.get("state") not in ("link", "failed"):
                    continue
                words = entry.get("name") or entry.get("kind") or ""
                url = entry.get("url") or ""
                lines.append(
                    link % (url, words) if _is_web(url) else Markup("%s") % words
                )
            message.media_links = Markup("<br/>").join(lines) or False

    @api.model
    def _fetch_photos(self, account, client):
        """Fetch a run's worth of photos of ``account`` that are still missing."""
        messages = self.search(
            [
                ("account_id", "=", account.id),
                ("media_pending", "=", True),
                "|",
                ("media_next_try", "=", False),
                ("media_next_try", "<=", fields.Datetime.now()),
            ],
            order="id",
            limit=PHOTOS_PER_RUN,
        )
        until = time.monotonic() + PHOTO_SECONDS
        for message in messages:
            if time.monotonic() >= until:
                break
            message._fetch_media(client, until)

    def _fetch_media(self, client, until):
        """Fetch the photos of one message; a failure is tried again later, and what
        would begin after ``until`` (monotonic) in the next run."""
        self.ensure_one()
        media, failed = self.media, False
        for entry in media:
            if entry["state"] != "pending":
                continue
            if time.monotonic() >= until:
                break
            try:
                # What is in the file decides, not the type it claims.
                content, _claimed = client.transport.download(entry["url"], PHOTO_LIMIT)
            except NetworkError as error:
                failed = True
                entry["tries"] = entry.get("tries", 0) + 1
                entry["error"] = error.message
                if error.consequence in NEVER or entry["tries"] >= TRIES:
                    # It stays a link, for whoever wants to open it.
                    entry["state"] = "failed"
                _logger.info("Photo of message %s: %s", self.id, error.message)
                continue
            entry["state"] = "stored"
            entry["attachment_id"] = self._store_photo(content)
        self.media = media
        again = failed and any(entry["state"] == "pending" for entry in media)
        self.media_next_try = (
            fields.Datetime.now() + timedelta(minutes=10) if again else False
        )

    def _store_photo(self, content):
        """Store one photo as an attachment of this message; returns its id.

        Anything that is no image of a known type is kept as a plain download, so that
        no page of a stranger's making is ever shown.
        """
        mimetype = _image_type(content)
        suffix = IMAGE_TYPES.get(mimetype)
        number = len(self.attachment_ids) + 1
        # Nothing of a stranger's is drawn here: a picture may say that it is larger
        # than the server's memory. And what the citizen sent stays as it came.
        files = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        attachment = files.create(
            {
                "name": f"photo-{self.id}-{number}{suffix or '.bin'}",
                "raw": content,
                "mimetype": mimetype or "application/octet-stream",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        if not suffix:
            # What was given with the content is guessed from that once more.
            attachment.mimetype = "application/octet-stream"
        self.attachment_ids = [(4, attachment.id)]
        return attachment.id


def _image_type(content):
    """Type of an image by how its file begins; None for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    begins = {
        b"\xff\xd8\xff": "image/jpeg",
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"GIF87a": "image/gif",
        b"GIF89a": "image/gif",
    }
    known = (kind for start, kind in begins.items() if content.startswith(start))
    return next(known, None)


def _is_photo(attachment):
    return attachment.kind == "photo" and _is_web(attachment.url)


def _is_web(url):
    """Whether ``url`` may be shown as a link: no ``javascript:`` of a stranger's."""
    return (url or "").lower().startswith(("https://", "http://"))
