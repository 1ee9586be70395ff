"""What the workbench says when it will not do what was asked; each carries a sentence for the screen."""


class TriageError(Exception):
    """The request was refused; the text says what happened and what was kept."""


class NeedsSecond(TriageError):
    """The version would lose messages that people marked critical: a second supervisor must agree."""


class MovedOn(TriageError):
    """Somebody else changed it meanwhile."""
