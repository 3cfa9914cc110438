"""Which addresses are public: every way in which an IPv6 address can stand for a private one is looked through."""

import pytest

from channels.public_internet import is_public

ADDRESSES = [
    ("93.184.216.34", True),
    ("2606:2800:220:1:248:1893:25c8:1946", True),
    ("10.0.0.1", False),
    ("172.16.9.9", False),
    ("192.168.1.1", False),
    ("169.254.169.254", False),
    ("100.64.0.1", False),
    ("127.0.0.53", False),
    ("0.0.0.0", False),
    ("224.0.0.1", False),
    ("255.255.255.255", False),
    ("::1", False),
    ("::", False),
    ("fe80::1%eth0", False),
    ("fd00::1", False),
    ("ff02::1", False),
    ("::ffff:10.0.0.1", False),
    ("::ffff:93.184.216.34", True),
    ("64:ff9b::a00:1", False),
    ("2002:7f00:1::", False),
    ("64:ff9b::5db8:d822", True),
    ("64:ff9b:1::7f00:1", False),
    ("::127.0.0.1", False),
    ("::ffff:0:127.0.0.1", False),
    ("2001:0:7f00:1::", False),
    ("fec0::1", False),
    ("3fff::1", False),
    ("5f00::1", False),
    ("168.63.129.16", False),
    ("192.88.99.1", False),
    ("fd00:ec2::254", False),
]


@pytest.mark.parametrize(("address", "expected"), ADDRESSES)
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    assert is_public(address) is expected
