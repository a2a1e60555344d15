"""Ids and keys of the page on Odnoklassniki; made up, and protecting nothing."""

GROUP = "50000000000001"
TOKEN = "sandbox-ok-token-1"
APPLICATION_KEY = "sandbox-ok-key"
APPLICATION_SECRET = "sandbox-ok-secret"

TOPIC = "GROUP_TOPIC"
TEXT_LIMIT = 4096
ATTACHMENT_LIMIT = 5

#: People have one id in the town and another, longer one on Odnoklassniki.
_UIDS = 570_000_000_000


def uid(person):
    """Return the id of a person of the town on Odnoklassniki."""
    return str(_UIDS + int(person))


def person(uid_text):
    """Return the id in the town for an id on Odnoklassniki (`user:` may precede)."""
    return int(str(uid_text).removeprefix("user:")) - _UIDS
