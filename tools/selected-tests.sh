#!/bin/sh
# Runs the tests whose names match a pattern, with further arguments for `swift test`, and fails
# when there are none: a pattern that went stale must not look like success.
#
#   tools/selected-tests.sh PATTERN [argument…]
pattern=$1
shift
if ! listed=$(swift test "$@" list </dev/null 2>&1); then
  echo "$listed" >&2
  exit 1
fi
if ! echo "$listed" | grep -Eq "$pattern"; then
  echo "holdfast: no test matches '$pattern'" >&2
  exit 1
fi
exec tools/repeating-failures.sh build/selected-tests.log \
  swift test "$@" --disable-xctest --skip-build --filter "$pattern"
