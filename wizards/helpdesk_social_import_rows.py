"""The rows of an import: read, recognised, stored."""

import re
from zoneinfo import ZoneInfo

from odoo import fields

from ..models.helpdesk_ticket_receive import NEAR, TELLING, same_words
from ..networks import normalise_link
from ..tables import day_first, instant, plain
from .helpdesk_social_import_store import Storing

#: Longest text that a network or a system exports.
TEXT = 100_000
HOST = re.compile(r"^(www\.)?[\w-]+(\.[\w-]+)+/\S+$")
#: What systems call the values of our selections, besides their labels.
WORDS = {
    "network": {
        "вк": "vk",
        "vkontakte": "vk",
        "вконтакте": "vk",
        "ок": "ok",
        "одноклассники": "ok",
        "макс": "max",
        "телеграм": "telegram",
        "телеграмм": "telegram",
    },
    "importance": {
        "средняя": "normal",
        "низкая": "normal",
        "высокая": "high",
        "критическая": "life_safety",
        "чрезвычайная": "life_safety",
    },
}


def import_fields(env):
    """What a column may be, by key."""
    return {
        "link": env._("Link to the message"),
        "text": env._("Citizen's words"),
        "author": env._("Author"),
        "author_url": env._("Author's page"),
        "received": env._("Received: date, or date and time"),
        "received_time": env._("Received: time"),
        "source_number": env._("Number in the source"),
        "due": env._("Deadline set by the source"),
        "network": env._("Network"),
        "topic": env._("Topic"),
        "place": env._("Location"),
        "importance": env._("Importance"),
        "page_owner": env._("Whose page"),
        "kind": env._("Kind"),
    }


def check_columns(env, columns, table):
    """Why nothing can be read under these columns; None where it can."""
    used = [column for column in columns if column]
    labels = import_fields(env)
    for column in used:
        if used.count(column) > 1:
            return env._("Two columns are «%s»: choose one.", labels[column])
    if "link" not in used and "text" not in used:
        return env._("Say which column is the link or the words of the citizen.")
    if len(columns) != len(table.header):
        return env._("The file is another one by now: read it anew.")
    return None


class RowError(Exception):
    """A row that is not imported: the field that is wrong, and why."""


class Rows(Storing):
    """The rows of one file under the columns that a person has chosen.

    After :meth:`read`: ``good`` has the ticket each row meets, or None for a new one;
    ``bad`` the column and reason of each row left out; ``notes`` what is left out of
    rows that are imported, and of which.  :meth:`store` fills ``stored``: id and
    outcome.
    """

    def __init__(self, wizard, table, columns):
        self.wizard, self.table, self.columns = wizard, table, columns
        self.env = wizard.env
        self.problem = None
        self.vals, self.good, self.bad, self.notes = {}, {}, {}, {}
        self.twins, self.stored, self.authors = {}, {}, {}
        self.labels = import_fields(self.env)
        self.now = fields.Datetime.now()

    # -- reading -----------------------------------------------------------------

    def read(self):  # pylint: disable=method-required-super
        """Read every row, then look which messages were received before."""
        company = self.wizard.company_id
        # sudo: only for its zone.
        act = company.sudo().social_regulation_id
        self.tz = ZoneInfo(act.tz or company.sudo().partner_id.tz or "Europe/Moscow")
        self.days_first = {
            name: day_first(
                row[self.columns.index(name)] for _n, row in self.table.rows
            )
            for name in ("received", "due")
            if name in self.columns
        }
        self.books = {name: self._book(name) for name in ("topic", "place")}
        for number, row in self.table.rows:
            cells = {
                name: cell
                for name, cell in zip(self.columns, row, strict=True)
                if name and cell not in (None, "")
            }
            try:
                self.vals[number] = self._row(number, cells)
            except RowError as error:
                name, reason = error.args
                self.bad[number] = (self.labels[name], reason)
        self._recognise()

    def _row(self, number, cells):
        env = self.env
        link = self._link(plain(cells.get("link")))
        text = plain(cells.get("text"))
        if not link and not text:
            name = "link" if "link" in self.columns else "text"
            raise RowError(name, env._("Neither a link nor words."))
        if len(text) > TEXT:
            raise RowError("text", env._("The text is too long for a message."))
        received_at = self._instant("received", cells)
        if "received" in self.columns and not received_at:
            raise RowError("received", env._("No date."))
        if received_at and received_at > self.now:
            raise RowError("received", env._("The date lies in the future."))
        network = self._choice("network", cells)
        found = env["helpdesk.social.account"]._network_of_link(link)
        vals = {
            "permalink": link,
            "permalink_key": normalise_link(link) if link else False,
            "original_text": text,
            "network": found or network,
            "received_at": received_at or self.now,
            "importance": self._choice("importance", cells),
            "page_owner": self._choice("page_owner", cells) or self.wizard.page_owner,
            "kind": self._choice("kind", cells) or self.wizard.kind,
            "intake": self.wizard.intake,
            "company_id": self.wizard.company_id.id,
            "category_id": self._named(number, "topic", cells),
            "territory_id": self._named(number, "place", cells),
        }
        return {
            "vals": {name: value for name, value in vals.items() if value},
            "author": plain(cells.get("author"))[:200],
            "author_url": plain(cells.get("author_url")),
            "source_number": plain(cells.get("source_number"))[:100],
            "due": self._instant("due", cells),
        }

    def _link(self, link):
        if not link or re.match(r"https?://\S+$", link, re.IGNORECASE):
            return link
        if HOST.match(link):
            return f"https://{link}"
        raise RowError("link", self.env._("«%s» is no link.", link[:80]))

    def _instant(self, name, cells):
        clock = cells.get("received_time") if name == "received" else None
        try:
            moment = instant(
                cells.get(name),
                self.tz,
                clock,
                days_first=self.days_first.get(name, True),
            )
        except (ValueError, OverflowError) as error:
            shown = plain(cells.get(name))[:40]
            raise RowError(name, self.env._("«%s» is no date.", shown)) from error
        return moment.replace(tzinfo=None) if moment else None

    def _choice(self, name, cells):
        """The value of a selection by its label or by what systems call it."""
        word = plain(cells.get(name)).lower()
        if not word:
            return None
        field = self.env["helpdesk.ticket"]._fields[name]
        known = dict(WORDS.get(name, {}))
        for value, label in field._description_selection(self.env):
            known[label.lower()] = known[value] = value
        if word in known:
            return known[word]
        labels = ", ".join(
            label for _value, label in field._description_selection(self.env)
        )
        raise RowError(
            name,
            self.env._(
                "«%(word)s» is unknown; there are: %(known)s.", word=word, known=labels
            ),
        )

    def _book(self, name):
        """Ids of a reference book by name, in lower case."""
        model = {
            "topic": "helpdesk.ticket.category",
            "place": "helpdesk.social.territory",
        }[name]
        company = self.wizard.company_id
        records = self.env[model].search([("company_id", "in", [company.id, False])])
        return {record.name.strip().lower(): record.id for record in records}

    def _named(self, number, name, cells):
        word = plain(cells.get(name))
        found = self.books[name].get(word.lower())
        if word and not found:
            note = self.env._("«%s» is not in the list: left empty.", word[:60])
            self.notes.setdefault((self.labels[name], note), []).append(number)
        return found

    # -- received before ---------------------------------------------------------

    def _recognise(self):
        """Find the tickets of rows met before, and rows of one message."""
        Ticket = self.env["helpdesk.ticket"].sudo()  # sudo: colleagues' count, too.
        company = self.wizard.company_id
        by_key = self._tickets_by_key(Ticket, company)
        by_number = self._tickets_by_number(company)
        by_words = self._tickets_by_words(Ticket, company)
        first = {}
        for number, row in self.vals.items():
            key = row["vals"].get("permalink_key")
            source = row["source_number"]
            numbered, linked = by_number.get(source), by_key.get(key)
            if numbered and (linked or key) and numbered != linked:
                if linked or numbered.permalink_key:
                    self.bad[number] = (
                        self.labels["source_number"],
                        self.env._(
                            "The number is that of message %s, which has another link.",
                            numbered.number,
                        ),
                    )
                    continue
            met = numbered or linked or self._same(row, by_words)
            names = [("number", source), ("link", key)]
            if not met:
                names += [("words", words) for words in self._words_keys(row)]
            names = [name for name in names if name[1]]
            twin = next((first[name] for name in names if name in first), None)
            if twin is not None:
                self.twins[number] = twin
            for name in names:
                first.setdefault(name, number if twin is None else twin)
            self.good[number] = met or (Ticket if twin is not None else None)

    def _tickets_by_key(self, Ticket, company):
        keys = [row["vals"].get("permalink_key") for row in self.vals.values()]
        tickets = Ticket.search_fetch(
            [
                ("is_social", "=", True),
                ("company_id", "=", company.id),
                ("permalink_key", "in", [key for key in keys if key]),
            ],
            ["permalink_key", "number"],
        )
        return {ticket.permalink_key: ticket for ticket in tickets}

    def _tickets_by_number(self, company):
        numbers = [row["source_number"] for row in self.vals.values()]
        # sudo: as above.
        rows = self.env["helpdesk.social.intake"].sudo()
        rows = rows.search(
            [
                ("company_id", "=", company.id),
                ("intake", "=", self.wizard.intake),
                ("source_number", "in", [number for number in numbers if number]),
            ]
        )
        return {row.source_number: row.ticket_id for row in rows}

    def _tickets_by_words(self, Ticket, company):
        """Tickets of about the time of the rows, by their words."""
        moments = [row["vals"]["received_at"] for row in self.vals.values()]
        if not moments or self.wizard.same_words == "new":
            return {}
        tickets = Ticket.search_fetch(
            [
                ("is_social", "=", True),
                ("company_id", "=", company.id),
                ("received_at", ">=", min(moments) - NEAR),
                ("received_at", "<=", max(moments) + NEAR),
            ],
            ["original_text", "author_id", "received_at", "permalink_key", "number"],
        )
        found = {}
        for ticket in tickets:
            words = same_words(ticket.original_text)
            if words:
                found.setdefault(words, []).append(ticket)
        return found

    def _same(self, row, by_words):
        vals, name = row["vals"], row["author"].lower()
        words = same_words(vals.get("original_text"))
        for ticket in by_words.get(words, ()):
            if vals.get("permalink_key") and ticket.permalink_key:
                continue
            if abs(ticket.received_at - vals["received_at"]) > NEAR:
                continue
            other = (ticket.author_id.name or "").strip().lower()
            if (name == other) if name and other else len(words) >= TELLING:
                return ticket
        return None

    def _words_keys(self, row):
        """What makes two rows without links one message."""
        words = same_words(row["vals"].get("original_text"))
        if self.wizard.same_words == "new" or row["vals"].get("permalink_key"):
            return []
        if not words or not (row["author"] or len(words) >= TELLING):
            return []
        return [(words, row["author"].lower(), row["vals"]["received_at"].date())]

    # -- in words ----------------------------------------------------------------

    def words_on(self, number):
        """What becomes of a row."""
        if number in self.bad:
            return self.env._("not imported")
        met = self.good[number]
        if number in self.twins:
            return self.env._("the same as row %s", self.twins[number])
        if met:
            return self.env._("received before: %s", met.number)
        return self.env._("a new message")

    def again_in_words(self, limit):
        """(row, what it is the same as) of the first rows met before."""
        met = [n for n, ticket in self.good.items() if ticket is not None]
        return [(number, self.words_on(number)) for number in met[:limit]]
