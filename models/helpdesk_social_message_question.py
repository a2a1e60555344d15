from odoo import models


class HelpdeskSocialMessage(models.Model):
    """Rows of the outbox that are questions to the author, not replies."""

    _inherit = "helpdesk.social.message"

    def _questions(self):
        """Those of these rows that ask the author."""
        return self.filtered(lambda row: row.reply_id.kind == "clarification")

    def _check_waiting(self):
        """A question may go out, or be settled by a person, while work goes on."""
        questions = self._questions()
        if questions:
            tickets = questions.ticket_id
            tickets._check_curator()
            tickets._require_open(self.env._("Asking the author"))
        if self - questions:
            return super(HelpdeskSocialMessage, self - questions)._check_waiting()
        return None

    def _claim(self, now):
        """Remember since when the question may be on the network: from then on the
        author may have answered it.  A try that surely failed does not count."""
        claimed = super()._claim(now)
        if claimed and self._questions() and self.outbox_state == "sending":
            self.first_attempt_at = now
        return claimed

    def _failure_words(self):
        if self._questions():
            return self.env._("The question was not sent. %s", self.problem)
        return super()._failure_words()
