# Sourced by the commands in bin/. Finds the project and a Java, builds what is not built, starts a main class.
#
#   stele_launch MODULE MAIN_CLASS [JVM_FLAG...] -- [ARGUMENT...]
#
# replaces the shell by the JVM. Maven runs only where a module was never packaged, or where its sources are newer than
# its jar; target/classpath.txt (written at Maven's package phase) is all that a normal start reads.
#
#   STELE_TRAINING=(ARGUMENT...)   set by a command that wants an AppCDS archive: arguments of a run that loads the
#                                  classes of a start and ends by itself with exit code 0
#   STELE_JAVA_OPTS                set by the user: more JVM flags, after ours
#   STELE_NO_BUILD=1               set by the user: take what is built, however old
#
# In an unpacked tarball (deploy/) there is a folder lib/ with all jars, and nothing is ever built.
#
# Works through symbolic links, from any directory, on bash 4 and later.

set -euo pipefail

stele_root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
stele_modules=(consensus storage index transport server client gateway simulator perf)

stele_die() {
    echo "${0##*/}: $1" >&2
    exit 1
}

# JAVA_HOME first, then the PATH. The version comes from the JDK's release file: asking java itself costs 50 ms.
stele_find_java() {
    if [[ -n ${JAVA_HOME:-} ]]; then
        stele_java=$JAVA_HOME/bin/java
        [[ -x $stele_java ]] || stele_die "JAVA_HOME holds no bin/java: $JAVA_HOME"
    else
        stele_java=$(command -v java) || stele_die "no java found: install Java 17 or newer, or set JAVA_HOME"
        stele_java=$(readlink -f "$stele_java")
    fi
    local key value
    stele_java_version=unknown
    if [[ -r ${stele_java%/bin/java}/release ]]; then
        while IFS='=' read -r key value; do
            if [[ $key == JAVA_VERSION ]]; then stele_java_version=${value//\"/}; fi
        done <"${stele_java%/bin/java}/release"
    fi
    if [[ $stele_java_version != unknown ]] && ((${stele_java_version%%[!0-9]*} < 17)); then
        stele_die "Java 17 or newer is needed, this is $stele_java_version: $stele_java"
    fi
}

# What keeps the module from being started as it is: prints a reason, or nothing.
stele_stale() {
    local module=$1 classpath=$stele_root/$1/target/classpath.txt other
    [[ -s $classpath ]] || { echo "first run"; return; }
    if [[ ${STELE_NO_BUILD:-} == 1 ]]; then return; fi
    if grep -q "stele-" "$classpath" && ! grep -q -F "$stele_root/" "$classpath"; then echo "moved"; return; fi
    for other in "${stele_modules[@]}"; do
        if [[ -d $stele_root/$other/src && -f $stele_root/$other/target/classpath.txt ]] && [[ -n $(find \
            "$stele_root/$other/src/main" "$stele_root/$other/pom.xml" -newer "$stele_root/$other/target/classpath.txt" \
            -print -quit 2>/dev/null) ]]; then
            echo "sources changed"
            return
        fi
    done
}

# One build at a time: three nodes started together on a fresh clone wait for the first one's.
stele_build() {
    local module=$1 reason
    if [[ -d $stele_root/lib ]]; then return; fi
    reason=$(stele_stale "$module")
    if [[ -z $reason ]]; then return; fi
    command -v mvn >/dev/null || stele_die "not built ($reason), and no mvn found to build it: install Maven"
    mkdir -p "$stele_root/target"
    exec 9>"$stele_root/target/.build.lock"
    if command -v flock >/dev/null; then flock 9; fi
    reason=$(stele_stale "$module")
    if [[ -n $reason ]]; then
        echo "stele: building ($reason)…" >&2
        # No tests and no checks here: they are mvn verify's. The log is shown only where the build fails.
        (cd "$stele_root" && mvn -B -ntp -q -Dmaven.test.skip=true -Dspotless.check.skip=true -Dcheckstyle.skip=true \
            -Denforcer.skip=true -Dassembly.skipAssembly=true package) >"$stele_root/target/build.log" 2>&1 9>&- </dev/null ||
            { tail -n 40 "$stele_root/target/build.log" >&2; stele_die "the build failed: see target/build.log"; }
    fi
    exec 9>&-
}

# The jars and the module's own. Sets stele_classpath.
stele_find_classpath() {
    local module=$1 jar found=
    if [[ -d $stele_root/lib ]]; then
        printf -v stele_classpath '%s:' "$stele_root"/lib/*.jar
        stele_classpath=${stele_classpath%:}
        return
    fi
    for jar in "$stele_root/$module"/target/stele-"$module"-*.jar; do
        if [[ -f $jar && $jar != *-tests.jar ]]; then found=$jar; fi
    done
    [[ -n $found ]] || stele_die "no jar of module $module: run mvn package"
    stele_classpath=$found:$(<"$stele_root/$module/target/classpath.txt")
}

# AppCDS: the archive belongs to one build and one JVM, and is made by a training run where it is missing or old.
# A JVM that refuses it starts without it, silently.
stele_find_archive() {
    local module=$1 main=$2 archive other
    stele_archive_flags=(-Xshare:auto -Xlog:disable "-Xlog:all=error:stderr" "-Xlog:cds*=off:stderr")
    archive=$stele_root/$module/target/cds/${main##*.}-$stele_java_version.jsa
    if [[ -d $stele_root/lib ]]; then
        archive=$stele_root/lib/cds/${main##*.}-$stele_java_version.jsa
        if [[ $stele_root/lib -nt ${archive%/*} ]]; then rm -f "$archive" 2>/dev/null || true; fi
    fi
    for other in "${stele_modules[@]}"; do
        if [[ $stele_root/$other/target/classpath.txt -nt $archive ]]; then rm -f "$archive"; fi
    done
    if [[ ! -f $archive ]]; then
        mkdir -p "${archive%/*}" 2>/dev/null && [[ -w ${archive%/*} ]] || return 0
        echo "stele: preparing fast start…" >&2
        "$stele_java" -XX:ArchiveClassesAtExit="$archive.$$" "${stele_archive_flags[@]}" "${stele_flags[@]}" \
            -cp "$stele_classpath" "$main" "${STELE_TRAINING[@]}" </dev/null >/dev/null 2>&1 &&
            mv -f "$archive.$$" "$archive" || rm -f "$archive.$$"
    fi
    if [[ -f $archive ]]; then stele_archive_flags+=("-XX:SharedArchiveFile=$archive"); fi
}

stele_launch() {
    local module=$1 main=$2
    shift 2
    stele_flags=("@$stele_root/config/jvm.flags" -Dio.netty.leakDetection.level=disabled)
    while [[ $# -gt 0 && $1 != -- ]]; do
        stele_flags+=("$1")
        shift
    done
    if [[ $# -gt 0 ]]; then shift; fi
    if [[ -n ${STELE_JAVA_OPTS:-} ]]; then
        local -a more
        read -r -a more <<<"$STELE_JAVA_OPTS"
        stele_flags+=("${more[@]}")
    fi
    stele_find_java
    stele_build "$module"
    stele_find_classpath "$module"
    stele_archive_flags=()
    if [[ -n ${STELE_TRAINING+set} ]]; then stele_find_archive "$module" "$main"; fi
    exec "$stele_java" ${stele_archive_flags[@]+"${stele_archive_flags[@]}"} "${stele_flags[@]}" \
        -Dstele.home="$stele_root" -cp "$stele_classpath" "$main" "$@"
}
