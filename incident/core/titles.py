"""What roles are called in sentences."""


def role_title(role: str) -> str:
    """`incident_commander` as people say it: incident commander."""
    return role.replace("_", " ")
