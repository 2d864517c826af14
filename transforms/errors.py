"""The root of the project's errors, in the one layer that both others may import."""


class OnrecordError(Exception):
    """The root of every error that this project raises on purpose.

    The command line prints it as one line.
    """
