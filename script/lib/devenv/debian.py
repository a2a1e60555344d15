"""Odoo 19 from Debian's package, unpacked without installing it.

Odoo is on no Python package index. Debian's unstable suite has it; a private apt
configuration fetches it from the mirror that the machine uses anyway, without any
change to the system and with the signatures checked.
"""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from . import ui
from .artifacts import artifact
from .paths import CACHE, digest
from .ui import Fail

#: The package with the siblings that its static files link into. The fonts of
#: Font Awesome come from the stable suite: later releases lack the files.
PACKAGES = [
    "odoo-19/unstable",
    "libjs-jquery/unstable",
    "libjs-jquery-form/unstable",
    "libjs-underscore/unstable",
    "fonts-inconsolata/unstable",
    "fonts-roboto-unhinted/unstable",
    "fonts-montserrat/unstable",
    "fonts-ocr-b/unstable",
    "fonts-font-awesome/stable",
]

#: A bundle of the mail addon names this file, which is not free software and so
#: not in the package. Without it browsers report an error on every page.
MISSING_ASSET = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"

#: A suite of Debian itself, not of a security or third-party archive
_SUITES = re.compile(
    r"^(?:stable|testing|unstable|sid|oldstable|buster|bullseye|bookworm|trixie"
    r"|forky|duke)(?:-updates)?/?$"
)
#: Where Debian keeps the keys of its own archive
_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
_INSTEAD = "or set ODOO_HOME to a folder with the sources of Odoo 19"


def unpacked():
    """Return the folder with Debian's Odoo 19, fetched if need be."""
    return artifact("odoo", digest(*PACKAGES, MISSING_ASSET), _build)


def python_path(folder):
    """The folder of the Python packages within what :func:`unpacked` returns."""
    return folder / "usr" / "lib" / "python3" / "dist-packages"


def _build(folder):
    for tool in ("apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            raise Fail(
                f"no {tool} on this {platform.system()}: use a Debian machine,"
                f" {_INSTEAD}"
            )
    log = CACHE / "logs" / "setup.log"
    apt = folder / ".apt"
    debs = apt / "debs"
    config = _private_apt(apt)
    debs.mkdir()
    env = {"APT_CONFIG": str(config), "LC_ALL": "C.UTF-8"}
    hint = (
        f"check the network and the machine's apt sources, then start again, {_INSTEAD}"
    )
    _run("Reading Debian's package lists", ["apt-get", "update"], log, env, apt, hint)
    _run(
        "Fetching Odoo 19 (130 MB)",
        ["apt-get", "download", *PACKAGES],
        log,
        env,
        debs,
        hint,
    )
    progress = ui.Progress("Unpacking Odoo 19")
    hint = "free some disk space (2 GB are needed) and start again"
    for deb in sorted(debs.glob("*.deb")):
        try:
            subprocess.run(
                ["dpkg-deb", "-x", deb, folder],
                check=True,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
        except subprocess.CalledProcessError as error:
            raise Fail(
                f"unpacking {deb.name} failed ({error.stderr.strip()}); {hint}"
            ) from error
        progress.tick()
    progress.done()
    asset = python_path(folder) / MISSING_ASSET
    if not asset.exists():
        asset.parent.mkdir(parents=True, exist_ok=True)
        asset.write_text("/* Not free software: left out of Debian's package. */\n")
    shutil.rmtree(apt)


def _run(title, command, log, env, cwd, hint):
    ui.run_logged(title, command, log, env={**os.environ, **env}, cwd=cwd, hint=hint)


def _private_apt(folder):
    """Write an apt configuration that touches nothing outside ``folder``."""
    uri, options = machine_mirror()
    for name in ("lists/partial", "cache/archives/partial", "empty"):
        (folder / name).mkdir(parents=True)
    (folder / "sources.list").write_text(
        "".join(
            f"deb {options}{uri} {suite} main\n" for suite in ("unstable", "stable")
        )
    )
    config = folder / "apt.conf"
    config.write_text(
        f'Dir::Etc::sourcelist "{folder}/sources.list";\n'
        f'Dir::Etc::sourceparts "{folder}/empty";\n'
        f'Dir::Etc::preferences "{folder}/none";\n'
        f'Dir::Etc::preferencesparts "{folder}/empty";\n'
        f'Dir::State "{folder}";\n'
        f'Dir::State::Lists "{folder}/lists";\n'
        'Dir::State::status "/var/lib/dpkg/status";\n'
        f'Dir::Cache "{folder}/cache";\n'
        'Acquire::Languages "none";\n'
        'Acquire::Retries "3";\n'
        # The lists are the user's: root must not hand them to apt's own user,
        # who cannot look into a home folder.
        'APT::Sandbox::User "";\n'
        "#clear APT::Update::Post-Invoke;\n"
        "#clear APT::Update::Post-Invoke-Success;\n"
    )
    return config


def machine_mirror(root=Path("/etc/apt")):
    """The Debian mirror of the machine's own apt sources.

    Reads both formats, one-line ``.list`` and deb822 ``.sources``.

    :return: (address, options in brackets with a trailing space or "")
    """
    candidates = []
    for path in [root / "sources.list", *sorted(root.glob("sources.list.d/*"))]:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if path.suffix == ".list":
            candidates += _one_line_sources(text)
        elif path.suffix == ".sources":
            candidates += _deb822_sources(text)
    for uri, suites, components, signed_by in candidates:
        if "main" in components and any(map(_SUITES.match, suites)):
            # A source may carry its key within itself, or leave it to the machine.
            signed_by = signed_by or (_KEYS if Path(_KEYS).exists() else None)
            options = f"[signed-by={signed_by}] " if signed_by else ""
            return uri, options
    raise Fail(
        f"no Debian mirror in {root}/sources.list or {root}/sources.list.d:"
        f" use a Debian machine, {_INSTEAD}"
    )


def _one_line_sources(text):
    """``deb [signed-by=KEY] URI SUITE COMPONENT...``, one source a line."""
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+([^#]*)", line)
        if match:
            options, uri, suite, components = match.groups()
            signed_by = re.search(r"signed-by=(\S+)", options or "")
            yield uri, [suite], components.split(), signed_by and signed_by[1]


def _deb822_sources(text):
    """Stanzas of ``Field: value`` with continuation lines."""
    text = re.sub(r"(?m)^#.*\n?", "", text)
    for stanza in re.split(r"\n\s*\n", text):
        fields = {
            name.lower(): " ".join(value.split())
            for name, value in re.findall(
                r"(?m)^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza
            )
        }
        if fields.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        if "deb" not in fields.get("types", "").split():
            continue
        signed_by = fields.get("signed-by", "")
        signed_by = signed_by if signed_by.startswith("/") else None
        for uri in fields.get("uris", "").split():
            yield (
                uri,
                fields.get("suites", "").split(),
                fields.get("components", "").split(),
                signed_by,
            )
