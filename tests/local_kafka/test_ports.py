from __future__ import annotations

import socket

import pytest

from app.local_kafka.ports import CANDIDATES, LOOPBACK, choose_ports, is_free
from app.local_kafka.state import Ports

LINUX_EPHEMERAL_START = 32_768


@pytest.mark.parametrize("busy", ["broker", "controller"])
def test_ports_are_kept_while_free_and_replaced_when_somebody_has_one(busy: str) -> None:
    first = choose_ports(None)
    assert choose_ports(first) == first
    with socket.create_server((LOOPBACK, getattr(first, busy))):
        second = choose_ports(first)
        assert getattr(second, busy) != getattr(first, busy)
    assert choose_ports(first) == first


def test_new_ports_are_two_free_ones_that_no_outgoing_connection_is_given() -> None:
    chosen = choose_ports(None)
    assert chosen.broker != chosen.controller
    assert is_free(chosen.broker)
    assert is_free(chosen.controller)
    assert {chosen.broker, chosen.controller} <= set(CANDIDATES)
    assert CANDIDATES.stop <= LINUX_EPHEMERAL_START


def test_a_port_whose_last_connection_still_fades_out_is_free() -> None:
    with socket.create_server((LOOPBACK, choose_ports(None).broker)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)) as client:
            accepted, _ = server.accept()
            # The server closes first, as a stopping broker does: its side is the one that lingers.
            accepted.close()
            assert client.recv(1) == b""
    assert is_free(port)
    assert choose_ports(Ports(broker=port, controller=port)).broker == port
