# Shared by the launchers in bin, which source it. Sets nothing up by itself: it only defines functions.
#
#   launch PROGRAM MODULE MAIN-CLASS "JVM FLAGS" ARGUMENTS...
#
# replaces the shell by Java, so that the process id stays and signals arrive. 'home' is the folder with bin and lib. Where a runtime
# lies beside them the program is installed: runtime, jars and cache are those of the folder. Else this is a checkout, and runs what
# was built there on a JDK of this machine. The jar's manifest names the jars that it needs. HOLDFAST_JAVA_OPTIONS is added behind the
# flags, where it wins over them.
#
# HOLDFAST_CACHE=record and =make are for the build and the installation: they record what a program loads, and make the cache from it
# with which it starts in half the time and half of whose memory is pages of a file.

# Says one line and ends. Nothing was started, so 1 and not 2.
refuse() {
  printf '%s: %s\n' "$program" "$1" >&2
  exit 1
}

# True if the folder is a Java 25. Its release file says so without starting it.
is_java_25() {
  [ -x "$1/bin/java" ] && grep -q '^JAVA_VERSION="25[".+-]' "$1/release" 2>/dev/null
}

# Sets java_home; false if there is none. The first that fits wins: JAVA_HOME, the PATH, the usual folders.
find_java() {
  if [ -n "${JAVA_HOME:-}" ] && is_java_25 "$JAVA_HOME"; then
    java_home=$JAVA_HOME
    return 0
  fi
  if on_path=$(command -v java) && on_path=$(readlink -f "$on_path"); then
    java_home=${on_path%/bin/java}
    is_java_25 "$java_home" && return 0
  fi
  for java_home in /usr/lib/jvm/* /usr/java/* /usr/local/*jdk* /opt/*jdk* /opt/java/* /opt/jvm/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-/root}"/.sdkman/candidates/java/* \
    "${HOME:-/root}"/.jdks/* "${HOME:-/root}"/.local/share/mise/installs/java/*; do
    is_java_25 "$java_home" && return 0
  done
  return 1
}

# What the virtual machine has to say goes to standard error, since standard output is the program's.
launch() {
  program=$1
  module=$2
  main=$3
  flags="$4 -Xlog:disable -Xlog:all=warning,aot*=off:stderr"
  shift 4
  if [ -d "$home/runtime" ]; then
    jar=$home/lib/holdfast-$module.jar
    java_home=$home/runtime
    cached
  else
    checkout=${home%/*}
    jar=$checkout/$module/target/lib/holdfast-$module.jar
    [ -f "$jar" ] || refuse "nothing is built: $jar is missing; run 'mvn package' in $checkout"
    find_java || refuse "no JDK 25 found in JAVA_HOME, on the PATH or in the usual folders; install one, or set JAVA_HOME to it"
  fi
  # Unquoted on purpose: both are lists of words.
  # shellcheck disable=SC2086
  exec "$java_home/bin/java" $flags ${HOLDFAST_JAVA_OPTIONS:-} -cp "$jar" "$main" "$@"
}

# Adds the flags of the cache. Relocated pages would be private to the process, so it is mapped where it was made for.
cached() {
  cache=$home/lib/$module.cache
  case ${HOLDFAST_CACHE:-} in
    record) flags="$flags -XX:AOTMode=record -XX:AOTConfiguration=$home/lib/$module.classes" ;;
    make) make_cache ;;
    *)
      [ -f "$cache" ] || return 0
      flags="$flags -XX:AOTCache=$cache -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
      ;;
  esac
}

# Makes the cache from what was recorded, and ends. Whole or not at all: a program may start meanwhile.
make_cache() {
  made=$(mktemp -d "$home/lib/cache.XXXXXX") || exit 1
  trap 'rm -rf "$made"' EXIT
  gzip -dc "$home/lib/$module.classes.gz" > "$made/classes" || exit 1
  # shellcheck disable=SC2086
  "$java_home/bin/java" $flags -Xlog:disable -XX:AOTMode=create -XX:AOTConfiguration="$made/classes" \
    -XX:AOTCache="$made/cache" -cp "$jar" > /dev/null 2> "$made/errors" && [ -f "$made/cache" ] || {
    tail -n 1 "$made/errors" >&2
    refuse "the cache can't be made; the program works without one, but is slower to start and larger"
  }
  chmod 644 "$made/cache" && mv "$made/cache" "$cache"
  exit 0
}
