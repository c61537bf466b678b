"""Addresses to listen on: whether strangers reach them, and why one cannot be had.

Names are not looked up.
"""

import ipaddress
import os
import socket


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def why(error: OSError) -> str:
    """Why an address cannot be listened on, without Python's own words around it."""
    if isinstance(error, socket.gaierror) or not error.errno:
        return error.strerror or str(error)
    return os.strerror(error.errno)
