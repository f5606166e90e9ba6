# SPDX-License-Identifier: GPL-2.0
"""The network of the world, in namespaces of the machine that runs QEMU.

	VM --- vm [router] cn --- eth0 [host cn]
	                   us --- eth0 [host us]
	                   de --- eth0 [host de]
	                   dc --- eth0 [host dc, answers for its whole nets]

The router is the namespace of the harness itself. It forwards between the VM
and each host, not between hosts, and has a route to nothing else. Neighbours
on the host links are permanent, so that a packet which the router has taken
from the VM is on the host's link before the next is taken.
"""

from namespace import hold_network, ip_batch, sysctl
from places import GATEWAY4, GATEWAY6, NET4, NET6, PLACES

TAP = "vm"
VM_MAC = "52:54:00:77:00:02"
GATEWAY_MAC = "52:54:00:77:00:01"
ROUTER_MAC = "02:00:00:00:{:02x}:01"
HOST_MAC = "02:00:00:00:{:02x}:02"
FROM_HOSTS = 100        # the routing table for what comes from a host

QUIET = {               # no router solicitations, no detection of duplicates
    "ipv6/conf/all/disable_ipv6": 0,
    "ipv6/conf/default/disable_ipv6": 0,
    "ipv6/conf/default/accept_dad": 0,
    "ipv6/conf/default/accept_ra": 0,
    "ipv6/conf/default/addr_gen_mode": 1,
    "ipv4/conf/all/rp_filter": 0,
    "ipv4/conf/default/rp_filter": 0,
    "ipv4/icmp_ratelimit": 0,
    "ipv6/icmp/ratelimit": 0,
}
FORWARD = {"ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1}
FAST_OPEN = {"ipv4/tcp_fastopen": 0x3}


def host_side(index, place):
    """ip commands for the namespace of a host."""
    link = f"169.254.{index}"
    nets4 = [net for net in place.nets if ":" not in net]
    nets6 = [net for net in place.nets if ":" in net]
    return [
        "link set lo up",
        f"link set eth0 address {HOST_MAC.format(index)}",
        f"addr add {link}.2/30 dev eth0 scope link",
        "-6 addr add fe80::2/64 dev eth0 nodad",
        f"addr add {place.v4}/32 dev eth0",
        f"-6 addr add {place.v6}/128 dev eth0 nodad",
        "link set eth0 up",
        *(f"route add local {net} dev lo" for net in nets4),
        *(f"-6 route add local {net} dev lo" for net in nets6),
        f"neigh add {link}.1 lladdr {ROUTER_MAC.format(index)} dev eth0",
        f"-6 neigh add fe80::1 lladdr {ROUTER_MAC.format(index)} dev eth0",
        # quickack: a sender that waits for an acknowledgement gets it at once
        f"route add default via {link}.1 dev eth0 src {place.v4} quickack 1",
        f"-6 route add default via fe80::1 dev eth0 src {place.v6} quickack 1",
    ]


def router_side(index, place):
    """ip commands for the router's end of the link to a host."""
    link, name = f"169.254.{index}", place.name
    return [
        f"link set {name} address {ROUTER_MAC.format(index)}",
        f"addr add {link}.1/30 dev {name}",
        f"-6 addr add fe80::1/64 dev {name} nodad",
        f"link set {name} up",
        f"neigh add {link}.2 lladdr {HOST_MAC.format(index)} dev {name}",
        f"-6 neigh add fe80::2 lladdr {HOST_MAC.format(index)} dev {name}",
        *(f"route add {net} via {link}.2 dev {name}"
          for net in place.nets or (place.v4 + "/32",) if ":" not in net),
        *(f"-6 route add {net} via fe80::2 dev {name}"
          for net in place.nets or (place.v6 + "/128",) if ":" in net),
        f"rule add iif {name} lookup {FROM_HOSTS}",
        f"-6 rule add iif {name} lookup {FROM_HOSTS}",
    ]


def vm_side():
    """ip commands for the router's end of the link to the VM."""
    return [
        f"link set {TAP} address {GATEWAY_MAC}",
        f"addr add {GATEWAY4}/24 dev {TAP}",
        f"-6 addr add {GATEWAY6}/64 dev {TAP} nodad",
        f"-6 addr add fe80::1/64 dev {TAP} nodad",
        f"link set {TAP} up",
        f"route add table {FROM_HOSTS} {NET4} dev {TAP}",
        f"-6 route add table {FROM_HOSTS} {NET6} dev {TAP}",
        f"route add table {FROM_HOSTS} unreachable default",
        f"-6 route add table {FROM_HOSTS} unreachable default",
    ]


def make_network():
    """Make the whole network; a process in each host's namespace, by name."""
    sysctl({**QUIET, **FORWARD})
    ip_batch(["link set lo up", f"tuntap add dev {TAP} mode tap"] + vm_side())
    holders = {}
    for index, place in enumerate(PLACES, 1):
        pid = hold_network()
        holders[place.name] = pid
        sysctl({**QUIET, **FAST_OPEN}, pid)
        ip_batch([f"link add {place.name} type veth peer name eth0 netns {pid}"])
        ip_batch(host_side(index, place), pid)
        ip_batch(router_side(index, place))
    return holders
