"""The address to listen on: who can reach it, and whether it is free."""

from __future__ import annotations

import ipaddress
import socket

from instrument_net.errors import InputError


class AddressError(InputError):
    """An address that cannot be listened on; the message names it and the reason."""


def is_loopback(host: str) -> bool:
    """Return whether only programs on this machine reach a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_address(host: str, port: int) -> None:
    """Refuse an address that is taken or not this machine's, before anything slow is done.

    Raises:
        AddressError: With what the system says.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            # As the server does: a port is free again as soon as its last server has ended.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise AddressError(
            f"cannot listen on {host} port {port}: {error.strerror}; "
            "choose others with --host and --port"
        ) from error
