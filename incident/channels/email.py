"""Letters by SMTP, each under a Message-ID that stays the same however often it is sent.

What a mail server accepted counts as sent; nobody here reads what comes back later.
"""

from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime, parseaddr
from socket import gaierror
from ssl import SSLCertVerificationError, SSLError
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from incident.channels.addresses import host_and_port
from incident.channels.letters import Letter, letter
from incident.channels.parcel import Later, Outcome, Parcel, Refused, Sent, Unknown
from incident.store.directory import Person

TIMEOUT = 5.0
"""Seconds that the mail server has for each answer."""
GOODBYE = 1.0
"""Seconds that it has to answer QUIT, when it has the letter already."""
PERMANENT = 500
"""Answers from here on are final."""
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class Email:
    """The mail server of `smtp://user:password@host:587`, or `smtps://`."""

    in_order: Literal["person", "incident"] = "person"

    def __init__(self, url: str, sender: str) -> None:
        self._server = server_of(url)
        self._sender = sender
        self._envelope = parseaddr(sender)[1]
        self._domain = self._envelope.rpartition("@")[2]

    def reaches(self, person: Person | None) -> bool:
        return person is not None and person.email is not None and person.notify.email

    async def send(self, parcel: Parcel) -> Outcome:
        to = parcel.person.email if parcel.person else None
        if to is None:
            return Refused("there is no e-mail address")
        return await self.post(to, self.message(parcel, to))

    async def post(self, to: str, message: EmailMessage) -> Outcome:
        """Hand over one letter."""
        if not to.isascii():
            return Refused("the e-mail address has letters that mail servers do not take")
        client = SMTP(**self._server, timeout=TIMEOUT)
        try:
            return await self._hand_over(client, to, message)
        finally:
            client.close()

    async def greet(self) -> str:
        """Connect, sign in and name the sender as for a letter, and send none: says how it went.

        Raises what `trouble` puts into words.
        """
        client = SMTP(**self._server, timeout=TIMEOUT)
        try:
            await client.connect()
            encrypted = client.get_transport_info("sslcontext") is not None
            await client.mail(self._envelope)
            with suppress(SMTPException, OSError):
                await client.rset()
                await client.quit(timeout=GOODBYE)
        finally:
            client.close()
        signed_in = ", signed in" if self._server["username"] else ""
        return f"{'encrypted' if encrypted else 'not encrypted'}{signed_in}"

    @property
    def server(self) -> str:
        """Host and port, without what is secret."""
        return host_and_port(self._server["hostname"], self._server["port"])

    @property
    def sender(self) -> str:
        """The bare address that letters come from."""
        return self._envelope

    async def _hand_over(self, client: SMTP, to: str, message: EmailMessage) -> Outcome:
        try:
            written = bytes(message)
            await client.connect()
            await client.mail(self._envelope)
            await client.rcpt(to)
        except SMTPRecipientRefused as error:
            return not_taken(error, "the mail server refuses the address")
        except (SMTPException, OSError, UnicodeError) as error:
            return Later(trouble(error))
        try:
            await client.data(written)
        except SMTPDataError as error:
            return not_taken(error, "the mail server refuses the letter")
        except (SMTPException, OSError):
            return Unknown("the mail server went away before it said whether it has the letter")
        with suppress(SMTPException, OSError):
            await client.quit(timeout=GOODBYE)
        return Sent()

    def message(self, parcel: Parcel, to: str) -> EmailMessage:
        """The letter with its headers. All of an incident answer the same one, which never was:
        so a mail program shows them as one conversation, however their subjects differ.
        """
        written = letter(parcel.notice)
        message = self.addressed(to, written, parcel.name, parcel.at)
        thread = f"<{parcel.notice.incident}@{self._domain}>"
        message["In-Reply-To"] = thread
        message["References"] = thread
        message["X-Incident-ID"] = parcel.notice.incident
        if parcel.urgent:
            message["Importance"] = "high"
        return message

    def addressed(self, to: str, written: Letter, name: str, at: datetime) -> EmailMessage:
        """Any letter of this program's, with the headers that all of them have."""
        message = EmailMessage(policy=LINES)
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = written.subject
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{name}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(written.text, cte="quoted-printable")
        return message


def server_of(url: str) -> dict[str, Any]:
    """How to reach the server. A password is never sent to another machine unencrypted."""
    parts = urlsplit(url)
    secured = parts.scheme == "smtps"
    if secured or dict(parse_qsl(parts.query)).get("starttls") == "never":
        starttls: bool | None = False
    elif parts.password and parts.hostname not in THIS_MACHINE:
        starttls = True
    else:
        starttls = None  # where it is offered
    return {
        "hostname": parts.hostname,
        "port": parts.port or (465 if secured else 587 if parts.password else 25),
        "use_tls": secured,
        "start_tls": starttls,
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
    }


def not_taken(error: SMTPResponseException, what: str) -> Outcome:
    """The server works, and does not want this one, for good or for now."""
    why = f"{what} ({error.code})"
    return Refused(why) if error.code >= PERMANENT else Later(why, sound=True)


def trouble(error: Exception) -> str:
    """What is wrong with the server, without its words: they may quote what is secret."""
    match error:
        case SMTPAuthenticationError():
            return f"the mail server refuses the user or the password ({error.code})"
        case SMTPSenderRefused():
            return f"the mail server refuses the sender ({error.code})"
        case SMTPResponseException():
            return f"the mail server does not serve us ({error.code})"
        case SMTPNotSupported():
            return "the mail server cannot do what INCIDENT_SMTP_URL asks for, such as STARTTLS"
        case TimeoutError():
            return "the mail server does not answer in time"
        case _:
            return unreached(error)


def unreached(error: BaseException) -> str:
    """Why there is no conversation: the library keeps the reason as what it was caused by."""
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    match cause:
        case SSLCertVerificationError():
            return "the mail server's certificate is not to be trusted"
        case SSLError():
            return "the mail server does not speak TLS there"
        case UnicodeError():
            return "the mail server's name or the sender's address is none that mail can use"
        case gaierror():
            return "the mail server's name leads nowhere"
        case _:
            return "the mail server cannot be reached"
