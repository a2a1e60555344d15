import logging
from datetime import timedelta

from odoo import api, fields, models

from ..networks import NetworkError

_logger = logging.getLogger(__name__)

#: Largest photo that is stored, in bytes; the networks' own are far smaller.
PHOTO_LIMIT = 10 * 1024 * 1024
#: Photos of one run; the rest follows in the next one.
PHOTOS_PER_RUN = 20
TRIES = 5
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

    @api.depends("media")
    def _compute_media_pending(self):
        for message in self:
            message.media_pending = any(
                entry.get("state") == "pending" for entry in message.media or []
            )

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
        for message in messages:
            message._fetch_media(client)

    def _fetch_media(self, client):
        """Fetch the photos of one message; a failure is tried again later."""
        self.ensure_one()
        media, failed = self.media, False
        for entry in media:
            if entry["state"] != "pending":
                continue
            try:
                content, content_type = client.transport.download(
                    entry["url"], PHOTO_LIMIT
                )
            except NetworkError as error:
                failed = True
                entry["tries"] = entry.get("tries", 0) + 1
                entry["error"] = error.message
                if entry["tries"] >= TRIES:
                    entry["state"] = "failed"
                _logger.info("Photo of message %s: %s", self.id, error.message)
                continue
            entry["state"] = "stored"
            entry["attachment_id"] = self._store_photo(entry, content, content_type)
        self.media = media
        self.media_next_try = (
            fields.Datetime.now() + timedelta(minutes=10) if failed else False
        )

    def _store_photo(self, entry, content, content_type):
        """Store one photo as an attachment of this message; returns its id.

        Anything that does not call itself an image of a known type is kept as a
        plain download, so that no page of the network's making is ever shown.
        """
        mimetype = (content_type or "").split(";")[0].strip().lower()
        suffix = IMAGE_TYPES.get(mimetype)
        number = len(self.attachment_ids) + 1
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"photo-{self.id}-{number}{suffix or '.bin'}",
                "raw": content,
                "mimetype": mimetype if suffix else "application/octet-stream",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self.attachment_ids = [(4, attachment.id)]
        return attachment.id


def _is_photo(attachment):
    return attachment.kind == "photo" and _is_web(attachment.url)


def _is_web(url):
    """Whether ``url`` may be shown as a link: no ``javascript:`` of a stranger's."""
    return (url or "").lower().startswith(("https://", "http://"))
