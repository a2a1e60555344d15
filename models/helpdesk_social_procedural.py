from odoo import api, models


class HelpdeskSocialProcedural(models.AbstractModel):
    """A record that only the procedure writes.

    It is created as superuser on behalf of whoever makes a step.  That person's
    context (``default_…``) and saved defaults must have no say in it.
    """

    _name = "helpdesk.social.procedural"
    _description = "Written by the procedure alone"

    @api.model
    def default_get(self, fields):  # pylint: disable=method-required-super
        """The defaults of the model itself, whatever the caller's context says."""
        own = (self._fields[name] for name in fields if name in self._fields)
        return {field.name: field.default(self) for field in own if field.default}
