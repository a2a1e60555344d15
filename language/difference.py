"""What changed between two versions of a text."""

import re
from difflib import SequenceMatcher

#: Words with the spaces after them: what is compared
_PIECES = re.compile(r"\S+\s*|\s+")
#: Texts beyond this many pieces are shown as replaced, not compared word by word.
_LONGEST = 4000


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """The way from ``before`` to ``after``: (``same`` | ``gone`` | ``new``, text).

    Joining what is not ``new`` gives ``before``, what is not ``gone`` ``after``.

    >>> difference("Починим скоро.", "Починим завтра.")
    [('same', 'Починим '), ('gone', 'скоро.'), ('new', 'завтра.')]
    """
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > _LONGEST:
        return [(kind, t) for kind, t in (("gone", before), ("new", after)) if t]
    steps = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            steps.append(("same", "".join(old[a:b])))
            continue
        if b > a:
            steps.append(("gone", "".join(old[a:b])))
        if d > c:
            steps.append(("new", "".join(new[c:d])))
    return steps
