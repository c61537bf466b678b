"""Whether pages would leave the server: the mail server, the webhook, the links in letters.

It connects and signs in. It sends nothing but the one test letter that was asked for.
"""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPNotSupported, SMTPSenderRefused
from pydantic import TypeAdapter, ValidationError

from incident.channels.configured import channels
from incident.channels.email import Email, trouble
from incident.channels.letters import Letter
from incident.channels.parcel import Refused, Sent, Unknown
from incident.channels.webhook import Webhook
from incident.cli.addresses import is_loopback
from incident.cli.ending import misused
from incident.cli.machine import Check
from incident.settings import Settings
from incident.store.directory import Email as Address

SET_UP_MAIL = "Set INCIDENT_SMTP_URL and INCIDENT_MAIL_FROM."
SET_UP = f"{SET_UP_MAIL[:-1]}, or INCIDENT_WEBHOOK_URL and INCIDENT_WEBHOOK_SECRET."
NO_SERVER = "test letter: not sent, as there is no mail server to take it"
UNSOUND = "test letter: not sent: see the line above"
TEST = """\
This is a test, and nothing is broken: mail from this server reaches you.

Pages come from the same sender. Let it through your spam filter, and allow it to wake you.

Sent by: incident doctor --mail-to
"""


def checked_address(address: str) -> None:
    """Refuse what is no e-mail address, as the directory would."""
    try:
        TypeAdapter(Address).validate_python(address)
    except ValidationError:
        raise misused(f"{address} is no e-mail address, such as ada@example.com.") from None


async def checks(settings: Settings, mail_to: str | None) -> AsyncIterator[Check]:
    """A line for each way out, or one that there is none."""
    ways = channels(settings)
    if not ways:
        what = "mail and webhook: not set up, so pages show in open browsers only"
        yield Check("warn", what, SET_UP)
    elif is_loopback(urlsplit(settings.origin).hostname or ""):
        fix = "Set INCIDENT_BASE_URL=https://incidents.example.com"
        yield Check("warn", f"links in letters: {settings.origin} opens on this machine only", fix)
    mail, webhook = ways.get("email"), ways.get("webhook")
    if isinstance(mail, Email):
        greeted = await mail_server(mail)
        yield greeted
        if mail_to is not None:
            sound = greeted.state == "ok"
            yield await test_letter(mail, mail_to) if sound else Check("fail", UNSOUND)
    elif mail_to is not None:
        yield Check("fail", NO_SERVER, SET_UP_MAIL)
    if isinstance(webhook, Webhook):
        yield await receiver(webhook)


async def mail_server(mail: Email) -> Check:
    """Whether it would take letters from us."""
    try:
        how = await mail.greet()
    except (SMTPException, OSError, UnicodeError) as error:
        return Check("fail", f"mail: {mail.server}: {trouble(error)}", remedy(error, mail))
    return Check("ok", f"mail: {mail.server} takes letters from {mail.sender} ({how})")


def remedy(error: Exception, mail: Email) -> str:
    match error:
        case SMTPAuthenticationError():
            return "Correct user and password in INCIDENT_SMTP_URL; @ is %40 there, / is %2F."
        case SMTPSenderRefused():
            return f"Set INCIDENT_MAIL_FROM to an address it sends for; now it is {mail.sender}."
        case SMTPNotSupported():
            return "Write smtps:// for a server that begins with TLS, or leave the user out."
        case UnicodeError():
            return "Correct the host in INCIDENT_SMTP_URL, or the address in INCIDENT_MAIL_FROM."
        case _:
            return (
                "Correct host, port and smtp:// or smtps:// in INCIDENT_SMTP_URL; see what is "
                f"there: openssl s_client -connect {mail.server}"
            )


async def test_letter(mail: Email, to: str) -> Check:
    """Send one, and say what became of it."""
    written = Letter("Test: mail from Incident Command reaches you", TEST)
    name = f"test-{secrets.token_hex(8)}"
    outcome = await mail.post(to, mail.addressed(to, written, name, datetime.now(UTC)))
    match outcome:
        case Sent():
            fix = "Look into that inbox, and into its spam folder."
            return Check("ok", f"test letter: {mail.server} has it for {to}", fix)
        case Unknown(why):
            return Check("fail", f"test letter: {why}", f"Look whether {to} has got it.")
        case Refused(why):
            fix = "The log of the mail server says why; it may only serve some machines or senders."
            return Check("fail", f"test letter to {to}: {why}", fix)
        case _:
            fix = "It says: not now. Try again in some minutes; pages are tried again, too."
            return Check("fail", f"test letter to {to}: {outcome.why}", fix)


async def receiver(webhook: Webhook) -> Check:
    """Whether there is anybody to post to."""
    obstacle = await webhook.obstacle()
    if obstacle is None:
        return Check("ok", f"webhook: {webhook.receiver} can be reached (nothing was posted)")
    fix = "Correct INCIDENT_WEBHOOK_URL, or look after what should answer there."
    if isinstance(obstacle, Refused):
        fix = "For one in your own network, set INCIDENT_WEBHOOK_ALLOW_PRIVATE=true."
    return Check("fail", f"webhook: {webhook.receiver}: {obstacle.why}", fix)
