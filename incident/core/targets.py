"""Where two fixes would get into each other's way: targets are paths, regions are names."""

ANYWHERE = "*"


def overlapping(
    target: str, region: str | None, other_target: str, other_region: str | None
) -> bool:
    """Whether one target contains the other in a region they share.

    `db/primary` lies under `db`; `waf/*` covers all below it; no region, or `*`, is every
    region.
    """
    return _regions_meet(region, other_region) and _paths_meet(path(target), path(other_target))


def path(target: str) -> tuple[str, ...]:
    """The names in a target: `waf/rules/*` is `("waf", "rules")`."""
    return tuple(name for name in target.split("/") if name not in {"", ANYWHERE})


def root(target: str) -> str:
    """The first name of a target: what a hold is kept under."""
    return path(target)[0]


def _paths_meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _regions_meet(one: str | None, other: str | None) -> bool:
    return one == other or None in {one, other} or ANYWHERE in {one, other}
