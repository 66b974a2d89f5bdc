#!/bin/sh
# Runs a build step that belongs to another command's standard output: `make run` keeps that for
# replies. Progress goes to a terminal as it is; elsewhere a step says what it does and shows its
# output only when it fails.
#
#   tools/quietly.sh 'what it does' command argument…
what=$1
shift
if [ -t 2 ]; then
  exec "$@" </dev/null >&2
fi
echo "holdfast: $what" >&2
log=$("$@" </dev/null 2>&1) || {
  status=$?
  echo "$log" >&2
  exit $status
}
