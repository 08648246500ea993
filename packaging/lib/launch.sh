# Shared by the launchers in bin, which source it. Sets nothing up by itself: it only defines functions.
#
#   launch PROGRAM JAR MAIN-CLASS "JVM FLAGS" ARGUMENTS...
#
# replaces the shell by Java, so that the process id stays and signals arrive. JAR is a path below the checkout; its manifest names
# the jars that it needs, which lie beside it. HOLDFAST_JAVA_OPTIONS is added behind the flags, where it wins over them.

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

launch() {
  program=$1
  jar=$checkout/$2
  main=$3
  flags=$4
  shift 4
  [ -f "$jar" ] || refuse "nothing is built: $jar is missing; run 'mvn package' in $checkout"
  find_java || refuse "no JDK 25 found in JAVA_HOME, on the PATH or in the usual folders; install one, or set JAVA_HOME to it"
  # Unquoted on purpose: both are lists of words.
  # shellcheck disable=SC2086
  exec "$java_home/bin/java" $flags ${HOLDFAST_JAVA_OPTIONS:-} -cp "$jar" "$main" "$@"
}
