"""What the deadline engine objects to, in the reader's language."""

import re

_NORM = re.compile(r"^Norm '(?P<norm>[^']+)':? (?P<problem>.*)$", re.DOTALL)
_BOTH = re.compile(
    r"^Norms '(?P<norm>[^']+)' and '(?P<other>[^']+)' of stage '(?P<stage>\w+)': "
)


def engine_words(env, error, norms=None):
    """A sentence for ``error``, a ``DeadlineError``.

    ``norms``: the records that the act consists of, to name them by clause and name.
    What has no translation here is shown as the engine said it.
    """
    text = str(error)
    words = _Words(env, norms)
    found = _BOTH.match(text)
    if found:
        return env._(
            "Norms «%(norm)s» and «%(other)s» are of one stage, so either both have "
            "one clock per executor or neither has.",
            norm=words.norm(found["norm"]),
            other=words.norm(found["other"]),
        )
    found = _NORM.match(text)
    name, problem = (found["norm"], found["problem"]) if found else ("", text)
    for pattern, template in _sentences(env).items():
        match = re.match(pattern, problem)
        if not match:
            continue
        sentence = template % words.values(match.groupdict())
        if name:
            return env._("Norm «%(norm)s»: %(problem)s", norm=words.norm(name),
                         problem=sentence)  # fmt: skip
        return sentence[:1].upper() + sentence[1:]
    return text


class _Words:
    """Labels for the codes in the engine's messages."""

    def __init__(self, env, norms):
        self.env = env
        self._names = {}
        for norm in norms if norms is not None else ():
            self._names[norm.code] = norm.display_name

    def norm(self, code):
        return self._names.get(code, code)

    def values(self, groups):
        words = {name: value for name, value in groups.items() if value is not None}
        if "other" in words:
            words["other"] = self.norm(words["other"])
        if "signal" in words:
            labels = self.env["helpdesk.social.norm.word"]._labels("ends")
            words["signal"] = labels.get(words["signal"], words["signal"])
        if "fact" in words:
            fact = words["fact"]
            labels = self.env["helpdesk.social.norm.word"]._labels(fact)
            words["allowed"] = ", ".join(labels.values())
            words["fact"] = self._label("helpdesk.social.norm.condition", "fact", fact)
        if "stages" in words:
            words["stages"] = " → ".join(
                self._label("helpdesk.social.norm", "stage", stage)
                for stage in words["stages"].split(" → ")
            )
        return words

    def _label(self, model, field, code):
        field = self.env[model]._fields[field]
        return dict(field._description_selection(self.env)).get(code, code)


def _sentences(env):
    """Patterns of the engine's messages, with what is said instead of them."""
    return {
        # conditions
        r"Unknown value '?(?P<value>.*?)'? of fact '(?P<fact>\w+)'": env._(
            "«%(value)s» is no value of «%(fact)s». Choose among: %(allowed)s."
        ),
        r"a group of conditions without": env._(
            "A group of conditions has no alternative and never holds."
        ),
        # terms
        r"A term in \w+ needs a positive": env._(
            "the term must be longer than nothing: enter a number above 0."
        ),
        r'A term "before" names another': env._(
            "choose the norm that the term counts back from; only a term «before» "
            "another deadline has one."
        ),
        r"its term counts back from itself": env._(
            "its term counts back from its own deadline: choose another norm."
        ),
        # a norm
        r"nothing starts by '(?P<signal>\w*)'": env._(
            "no clock is counted from «%(signal)s»."
        ),
        r"nothing ends by '(?P<signal>\w*)'": env._(
            "choose what ends the clock: «%(signal)s» ends none."
        ),
        r"it never ends": env._("it never ends: choose what ends the clock."),
        r"it starts and ends by the same '(?P<signal>\w+)'": env._(
            "it is both counted from and ended by «%(signal)s»."
        ),
        r"'(?P<signal>\w+)' belongs to the ticket": env._(
            "«%(signal)s» is of the whole message, and this norm has one clock per "
            "executor. Choose another event or take the mark off."
        ),
        # an act
        r"occurs twice": env._(
            "its code occurs twice: give every norm a code of its own."
        ),
        r"'manual' is the curator's own": env._(
            "the code and the stage «manual» are for terms set by the curator."
        ),
        r"'promise' is the promise's": env._(
            "the code and the stage «promise» are for what interim replies promise."
        ),
        r"never applies: '(?P<other>[^']+)' before it always does": env._(
            "it would never apply, since «%(other)s» of the same stage stands "
            "before it and has no conditions. Move that one to the end or give it "
            "conditions."
        ),
        r"counts back from the unknown norm '(?P<other>[^']+)'": env._(
            "it counts back from «%(other)s», which the regulation does not have."
        ),
        r"of the ticket cannot count back from '(?P<other>[^']+)'": env._(
            "it has one clock for the message, so it cannot count back from "
            "«%(other)s», which has one per executor."
        ),
        r"Terms count back from each other: (?P<stages>.+)": env._(
            "terms count back from each other: %(stages)s."
        ),
        r"An interim reply cannot shorten": env._(
            "an interim reply cannot shorten a term."
        ),
        r"Clocks that stop need the longest wait": env._(
            "say how many days the clocks wait for the author's answer at most."
        ),
        # a history
        r"Rework requested of '(?P<executor>.*)', who": env._(
            "«%(executor)s» is sent back a draft but has submitted none before it."
        ),
        r"Event '(?P<signal>\w+)' needs an executor": env._(
            "name the executor of the event «%(signal)s»."
        ),
        r"Event 'term_changed' needs": env._(
            "say which norm's term is changed, and the new deadline."
        ),
        r"The act has no norm '(?P<other>.+)' to change": env._(
            "the term of «%(other)s» is changed, which the act does not have."
        ),
        r"A promise to the author is not moved": env._(
            "a promise to the author is not moved: another interim reply with "
            "another date takes its place."
        ),
        r"has no clock running in time": env._(
            "its term is changed while it has no clock that runs and is not late."
        ),
        r"Unknown type of event: '(?P<value>.*)'": env._(
            "there is no event «%(value)s»."
        ),
        r"Unknown kind of reply: '(?P<value>.*)'": env._(
            "there is no kind of reply «%(value)s»."
        ),
        r"Not an ISO 8601 time: '(?P<value>.*)'": env._(
            "«%(value)s» is no date and time."
        ),
        r"The calendar has no working time after (?P<value>.+)": env._(
            "the office hours have no working time after %(value)s."
        ),
    }
