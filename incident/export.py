"""The post-mortem draft as a Markdown file, the same bytes for the same draft.

Nothing here decides what is in it; the template only lays out what is ready.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from incident.core.postmortem import Draft

PACKAGE = Path(__file__).parent
PLACES = (PACKAGE / "templates", PACKAGE.parent / "templates")
"""Inside the package once installed, beside it in a checkout."""


def markdown(draft: Draft) -> str:
    """`draft` as CommonMark with GitHub's tables and check boxes."""
    return environment().get_template("export/postmortem.md").render(draft=draft)


@cache
def environment() -> Environment:
    """HTML would be escaped; Markdown is not, because a draft is Markdown already."""
    return Environment(
        loader=FileSystemLoader(PLACES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
