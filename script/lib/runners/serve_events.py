"""Odoo's server, for events delivered by VK: the Callback API's wire format.

Started with Odoo's options. Where the VK client cannot take delivered events, it is
taught to here, so that the server's side can be measured by itself.
"""

import hmac
import json
import signal
import sys


def teach(module):
    """Let VK's client read ``{type, object, event_id, secret}``."""
    VK = module.client_class("vk")
    if VK.DELIVERS:
        return
    Consequence, Error = module.Consequence, module.NetworkError

    def deliver(self, body, headers):
        try:
            event = json.loads(body)
            secret = event.pop("secret").encode()
        except (ValueError, AttributeError, KeyError):
            raise Error("no event", consequence=Consequence.CONTENT) from None
        if not hmac.compare_digest(secret, self.secrets["webhook_secret"].encode()):
            raise Error("wrong secret", consequence=Consequence.CREDENTIALS)
        return module.Delivery("ok", event, event["event_id"])

    def events(self, payloads, cursor):
        state = self.open_cursor(cursor)
        items, broken = self.parse_all(payloads, self.parser.event)
        return self.batch(state, items, broken)

    VK.DELIVERS, VK.deliver, VK.events = True, deliver, events


def main(arguments):
    if arguments[:1] == ["gevent"]:
        # The process for the live channel, which nobody needs here: kept, since the
        # server would start it again and again.
        signal.pause()
    import odoo.cli  # noqa: F401  # sets up what the server needs
    from odoo.modules.module import initialize_sys_path
    from odoo.service import server
    from odoo.tools import config

    config.parse_config(arguments, setup_logging=True)
    initialize_sys_path()
    from odoo.addons.helpdesk_mgmt_social import networks

    teach(networks)
    return server.start(preload=config["db_name"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
