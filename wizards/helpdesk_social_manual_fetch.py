from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.helpdesk_social_message_media import IMAGE_TYPES, PHOTO_LIMIT
from ..networks import NetworkError

#: Photos fetched with one message.
PHOTOS = 10


class HelpdeskSocialManual(models.TransientModel):
    """What the network tells of a pasted link, asked for by a person.

    Never by itself on pasting: a link may be anybody's.  Only the network's own
    interface is asked, with the key of one of our pages, never the link's host.
    """

    _inherit = "helpdesk.social.manual"

    source_number = fields.Char("Number in the source")
    source_due = fields.Datetime("Deadline set by the source")
    can_fetch = fields.Boolean(compute="_compute_can_fetch")
    cannot_fetch = fields.Char(compute="_compute_can_fetch")
    fetched_author = fields.Json(readonly=True)
    fetched_note = fields.Char(readonly=True)
    file_ids = fields.Many2many(
        "ir.attachment", "helpdesk_social_manual_file_rel", string="Files"
    )

    @api.depends("permalink", "company_id")
    def _compute_can_fetch(self):
        Account = self.env["helpdesk.social.account"]
        for wizard in self:
            link = (wizard.permalink or "").strip()
            network = Account._network_of_link(link)
            account = wizard._account_that_fetches(network)
            wizard.can_fetch = bool(account and not wizard.existing_id)
            wizard.cannot_fetch = False
            if link and not account and not wizard.existing_id:
                wizard.cannot_fetch = self.env._(
                    "The text cannot be fetched from here: copy it, please."
                )

    def _account_that_fetches(self, network):
        """A page of ours whose network tells of any message by its link."""
        Account = self.env["helpdesk.social.account"]
        if not network:
            return Account
        pages = Account.search(
            [("company_id", "=", self.company_id.id), ("network", "=", network)]
        )
        return next((page for page in pages if page._can_fetch()), Account)

    def action_fetch(self):
        """Fill in author, text, time and photos as the network tells them."""
        self.ensure_one()
        self.env["helpdesk.ticket"]._check_curator()
        link = (self.permalink or "").strip()
        network = self.env["helpdesk.social.account"]._network_of_link(link)
        account = self._account_that_fetches(network)
        if not account:
            raise UserError(
                self.env._(
                    "No page of yours on this network can fetch messages by a link: "
                    "copy the words, please."
                )
            )
        # sudo: keys are the page's; only what the network shows comes back.
        client = account.sudo()._client()
        try:
            found = client.fetch(link)
        except NetworkError as error:
            self.fetched_note = account.sudo()._error_sentence(error)
            return self._again()
        if found is None or found[0].deleted or not self._may_see(account, found[0]):
            self.fetched_note = self.env._(
                "The network shows nothing at this link: it is deleted, closed, or "
                "not a link to a message."
            )
            return self._again()
        self._fill_in(*found)
        self._fetch_files(client, found[0])
        return self._again()

    def _may_see(self, account, item):
        """Private messages are for the curators of their page."""
        curators = account.curator_ids
        return item.kind != "private" or not curators or self.env.user in curators

    def _fill_in(self, item, author):
        posted = item.posted_at.replace(tzinfo=None, microsecond=0)
        self.write(
            {
                "original_text": item.text,
                "received_at": min(posted, fields.Datetime.now()),
                "kind": item.kind,
                "author": author.name if author else False,
                "fetched_author": author
                and {
                    "external_id": author.external_id,
                    "name": author.name,
                    "url": author.url,
                    "is_community": author.is_community,
                },
                "fetched_note": self.env._("Filled in as the network tells it."),
            }
        )

    def _fetch_files(self, client, item):
        """Fetch the photos; one that cannot be is left out and said."""
        photos = [a for a in item.attachments if a.kind == "photo" and a.url][:PHOTOS]
        self.file_ids.unlink()
        stored, failed = [], 0
        for number, photo in enumerate(photos, 1):
            try:
                content, content_type = client.transport.download(
                    photo.url, PHOTO_LIMIT
                )
            except NetworkError:
                failed += 1
                continue
            mimetype = (content_type or "").split(";")[0].strip().lower()
            suffix = IMAGE_TYPES.get(mimetype)
            stored.append(
                {
                    "name": f"photo-{number}{suffix or '.bin'}",
                    "raw": content,
                    # Whatever does not call itself an image is only a download.
                    "mimetype": mimetype if suffix else "application/octet-stream",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        # Nothing of a stranger's is drawn here, see ``_store_photo`` of messages.
        files = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        self.file_ids = files.create(stored)
        if failed:
            self.fetched_note = self.env._(
                "Filled in as the network tells it. Photos that could not be "
                "fetched: %d.",
                failed,
            )

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("New message"),
        }

    # -- entering ----------------------------------------------------------------

    def _author(self):
        """The author as the network knows them, unless a person has named another."""
        told = self.fetched_author or {}
        if not told or told["name"] != (self.author or "").strip():
            return super()._author()
        # sudo: authors are written by the procedure alone.
        Author = self.env["helpdesk.social.author"].sudo()
        key = {
            "company_id": self.company_id.id,
            "network": self.network,
            "external_id": told["external_id"],
        }
        known = Author.search([(k, "=", v) for k, v in key.items()], limit=1)
        return known or Author.create({**told, **key})

    def _enter(self, vals):
        way = {"source_number": self.source_number, "source_due": self.source_due}
        ticket = self.env["helpdesk.ticket"].enter_by_hand(vals, way)
        # Only what was fetched here: a client of its own may name any file it reads.
        files = self.file_ids.filtered(
            lambda file: (file.res_model, file.res_id) == (self._name, self.id)
        )
        if files and not ticket.sudo().found_file_ids:
            # sudo: files come to a ticket by the procedure alone.
            files.sudo().write({"res_model": ticket._name, "res_id": ticket.id})
            ticket.sudo().found_file_ids = files.sudo()
        return ticket
