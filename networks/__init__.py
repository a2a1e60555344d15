"""Wire clients of the social networks: plain Python and ``requests``, no Odoo.

Adding a network is one client module and one line in :data:`NETWORKS`. Nothing
else in the project asks which network it talks to: everything that differs is a
class attribute or a method of the client.

>>> client = client_class("vk")("1", {"access_token": "..."})
>>> for batch in client.updates({}):
...     store(batch.items, batch.cursor)        # one transaction
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from .base import NetworkClient, pause
from .budget import Budget
from .errors import Consequence, NetworkError
from .http import Transport
from .keeping import clean, item_data, item_from, storable
from .links import generic_link
from .values import (
    Attachment,
    Author,
    Batch,
    Delivery,
    Item,
    Limits,
    Outgoing,
    Published,
    SecretName,
    Sent,
    Standing,
    Upload,
    Verdict,
)

#: network key -> "module:class"; imported only when the network is used.
NETWORKS = {
    "vk": "vk:VKClient",
    "ok": "ok:OKClient",
    "max": "max:MAXClient",
}


def client_class(network: str) -> type[NetworkClient]:
    """The client class registered for ``network``.

    Raises ``ValueError`` naming the known networks for an unknown key.
    """
    try:
        module, name = NETWORKS[network].split(":")
    except KeyError:
        known = ", ".join(sorted(NETWORKS))
        raise ValueError(
            f"Unknown social network {network!r}; known: {known}"
        ) from None
    return getattr(import_module(f".{module}", __name__), name)


def network_of_link(url: str) -> str | None:
    """Key of the network whose pages live at the host of ``url``, or None."""
    for network in NETWORKS:
        if client_class(network).owns_link(url):
            return network
    return None


def leads_to_item(url: str) -> bool:
    """Whether a network knows what ``url`` leads to: a message, a post; and neither
    the page nor the profile of anybody, which stands below many messages."""
    network = network_of_link(url)
    return bool(network and client_class(network).permalink_key(url))


@lru_cache(maxsize=512)
def normalise_link(url: str) -> str:
    """One canonical key for all the spellings of a link.

    A link to something a network knows becomes that network's key (such as
    ``vk:wall-1_2_r3``); any other link becomes its generic form without scheme,
    fragment and campaign parameters. Two links with the same key lead to the same
    message. An empty text stays empty.
    """
    network = network_of_link(url)
    key = client_class(network).permalink_key(url) if network else None
    return key or generic_link(url)


__all__ = [
    "NETWORKS",
    "Attachment",
    "Author",
    "Batch",
    "Budget",
    "Consequence",
    "Delivery",
    "Item",
    "Limits",
    "NetworkClient",
    "NetworkError",
    "Outgoing",
    "Published",
    "SecretName",
    "Sent",
    "Standing",
    "Transport",
    "Upload",
    "Verdict",
    "clean",
    "client_class",
    "item_data",
    "item_from",
    "leads_to_item",
    "network_of_link",
    "normalise_link",
    "pause",
    "storable",
]
