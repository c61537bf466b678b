"""What people wrote and sent, and how they marked what had been written.

Nothing here decides whether an event may happen.
"""

from typing import Literal

from incident.core.values import Audience, Happening, Moment, NoteType, Value


class Attachment(Value):
    """A file that somebody put beside their words. `width` and `height`: in pixels, of images."""

    id: str
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None


class Noted(Happening):
    """Something a person or a system wrote down. `late`: told more than a minute afterwards."""

    kind: Literal["noted"] = "noted"
    type: NoteType = "info"
    message: str
    late: bool = False
    approx: bool = False
    attachments: tuple[Attachment, ...] = ()


class UpdatePosted(Happening):
    """`promised`: the author gave `due_at`; else it follows from the cadence."""

    kind: Literal["update_posted"] = "update_posted"
    audience: Audience
    message: str
    due_at: Moment | None = None
    promised: bool = True


class EntryAmended(Happening):
    kind: Literal["entry_amended"] = "entry_amended"
    entry: int
    message: str


class EntryPinned(Happening):
    kind: Literal["entry_pinned"] = "entry_pinned"
    entry: int


class EntryUnpinned(Happening):
    kind: Literal["entry_unpinned"] = "entry_unpinned"
    entry: int


class EntryRedacted(Happening):
    """The one event that removes text: of entry number `entry`, and what the state kept of it.

    `fields` names what in the state still showed that text, such as `title` or
    `actions.ACT-3.impact`.
    """

    kind: Literal["entry_redacted"] = "entry_redacted"
    entry: int
    fields: tuple[str, ...] = ()


Mark = EntryAmended | EntryPinned | EntryUnpinned | EntryRedacted
"""Events that speak of an earlier entry, named by its number."""
