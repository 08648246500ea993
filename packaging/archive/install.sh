#!/bin/sh
# Installs what lies beside it on a Linux on x86-64 that has neither dpkg nor rpm, or whose owner wants neither.
#   install.sh          installs, or takes the place of the version before; configuration and state stay
#   install.sh remove   stops the service and removes the program; configuration and state stay
#   install.sh purge    removes these, too
set -e
here=$(cd "$(dirname "$0")" && pwd)
program=$(basename "$here"/files/opt/holdfast/*)
home=/opt/holdfast/$program

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail "only root can install a service: run it with sudo"
[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || fail "this archive is for Linux on x86-64, and this is $(uname -s) on $(uname -m)"

launchers() {
  for launcher in "$here/files/opt/holdfast/$program"/bin/*; do basename "$launcher"; done
}

remove() {
  [ ! -x "$home/lib/setup" ] || "$home/lib/setup" remove
  for name in $(launchers); do rm -f "/usr/bin/$name" "/usr/share/bash-completion/completions/$name"; done
  rm -rf "$home" "/usr/share/doc/holdfast-$program" "/usr/share/holdfast-$program"
  rm -f "/usr/lib/systemd/system/holdfast-$program.service"
  rmdir /opt/holdfast /usr/share/bash-completion/completions /usr/share/bash-completion 2> /dev/null || :
}

case ${1:-install} in
  install)
    # Beside what is there, then in its place: a program that runs goes on with the files that it has open.
    rm -rf "$home.new"
    mkdir -p "$home.new" /usr/bin
    cp -pR "$here/files/opt/holdfast/$program/." "$home.new/"
    rm -rf "$home.old"
    [ ! -e "$home" ] || mv "$home" "$home.old"
    mv "$home.new" "$home"
    rm -rf "$home.old"
    for folder in usr/lib/systemd/system usr/share/doc usr/share/bash-completion/completions "usr/share/holdfast-$program"; do
      [ -d "$here/files/$folder" ] || continue
      mkdir -p "/$folder"
      cp -pR "$here/files/$folder/." "/$folder/"
    done
    mkdir -p /etc/holdfast
    [ -e "/etc/holdfast/$program.yaml" ] || cp "$here/files/etc/holdfast/$program.yaml" /etc/holdfast/
    for name in $(launchers); do ln -sf "$home/bin/$name" "/usr/bin/$name"; done
    "$home/lib/setup" install
    ;;
  remove) remove ;;
  purge)
    # The script goes with the program.
    cp "$home/lib/setup" "/tmp/holdfast-setup.$$" 2> /dev/null || cp "$here/files$home/lib/setup" "/tmp/holdfast-setup.$$"
    remove
    sh "/tmp/holdfast-setup.$$" purge
    rm -f "/tmp/holdfast-setup.$$"
    ;;
  *) fail "call it with install, remove or purge; see its head" ;;
esac
