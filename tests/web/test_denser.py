"""Files go out in Brotli once that is made, and with gzip before, to who asks for it."""

import gzip

import brotli
import pytest
from starlette.datastructures import Headers

from incident.web.assets import answer
from incident.web.denser import Denser
from incident.web.shelf import File

STYLES = File(b".row { display: grid }\n" * 200, "text/css")
FONT = File(b"wOF2" * 500, "font/woff2")


def asked(accepted: str) -> Headers:
    return Headers({"accept-encoding": accepted})


def test_until_it_is_made_there_is_gzip() -> None:
    denser = Denser([STYLES])

    before = answer(STYLES, asked("gzip, deflate, br, zstd"), denser)
    denser.make()
    after = answer(STYLES, asked("gzip, deflate, br, zstd"), denser)

    assert before.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(before.body)) == STYLES.content
    assert after.headers["content-encoding"] == "br"
    assert brotli.decompress(bytes(after.body)) == STYLES.content
    assert before.headers["etag"] != after.headers["etag"]
    assert before.headers["vary"] == after.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("br", "br"), ("", None)]
)
def test_who_does_not_ask_for_it_gets_another(accepted: str, coding: str | None) -> None:
    denser = Denser([STYLES])
    denser.make()

    assert answer(STYLES, asked(accepted), denser).headers.get("content-encoding") == coding


def test_what_is_packed_already_stays_as_it_is() -> None:
    denser = Denser([FONT])
    denser.make()

    sent = answer(FONT, asked("gzip, br"), denser)

    assert "content-encoding" not in sent.headers
    assert sent.body == FONT.content
