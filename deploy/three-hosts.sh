#!/usr/bin/env bash
# Three hosts on one machine: each member in a network namespace of its own, with its own address, joined by a bridge.
# Starts them from a tarball or a clone, writes, cuts one off, kills the leader, and checks after each step that what was
# written is there. Needs root and iproute2; leaves no namespace, process or file behind.
#
#   deploy/three-hosts.sh [STELE_HOME]      default: the folder above this one
set -euo pipefail

home=$(readlink -f "${1:-$(dirname "${BASH_SOURCE[0]}")/..}")
[[ $(id -u) == 0 ]] || { echo "three-hosts: network namespaces need root" >&2; exit 2; }
[[ -x $home/bin/stele ]] || { echo "three-hosts: no bin/stele in $home" >&2; exit 2; }
command -v ip >/dev/null || { echo "three-hosts: no ip command: install iproute2" >&2; exit 2; }

tag=st$$
work=$(mktemp -d)
declare -A pid=()
names=(a b c)

clean_up() {
    local name
    # In good order, so that nothing is left in /dev/shm either; what does not end in time is killed.
    for name in "${!pid[@]}"; do kill "${pid[$name]}" 2>/dev/null || true; done
    for _ in $(seq 100); do [[ -z $(jobs -pr) ]] && break; sleep 0.1; done
    for name in "${!pid[@]}"; do kill -KILL "${pid[$name]}" 2>/dev/null || true; done
    wait 2>/dev/null || true
    for name in "${names[@]}"; do ip netns del "$tag$name" 2>/dev/null || true; done
    ip netns del "${tag}client" 2>/dev/null || true
    ip link del "$tag" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

# The bridge is the switch, 10.254.77.0/24 its network; no host on it can reach anything else.
add_host() {
    ip netns add "$tag$1"
    ip link add "$tag$1" type veth peer name eth0 netns "$tag$1"
    ip link set "$tag$1" master "$tag" up
    ip -n "$tag$1" addr add "10.254.77.$2/24" dev eth0
    ip -n "$tag$1" link set eth0 up
    ip -n "$tag$1" link set lo up
}

address() { case $1 in a) echo 10.254.77.1 ;; b) echo 10.254.77.2 ;; c) echo 10.254.77.3 ;; esac; }

configure() {
    local url
    url=http://$(address "$1")
    cat >"$work/$1.yaml" <<END
name: $1
data-dir: $work/$1
listen-client-urls: $url:2379
advertise-client-urls: $url:2379
listen-peer-urls: $url:2380
initial-advertise-peer-urls: $url:2380
initial-cluster: a=http://10.254.77.1:2380,b=http://10.254.77.2:2380,c=http://10.254.77.3:2380
initial-cluster-token: three-hosts
END
}

start() {
    ip netns exec "$tag$1" "$home/bin/stele" --config-file "$work/$1.yaml" >>"$work/$1.log" 2>&1 &
    pid[$1]=$!
}

ctl() { ip netns exec "${tag}client" "$home/bin/stelectl" --endpoints "$1" "${@:2}"; }
all=10.254.77.1:2379,10.254.77.2:2379,10.254.77.3:2379

# Tries for 20 s: a cluster that has lost its leader needs an election.
eventually() {
    local end=$((SECONDS + 20))
    until "$@" >"$work/out" 2>&1; do
        if ((SECONDS > end)); then
            echo "three-hosts: gave up: $*" >&2
            cat "$work/out" >&2
            tail -n 5 "$work"/*.log >&2
            exit 1
        fi
    done
}

expect() {
    local found
    found=$(ctl "$1" get "$2" --print-value-only)
    [[ $found == "$3" ]] || { echo "three-hosts: $2 is '$found' at $1, not '$3'" >&2; exit 1; }
}

leader() {
    local name
    for name in "${names[@]}"; do
        if ctl "$(address "$name"):2379" endpoint status -w fields 2>/dev/null |
            awk -F' : ' '/"MemberID"/ {m = $2} /"Leader"/ {l = $2} END {exit !(m != "" && m == l)}'; then
            echo "$name"
            return
        fi
    done
    return 1
}

ip link add "$tag" type bridge
ip link set "$tag" up
add_host client 9
for i in 0 1 2; do
    add_host "${names[i]}" $((i + 1))
    configure "${names[i]}"
done
"$home/bin/stele" --version >/dev/null
for name in "${names[@]}"; do start "$name"; done

eventually ctl "$all" put step 1
for name in "${names[@]}"; do expect "$(address "$name"):2379" step 1; done
echo "three members serve: $(ctl "$all" member list | wc -l) in the list, leader is $(leader)"

cut=$(leader)
ip link set "$tag$cut" down
others=${all//$(address "$cut"):2379/}
others=$(tr -s , <<<"$others" | sed 's/^,//; s/,$//')
eventually ctl "$others" put step 2
expect "$others" step 2
echo "leader $cut cut off: the others go on with $(leader || echo another)"
ip link set "$tag$cut" up
eventually expect "$(address "$cut"):2379" step 2
echo "$cut is back and has caught up"

killed=$(leader)
kill -KILL "${pid[$killed]}"
wait "${pid[$killed]}" 2>/dev/null || true
others=${all//$(address "$killed"):2379/}
others=$(tr -s , <<<"$others" | sed 's/^,//; s/,$//')
eventually ctl "$others" put step 3
expect "$others" step 3
start "$killed"
eventually expect "$(address "$killed"):2379" step 3
echo "leader $killed killed and started again: it has caught up"

for name in "${names[@]}"; do kill -TERM "${pid[$name]}"; done
for name in "${names[@]}"; do wait "${pid[$name]}"; done
pid=()
for name in "${names[@]}"; do "$home/bin/stele" check "$work/$name" | tail -n 1; done
