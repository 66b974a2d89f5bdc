#!/bin/sh
# Puts Prometheus's own checker of figures where the tests look for it: build/promtool.
#
# Only that one program is taken from the Debian package (19 MB): the package as a whole would take
# 94 MB and start a server of its own. Without it the tests that need it are skipped, and say so.
set -u

target=build/promtool
say() { echo "holdfast: $*" >&2; }

if command -v promtool >/dev/null 2>&1 || [ -x "$target/promtool" ]; then exit 0; fi
if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
  say "there is no promtool and no apt-get to fetch it with; its test is skipped"
  exit 0
fi

scratch=$(mktemp -d) || exit 0
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
if (cd "$scratch" && apt-get download -q prometheus) >"$scratch/log" 2>&1 </dev/null &&
  dpkg-deb -x "$scratch"/prometheus_*.deb "$scratch/files" 2>>"$scratch/log"; then
  mkdir -p "$target"
  install -m 755 "$scratch/files/usr/bin/promtool" "$target/promtool"
else
  say "promtool cannot be fetched from Debian's package prometheus; its test is skipped"
fi
exit 0
