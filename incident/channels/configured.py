"""The channels that the settings ask for. It opens no connection."""

from incident.channels.email import Email
from incident.channels.parcel import Channel
from incident.channels.webhook import Webhook
from incident.settings import Settings


def channels(settings: Settings) -> dict[str, Channel]:
    """By the name under which deliveries know them."""
    found: dict[str, Channel] = {}
    if settings.smtp_url and settings.mail_from:
        found["email"] = Email(settings.smtp_url.get_secret_value(), settings.mail_from)
    if settings.webhook_url and settings.webhook_secret:
        found["webhook"] = Webhook(
            settings.webhook_url.get_secret_value(),
            settings.webhook_secret.get_secret_value(),
            settings.origin,
            private=settings.webhook_allow_private,
        )
    return found
