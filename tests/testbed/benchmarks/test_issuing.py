"""The benchmarks of the issuer run with options that a connection may have."""

from app.testbed.benchmarks.issuing import UNBOUND
from providers.nilvera.adapter import NilveraAdapter
from providers.options import tuned


def test_the_options_of_an_unbound_connection_are_ones_that_every_connection_may_have() -> None:
    assert tuned(NilveraAdapter.CAPABILITIES, UNBOUND).quota.requests == int(UNBOUND["quota_requests"])
