from odoo import api, fields, models

from ..networks import storable
from .helpdesk_ticket import KINDS

#: Marks a change that comes from the network's reader or the outbox.
DIRECTIONS = [("in", "Incoming"), ("out", "Outgoing")]


class HelpdeskSocialMessage(models.Model):
    """Every item received from or sent to a network.

    An incoming row is what the network sent, with its earlier texts and, where the
    author deleted it, a tombstone.  An outgoing row is the outbox.
    """

    _name = "helpdesk.social.message"
    _description = "Message on a social network"
    _order = "posted_at, id"
    _inherit = ["helpdesk.social.lease", "helpdesk.social.procedural"]

    account_id = fields.Many2one(
        "helpdesk.social.account",
        "Page",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    direction = fields.Selection(DIRECTIONS, required=True, readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        bypass_search_access=True,
    )
    external_id = fields.Char("Id on the network", readonly=True)
    item_type = fields.Char("Kind of item", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    root_id = fields.Char("Id of the post", readonly=True)
    thread_id = fields.Char("Id of the thread", readonly=True)
    parent_id = fields.Char("Id of the answered item", readonly=True)
    author_id = fields.Many2one(
        "helpdesk.social.author", readonly=True, index="btree_not_null"
    )
    author_external_id = fields.Char(readonly=True)
    text = fields.Text(readonly=True)
    posted_at = fields.Datetime("Posted", readonly=True)
    edited_at = fields.Datetime("Edited", readonly=True)
    deleted_at = fields.Datetime("Deleted", readonly=True)
    stored_at = fields.Datetime(
        "Stored", readonly=True, default=fields.Datetime.now, required=True
    )
    permalink = fields.Char("Link", readonly=True)
    raw = fields.Json("As sent by the network", readonly=True)
    version_ids = fields.One2many("helpdesk.social.message.version", "message_id")
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", readonly=True, bypass_search_access=True
    )
    is_official = fields.Boolean(compute="_compute_is_official")
    error = fields.Char("Could not be processed", readonly=True)

    _external_uniq = models.UniqueIndex(
        "(account_id, external_id) WHERE external_id IS NOT NULL",
        "This item of the network is stored already.",
    )
    _thread_idx = models.Index("(account_id, thread_id)")
    _root_idx = models.Index("(account_id, root_id)")

    @api.depends("direction")
    def _compute_is_official(self):
        for message in self:
            message.is_official = message.direction == "out"

    @api.depends("author_id", "text", "direction")
    def _compute_display_name(self):
        for message in self:
            name = message.author_id.name or message.account_id.name
            words = message.text or ""
            if len(words) > 60:
                words = f"{words[:59].rstrip()}…"
            message.display_name = f"{name}: {words}"

    # -- what a network says about an item ---------------------------------------

    @api.model
    def _incoming_vals(self, account, item):
        """Values of a new row for ``item`` of a network client."""
        return {
            "account_id": account.id,
            # Said here, it needs no second look at every row.
            "company_id": account.company_id.id,
            "direction": "in",
            "external_id": item.external_id,
            "item_type": item.item_type,
            "kind": item.kind,
            "root_id": item.root_id,
            "thread_id": item.thread_id,
            "parent_id": item.parent_id,
            "author_external_id": item.author_id,
            "text": item.text,
            "posted_at": _naive(item.posted_at),
            "edited_at": _naive(item.edited_at),
            "deleted_at": fields.Datetime.now() if item.deleted else False,
            "permalink": item.permalink,
            "raw": storable(dict(item.raw)),
            "media": self._media_vals(item),
        }

    def _update_from(self, item):
        """Follow a later state of a stored item: edited, deleted, restored.

        A tombstone stored before its original takes the text from it; an older text
        that arrives after a newer one is kept as a version.
        """
        self.ensure_one()
        vals = {}
        if item.change == "delete" or item.deleted:
            if not self.deleted_at:
                vals["deleted_at"] = fields.Datetime.now()
        elif item.change == "restore" and self.deleted_at:
            vals["deleted_at"] = False
        if not item.deleted and item.text != (self.text or ""):
            vals.update(self._text_change(item))
        if not self.author_external_id and item.author_id:
            vals["author_external_id"] = item.author_id
            vals["posted_at"] = _naive(item.posted_at)
            vals["thread_id"] = self.thread_id or item.thread_id
            vals["permalink"] = self.permalink or item.permalink
            vals["media"] = self._media_vals(item)
        elif not item.deleted and (added := self._media_added(item)):
            # What an edit took away stays: it is what the citizen once showed.
            vals["media"] = [*(self.media or []), *added]
        if vals:
            self.write(vals)
        return vals

    def _text_change(self, item):
        """Values for another text of this item; the one not shown becomes a version."""
        edited = _naive(item.edited_at)
        if item.change == "new" and not item.present:
            # What was written first is older than whatever is stored by now: VK and
            # MAX show an edited comment without saying that it was edited.  A
            # tombstone that came before it has no words yet.
            older = bool(self.author_external_id)
        else:
            older = self.edited_at and edited and edited < self.edited_at
        if older:
            self._keep_version(item.text, _naive(item.posted_at))
            return {}
        if self.text:
            self._keep_version(self.text, self.edited_at or self.posted_at)
        return {"text": item.text, "edited_at": edited or fields.Datetime.now()}

    def _keep_version(self, text, at):
        versions = self.version_ids.mapped("text")
        if text and text not in versions:
            self.env["helpdesk.social.message.version"].create(
                {"message_id": self.id, "text": text, "at": at}
            )

    def _follow_item(self, item, author=None):
        """Follow a later state of a stored item; ``author`` if it is known by now.

        Returns what changed.
        """
        changed = self._update_from(item)
        if author and not self.author_id:
            self.author_id = author
        return changed

    # -- from item to ticket -----------------------------------------------------

    def _route(self):
        """Lead incoming messages of one page to their tickets, in their order."""
        # Of a tombstone that came first there is nothing left to answer.
        live = self.filtered(lambda m: m.item_type and not m.deleted_at)
        Ticket = self.env["helpdesk.ticket"]
        for messages in Ticket._led_together(live):
            for message, ticket in Ticket._from_messages(messages):
                message.ticket_id = ticket

    @api.model
    def _note_changes(self, changes):
        """Tell tickets that their authors edited, deleted or restored messages.

        ``changes``: (message, values that changed), in their order.
        """
        notes = []
        for message, changed in changes:
            edited = self.env._("The author edited the message.")
            first = "author_external_id" in changed
            words = {
                "text": edited,
                "deleted_at": (
                    self.env._("The author deleted the message.")
                    if changed.get("deleted_at")
                    else self.env._("The author restored the message.")
                ),
            }
            if not first and "text" not in changed:
                words["media"] = edited
            notes += [
                (message.ticket_id, words[name]) for name in words if name in changed
            ]
        # A log takes one note of each ticket.
        while notes:
            bodies, later = {}, []
            for ticket, body in notes:
                if ticket in bodies:
                    later.append((ticket, body))
                else:
                    bodies[ticket] = body
            self.env["helpdesk.ticket"].union(*bodies)._message_log_batch(
                bodies={ticket.id: body for ticket, body in bodies.items()}
            )
            notes = later


def _naive(instant):
    """An aware UTC instant as Odoo stores it; False for None."""
    return instant.replace(tzinfo=None, microsecond=0) if instant else False
