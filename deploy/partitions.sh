#!/usr/bin/env bash
# Cuts the leader of three members off from the others, both ways and one way, again and again, while a client that
# reaches everybody writes and reads, and checks the history of what it was told. Each member runs in a network
# namespace of its own on this machine. Needs root, iproute2 and nftables; leaves no namespace, process or file behind.
#
#   deploy/partitions.sh [ROUNDS [FAULTS]]      default: 6 CUT,CUT_IN,CUT_OUT
#
# BENCH names the load harness, where it is not bin/stele-bench in the folder above this one.
set -euo pipefail

rounds=${1:-6}
faults=${2:-CUT,CUT_IN,CUT_OUT}
read -ra bench <<<"${BENCH:-$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/..")/bin/stele-bench}"
[[ $(id -u) == 0 ]] || { echo "partitions: network namespaces need root" >&2; exit 2; }
for tool in ip nft; do
    command -v $tool >/dev/null || { echo "partitions: no $tool: install iproute2 and nftables" >&2; exit 2; }
done

tag=sp$$
hosts=(0 1 2 client)

clean_up() {
    local host
    for host in "${hosts[@]}"; do
        ip link del "$tag$host" 2>/dev/null || true
        ip netns del "$tag$host" 2>/dev/null || true
    done
    ip link del "$tag" 2>/dev/null || true
}
trap clean_up EXIT

# The bridge is the switch, 10.254.77.0/24 its network; no host on it can reach anything else.
ip link add "$tag" type bridge
ip link set "$tag" up
for i in "${!hosts[@]}"; do
    name=$tag${hosts[i]}
    ip netns add "$name"
    ip link add "$name" type veth peer name eth0 netns "$name"
    ip link set "$name" master "$tag" up
    ip -n "$name" addr add "10.254.77.$((i + 1))/24" dev eth0
    ip -n "$name" link set eth0 up
    ip -n "$name" link set lo up
done

ip netns exec "${tag}client" "${bench[@]}" crash --members 3 --namespaces "$tag" --faults "$faults" --rounds "$rounds"
