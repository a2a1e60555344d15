"""Where things are: the checkout and the cache."""

import hashlib
import json
import os
from pathlib import Path

#: The technical name of the addon; Odoo takes it from the folder's name, so it
#: sees the checkout through a link of this name.
ADDON = "helpdesk_mgmt_social"

CHECKOUT = Path(__file__).resolve().parents[3]
SCRIPTS = CHECKOUT / "script"

CACHE = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / ADDON
)
_KEY = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]

#: Everything that belongs to this checkout alone.
STATE = CACHE / "checkouts" / _KEY
LOGS = STATE / "logs"
ADDONS_LINK = STATE / "addons" / ADDON

#: Bytes that a Unix socket's address may have, less PostgreSQL's file name.
_SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432")


def socket_dir():
    """The folder of the private PostgreSQL's socket.

    It lies beside the cluster unless the path is too long for a socket.
    """
    beside = STATE / "run"
    if len(os.fsencode(beside)) <= _SOCKET_LIMIT:
        return beside
    return Path("/tmp") / f"{ADDON}-{os.getuid()}-{_KEY}"


def make_state():
    """Make the folders of this checkout and the link under which Odoo sees it."""
    for folder in (STATE, LOGS, ADDONS_LINK.parent, STATE / "data"):
        folder.mkdir(parents=True, exist_ok=True)
    (STATE / "checkout.json").write_text(json.dumps({"path": str(CHECKOUT)}))
    if not ADDONS_LINK.is_symlink() or ADDONS_LINK.readlink() != CHECKOUT:
        ADDONS_LINK.unlink(missing_ok=True)
        ADDONS_LINK.symlink_to(CHECKOUT, target_is_directory=True)


def digest(*parts):
    """A short name for what something is made from."""
    sha = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        sha.update(len(data).to_bytes(8, "big"))
        sha.update(data)
    return sha.hexdigest()[:12]
