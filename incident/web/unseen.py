"""Characters that nobody sees and that change what is read: shown by name on the server's pages.

They turn text around, join or hide it. The same ones as in static/js/unseen.js; text itself stays
as it was written.
"""

import re

UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
    "|(?<=[\u0020-\u007e])[\u200c\u200d]|[\u200c\u200d](?=[\u0020-\u007e])"
)


def visibly(text: str | None) -> str:
    """`text` with the names of what cannot be seen in it."""
    return UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text or "")
