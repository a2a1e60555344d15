"""What can be wrong with an act, a history or a calendar."""


class DeadlineError(ValueError):
    """Base of every error of the engine; the message is meant for a person."""


class RegulationError(DeadlineError):
    """The act contradicts itself or uses a word outside the vocabulary."""


class HistoryError(DeadlineError):
    """An event is malformed, or impossible at its place in the history."""


class CalendarError(DeadlineError):
    """The working calendar cannot answer: no working time, bad table."""
