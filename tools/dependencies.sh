#!/bin/sh
# Checks what the build needs and installs what is missing.
#
#   tools/dependencies.sh           checks, and installs missing Debian packages
#   tools/dependencies.sh --check   checks only
#
# Writes to standard error alone, since `make run` keeps standard output for replies. Exit status
# is 0 when nothing is missing, 1 otherwise.
set -u

packages=""
has() { command -v "$1" >/dev/null 2>&1; }
need() { packages="$packages $1"; }
say() { echo "holdfast: $*" >&2; }

has cc || need gcc
has c++ || need g++
has pkg-config || need pkg-config
has readelf || need binutils
has strace || need strace
library() { has pkg-config && pkg-config --exists "$1" || need "$2"; }
library sqlite3 libsqlite3-dev
library libedit libedit-dev
library libmd libmd-dev
library tomlplusplus libtomlplusplus-dev
library libcurl libcurl4-openssl-dev
library jansson libjansson-dev
# The host itself loads this one and libcurl when figures are asked for.
library libmicrohttpd libmicrohttpd-dev

as_root() {
  if [ "$(id -u)" = 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"
  else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}
may_install() { has apt-get && { [ "$(id -u)" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }; }
install_packages() {
  as_root apt-get install -y -q --no-install-recommends $packages ||
    { as_root apt-get update -q && as_root apt-get install -y -q --no-install-recommends $packages; }
}

if [ -n "$packages" ]; then
  if [ "${1:-}" != --check ] && may_install; then
    say "installing$packages"
    if ! log=$(install_packages </dev/null 2>&1); then
      echo "$log" >&2
      say "apt-get could not install$packages"
      exit 1
    fi
  else
    say "missing:$packages"
    say "install them with: sudo apt-get install$packages"
    exit 1
  fi
fi

if ! has swift; then
  say "missing: the Swift toolchain, 6.3 or later"
  say "install it from https://www.swift.org/install/linux, then put its usr/bin into PATH"
  exit 1
fi
