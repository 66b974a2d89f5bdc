#!/bin/bash
# Runs the tests, and when some fail says at the end once more what failed and why; the last line
# stays the runner's own summary. All of the output is kept in a file as well.
#
#   tools/repeating-failures.sh log command argument…
log=$1
shift
mkdir -p "$(dirname "$log")"
"$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" != 0 ]; then
  printf '\n== what failed; the whole output is in %s\n' "$log"
  awk '
    / recorded an issue/ { isIssue = 1; print; next }
    isIssue && /^(↳|[ \t])/ { print; next }
    { isIssue = 0 }
    /Test run with / { summary = $0 }
    /^error: |Fatal error|Program crashed/ { print }
    END { if (summary != "") print summary }
  ' "$log"
fi
exit "$status"
