"""Static files: kept for good under the name of their release, and nothing outside their folder."""

import re

import pytest

from incident.web.assets import Assets, folder
from tests.web.serving import raw
from tests.world import World

TRAVERSAL = [
    "/static/../pyproject.toml",
    "/static/../../etc/passwd",
    "/static/..%2fpyproject.toml",
    "/static/%2e%2e/pyproject.toml",
    "/static/%2e%2e%2fpyproject.toml",
    "/static/..%252fpyproject.toml",
    "/static/..\\pyproject.toml",
    "/static/..%5cpyproject.toml",
    "/static/....//pyproject.toml",
    "/static//etc/passwd",
    "/static/%2fetc/passwd",
    "/static/js/../../pyproject.toml",
    "/static/{release}/../../pyproject.toml",
    "/static/{release}/..%2f..%2fpyproject.toml",
    "/static/{release}//etc/passwd",
    "/static/aaaaaaaaaaaa/../../pyproject.toml",
    "/static/aaaaaaaaaaaa//etc/passwd",
    "/static/%00",
    "/static/css/tokens.css%00.js",
    "/static/aaaaaaaaaaa%00/css/tokens.css",
    "/static/file:///etc/passwd",
    "/static/\u2025/pyproject.toml".encode().decode("latin-1"),
    "/static/%c0%ae%c0%ae/pyproject.toml",
    "/static/" + "x" * 300,
    "/static/" + "x/" * 2_000,
    "/static/",
    "/static/css",
    "/static/css/",
]


def test_there_is_something_outside_to_be_found() -> None:
    assert (folder("static").parent / "pyproject.toml").is_file()


async def fetched(world: World, path: str) -> tuple[int, bytes]:
    """The answer to a path exactly as it is written here."""
    async with raw(world.port) as client:
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        await client.send(head.encode("latin-1"))
        answer = await client.rest()
    return int(answer.split()[1]), answer


@pytest.mark.parametrize("path", TRAVERSAL, ids=lambda path: path[:40].encode("unicode_escape"))
async def test_nothing_outside_the_folder_is_served(shared: World, path: str) -> None:
    name = shared.app.state.templates.env.globals["asset"].__self__.release

    status, answer = await fetched(shared, path.replace("{release}", name))

    assert status in {400, 404}
    assert b"[build-system]" not in answer
    assert b"root:" not in answer


async def test_a_page_names_files_of_this_release_which_browsers_keep(shared: World) -> None:
    page = (await shared.nobody().get("/signin")).text
    urls = set(re.findall(r"/static/[^\"]+", page))

    assert urls
    for url in urls:
        answer = await shared.nobody().get(url)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert url.split("/")[2] == Assets().release


@pytest.mark.parametrize("before", ["", "0123456789ab/"])
async def test_a_file_of_no_or_another_release_is_served_and_checked_each_time(
    shared: World, before: str
) -> None:
    answer = await shared.nobody().get(f"/static/{before}css/tokens.css")
    again = await shared.nobody().get(
        f"/static/{before}css/tokens.css", headers={"If-None-Match": answer.headers["etag"]}
    )

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert answer.headers["content-type"].startswith("text/css")
    assert (again.status_code, again.content) == (304, b"")


async def test_a_file_that_is_not_there_is_not_remembered_as_missing(shared: World) -> None:
    page = (await shared.nobody().get("/signin")).text
    (folder_of_release,) = set(re.findall(r"/static/([0-9a-f]{12})/", page))

    answer = await shared.nobody().get(f"/static/{folder_of_release}/js/nowhere.js")

    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_files_are_only_read(shared: World, method: str) -> None:
    answer = await shared.nobody().request(method, "/static/css/tokens.css")

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_script_is_served_as_a_script(shared: World) -> None:
    for path, media_type in (
        ("js/wire.js", "text/javascript"),
        ("favicon.svg", "image/svg+xml"),
    ):
        answer = await shared.nobody().get(f"/static/{path}")
        assert answer.headers["content-type"].startswith(media_type)


async def test_a_part_of_a_file_is_served(shared: World) -> None:
    answer = await shared.nobody().get("/static/js/wire.js", headers={"Range": "bytes=0-9"})

    assert (answer.status_code, len(answer.content)) == (206, 10)
