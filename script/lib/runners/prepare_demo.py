"""Make Russian the interface language of a database with demo data."""

env = globals()["env"]

russian = env["res.lang"]._activate_lang("ru_RU")
env["ir.default"].set("res.partner", "lang", russian.code)
users = env["res.users"].with_context(active_test=False).search([])
users.write({"lang": "ru_RU"})
if "odoobot_state" in users._fields:
    # The bot's greeting would cover a phone's whole screen at the first login.
    users.write({"odoobot_state": "disabled"})
env["res.company"].search([]).partner_id.write({"lang": "ru_RU"})
# Else the first visitor waits at a blank page while they are made.
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
