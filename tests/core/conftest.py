"""Properties are tried on the same examples every time, so that a run is repeatable."""

from hypothesis import HealthCheck, settings

from tests.core.effort import examples

settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,  # examples are as slow as the machine
    max_examples=examples(8, 30),
    suppress_health_check=[HealthCheck.too_slow],  # likewise
)
settings.load_profile("steady")
