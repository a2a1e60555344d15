"""Lengths of time in words."""


def duration(env, minutes):
    """``minutes`` as days, hours and minutes, the two largest that are not zero; a
    dash for None."""
    if minutes is None or minutes is False:
        return "–"
    whole = int(minutes)
    days, rest = divmod(whole, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = []
    if days:
        parts.append(env._("%s d", days))
    if hours:
        parts.append(env._("%s h", hours))
    if left and not days:
        parts.append(env._("%s min", left))
    return " ".join(parts) or env._("%s min", "<1" if minutes else 0)
