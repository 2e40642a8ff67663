#!/usr/bin/env bash
# What operators do with the members of a cluster, right and wrong, with real processes on this machine's loopback.
# Prints a table: what was tried, what is expected, what was seen. Exits with 1 if anything was not as expected.
#
#   deploy/member-moves.sh
#
# STELE and STELECTL name the commands, where they are not bin/stele and bin/stelectl in the folder above this one.
# Leaves no process and no file behind.
set -uo pipefail

home=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/..")
read -ra stele <<<"${STELE:-$home/bin/stele}"
read -ra stelectl <<<"${STELECTL:-$home/bin/stelectl}"
work=$(mktemp -d)
declare -A pid=() # by member
bad=0

clean_up() {
    local name
    # In good order, so that nothing is left in /dev/shm either; what does not end in time is killed.
    for name in "${!pid[@]}"; do kill "${pid[$name]}" 2>/dev/null || true; done
    for _ in $(seq 100); do [[ -z $(jobs -pr) ]] && break; sleep 0.1; done
    for name in "${!pid[@]}"; do kill -KILL "${pid[$name]}" 2>/dev/null || true; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap clean_up EXIT

# ---- members: a, b, c at the beginning; d and e come later, x is wrong in some way

base=$((20000 + RANDOM % 20000))
client() { echo "127.0.0.1:$((base + $(printf '%d' "'$1")))"; }
peer() { echo "http://127.0.0.1:$((base + 200 + $(printf '%d' "'$1")))"; }
initial="a=$(peer a),b=$(peer b),c=$(peer c)"
all=$(client a),$(client b),$(client c)

# run DIRECTORY NAME FLAGS...: in the foreground; at most 40 s
run() {
    timeout -s KILL 40 "${stele[@]}" --data-dir "$work/$1" --name "$2" --listen-client-urls "http://$(client "$2")" \
        --listen-peer-urls "$(peer "$2")" --initial-advertise-peer-urls "$(peer "$2")" "${@:3}" 2>&1
}

# start DIRECTORY NAME FLAGS...: in the background, its log in NAME.log
start() {
    "${stele[@]}" --data-dir "$work/$1" --name "$2" --listen-client-urls "http://$(client "$2")" \
        --listen-peer-urls "$(peer "$2")" --initial-advertise-peer-urls "$(peer "$2")" "${@:3}" >>"$work/$2.log" 2>&1 &
    pid[$2]=$!
}

stop() { # NAME SIGNAL
    kill "-$2" "${pid[$1]}" 2>/dev/null
    wait "${pid[$1]}" 2>/dev/null
    unset "pid[$1]"
}

ctl() { timeout 40 "${stelectl[@]}" --endpoints "$1" "${@:2}" 2>&1; }
id() { ctl "$all" member list | awk -F', ' -v name="$1" '$3 == name {print $1}'; }
leader() { # name of the leader
    local name
    for name in a b c; do
        ctl "$(client $name)" endpoint status -w fields | awk -F' : ' \
            '/"MemberID"/ {m = $2} /"Leader"/ {l = $2} END {exit !(m != "" && m == l)}' && { echo $name; return; }
    done
}

# ---- the table

row() { printf '%-4s %-66s %-50s %s\n' "$1" "$2" "$3" "$4"; }

# try WHAT EXPECTED COMMAND...: its output has to match the pattern
try() { judge "$1" "$2" "$("${@:3}" 2>&1)"; }

judge() { # WHAT EXPECTED SEEN
    local seen=$3 verdict=ok
    if ! grep -Eqi -- "$2" <<<"$seen"; then
        verdict=BAD
        bad=$((bad + 1))
    fi
    row $verdict "$1" "$2" "$({ grep -Ei -- "$2" <<<"$seen" || tail -n 1 <<<"$seen"; } | head -n 1 | cut -c1-160)"
}

# soon WHAT EXPECTED COMMAND...: the same, tried again until it matches, for a minute
soon() {
    local seen end=$((SECONDS + 60))
    while ((SECONDS < end)); do
        seen=$("${@:3}" 2>&1)
        grep -Eqi -- "$2" <<<"$seen" && break
        sleep 0.3
    done
    judge "$1" "$2" "$seen"
}

said() { cat "$work/$1.log"; }       # what a member has logged
found_out() { cat "$work"/[abcx].log; }
memory() { awk '/^RssAnon/ {print $2}' "/proc/${pid[$1]}/status"; }

row "" TRIED EXPECTED SEEN
start a a --initial-cluster "$initial"
start b b --initial-cluster "$initial"
start c c --initial-cluster "$initial"
soon "three members begin a cluster" "^OK" ctl "$all" put step 1
soon "member list" "started, c, " ctl "$all" member list
try "endpoint status --cluster shows all" "$(client c)" ctl "$(client a)" endpoint status --cluster -w table

soon "somebody leads" "^[abc]$" leader
led=$(leader)
next=$([[ $led == a ]] && echo b || echo a)
try "move-leader to a follower" "Leadership transferred" ctl "$all" move-leader "$(id "$next")"
soon "it leads" "^$next" leader
try "move-leader to nobody" "not found|no such|bad" ctl "$all" move-leader 1234

try "member add of a peer URL that is taken" "Peer URLs already exists" ctl "$all" member add z --peer-urls="$(peer b)"
try "member remove of nobody" "member not found" ctl "$all" member remove 1234
try "member promote of a voter" "can only promote a learner" ctl "$all" member promote "$(id c)"
try "join without having been added" "add it first" \
    run x x --initial-cluster "$initial,x=$(peer x)" --initial-cluster-state existing
try "join where nobody answers" "could not retrieve cluster information" \
    run x x --initial-cluster "y=http://127.0.0.1:9,x=$(peer x)" --initial-cluster-state existing
try "--initial-cluster without oneself" "couldn't find local name" run x x --initial-cluster "$initial"
try "--initial-cluster with another URL for oneself" "missing from --initial-advertise-peer-urls" \
    run x x --initial-cluster "$initial,x=http://127.0.0.1:9"
try "--initial-cluster with one URL twice" "duplicate" run x x --initial-cluster "a=$(peer x),x=$(peer x)"

try "member add --learner" "added to cluster" ctl "$all" member add d --learner --peer-urls="$(peer d)"
try "a second learner" "too many learner" ctl "$all" member add e --learner --peer-urls="$(peer e)"
start d d --initial-cluster "$initial,d=$(peer d)" --initial-cluster-state existing
soon "the learner joins" "ready to serve" said d
soon "the learner has what was written" "^1$" ctl "$(client d)" get step --consistency=s --print-value-only
soon "member promote" "promoted" ctl "$all" member promote "$(id d)"
try "member update" "updated" ctl "$all" member update "$(id d)" --peer-urls="$(peer d)"
removed=$(id d)
soon "member remove" "removed from cluster" ctl "$all" member remove "$removed"
soon "the removed member stops by itself" "has been removed from its cluster" said d
wait "${pid[d]}" 2>/dev/null
unset "pid[d]"
try "a removed member comes back" "removed" run d d --initial-cluster "$initial,d=$(peer d)"
try "the cluster does not mind" "^OK" ctl "$all" put step 2

try "two processes on one data directory" "lock|in use|another process" run a x --initial-cluster "x=$(peer x)"
start m x --initial-cluster "x=$(peer x),a=$(peer a)" --initial-cluster-token another
soon "a member of another cluster at a member's address" "another cluster|foreign|does not answer" said x
stop x KILL
try "the cluster does not mind" "^OK" ctl "$all" put step 3

cp -r "$work/c" "$work/clone" # a torn copy of a running member, as operators make them
start clone x --initial-cluster "x=$(peer x)"
soon "a copy of a running member, at other addresses, is found out" "another process claims|old copy" found_out
soon "the cluster does not mind" "^OK" ctl "$all" put step 4
stop x KILL

stop c TERM
cp -r "$work/c" "$work/image"
start c c --initial-cluster "$initial"
soon "c goes on" "^4$" ctl "$(client c)" get step --print-value-only
try "and learns more" "^OK" ctl "$all" put step 5
stop c KILL
: >"$work/c.log" # what it said about the copy does not count
rm -rf "$work/c"
mv "$work/image" "$work/c"
start c c --initial-cluster "$initial"
soon "c from an old image finds out" "was started from an old copy" said c
soon "and is brought up to date" "^5$" ctl "$(client c)" get step --print-value-only

before=$(memory a)
port=$(peer a)
port=${port##*:}
for ((i = 0; i < 4; i++)); do # some 8,000 datagrams of up to 1,200 bytes, and as many of the lengths of headers
    dd if=/dev/urandom bs=1200 count=1000 status=none >"/dev/udp/127.0.0.1/$port" 2>/dev/null
    dd if=/dev/urandom bs=40 count=1000 status=none >"/dev/udp/127.0.0.1/$port" 2>/dev/null
    dd if=/dev/urandom bs=64k count=2 status=none >"/dev/tcp/127.0.0.1/$port" 2>/dev/null
done
try "garbage on the peer port: the cluster does not mind" "^OK" ctl "$all" put step 6
grown=$(($(memory a) - before))
try "memory grows by no more than 32 MB" "^([0-2]?[0-9]?[0-9]?[0-9]?[0-9]|-[0-9]+) kB" echo "$grown kB"
try "and the log by few lines" "^[0-9]{1,2} lines" echo "$(wc -l <"$work/a.log") lines"

for name in a b c; do
    kill -TERM "${pid[$name]}"
done
for name in a b c; do
    wait "${pid[$name]}"
    try "$name stops" "^0" echo $?
    unset "pid[$name]"
    try "$name is sound" "sound|no damage|ok" "${stele[@]}" check "$work/$name"
done
if ((bad > 0)); then
    echo "$bad not as expected; logs:"
    tail -n 15 "$work"/*.log
    exit 1
fi
