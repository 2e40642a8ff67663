#!/usr/bin/env bash
# Three members of ours and three of etcd's on this machine, the same load on both in turn: puts one at a time and 256 in
# flight, gets, txns, a large list. Prints medians and their ratios; wants a machine that does nothing else.
#
#   deploy/three-against-three.sh [OPTIONS OF stele-bench suite]      such as --rounds 3 --only put-1,put-256,get-256
#
# ETCD names etcd's binary, where it is not on the path; STELE and BENCH the commands, where they are not bin/stele and
# bin/stele-bench in the folder above this one. DATA names a directory on the disk to be measured, default: a new one
# under /var/tmp. Leaves no process and no file behind.
set -euo pipefail

home=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/..")
read -ra stele <<<"${STELE:-$home/bin/stele}"
read -ra bench <<<"${BENCH:-$home/bin/stele-bench}"
etcd=${ETCD:-etcd}
command -v "$etcd" >/dev/null || { echo "three-against-three: no etcd: set ETCD" >&2; exit 2; }
work=$(mktemp -d "${DATA:-/var/tmp}/three-XXXXXX")
pids=()

clean_up() {
    # In good order, so that nothing is left in /dev/shm either; what does not end in time is killed.
    for process in "${pids[@]}"; do kill "$process" 2>/dev/null || true; done
    for _ in $(seq 100); do [[ -z $(jobs -pr) ]] && break; sleep 0.1; done
    for process in "${pids[@]}"; do kill -KILL "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

base=$((20000 + RANDOM % 20000))
client() { echo "127.0.0.1:$((base + $1))"; }
peer() { echo "http://127.0.0.1:$((base + 100 + $1))"; }

# start KIND FIRST COMMAND...: three members whose numbers begin with FIRST
start() {
    local i initial=""
    for i in "$2" $(($2 + 1)) $(($2 + 2)); do initial+=${initial:+,}$1$i=$(peer "$i"); done
    for i in "$2" $(($2 + 1)) $(($2 + 2)); do
        "${@:3}" --name "$1$i" --data-dir "$work/$1$i" --initial-cluster "$initial" --initial-cluster-token "$1" \
            --listen-client-urls "http://$(client "$i")" --advertise-client-urls "http://$(client "$i")" \
            --listen-peer-urls "$(peer "$i")" --initial-advertise-peer-urls "$(peer "$i")" >"$work/$1$i.log" 2>&1 &
        pids+=($!)
    done
}

# Members answer when they have a leader.
await() {
    local i end=$((SECONDS + 60))
    for i in "${@:2}"; do
        until grep -q "$1" "$work"/*"$i.log"; do
            ((SECONDS < end)) || { echo "three-against-three: member $i does not serve" >&2; tail "$work"/*"$i.log" >&2; exit 1; }
            sleep 0.2
        done
    done
}

start stele 1 "${stele[@]}"
start etcd 4 "$etcd" --logger zap
await "ready to serve client requests" 1 2 3
await "serving client traffic\|ready to serve client requests" 4 5 6 # as etcd 3.4 and 3.5 say it

"${bench[@]}" suite "$@" --endpoints \
    "stele=$(client 1),stele=$(client 2),stele=$(client 3),etcd=$(client 4),etcd=$(client 5),etcd=$(client 6)"
