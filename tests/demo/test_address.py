"""Addresses that only this machine reaches, and ports that are free."""

import socket

import pytest

from instrument_net.demo.address import AddressError, check_address, is_loopback
from instrument_net.errors import InputError


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.0.3", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("", False), ("here", False)],
)  # fmt: skip
def test_only_loopback_addresses_count_as_this_machine(host, loopback):
    assert is_loopback(host) is loopback


def test_a_port_in_use_is_refused_and_a_free_one_is_not():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=rf"127\.0\.0\.1 port {port}: .*in use; choose"):
            check_address("127.0.0.1", port)
    check_address("127.0.0.1", port)


def test_an_address_that_cannot_be_listened_on_is_wrong_input():
    assert issubclass(AddressError, InputError)
