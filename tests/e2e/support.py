"""What the browser tests share: a server, people with browsers, pictures."""

import os
import re
import time
from pathlib import Path

import requests
from devenv import testkit
from playwright.sync_api import expect

#: Longest wait for anything on a page, in milliseconds
PATIENCE = 20_000
#: and for the server to put together scripts and styles for the first visitor
BUNDLES = 90_000
#: A message comes by the scheduled action, which runs every minute.
FETCH_SECONDS = 90

DESK = {"viewport": {"width": 1366, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
#: What Chromium writes to the console when there is no connection
_NO_CONNECTION = re.compile(
    r"net::ERR_(INTERNET_DISCONNECTED|NETWORK_CHANGED|FAILED|ABORTED)"
    r"|ConnectionLostError|Connection to .* couldn't be established|Failed to fetch"
)

expect.set_options(timeout=PATIENCE)


def screenshots():
    """The folder for pictures."""
    folder = Path(os.environ.get("E2E_SCREENSHOTS") or testkit.artifacts())
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("failed-*.png"):
        old.unlink()
    return folder


def descendants(pid):
    """The processes that a process has started, and those they have started."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text()
            except OSError:
                continue
            # The name in parentheses may hold anything.
            parent = int(status.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        for child in children.get(queue.pop(), []):
            found.append(child)
            queue.append(child)
    return found


def runs(pid):
    """Whether a process runs; one that has ended and was not asked for does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def commands(pids):
    """The command lines of processes, for messages."""
    lines = []
    for pid in pids:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        lines.append(f"{pid}: {b' '.join(words).decode(errors='replace')}")
    return "\n".join(lines)


class Ground:
    """The sandbox's control interface."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def wall(self, group=1):
        """The posts and comments of a page."""
        answer = self.session.get(f"{self.url}/sandbox/world", timeout=20)
        answer.raise_for_status()
        return answer.json()["groups"][str(group)]

    def comment_with(self, text, group=1):
        """The one comment with this text."""
        found = [c for c in self.wall(group)["comments"].values() if c["text"] == text]
        assert len(found) == 1, found
        return found[0]

    def official_answers(self, comment, group=1):
        """What the page has answered below a comment."""
        return [
            answer
            for answer in self.wall(group)["comments"].values()
            if answer["from_id"] == -group
            and comment["id"] in (answer["reply_to"], answer["thread"])
        ]


class Person:
    """Somebody at a browser of their own; what the console says is collected."""

    def __init__(self, browser, name, base, device, pictures):
        self.name = name
        self.base = base
        self.pictures = pictures
        self.errors = []
        self.cut = False
        self.touch = device.get("has_touch", False)
        self.context = browser.new_context(
            locale="ru-RU", timezone_id="Asia/Yekaterinburg", **device
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = None
        self.open_page()

    def open_page(self):
        """Open a new tab, in place of the present one."""
        old, self.page = self.page, self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._error(str(error)))
        if old:
            old.close(run_before_unload=False)

    def _console(self, message):
        if message.type == "error":
            where = message.location.get("url", "")
            self._error(f"{message.text} ({where})")

    def _error(self, text):
        if not (self.cut and _NO_CONNECTION.search(text)):
            self.errors.append(f"{self.name}: {text}")

    def go(self, path):
        """Open an address of the server."""
        self.page.goto(f"{self.base}{path}")

    def address(self):
        """Address of the open record; it shows a moment after the form."""
        self.page.wait_for_url(re.compile(r"/odoo/[^?]*/\d+(\?|$)"))
        return self.page.url

    def log_in(self, password=None):
        """Log in on the real page."""
        self.go("/web/login")
        self.page.locator("input[name=login]").fill(self.name)
        self.page.locator("input[name=password]").fill(password or self.name)
        self.page.locator("form.oe_login_form button[type=submit]").click()
        # Whoever comes first waits while the server puts the programs together.
        self.ready(BUNDLES)

    def ready(self, milliseconds=PATIENCE):
        """Wait until the application stands."""
        bar = self.page.locator(".o_main_navbar")
        expect(bar).to_be_visible(timeout=milliseconds)

    def press(self, locator):
        """Click, or tap on a phone."""
        if self.touch:
            locator.tap()
        else:
            locator.click()

    def button(self, name, within="body"):
        """The visible button of this name."""
        return self.page.locator(within).locator(f"button[name={name}]:visible").first

    def do(self, name, within="body"):
        """Press the button of this name."""
        self.press(self.button(name, within))

    def lose_connection(self):
        """From here on nothing reaches the server."""
        self.cut = True
        self.context.set_offline(True)

    def find_connection(self):
        """The connection is back."""
        self.context.set_offline(False)

    def choose(self, field, text, within=".modal"):
        """Type into a field of records and take what is offered."""
        box = self.page.locator(f"{within} [name={field}]").last.locator("input").first
        if self.touch:
            # A phone shows the records in a window of their own.
            box.tap()
            offered = self.page.locator(".modal .o_kanban_record")
        else:
            box.fill(text)
            offered = self.page.locator(
                ".o-autocomplete--dropdown-item:not(.o_m2o_no_result)"
            )
        self.press(offered.filter(has_text=text).first)

    def reload_until(self, path, condition, seconds, what):
        """Open an address again and again until a condition holds."""
        deadline = time.monotonic() + seconds
        while True:
            self.go(path)
            self.ready()
            if condition():
                return
            assert time.monotonic() < deadline, f"{self.name}: no {what} in {seconds} s"
            self.page.wait_for_timeout(2000)

    def picture(self, name):
        """Keep a picture of what is on the screen."""
        path = self.pictures / f"{name}.png"
        self.page.screenshot(path=str(path))

    def shows(self, locator, milliseconds=4000):
        """Whether something shows within a moment."""
        try:
            expect(locator.first).to_be_visible(timeout=milliseconds)
        except AssertionError:
            return False
        return True
