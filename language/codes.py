"""What a remark on a draft can say.

A check returns ``Remark(kind, code, params, start, end)``. Nothing here is a sentence
for people: whoever shows a remark renders one from its code and params.

``start`` and ``end`` are the place in the draft, counted in characters from zero, the
end excluded. Both are ``None`` where the remark is about the text as a whole (marked
"whole" below) or about the citizen's message (``question_unanswered``).

Types of params: ``int`` are plain numbers, ``str`` is text taken from the draft or the
message, ``list`` is a list of strings. Names of contacts in ``missing`` are ``phone``,
``email``, ``site``, ``address``. A param ``plain`` is a plain Russian wording to offer
instead, or "" where there is none.
"""

#: code -> (kind of requirement, {param: type}, what it says)
CODES = {
    # sentences
    "sentences_many": (
        "sentences",
        {"count": "int", "amount": "int"},
        "The text has `count` sentences, more than `amount`; the place is from the "
        "first one too many to the last.",
    ),
    # substance
    "substance_missing": (
        "substance",
        {},
        "Whole. No measure (done or planned), no decision, no advice and no reasoned "
        "impossibility.",
    ),
    "substance_only_thanks": (
        "substance",
        {"words": "str"},
        "The reply only thanks or apologises (`words`).",
    ),
    "substance_only_noted": (
        "substance",
        {"words": "str"},
        "The reply only says that the message was received, noted, taken into work or "
        "under control (`words`), not what is done.",
    ),
    "substance_only_forwarded": (
        "substance",
        {"words": "str"},
        "The reply only says that the message was passed on (`words`), not what "
        "is done.",
    ),
    "substance_no_reason": (
        "substance",
        {},
        "Whole. An interim reply does not say why there is no final one yet.",
    ),
    # impossibility
    "impossibility_no_act": (
        "impossibility",
        {"words": "str"},
        "Something is said to be impossible (`words`) and no legal act is named.",
    ),
    # dates
    "date_missing": (
        "dates",
        {"words": "str"},
        "Something is promised (`words`) without a date or a period.",
    ),
    "date_vague": (
        "dates",
        {"words": "str"},
        "A vague term (`words`) where a date or a period should stand.",
    ),
    "date_past": (
        "dates",
        {"words": "str"},
        "The promised date (`words`) lies before today.",
    ),
    "date_impossible": (
        "dates",
        {"words": "str"},
        "There is no such day in the calendar (`words`), for example 31.02.2026.",
    ),
    "date_interim": (
        "dates",
        {},
        "Whole. An interim reply does not say when the final one will come.",
    ),
    # contacts
    "contacts_missing": (
        "contacts",
        {"missing": "list"},
        "Whole. Contacts of the responsible unit that are `missing`: of phone, "
        "address, email.",
    ),
    # redirect
    "redirect_missing": (
        "redirect",
        {"words": "str", "missing": "list"},
        "The citizen is sent elsewhere (`words`); `missing` of that body's contacts: "
        "of phone, email, site.",
    ),
    # phones
    "phone_invalid": (
        "phones",
        {"number": "str"},
        "`number` is no valid phone number.",
    ),
    # terms
    "abbreviation_unknown": (
        "terms",
        {"abbreviation": "str"},
        "`abbreviation` is neither commonly known nor spelled out in the text; the "
        "place is where it stands first.",
    ),
    "jargon": (
        "terms",
        {"words": "str", "plain": "str"},
        "Professional jargon (`words`) that a citizen may not understand.",
    ),
    # officialese
    "stock_phrase": (
        "officialese",
        {"words": "str", "plain": "str"},
        "A stock phrase or officialese (`words`).",
    ),
    "verbal_nouns": (
        "officialese",
        {"percent": "int", "words": "list"},
        "Whole. `percent` of the words are verbal nouns («осуществление», "
        "«проведение»): `words` are those found, each once.",
    ),
    "genitive_chain": (
        "officialese",
        {"words": "str", "count": "int"},
        "A chain of `count` nouns in the genitive (`words`).",
    ),
    "sentence_long": (
        "officialese",
        {"count": "int", "limit": "int"},
        "A sentence of `count` words, more than `limit`; the place is the sentence.",
    ),
    # questions
    "question_unanswered": (
        "questions",
        {"question": "str", "message_start": "int", "message_end": "int"},
        "Nothing of the citizen's `question` (at this place of the message) is met in "
        "the reply. No place in the draft.",
    ),
    # consistent
    "contradiction_tense": (
        "consistent",
        {"first": "str", "second": "str", "first_start": "int", "first_end": "int"},
        "The same measure is told as done and as planned (`first`, `second`, in the "
        "order of the text); the place is the second.",
    ),
    "contradiction_term": (
        "consistent",
        {"first": "str", "second": "str", "first_start": "int", "first_end": "int"},
        "The same measure has two different terms (`first`, `second` are the dates); "
        "the place is the second.",
    ),
    "contradiction_denied": (
        "consistent",
        {"first": "str", "second": "str", "first_start": "int", "first_end": "int"},
        "The same is asserted and denied (`first`, `second`); the place is the second.",
    ),
    # photo
    "photo_promised": (
        "photo",
        {"words": "str"},
        "The text speaks of an attached photo or video (`words`) and none is attached.",
    ),
    "photo_missing": (
        "photo",
        {},
        "Whole. The reply needs a photo or a video and none is attached.",
    ),
    # labels
    "label_number": (
        "labels",
        {"number": "str"},
        "Whole. The message's `number` is missing.",
    ),
    "label_topic": (
        "labels",
        {"topic": "str"},
        "Whole. The message's `topic` is missing.",
    ),
    "label_place": (
        "labels",
        {"place": "str"},
        "Whole. The message's location (`place`) is missing.",
    ),
    # obscenity
    "obscene_words": (
        "obscenity",
        {"words": "str"},
        "An obscene word (`words`).",
    ),
    "insulting_words": (
        "obscenity",
        {"words": "str"},
        "An insulting word (`words`).",
    ),
    # personal: only in a public reply
    "personal_phone": (
        "personal",
        {"words": "str"},
        "The citizen's phone number in a public reply.",
    ),
    "personal_email": (
        "personal",
        {"words": "str"},
        "The citizen's e-mail in a public reply.",
    ),
    "personal_passport": (
        "personal",
        {"words": "str"},
        "A passport number in a public reply.",
    ),
    "personal_card": (
        "personal",
        {"words": "str"},
        "A bank card number in a public reply.",
    ),
    "personal_snils": (
        "personal",
        {"words": "str"},
        "A personal insurance number (СНИЛС) in a public reply.",
    ),
    "personal_name": (
        "personal",
        {"words": "str"},
        "The citizen's full name in a public reply.",
    ),
    "personal_address": (
        "personal",
        {"words": "str"},
        "The citizen's own address (with the flat, as given in the message) in a "
        "public reply.",
    ),
    # formulaic
    "formulaic": (
        "formulaic",
        {"percent": "int", "index": "int"},
        "Whole. The text is `percent` like the earlier reply number `index` (counted "
        "from zero in `Context.earlier_replies`).",
    ),
    # progress
    "progress_missing": (
        "progress",
        {},
        "Whole. The message is a repeated one, and the reply tells neither measures "
        "taken nor the progress.",
    ),
}
