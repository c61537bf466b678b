"""Letters say what to do and steer nothing; channels tell what was taken from what was not."""

import asyncio
import base64
import json
import logging
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, NoReturn

import pytest
from aiohttp import AddrInfoType, ClientTimeout
from hypothesis import given, strategies
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from incident.channels import configured, webhook
from incident.channels.addresses import all_public, is_public
from incident.channels.email import Email, server_of
from incident.channels.letters import Notice, letter
from incident.channels.parcel import Later, Parcel, Refused, Sent, Unknown
from incident.channels.quiet import quiet_until
from incident.channels.webhook import Resolved, Webhook, pause
from incident.settings import Settings, WrongSettings
from incident.store.directory import Notify, Person, Quiet
from tests.builders import MINUTE, NOON
from tests.parts.receivers import CUT, HANG, Mailbox, Receiver, http_server, mail_server

SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
MEI = Person(
    handle="mei", name="Mei", email="mei@example.com", phone="+1 555 0100", created_at=NOON
)


def notice(**fields: Any) -> Notice:  # noqa: ANN401 (fields of a notice)
    told: dict[str, Any] = {
        "kind": "page",
        "incident": "INC-7",
        "title": "Card payments failing",
        "severity": 1,
        "drill": False,
        "headline": "You are paged",
        "answer": "Open the incident and acknowledge.",
        "happened": "mei is paged, level 1",
        "link": "https://incidents.example.com/i/7",
    }
    return Notice(**told | fields)


def parcel(person: Person | None = MEI, **fields: Any) -> Parcel:  # noqa: ANN401 (fields of a notice)
    return Parcel("msg_1", person, "mei", "page", True, NOON, notice(**fields))  # noqa: FBT003 (urgent)


# Letters


def test_a_page_says_what_how_bad_where_who_leads_and_what_next_in_this_order() -> None:
    told = {"services": ("payments-api", "checkout"), "regions": ("eu-west-1",)}
    page = letter(notice(**told, status="active, fixing", leads="ada"))

    assert page.subject == "SEV1 You are paged: Card payments failing [INC-7]"
    assert page.text.splitlines() == [
        "Card payments failing",
        "Affected: payments-api, checkout in eu-west-1",
        "Severity 1, active, fixing. Incident commander: ada",
        "",
        "Open the incident and acknowledge.",
        "https://incidents.example.com/i/7",
        "",
        "mei is paged, level 1",
        "INC-7. Sent by Incident Command. Nobody reads answers to it.",
    ]


@pytest.mark.parametrize(
    ("services", "regions", "line"),
    [
        ((), (), "Affected: nobody has said yet"),
        (("db",), (), "Affected: db"),
        ((), ("eu", "us"), "Affected: services not named yet, in eu, us"),
    ],
)
def test_what_nobody_has_said_of_the_place_is_said_to_be_unknown(
    services: tuple[str, ...], regions: tuple[str, ...], line: str
) -> None:
    written = letter(notice(services=services, regions=regions))

    assert f"\n{line}\n" in written.text
    assert "Incident commander: nobody\n" in written.text


def test_a_drill_says_so_at_once() -> None:
    drill = letter(notice(drill=True))

    assert drill.subject.startswith("DRILL SEV1 You are paged")
    assert drill.text.startswith("This is a drill: nothing is broken.\n")


def test_what_may_be_a_repetition_says_so() -> None:
    assert "before" not in letter(notice()).text
    assert "You may have got this before" in letter(notice(possibly_repeated=True)).text


STEERING = "\r\n\x00\x1b[2J\x85\u2028\u2029\u202e\u2066\u200f\ufeff"


def test_nothing_that_people_wrote_breaks_a_line_or_turns_it_around() -> None:
    nasty = f"Pay{STEERING}Bcc: eve@example.com"
    written = letter(notice(title=nasty, happened=nasty))

    for text in (written.subject, *written.text.split("\n")):
        assert not set(STEERING.replace("[2J", "")) & set(text)
    assert "Pay [2J Bcc: eve@example.com" in written.subject


@given(strategies.text(max_size=300), strategies.text(max_size=1500))
def test_a_letter_has_lines_of_its_own_only(title: str, happened: str) -> None:
    written = letter(notice(title=title, happened=happened))
    plain = letter(notice(title="x", happened="x"))

    assert len(written.subject.splitlines()) == 1
    assert len(written.text.splitlines()) <= len(plain.text.splitlines())


def test_words_of_every_script_arrive() -> None:
    title = "Оплата не работает 支払い失敗 👩‍🚒"

    assert letter(notice(title=title)).subject.endswith(f"{title} [INC-7]")


def test_a_long_text_is_cut() -> None:
    written = letter(notice(title="x" * 300, happened="y" * 5000))

    assert len(written.subject) < 250
    assert "y" * 999 + "…" in written.text


# Quiet hours


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("UTC", "2026-03-01T21:59:59+00:00", None),
        ("UTC", "2026-03-01T22:00+00:00", "2026-03-02T07:30+00:00"),
        ("UTC", "2026-03-02T07:29:59+00:00", "2026-03-02T07:30+00:00"),
        ("UTC", "2026-03-02T07:30+00:00", None),
        ("Asia/Kolkata", "2026-03-01T17:00+00:00", "2026-03-02T07:30+05:30"),
        # The night is an hour shorter, then an hour longer.
        ("Europe/Berlin", "2026-03-28T23:00+01:00", "2026-03-29T07:30+02:00"),
        ("Europe/Berlin", "2026-10-24T23:00+02:00", "2026-10-25T07:30+01:00"),
    ],
)
def test_quiet_hours_follow_the_clock_on_the_wall(zone: str, now: str, until: str | None) -> None:
    expected = at(until) if until else None

    assert expected == quiet_until(Quiet(from_="22:00", to="07:30"), zone, at(now))


def test_quiet_hours_within_a_day_are_not_those_around_it() -> None:
    siesta = Quiet(from_="13:00", to="15:00")

    assert quiet_until(siesta, "UTC", at("2026-03-01T12:59+00:00")) is None
    assert quiet_until(siesta, "UTC", at("2026-03-01T14:00+00:00")) == at("2026-03-01T15:00+00:00")
    assert quiet_until(siesta, "UTC", at("2026-03-01T15:00+00:00")) is None


def test_an_end_that_the_clocks_skip_is_the_moment_after() -> None:
    quiet = Quiet(from_="22:00", to="02:30")

    until = quiet_until(quiet, "Europe/Berlin", at("2026-03-29T01:59+01:00"))

    assert until == at("2026-03-29T03:00+02:00")


def test_an_end_that_comes_twice_is_the_first() -> None:
    quiet = Quiet(from_="22:00", to="02:30")
    zone = "Europe/Berlin"

    assert quiet_until(quiet, zone, at("2026-10-25T02:29+02:00")) == at("2026-10-25T02:30+02:00")
    assert quiet_until(quiet, zone, at("2026-10-25T02:10+01:00")) is None


def test_quiet_hours_need_a_begin_and_another_end() -> None:
    for times in ({"from_": "22:00", "to": "22:00"}, {"from_": "25:00", "to": "07:00"}):
        with pytest.raises(ValidationError):
            Quiet.model_validate(times)


# E-mail


UNUSABLE = "the mail server's name or the sender's address is none that mail can use"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as box:
        yield box


def email(mailbox: Mailbox) -> Email:
    return Email(mailbox.url, "Incidents <incidents@example.com>")


async def test_a_letter_arrives_under_its_name(mailbox: Mailbox) -> None:
    outcome = await email(mailbox).send(parcel())
    [got] = mailbox.letters

    assert outcome == Sent()
    assert got["Message-ID"] == "<msg_1@example.com>"
    assert got["From"] == "Incidents <incidents@example.com>"
    assert (got["To"], got["X-Incident-ID"]) == ("mei@example.com", "INC-7")
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Date"] == format_datetime(NOON)
    assert got.get_content_type() == "text/plain"
    assert got.get_content().replace("\r\n", "\n") == letter(notice()).text
    assert mailbox.envelopes[0].mail_from == "incidents@example.com"
    assert mailbox.envelopes[0].rcpt_tos == ["mei@example.com"]


async def test_letters_of_one_incident_are_one_conversation_and_no_two_are_one_letter(
    mailbox: Mailbox,
) -> None:
    for number, headline in enumerate(("You are paged", "Still on it?")):
        told = notice(headline=headline)
        await email(mailbox).send(Parcel(f"msg_{number}", MEI, "mei", "page", True, NOON, told))  # noqa: FBT003 (urgent)
    await email(mailbox).send(parcel(incident="INC-8"))
    page, question, other = mailbox.letters
    thread = "<INC-7@example.com>"

    for letter_ in (page, question):
        assert (letter_["In-Reply-To"], letter_["References"]) == (thread, thread)
    assert page["Subject"] != question["Subject"]
    assert page["Message-ID"] != question["Message-ID"]
    assert other["References"] == "<INC-8@example.com>"


async def test_a_title_adds_no_header(mailbox: Mailbox) -> None:
    nasty = "x\r\nBcc: eve@example.com\r\n\r\nGive me your password.\n.\n"
    await email(mailbox).send(parcel(title=nasty, happened=nasty))
    [got] = mailbox.letters

    assert got["Bcc"] is None
    assert "x Bcc: eve@example.com Give me your password. ." in str(got["Subject"])
    assert mailbox.envelopes[0].rcpt_tos == ["mei@example.com"]


async def test_words_of_every_script_survive_the_mail(mailbox: Mailbox) -> None:
    await email(mailbox).send(parcel(title="支払い失敗 ü"))
    [got] = mailbox.letters

    assert str(got["Subject"]).endswith("支払い失敗 ü [INC-7]")
    assert "支払い失敗 ü" in got.get_content()


@pytest.mark.parametrize(
    ("recipient", "answer", "outcome"),
    [
        ("550 no such user", "", Refused("the mail server refuses the address (550)")),
        ("451 greylisted", "", Later("the mail server refuses the address (451)", sound=True)),
        ("", "554 spam", Refused("the mail server refuses the letter (554)")),
        ("", "452 full", Later("the mail server refuses the letter (452)", sound=True)),
    ],
)
async def test_a_mail_server_that_refuses_one_is_believed(
    mailbox: Mailbox, recipient: str, answer: str, outcome: object
) -> None:
    mailbox.recipients.extend(filter(None, [recipient]))
    mailbox.answers.extend(filter(None, [answer]))

    assert outcome == await email(mailbox).send(parcel())


async def test_a_mail_server_that_goes_away_with_the_letter_leaves_it_unknown(
    mailbox: Mailbox,
) -> None:
    mailbox.answers.append(CUT)

    assert isinstance(await email(mailbox).send(parcel()), Unknown)


async def test_a_mail_server_that_never_answers_leaves_it_unknown(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incident.channels.email.TIMEOUT", 0.2)
    mailbox.answers.append(HANG)

    assert isinstance(await email(mailbox).send(parcel()), Unknown)


async def test_a_mail_server_that_is_not_there_is_tried_later() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()

    outcome = await Email(f"smtp://127.0.0.1:{port}", "i@example.com").send(parcel())

    assert outcome == Later("the mail server cannot be reached")


@pytest.mark.parametrize("host", ["mail..example", f"{'a' * 64}.example"])
async def test_a_mail_server_whose_name_can_be_none_is_tried_later(host: str) -> None:
    outcome = await Email(f"smtp://{host}", "i@example.com").send(parcel())

    assert outcome == Later(UNUSABLE)


@pytest.mark.parametrize("sender", ["störung@example.com", "i@störung.example"])
async def test_a_sender_that_mail_cannot_carry_loses_no_letter(
    mailbox: Mailbox, sender: str
) -> None:
    outcome = await Email(mailbox.url, sender).send(parcel())

    assert outcome == Later(UNUSABLE)
    assert mailbox.letters == []


async def test_encryption_that_is_offered_is_used_before_anything_is_said() -> None:
    heard: list[bytes] = []

    async def offering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n")
        heard.append(await reader.readline())
        writer.write(b"250-mail.test\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n")
        heard.append(await reader.readline())
        writer.write(b"220 go\r\n")
        heard.append(await reader.read(3))
        writer.close()

    server = await asyncio.start_server(offering, "127.0.0.1", 0)
    url = f"smtp://ada:secret@127.0.0.1:{server.sockets[0].getsockname()[1]}"
    outcome = await Email(url, "i@example.com").send(parcel())
    server.close()
    await server.wait_closed()

    assert isinstance(outcome, Later)
    assert heard[0].startswith(b"EHLO ")
    assert heard[1:] == [b"STARTTLS\r\n", b"\x16\x03\x01"], "then a TLS handshake"


def test_a_password_goes_to_no_other_machine_unencrypted() -> None:
    remote = server_of("smtp://ada:p%40ss@mail.example.com")
    here = server_of("smtp://ada:secret@127.0.0.1?starttls=never")

    assert (remote["start_tls"], remote["port"], remote["password"]) == (True, 587, "p@ss")
    assert (here["start_tls"], here["use_tls"]) == (False, False)
    assert server_of("smtps://mail.example.com")["port"] == 465
    assert server_of("smtp://mail.example.com")["start_tls"] is None


async def test_a_mail_server_that_refuses_the_password_does_not_have_it_quoted(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"smtp://ada:hunter22@127.0.0.1:{mailbox.port}?starttls=never"
    with caplog.at_level(logging.DEBUG):
        outcome = await Email(url, "i@example.com").send(parcel())

    assert isinstance(outcome, Later)
    assert "hunter22" not in caplog.text + str(outcome)
    assert mailbox.letters == []


async def test_nobody_is_written_to_without_an_address_that_can_be_used(mailbox: Mailbox) -> None:
    without = MEI.model_copy(update={"email": None})
    odd = MEI.model_copy(update={"email": "mei@exämple.com"})

    for person in (None, without, odd):
        assert isinstance(await email(mailbox).send(parcel(person)), Refused)
    assert mailbox.letters == []


def test_who_is_reached_by_mail_has_an_address_and_wants_it(mailbox: Mailbox) -> None:
    silent = MEI.model_copy(update={"notify": Notify(email=False)})

    reached = [email(mailbox).reaches(one) for one in (MEI, silent, None)]

    assert reached == [True, False, False]


# The webhook


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with http_server() as one:
        yield one


def hook(url: str, *, secrets: str = SECRET, private: bool = True, **more: Any) -> Webhook:  # noqa: ANN401 (a resolver)
    return Webhook(url, secrets, "https://incidents.example.com", private=private, **more)


async def test_a_webhook_is_a_signed_cloud_event(receiver: Receiver) -> None:
    told = parcel(
        services=("payments-api",), regions=("eu-west-1",), leads="ada", possibly_repeated=True
    )
    outcome = await hook(receiver.url()).send(told)
    [post] = receiver.posts
    event = Verifier(SECRET).verify(post.body, post.headers)

    assert outcome == Sent()
    assert post.line == "POST /hook HTTP/1.1"
    assert post.headers["webhook-id"] == "msg_1"
    assert post.headers["content-type"].startswith("application/cloudevents+json")
    assert {name: event[name] for name in ("specversion", "id", "source", "type", "subject")} == {
        "specversion": "1.0",
        "id": "msg_1",
        "source": "https://incidents.example.com",
        "type": "incident.page",
        "subject": "INC-7",
    }
    assert event["time"] == "2026-03-01T12:00:00.000Z"
    assert event["data"]["person"] == {
        "handle": "mei",
        "name": "Mei",
        "email": "mei@example.com",
        "phone": "+1 555 0100",
    }
    assert event["data"]["title"] == "Card payments failing"
    assert event["data"]["affectedServices"] == ["payments-api"]
    assert event["data"]["affectedRegions"] == ["eu-west-1"]
    assert event["data"]["commander"] == "ada"
    assert event["data"]["possiblyRepeated"] is True


async def test_a_changed_body_or_another_secret_is_found_out(receiver: Receiver) -> None:
    await hook(receiver.url()).send(parcel())
    [post] = receiver.posts

    for key, body in ((OTHER, post.body), (SECRET, post.body.replace(b"INC-7", b"INC-8"))):
        with pytest.raises(WebhookVerificationError):
            Verifier(key).verify(body, post.headers)


async def test_while_a_secret_is_replaced_both_verify(receiver: Receiver) -> None:
    await hook(receiver.url(), secrets=f"{OTHER} {SECRET}").send(parcel())
    [post] = receiver.posts

    for key in (SECRET, OTHER):
        assert Verifier(key).verify(post.body, post.headers)["id"] == "msg_1"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (200, Sent()),
        (500, Later("the webhook answered 500")),
        (408, Later("the webhook answered 408")),
        (
            (429, {"Retry-After": "120"}, b""),
            Later("the webhook answered 429", 2 * MINUTE),
        ),
        ((503, {"Retry-After": "soon"}, b""), Later("the webhook answered 503")),
        (400, Refused("the webhook answered 400")),
        (410, Refused("the webhook answered 410")),
        (CUT, Unknown("the webhook did not say in time whether it has it")),
    ],
)
async def test_what_a_receiver_answers_is_understood(
    receiver: Receiver, answer: object, outcome: object
) -> None:
    receiver.answer(answer)

    assert outcome == await hook(receiver.url()).send(parcel())


async def test_a_receiver_that_never_answers_leaves_it_unknown(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", ClientTimeout(total=0.2))
    receiver.answer(HANG)

    assert isinstance(await hook(receiver.url()).send(parcel()), Unknown)


async def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    async with http_server() as inside:
        receiver.answer((302, {"Location": inside.url()}, b""))
        outcome = await hook(receiver.url()).send(parcel())

        assert outcome == Refused("the webhook answered 302")
        assert inside.connections == 0


async def test_of_a_long_answer_little_is_read(receiver: Receiver) -> None:
    receiver.answer((200, {}, b"x" * 5_000_000))

    assert await hook(receiver.url()).send(parcel()) == Sent()


async def test_a_receiver_that_is_not_there_is_tried_later(receiver: Receiver) -> None:
    async with http_server() as gone:
        url = gone.url()

    assert await hook(url).send(parcel()) == Later("the webhook cannot be reached")


def leading_to(*addresses: str) -> tuple[list[str], Any]:
    """A resolver that says so, and the names it was asked for."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return list(addresses)

    return asked, resolve


async def test_the_checked_address_is_called_by_its_own_name(receiver: Receiver) -> None:
    asked, resolve = leading_to("127.0.0.1")
    outcome = await hook(receiver.url("hooks.example.com"), resolver=resolve).send(parcel())

    assert outcome == Sent()
    assert receiver.posts[0].headers["host"] == f"hooks.example.com:{receiver.port}"
    assert asked == ["hooks.example.com"], "asked once, so that no second answer can differ"


async def test_over_tls_the_name_is_asked_for_too(receiver: Receiver) -> None:
    _, resolve = leading_to("127.0.0.1")
    url = f"https://hooks.example.com:{receiver.port}/hook"
    await hook(url, resolver=resolve).send(parcel())

    assert b"hooks.example.com" in receiver.raw[0]


INSIDE = [
    "127.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "①②⑦.0.0.1",
    "127.0.0.1",
    "localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fd00::1]",
    "169.254.169.254",
    "100.64.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "192.0.0.8",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "0.0.0.0",
    "user@127.0.0.1",
    "example.com@127.0.0.1",
]


@pytest.mark.parametrize("host", INSIDE)
async def test_no_spelling_leads_inside(receiver: Receiver, host: str) -> None:
    """On the port of the receiver, which is made a port that webhooks may use."""
    public = hook(f"https://{host}:{receiver.port}/hook", private=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webhook, "WEBHOOK_PORTS", (receiver.port,))
        outcome = await public.send(parcel())

    assert outcome in {
        Refused("the webhook leads to a private network"),
        Later("the webhook's name leads nowhere"),
    }
    assert receiver.connections == 0


async def test_one_address_inside_among_public_ones_is_enough_to_refuse(
    receiver: Receiver,
) -> None:
    _, resolve = leading_to("93.184.216.34", "127.0.0.1")
    public = hook("https://hooks.example.com/hook", private=False, resolver=resolve)

    assert await public.send(parcel()) == Refused("the webhook leads to a private network")


async def test_a_name_that_changes_its_mind_is_asked_once(receiver: Receiver) -> None:
    """Public when it is looked at, inside when it is asked again: it is not asked again."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    called: list[str] = []

    async def flipping(host: str, port: int) -> list[str]:
        return answers.pop(0)

    def no_socket(_: object, info: AddrInfoType) -> NoReturn:
        called.append(str(info[4][0]))
        raise OSError("not in a test")

    public = hook(f"https://hooks.example.com:{receiver.port}/", private=False, resolver=flipping)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webhook, "WEBHOOK_PORTS", (receiver.port,))
        patch.setattr(Resolved, "socket", no_socket)
        outcome = await public.send(parcel())

    assert outcome == Later("the webhook cannot be reached")
    assert (called, receiver.connections) == (["93.184.216.34"], 0)
    assert answers == [["127.0.0.1"]]


def test_a_socket_is_made_for_a_checked_address_only() -> None:
    checked = Resolved(["93.184.216.34"])

    with pytest.raises(OSError, match="not checked"):
        checked.socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443)))


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://hooks.example.com:22/"])
async def test_only_https_on_its_own_ports_is_used(url: str) -> None:
    asked, resolve = leading_to("93.184.216.34")

    outcome = await hook(url, private=False, resolver=resolve).send(parcel())

    assert isinstance(outcome, Refused)
    assert asked == []


def test_public_addresses_are_public() -> None:
    assert all_public(["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111"])
    assert not is_public("2606:4700:4700::1111%eth0")
    assert all_public([])


def test_retry_after_may_be_a_date() -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    given_pause = pause(format_datetime(soon.replace(microsecond=0), usegmt=True))

    assert given_pause is not None
    assert timedelta(minutes=55) < given_pause <= timedelta(hours=1)
    assert pause("Thu, 01 Jan 1970 00:00:00 GMT") == timedelta(0)
    assert (pause("tomorrow"), pause("-5"), pause(None)) == (None, None, None)
    assert pause("Fri, 31 Dec 9999 23:59:59 -1200") is None


# Settings


def settings(**fields: object) -> Settings:
    return Settings.read(**fields)


async def test_channels_are_those_that_are_set_up() -> None:
    both = settings(
        smtp_url="smtp://mail.example.com",
        mail_from="Incidents <i@example.com>",
        webhook_url="https://hooks.example.com/x",
        webhook_secret=f"{SECRET} {OTHER}",
    )

    assert set(configured.channels(both)) == {"email", "webhook"}
    assert configured.channels(settings()) == {}
    assert "hooks.example.com" not in str(both)
    assert json.dumps(both.model_dump(mode="json")).count("****") >= 3


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"smtp_url": "mail.example.com", "mail_from": "i@example.com"}, "SMTP_URL"),
        ({"smtp_url": "smtp://mail:hunter22", "mail_from": "i@example.com"}, "SMTP_URL"),
        ({"smtp_url": "smtp://mail?verify=no", "mail_from": "i@example.com"}, "SMTP_URL"),
        ({"smtp_url": "smtp://mail?starttls=never", "mail_from": "i@example.com"}, "SMTP_URL"),
        ({"smtp_url": "smtp://ada:hunter22@mail..example"}, "SMTP_URL"),
        ({"smtp_url": f"smtp://ada:hunter22@{'a' * 64}.example"}, "SMTP_URL"),
        ({"smtp_url": "smtp://mail"}, "MAIL_FROM"),
        ({"smtp_url": "smtp://mail", "mail_from": "nobody"}, "MAIL_FROM"),
        ({"smtp_url": "smtp://mail", "mail_from": "a@b.c\r\nBcc: x@y.z"}, "MAIL_FROM"),
        ({"smtp_url": "smtp://mail", "mail_from": "störung@example.com"}, "MAIL_FROM"),
        ({"smtp_url": "smtp://mail", "mail_from": "i@störung.example"}, "MAIL_FROM"),
        ({"webhook_url": "https://hooks..example", "webhook_secret": SECRET}, "WEBHOOK_URL"),
        ({"webhook_url": "ftp://x", "webhook_secret": SECRET}, "WEBHOOK_URL"),
        ({"webhook_url": "http://x", "webhook_secret": SECRET}, "WEBHOOK_URL"),
        ({"webhook_url": "https://x:22", "webhook_secret": SECRET}, "WEBHOOK_URL"),
        ({"webhook_url": "https://user@x", "webhook_secret": SECRET}, "WEBHOOK_URL"),
        ({"webhook_url": "https://x"}, "WEBHOOK_SECRET"),
        ({"webhook_url": "https://x", "webhook_secret": "hunter22"}, "WEBHOOK_SECRET"),
        ({"webhook_url": "https://x", "webhook_secret": "whsec_c2hvcnQ="}, "WEBHOOK_SECRET"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_secret_is_quoted(
    fields: dict[str, object], name: str
) -> None:
    with pytest.raises(WrongSettings) as caught:
        settings(**fields)

    assert str(caught.value).startswith(f"INCIDENT_{name} is wrong:")
    assert "hunter22" not in str(caught.value)


def test_a_host_that_can_be_no_name_and_a_sender_beyond_ascii_are_told_what_is_right() -> None:
    with pytest.raises(WrongSettings, match="an empty part, or one of more than 63 letters"):
        settings(smtp_url="smtp://mail..example", mail_from="i@example.com")
    with pytest.raises(WrongSettings, match="an address in ASCII"):
        settings(smtp_url="smtp://mail", mail_from="Störung <störung@example.com>")


def test_a_sender_may_have_any_name_and_a_host_be_spelt_in_any_script() -> None:
    told = settings(smtp_url="smtp://mäil.example", mail_from="Störung <i@example.com>")

    assert told.mail_from == "Störung <i@example.com>"
    assert settings(smtp_url="smtp://[::1]:25", mail_from="i@example.com").smtp_url is not None


def test_a_receiver_of_ones_own_may_be_anywhere() -> None:
    told = {"webhook_url": "http://10.0.0.5:9000/x", "webhook_secret": SECRET}

    assert settings(**told, webhook_allow_private=True).webhook_url is not None
