#!/bin/sh
# Installs the agent on macOS from a built checkout, with a JDK 25 of the machine. Never run: see docs/install.md.
#   install-macos.sh [remove]
set -e
here=$(cd "$(dirname "$0")" && pwd)
checkout=${here%/packaging/service/agent}
plist=/Library/LaunchDaemons/dev.holdfast.agent.plist
home=/opt/holdfast/agent

[ "$(uname -s)" = Darwin ] || { echo "install-macos.sh: this is $(uname -s)" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "install-macos.sh: run it with sudo" >&2; exit 1; }

launchctl bootout system "$plist" 2> /dev/null || :
if [ "${1:-}" = remove ]; then
  rm -rf "$plist" "$home"
  exit 0
fi
mkdir -p "$home/bin" "$home/lib"
cp "$checkout/packaging/bin/holdfast-agent" "$home/bin/"
cp "$checkout/packaging/lib/launch.sh" "$home/lib/"
# As in a checkout, since there is no runtime beside it: the jars lie where the launcher looks for what was built.
mkdir -p /opt/holdfast/agent/target/lib
cp "$checkout"/agent/target/lib/*.jar /opt/holdfast/agent/target/lib/
cp "$here/dev.holdfast.agent.plist" "$plist"
chmod 644 "$plist"
launchctl bootstrap system "$plist"
