import json
import logging
from collections.abc import Iterator

import pytest

from incident import logs

EVIL = "Payments\nfailing\r\x1b[2J\x85\u2028\u2029\u202eend"
FORMS: list[logs.Form] = ["text", "json"]


@pytest.fixture(autouse=True)
def root() -> Iterator[None]:
    """Put back what `configure` changes for the whole process."""
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logging.captureWarnings(capture=False)


def written(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


@pytest.mark.parametrize("form", FORMS)
def test_no_text_can_end_its_line_or_steer_a_terminal(
    form: logs.Form, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", form)

    logging.getLogger("incident.desk").info("said %s", EVIL, extra={"title": EVIL})
    line = written(capsys)

    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    assert all(c.isprintable() for c in line[:-1])


@pytest.mark.parametrize("form", FORMS)
def test_a_traceback_stays_on_the_line_of_its_record(
    form: logs.Form, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", form)

    try:
        raise ValueError(EVIL)  # noqa: TRY301 (a traceback is what is wanted)
    except ValueError:
        logging.getLogger("incident").exception("broken")
    line = written(capsys)

    assert len(line.splitlines()) == 1
    assert "test_logs.py" in line


def test_extras_are_shown_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "text")

    facts = {"incident": "INC-7", "seq": 42, "kinds": ["noted"], "title": "two words"}
    logging.getLogger("incident.desk").info("commit", extra=facts)

    assert written(capsys).endswith(
        ' INFO incident.desk: commit incident=INC-7 seq=42 kinds=["noted"] title="two words"\n'
    )


def test_extras_are_members_of_json_and_cannot_replace_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("info", "json")

    facts = {"seq": 42, "level": "harmless", "by": frozenset({"ada"})}
    logging.getLogger("incident.desk").warning("commit", extra=facts)
    line = json.loads(written(capsys))

    assert line["level"] == "warning"
    assert (line["seq"], line["by"], line["message"]) == (42, ["ada"], "commit")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "told",
    [
        "GET /welcome?token=hidden-secret HTTP/1.1",
        "mongodb://ada:hidden-secret@db.example.com/incident?replicaSet=rs0",
        "Authorization: Bearer hidden-secret",
        "token ict_hidden-secret",
        "GET /ical/hidden-secret.ics HTTP/1.1",
        "cookie incident_session=hidden-secret",
    ],
)
def test_no_query_string_and_no_credential_is_logged(
    told: str, form: logs.Form, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("debug", form)

    logging.getLogger("uvicorn.error").error("%s", told, extra={"request": {"line": [told]}})
    line = written(capsys)

    assert line
    assert "hidden" not in line


def test_the_level_holds_for_every_logger(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning", "text")

    for name in ("incident.desk", "uvicorn.error", "asyncio"):
        logging.getLogger(name).info("quiet")
        logging.getLogger(name).warning("loud")

    assert written(capsys).count("loud") == 3


def test_the_driver_never_logs_what_people_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("debug", "text")

    logging.getLogger("pymongo.command").debug("insert %s", "a note")

    assert not written(capsys)
