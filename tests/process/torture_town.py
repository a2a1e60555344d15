"""The town in a trial of endurance: citizens write, edit and delete."""

import random
import time
from dataclasses import dataclass, field

from sandbox import bulk

#: Share of messages by network, the same order as NETWORKS; OK is read slowest.
SHARES = (40, 25, 35)
EDITS, DELETIONS, REPEATS, PRIVATE, ANSWERS = 0.10, 0.05, 0.05, 0.12, 0.25
PHOTOS = 0.05
#: So many citizens write so large a share of the private messages: dialogues have
#: several, from which one can be deleted.
TALKATIVE, TALKATIVE_SHARE = 10, 0.6
#: Share of edits and deletions that strike private messages
OF_PRIVATE = 0.2
#: Share of edits and deletions that wait until the message has been stored: of the
#: others nobody can know the words that were there before.
SEEN_BEFORE = 0.8
#: Share of messages before whose event a delivery is spoilt, and how: the answer is
#: cut after the event was stored, the event is never sent, or sent twice.
SPOILT = 0.06
SPOILS = ("drop", "error", "twice")


@dataclass
class Message:
    """What a citizen wrote, and what was seen of it in the database."""

    number: int
    network: object
    mark: object
    author: int
    texts: list
    public: bool
    top: bool
    photos: int = 0
    deleted: bool = False
    #: An answer is on the way: it stays, or there would be no place for the answer.
    answered: bool = False
    #: Texts with which it has been stored at some moment
    seen: set = field(default_factory=set)
    #: What was stored when its author deleted it; None where nothing was
    seen_before_deletion: set | None = None


class Town:
    """The writing part of ``torture.TortureCase``."""

    def town(self):
        """Write, edit, delete, and let the network tell some events twice."""
        chance = random.Random(f"{self.seed}-town")
        scale, started = self.scale, time.monotonic()
        posts = [None] * len(self.networks)
        written = [0] * len(self.networks)
        tops = [[] for _network in self.networks]
        for number in range(1, scale.messages + 1):
            # The killing goes on while there is something to be lost.
            while (number - 1) / scale.messages > (self.killed + 1) / (scale.kills + 1):
                if not self.pause(0.1):
                    return
            at = started + number / scale.rate
            if not self.pause(max(0, at - time.monotonic())):
                return
            [place] = chance.choices(range(len(self.networks)), SHARES)
            network = self.networks[place]
            if written[place] % scale.under_one_post == 0:
                posts[place] = network.post(f"Новости, выпуск {number}")
                tops[place] = []
            written[place] += 1
            if chance.random() < SPOILT:
                self.ground.faults.add("callback", chance.choice(SPOILS))
            self.write(chance, network, number, posts[place], tops[place])
            self.town_share = number / scale.messages
            # VK does not recognise repeated answers for a part of the time.
            middle = 1 / 3 < self.town_share < 2 / 3
            self.world.state["settings"]["guid_memory"] = not middle
            if chance.random() < REPEATS:
                self.counts["repeated"] += chance.choice(self.networks).repeat(chance)
            if chance.random() < EDITS:
                self.edit(chance)
            if chance.random() < DELETIONS:
                self.delete(chance)
        # What found nothing suitable at its time is made up for.
        for name, change, share in (
            ("edited", self.edit, EDITS),
            ("deleted", self.delete, DELETIONS),
        ):
            while self.counts[name] < share * scale.messages:
                if not change(chance) and not self.pause(0.2):
                    return

    def write(self, chance, network, number, post, tops):
        """A comment, an answer to one, or a private message; some with a photo."""
        text = bulk.sentence(chance, f"{self.tag}-{number}")
        public, top = chance.random() >= PRIVATE, None
        few = not public and chance.random() < TALKATIVE_SHARE
        author = chance.choice(self.citizens[: TALKATIVE if few else None])
        if public and tops and chance.random() < ANSWERS and network.threaded(post):
            top = chance.choice(tops)
        files = ()
        if chance.random() < PHOTOS:
            files = network.photo(chance, author, public)
        with self.lock:
            if top and (top.deleted or top.author == author):
                # With a second message of its author below, the answer to the first
                # would go to that one.
                top = None
            if public:
                mark = network.comment(post, author, text, top and top.mark, files)
            else:
                mark = network.private(author, text, files)
            is_top = public and not top
            message = Message(
                number, network, mark, author, [text], public, is_top, len(files)
            )
            self.messages.append(message)
        if is_top:
            tops.append(message)

    def choose(self, chance, fits):
        """A message that fits, mostly one that has been stored; None for none."""
        seen = chance.random() < SEEN_BEFORE
        private = chance.random() < OF_PRIVATE
        found = [
            m
            for m in self.messages
            if not m.deleted and m.public != private and bool(m.seen) == seen
            if fits(m)
        ]
        return chance.choice(found) if found else None

    def edit(self, chance):
        """Let somebody change their words; returns whether anybody did."""
        return self._change(chance, "edited", lambda _message: True, self._edit)

    @staticmethod
    def _edit(message):
        text = f"{message.texts[-1]} Правка {len(message.texts)}."
        message.network.edit(message.mark, text)
        message.texts.append(text)

    def delete(self, chance):
        """Let somebody delete what they wrote; returns whether anybody did."""

        def fits(message):
            # A message that begins a thread: no answer of the office is placed under
            # another one of it by mistake.
            return (message.top or not message.public) and not message.answered

        return self._change(chance, "deleted", fits, self._delete)

    @staticmethod
    def _delete(message):
        message.network.delete(message.mark)
        message.deleted = True
        message.seen_before_deletion = set(message.seen)

    def _change(self, chance, name, fits, change):
        with self.lock:
            message = self.choose(chance, fits)
            if not message:
                return False
            change(message)
            self.counts[name] += 1
            self.counts[f"{name} after reading"] += bool(message.seen)
            self.counts[f"{name} privately"] += not message.public
            return True
