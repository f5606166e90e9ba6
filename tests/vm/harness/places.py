# SPDX-License-Identifier: GPL-2.0
"""The hosts of the world: where they are, and the proof that they are there."""

import functools
import ipaddress
import mmap
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One host. COUNTRY is None for our own sites, where NETS are all its own."""

    name: str
    v4: str
    v6: str
    country: str = None
    nets: tuple = ()

    def owns(self, address):
        """Whether ADDRESS (4 or 16 bytes) is this host's."""
        whole = int.from_bytes(address, "big")
        return any(size == len(address) and whole >> shift == prefix
                   for size, shift, prefix in networks(self))


@functools.lru_cache(None)
def networks(place):
    """PLACE's networks: address size in bytes, bits to drop, what is left."""
    nets = [ipaddress.ip_network(net)
            for net in place.nets or (place.v4, place.v6)]
    return [(net.max_prefixlen // 8, net.max_prefixlen - net.prefixlen,
             int(net.network_address) >> (net.max_prefixlen - net.prefixlen))
            for net in nets]


# Addresses long held by universities, carriers and publishers of the country.
PLACES = (
    Place("cn", "202.112.0.36", "2001:da8:8000:1::80", "CN"),
    Place("us", "18.7.22.69", "2607:f8b0:4004:800::2004", "US"),
    Place("de", "193.99.144.80", "2a02:2e0:3fe:1001:302::", "DE"),
    Place("dc", "10.20.0.10", "2001:db8:20::10",
          nets=("10.20.0.0/16", "2001:db8:20::/48")),
)

VM4, VM6 = "192.168.77.2", "fd77::2"
GATEWAY4, GATEWAY6 = "192.168.77.1", "fd77::1"
NET4, NET6 = "192.168.77.0/24", "fd77::/64"

DATABASES = {4: "/usr/share/tor/geoip", 6: "/usr/share/tor/geoip6"}


def line_at(data, offset):
    """The whole line around OFFSET, with its start and end."""
    start = data.rfind(b"\n", 0, offset) + 1
    end = data.find(b"\n", offset)
    end = len(data) if end < 0 else end
    return start, end, data[start:end].decode()


def bound(text):
    """A range's end as the databases write it: an integer or an IPv6 address."""
    return int(text) if text.isdigit() else int(ipaddress.ip_address(text))


def country_of(address):
    """ADDRESS's country in Debian's database, or None. Bisects the file."""
    wanted = int(ipaddress.ip_address(address))
    path = DATABASES[ipaddress.ip_address(address).version]
    with open(path, "rb") as file, \
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        low, high = 0, len(data)
        while low < high:
            start, end, line = line_at(data, (low + high) // 2)
            if line.startswith("#") or not line:
                low = end + 1
                continue
            first, last, country = line.split(",")
            if wanted < bound(first):
                high = start
            elif wanted > bound(last):
                low = end + 1
            else:
                return country
    return None


def misplaced():
    """What the database says otherwise about the hosts: a list of sentences."""
    wrong = []
    for place in PLACES:
        for address in (place.v4, place.v6):
            found = country_of(address)
            if place.country and found != place.country:
                wrong.append(f"{address} should be in {place.country}, "
                             f"the database says {found}")
    return wrong


def variables():
    """The variables that tell a SCRIPT the addresses."""
    told = {"HOST4": VM4, "HOST6": VM6}
    for place in PLACES:
        told[place.name.upper() + "4"] = place.v4
        told[place.name.upper() + "6"] = place.v6
    return told
