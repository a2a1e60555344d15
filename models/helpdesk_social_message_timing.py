from odoo import fields, models


class HelpdeskSocialMessage(models.Model):
    """How long a reply took from the decision to the network."""

    _inherit = "helpdesk.social.message"

    publish_seconds = fields.Integer(
        "Published after, s",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From the place in the outbox to the network, in seconds. Empty for what "
        "a person has published or found there.",
    )
    approved_seconds = fields.Integer(
        "Published after the approval, s",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From the last approval of the text to the network, in seconds.",
    )
    is_timed = fields.Boolean(readonly=True, copy=False)

    _timed_idx = models.Index("(account_id, posted_at) WHERE is_timed")

    def _sent(self, external_id, link, at=None):
        """As ever; what the software has sent is timed.

        What a person found on the network, and marked so, says nothing of it.
        """
        if external_id:
            now = at or fields.Datetime.now()
            # Before the reply is followed: that copies the time.
            approved = self.reply_id._approved_at()
            self.write(
                {
                    "is_timed": True,
                    "publish_seconds": _seconds(self.stored_at, now),
                    "approved_seconds": _seconds(approved, now),
                }
            )
        return super()._sent(external_id, link, at)


def _seconds(start, end):
    return max(int((end - start).total_seconds()), 0) if start else 0
