"""What the checks of a draft remark, in the reader's language."""

from odoo.tools import format_date


def remark_words(env, remarks):
    """``remarks``, each with its sentence as ``message`` instead of code and params.

    A remark is a dict with ``code`` and ``params`` of ``language.codes``.  A code that
    has no sentence here is shown as it is: no remark gets lost.  Where a line added to
    the text mends it, the line comes as ``insert``.
    """
    sentences, contacts, lines = _sentences(env), _contacts(env), _lines(env)
    worded = []
    for remark in remarks:
        params = remark["params"]
        values = {name: _shown(value, contacts) for name, value in params.items()}
        if "date" in values:
            values["date"] = format_date(env, values["date"])
        template = sentences.get(remark["code"])
        message = template % values if template else remark["code"]
        if params.get("plain"):
            message += " " + env._("Plainly: «%s».", params["plain"])
        kept = {name: remark[name] for name in remark if name != "params"}
        worded.append({**kept, "message": message})
        if remark["code"] in lines:
            worded[-1]["insert"] = lines[remark["code"]] % values
    return worded


def _shown(value, contacts):
    if isinstance(value, list | tuple):
        return ", ".join(contacts.get(part, part) for part in value)
    return value


def _contacts(env):
    return {
        "phone": env._("phone"),
        "email": env._("e-mail"),
        "site": env._("site"),
        "address": env._("address"),
    }


def _lines(env):
    """Code of a remark -> the line that a draft lacks."""
    return {
        "label_number": env._("Message No. %(number)s"),
        "label_topic": env._("Topic: %(topic)s"),
        "label_place": env._("Location: %(place)s"),
    }


def _sentences(env):
    """Code of a remark -> its sentence, with places for the params."""
    return {
        "sentences_many": env._(
            "The text has %(count)s sentences; at most %(amount)s are asked for."
        ),
        "substance_missing": env._(
            "There is no measure, decision or advice, and no reason why the request "
            "cannot be met."
        ),
        "substance_only_thanks": env._(
            "The reply only thanks or apologises: «%(words)s». Say what is done."
        ),
        "substance_only_noted": env._(
            "The reply only says that the message is noted: «%(words)s». Say what is "
            "done."
        ),
        "substance_only_forwarded": env._(
            "The reply only says that the message was passed on: «%(words)s». Say "
            "what is done."
        ),
        "substance_no_reason": env._(
            "The interim reply does not say why there is no final one yet."
        ),
        "impossibility_no_act": env._(
            "Something is said to be impossible («%(words)s») and no legal act is "
            "named."
        ),
        "date_missing": env._("A promise («%(words)s») without a date: say by when."),
        "date_vague": env._("A vague term: «%(words)s». Name the date."),
        "date_past": env._("The promised date has passed already: %(words)s."),
        "date_impossible": env._("There is no such day: %(words)s."),
        "date_interim": env._(
            "The interim reply does not say when the final one comes."
        ),
        "contacts_missing": env._(
            "Contacts of those responsible are missing: %(missing)s."
        ),
        "redirect_missing": env._(
            "The citizen is sent elsewhere («%(words)s») and contacts are missing: "
            "%(missing)s."
        ),
        "phone_invalid": env._("This is no valid phone number: %(number)s."),
        "abbreviation_unknown": env._(
            "The abbreviation «%(abbreviation)s» is not explained: write it in full "
            "where it stands first."
        ),
        "jargon": env._("A citizen may not understand the term «%(words)s»."),
        "stock_phrase": env._("Officialese or a stock phrase: «%(words)s»."),
        "verbal_nouns": env._(
            "Too many nouns made of verbs (%(percent)s %%): %(words)s. Say it with "
            "verbs."
        ),
        "genitive_chain": env._("A chain of nouns that is hard to read: «%(words)s»."),
        "sentence_long": env._(
            "A sentence of %(count)s words; make it shorter than %(limit)s."
        ),
        "question_unanswered": env._(
            "The citizen's question seems to be left without an answer: «%(question)s»"
        ),
        "contradiction_tense": env._(
            "The same is told as done and as planned: «%(first)s» and «%(second)s»."
        ),
        "contradiction_term": env._(
            "Two different terms for the same: «%(first)s» and «%(second)s»."
        ),
        "contradiction_denied": env._(
            "The text contradicts itself: «%(first)s» and «%(second)s»."
        ),
        "photo_promised": env._(
            "The text speaks of a photo or a video («%(words)s») and none is attached."
        ),
        "photo_missing": env._("The reply needs a photo or a video; none is attached."),
        "label_number": env._("The number of the message is missing: %(number)s."),
        "label_topic": env._("The topic of the message is missing: %(topic)s."),
        "label_place": env._("The location of the message is missing: %(place)s."),
        "obscene_words": env._("An obscene word: «%(words)s»."),
        "insulting_words": env._("An insulting word: «%(words)s»."),
        "personal_phone": env._(
            "The citizen's phone number in a public reply: %(words)s."
        ),
        "personal_email": env._("The citizen's e-mail in a public reply: %(words)s."),
        "personal_passport": env._("A passport number in a public reply: %(words)s."),
        "personal_card": env._("A bank card number in a public reply: %(words)s."),
        "personal_snils": env._("An insurance number in a public reply: %(words)s."),
        "personal_name": env._(
            "The citizen's full name in a public reply: «%(words)s»."
        ),
        "personal_address": env._(
            "The citizen's address in a public reply: «%(words)s»."
        ),
        "formulaic": env._(
            "The text is %(percent)s %% the same as the reply published on %(date)s: "
            "answer this very message."
        ),
        "progress_missing": env._(
            "The message is a repeated one: tell the measures taken or the progress."
        ),
    }
