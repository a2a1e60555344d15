from odoo import api, fields, models


class HelpdeskSocialAccount(models.Model):
    """What networks' clients say in codes, in sentences for people.

    A new code of a client needs one line here; without it people read the network's
    own words.
    """

    _inherit = "helpdesk.social.account"

    keys_help = fields.Char("Where the keys are", compute="_compute_network_help")
    network_help = fields.Char("About this network", compute="_compute_network_help")

    @api.depends("network")
    def _compute_network_help(self):
        places = self._key_places()
        by_hand = self.env._(
            "The software does not read this network and does not publish on it: "
            "messages are entered by hand or imported, and replies are published by "
            "hand, with the text and the link offered."
        )
        for account in self:
            spoken = account._has_client()
            account.keys_help = spoken and places.get(account.network)
            account.network_help = False if spoken else by_hand

    @api.model
    def _key_places(self):
        """Where a network gives out its keys, by network."""
        return {
            "vk": self.env._(
                "Access token: on VK, Manage community → Settings → API usage → "
                "Access tokens, with the rights to manage, messages, photos, "
                "documents and wall. "
                "Service key: dev.vk.com → My apps → an application of the "
                "administration → Service token; it lets the wall be read. "
                "User token: an administrator's of the community; it lasts an hour "
                "and is needed only for replies in discussions and under photos and "
                "videos."
            ),
            "ok": self.env._(
                "Access token of the group: on Odnoklassniki, the group's settings → "
                "Messages → Bot API key. Application key and its secret key: from the "
                "letter that Odnoklassniki sends when an application of the "
                "administration is registered (apiok.ru)."
            ),
            "max": self.env._(
                "Access token: business.max.ru → Chat bots → the bot of the "
                "administration → Integration. The bot must be an administrator of "
                "the channel. The interface of MAX shows a certificate of the Russian "
                "state authority: enter it below if the check speaks of certificates."
            ),
        }

    # -- verdicts of a check -----------------------------------------------------

    @api.model
    def _verdict_subjects(self):
        """What a client checks, by :attr:`Verdict.subject`."""
        return {
            "access_token": self.env._("Access token"),
            "application": self.env._("Keys of the application"),
            "callback": self.env._("Delivery of events to our address"),
            "community_token": self.env._("Access token of the community"),
            "delivery": self.env._("Delivery of events"),
            "discussions": self.env._("Discussions"),
            "long_poll": self.env._("Delivery of events (Long Poll)"),
            "mentions": self.env._("Mentions"),
            "page": self.env._("The page itself"),
            "photos": self.env._("Comments on photos"),
            "private_messages": self.env._("Private messages"),
            "rights": self.env._("Rights of the token"),
            "service_key": self.env._("Service key"),
            "topics": self.env._("Discussions"),
            "user_token": self.env._("User token"),
            "videos": self.env._("Comments on videos"),
        }

    @api.model
    def _verdict_reasons(self):
        """What is wrong, by :attr:`Verdict.code`."""
        return {
            "callback_denied": self.env._("the network refuses it"),
            "callback_missing": self.env._("our server is not in the settings"),
            "callback_unconfirmed": self.env._("the address is not confirmed"),
            "delivery_elsewhere": self.env._("they go to an address of somebody else"),
            "delivery_unknown": self.env._("the network did not tell"),
            "discussions_denied": self.env._("the network refuses to show them"),
            "group_unknown": self.env._("there is no such group"),
            "keys_missing": self.env._("not entered"),
            "long_poll_denied": self.env._("the network refuses it"),
            "long_poll_disabled": self.env._("switched off in the community"),
            "long_poll_events_missing": self.env._("not all events are delivered"),
            "mentions_denied": self.env._("the network refuses to show them"),
            "messages_denied": self.env._("the network refuses to show them"),
            "page_denied": self.env._("the network does not show it"),
            "page_is_dialogue": self.env._("it is a private dialogue"),
            "page_left": self.env._("the bot has left it or was removed from it"),
            "photos_denied": self.env._("the network refuses to show them"),
            "rights_missing": self.env._("rights are missing"),
            "rights_unknown": self.env._("the network did not tell the rights"),
            "service_key_missing": self.env._("not entered"),
            "token_invalid": self.env._("the network does not accept it"),
            "token_missing": self.env._("not entered"),
            "token_other_community": self.env._("it belongs to another community"),
            "topics_denied": self.env._("the network refuses to show them"),
            "user_token_denied": self.env._("the network does not accept it"),
            "user_token_missing": self.env._("not entered"),
            "videos_denied": self.env._("the network refuses to show them"),
            "wall_denied": self.env._("the wall cannot be read with it"),
        }

    @api.model
    def _verdict_endings(self):
        """What is wrong, by the last word of a code that has no sentence of its own."""
        return {
            "denied": self.env._("the network refuses it"),
            "disabled": self.env._("switched off on the network"),
            "expired": self.env._("its time is over"),
            "invalid": self.env._("the network does not accept it"),
            "missing": self.env._("not entered, or not there"),
            "unavailable": self.env._("not available just now"),
            "unknown": self.env._("the network did not tell"),
        }

    @api.model
    def _verdict_sentence(self, verdict):
        """A verdict of the client in the reader's language."""
        subject = self._verdict_subjects().get(verdict.subject)
        subject = subject or verdict.subject.replace("_", " ").capitalize()
        if verdict.ok:
            return self.env._("✓ %s: works", subject)
        return f"✗ {subject}: {self._verdict_reason(verdict)}"

    @api.model
    def _verdict_reason(self, verdict):
        words = self._verdict_reasons().get(verdict.code)
        if not words:
            ending = verdict.code.rpartition("_")[2]
            words = self._verdict_endings().get(ending, verdict.code.replace("_", " "))
        return f"{words} ({verdict.detail})" if verdict.detail else words
