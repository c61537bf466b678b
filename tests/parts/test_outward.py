"""The doctor tells whether pages would leave the server, and what to type where they would not."""

import socket
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from aiosmtplib import SMTPConnectError

from incident.channels.email import Email, trouble
from incident.channels.webhook import Webhook
from incident.cli import outward
from incident.cli.machine import Check
from incident.settings import Settings
from tests.parts.receivers import CUT, Mailbox, Receiver, http_server, mail_server

SECRET = "whsec_" + "a2V5" * 8


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with http_server() as one:
        yield one


async def examined(mail_to: str | None = None, **fields: object) -> list[Check]:
    told = {"base_url": "https://incidents.example.com", "mail_from": "i@example.com"}
    settings = Settings.read(**told | fields)
    return [check async for check in outward.checks(settings, mail_to)]


def signing_in(*, accepted: bool) -> dict[str, Any]:
    """A mail server that asks who is there."""

    def judge(*_: object) -> AuthResult:
        return AuthResult(success=accepted, handled=False)

    return {"authenticator": judge, "auth_require_tls": False}


async def test_a_mail_server_that_would_take_letters_is_well_and_gets_none(
    mailbox: Mailbox,
) -> None:
    [check] = await examined(smtp_url=mailbox.url)

    assert check == Check(
        "ok",
        f"mail: 127.0.0.1:{mailbox.port} takes letters from i@example.com (not encrypted)",
    )
    assert (mailbox.letters, mailbox.envelopes) == ([], [])


@pytest.mark.parametrize(
    ("accepted", "state", "said"),
    [
        (True, "ok", "(not encrypted, signed in)"),
        (False, "fail", "refuses the user or the password (535)"),
    ],
)
async def test_signing_in_is_tried_and_the_password_kept(
    accepted: bool,  # noqa: FBT001 (a case)
    state: str,
    said: str,
) -> None:
    async with mail_server(**signing_in(accepted=accepted)) as box:
        url = f"smtp://ada:hunter22@127.0.0.1:{box.port}?starttls=never"
        [check] = await examined(smtp_url=url)

    assert (check.state, said in check.what) == (state, True)
    assert "hunter22" not in check.what + check.fix
    assert accepted or "INCIDENT_SMTP_URL" in check.fix


async def test_a_sender_that_the_mail_server_refuses_is_named(mailbox: Mailbox) -> None:
    mailbox.senders.append("553 not yours")

    [check] = await examined(smtp_url=mailbox.url)

    assert check.what.endswith("the mail server refuses the sender (553)")
    assert check.fix.startswith("Set INCIDENT_MAIL_FROM to an address it sends for")


async def test_a_mail_server_that_is_not_there_fails_with_its_address() -> None:
    async with mail_server() as gone:
        url = gone.url

    [check] = await examined(smtp_url=url)

    assert check.what == f"mail: 127.0.0.1:{gone.port}: the mail server cannot be reached"
    assert f"openssl s_client -connect 127.0.0.1:{gone.port}" in check.fix


@pytest.mark.parametrize(
    ("host", "sender"),
    [("mail..example", "i@example.com"), ("127.0.0.1", "störung@example.com")],
)
async def test_a_name_or_a_sender_that_mail_cannot_use_is_a_line_and_no_crash(
    mailbox: Mailbox, host: str, sender: str
) -> None:
    check = await outward.mail_server(Email(f"smtp://{host}:{mailbox.port}", sender))

    assert check.state == "fail"
    assert check.what.endswith("is none that mail can use")
    assert "INCIDENT_SMTP_URL" in check.fix
    assert "INCIDENT_MAIL_FROM" in check.fix


async def test_an_address_with_colons_stands_in_brackets() -> None:
    mail = Email("smtp://[::1]:1", "i@example.com")
    webhook = Webhook("http://[::1]:1/x", SECRET, "https://incidents.example.com", private=True)

    check = await outward.mail_server(mail)

    assert (mail.server, webhook.receiver) == ("[::1]:1", "[::1]:1")
    assert check.what.startswith("mail: [::1]:1: ")
    assert check.fix.endswith("openssl s_client -connect [::1]:1")


async def test_a_mail_server_without_tls_is_told_from_one_that_is_not_there(
    mailbox: Mailbox,
) -> None:
    [check] = await examined(smtp_url=f"smtps://127.0.0.1:{mailbox.port}")

    assert check.what.endswith("the mail server does not speak TLS there")


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (socket.gaierror(-2, "x"), "the mail server's name leads nowhere"),
        (
            ssl.SSLCertVerificationError(1, "x"),
            "the mail server's certificate is not to be trusted",
        ),
        (ConnectionRefusedError(), "the mail server cannot be reached"),
    ],
    ids=["name", "certificate", "refused"],
)
def test_why_there_is_no_conversation_is_told_apart(cause: OSError, told: str) -> None:
    error = SMTPConnectError("x")
    error.__cause__ = cause

    assert trouble(error) == told
    assert trouble(cause) == told


async def test_a_test_letter_that_was_taken_sends_one_to_look_for_it(mailbox: Mailbox) -> None:
    *_, check = await examined("ada@example.com", smtp_url=mailbox.url)
    [letter] = mailbox.letters

    assert check.state == "ok"
    assert "spam" in check.fix
    assert letter["Subject"] == "Test: mail from Incident Command reaches you"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "nothing is broken" in letter.get_content()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda box: box.recipients.append("550 no"), "the mail server refuses the address (550)"),
        (lambda box: box.answers.append("554 spam"), "the mail server refuses the letter (554)"),
        (lambda box: box.answers.append("452 full"), "the mail server refuses the letter (452)"),
        (lambda box: box.answers.append(CUT), "went away before it said"),
    ],
    ids=["address", "letter", "later", "cut"],
)
async def test_a_test_letter_that_was_not_taken_says_why(
    mailbox: Mailbox, spoil: Callable[[Mailbox], None], said: str
) -> None:
    spoil(mailbox)

    greeted, check = await examined("ada@example.com", smtp_url=mailbox.url)

    assert (greeted.state, check.state) == ("ok", "fail")
    assert said in check.what
    assert check.fix


async def test_a_test_letter_is_not_sent_where_no_server_would_take_it() -> None:
    async with mail_server() as gone:
        url = gone.url

    away = await examined("ada@example.com", smtp_url=url)
    none = await examined("ada@example.com")

    assert [check.state for check in away] == ["fail", "fail"]
    assert [check.state for check in none] == ["warn", "fail"]
    assert away[1].what == "test letter: not sent: see the line above"
    assert none[1].what == "test letter: not sent, as there is no mail server to take it"
    assert none[1].fix == "Set INCIDENT_SMTP_URL and INCIDENT_MAIL_FROM."


async def test_a_webhook_is_reached_and_nothing_is_posted(receiver: Receiver) -> None:
    [check] = await examined(
        webhook_url=receiver.url(), webhook_secret=SECRET, webhook_allow_private=True
    )

    assert check.what == (f"webhook: 127.0.0.1:{receiver.port} can be reached (nothing was posted)")
    assert receiver.posts == []


async def test_a_webhook_that_nobody_listens_at_or_that_leads_inside_fails() -> None:
    async with http_server() as gone:
        url = gone.url("127.0.0.1")

    [away] = await examined(webhook_url=url, webhook_secret=SECRET, webhook_allow_private=True)
    [inside] = await examined(webhook_url="https://127.0.0.1/secret-path", webhook_secret=SECRET)

    assert (away.state, inside.state) == ("fail", "fail")
    assert "cannot be reached" in away.what
    assert "INCIDENT_WEBHOOK_URL" in away.fix
    assert inside.what == "webhook: 127.0.0.1:443: the webhook leads to a private network"
    assert "INCIDENT_WEBHOOK_ALLOW_PRIVATE" in inside.fix


async def test_a_webhook_without_a_certificate_to_be_trusted_fails(receiver: Receiver) -> None:
    url = f"https://127.0.0.1:{receiver.port}/hook"

    [check] = await examined(webhook_url=url, webhook_secret=SECRET, webhook_allow_private=True)

    assert check.state == "fail"
    assert receiver.posts == []


async def test_a_server_with_no_way_out_is_warned_of() -> None:
    [check] = await examined()

    assert check.state == "warn"
    assert "open browsers only" in check.what
    assert "INCIDENT_WEBHOOK_URL" in check.fix


async def test_links_that_open_on_the_server_only_are_warned_of(mailbox: Mailbox) -> None:
    check, _ = await examined(smtp_url=mailbox.url, base_url="http://127.0.0.1:8080")

    assert check.state == "warn"
    assert "INCIDENT_BASE_URL=" in check.fix
