"""Reading the parameters of a call: text in a form, checked as VK documents them."""

from .errors import invalid


class Parameters(dict):
    """The parameters of one call; every reader raises error 100 on a wrong value."""

    def text(self, name, default=""):
        """Return a text as it was sent."""
        return self.get(name, default)

    def required(self, name):
        """Return a text that may not be missing."""
        value = self.get(name)
        if value in (None, ""):
            raise invalid(f"{name} is undefined")
        return value

    def integer(self, name, default=None, minimum=None, maximum=None):
        """Return a whole number; a missing one gives `default`."""
        value = self.get(name)
        if value in (None, ""):
            return default
        try:
            number = int(value)
        except ValueError:
            raise invalid(f"{name} is not integer") from None
        if minimum is not None and number < minimum:
            raise invalid(f"{name} should be greater or equal to {minimum}")
        if maximum is not None and number > maximum:
            raise invalid(f"{name} should be less or equal to {maximum}")
        return number

    def required_integer(self, name, minimum=None):
        """Return a whole number that may not be missing."""
        self.required(name)
        return self.integer(name, minimum=minimum)

    def count(self, default, maximum):
        """Return `count`; VK silently gives no more than its maximum."""
        return min(self.integer("count", default, minimum=0), maximum)

    def flag(self, name, default=False):
        """Return a yes or no, sent as 1 or 0."""
        value = self.get(name)
        if value in (None, ""):
            return default
        return value.lower() in ("1", "true")

    def words(self, name):
        """Return the parts of a comma separated list."""
        return [part.strip() for part in self.get(name, "").split(",") if part.strip()]

    def integers(self, name):
        """Return the numbers of a comma separated list."""
        try:
            return [int(word) for word in self.words(name)]
        except ValueError:
            raise invalid(f"{name} is invalid") from None

    def choice(self, name, default, choices):
        """Return one of the permitted words."""
        value = self.get(name) or default
        if value not in choices:
            raise invalid(f"{name} is invalid")
        return value
