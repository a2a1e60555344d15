"""Methods `groups.*Callback*`: the servers of a client that get events.

A server gets nothing before it has answered the confirmation request with the code of
`groups.getCallbackConfirmationCode`. Its states: `unconfigured`, `wait` (asked, not yet
answered), `ok`, `failed` (answered wrongly, or too many deliveries failed).
"""

from urllib.parse import urlsplit

from .. import constants
from .errors import ApiError, invalid
from .groups import EVENT_NAMES, own_group

SERVER_LIMIT = 10
#: Kind of the request that asks a server for the code.
CONFIRMATION = "confirmation"


def get_confirmation_code(call):
    """groups.getCallbackConfirmationCode."""
    return {"code": own_group(call)["callback"]["code"]}


def _server(call, group, required=True):
    """Return the server in `server_id`; without one, where allowed, the first."""
    servers = group["callback"]["servers"]
    if required:
        call.parameters.required("server_id")
    number = call.parameters.integer("server_id", minimum=0)
    if number is None and servers:
        return next(iter(servers.values()))
    found = servers.get(str(number))
    if not found:
        raise ApiError(104)
    return found


def _address(call):
    """Return `url`, `title` and `secret_key` as they are kept."""
    read = call.parameters
    url = read.required("url").strip()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("url is invalid")
    title = read.required("title")
    if len(title) > 14:
        raise invalid("title is too long")
    secret = read.text("secret_key")
    if len(secret) > 50:
        raise invalid("secret_key is too long")
    return {"url": url, "title": title, "secret_key": secret}


def _shown(server):
    names = ("id", "title", "creator_id", "url", "secret_key", "status")
    return {name: server[name] for name in names}


def get_servers(call):
    """groups.getCallbackServers."""
    wanted = call.parameters.integers("server_ids")
    servers = own_group(call)["callback"]["servers"].values()
    items = [_shown(s) for s in servers if not wanted or s["id"] in wanted]
    return {"count": len(items), "items": items}


def add_server(call):
    """groups.addCallbackServer: VK asks it for the code at once."""
    group = own_group(call)
    callback = group["callback"]
    address = _address(call)
    if len(callback["servers"]) >= SERVER_LIMIT:
        raise ApiError(2000)
    person = call.token.kind == constants.USER
    server = {
        "id": callback["next_server"],
        "creator_id": call.token.owner if person else constants.PAGE_EDITOR,
        **address,
        "status": "unconfigured",
        "api_version": constants.VK_VERSION,
        # A new server gets nothing until events are chosen.
        "subscribed": [],
        "failures": 0,
    }
    callback["next_server"] += 1
    callback["servers"][str(server["id"])] = server
    confirm(call.world, group, server)
    return {"server_id": server["id"]}


def edit_server(call):
    """groups.editCallbackServer: it has to be confirmed again."""
    group = own_group(call)
    server = _server(call, group)
    server.update(_address(call))
    confirm(call.world, group, server)
    return 1


def confirm(world, group, server):
    """Ask a server for the code."""
    server.update(status="wait", failures=0)
    world.changed()
    for listener in world.listeners:
        listener(group, CONFIRMATION, server)


def delete_server(call):
    """groups.deleteCallbackServer."""
    group = own_group(call)
    server = _server(call, group)
    del group["callback"]["servers"][str(server["id"])]
    call.world.changed()
    return 1


def get_settings(call):
    """groups.getCallbackSettings."""
    server = _server(call, own_group(call), required=False)
    chosen = {name: int(name in server["subscribed"]) for name in EVENT_NAMES}
    return {"api_version": server["api_version"], "events": chosen}


def set_settings(call):
    """groups.setCallbackSettings: what is not passed stays as it was."""
    read = call.parameters
    server = _server(call, own_group(call), required=False)
    server["api_version"] = read.text("api_version") or server["api_version"]
    server["subscribed"] = [
        name for name in EVENT_NAMES if read.flag(name, name in server["subscribed"])
    ]
    call.world.changed()
    return 1


METHODS = {
    "groups.getCallbackConfirmationCode": get_confirmation_code,
    "groups.getCallbackServers": get_servers,
    "groups.addCallbackServer": add_server,
    "groups.editCallbackServer": edit_server,
    "groups.deleteCallbackServer": delete_server,
    "groups.getCallbackSettings": get_settings,
    "groups.setCallbackSettings": set_settings,
}
