# Shared by the benches, which source it. Sets nothing up by itself: it only defines a function.
#
#   bench NAME CLASS "JVM FLAGS" ARGUMENTS...
#
# replaces the shell by a bench. Needs $checkout, and `mvn package` before.
. "$checkout/packaging/lib/launch.sh"

bench() {
  program=$1
  main=$2
  flags=$3
  shift 3
  classes=$checkout/packaging/target/classes
  [ -d "$classes" ] || refuse "nothing is built: $classes is missing; run 'mvn package' in $checkout"
  find_java || refuse "no JDK 25 found in JAVA_HOME, on the PATH or in the usual folders; install one, or set JAVA_HOME to it"
  # Unquoted on purpose: a list of words.
  # shellcheck disable=SC2086
  exec "$java_home/bin/java" $flags ${HOLDFAST_JAVA_OPTIONS:-} --enable-native-access=ALL-UNNAMED -Dholdfast.root="$checkout" \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "$classes:$checkout/coordinator/target/lib/holdfast-coordinator.jar:$checkout/agent/target/lib/holdfast-agent.jar" "$main" "$@"
}
