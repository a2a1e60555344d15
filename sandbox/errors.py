"""What every part of the training ground may raise."""


class WorldError(Exception):
    """A wish that the world cannot fulfil; the text is for the person who asked."""
