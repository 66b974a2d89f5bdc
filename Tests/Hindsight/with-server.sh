#!/usr/bin/env bash
# Runs a command beside a real Hindsight API server, and stops the server when the command ends.
#
#   Tests/Hindsight/with-server.sh FOLDER COMMAND…
#
# The server is installed into FOLDER the first time: Python packages from the index that pip is set
# up for, about 1.4 GB with its PostgreSQL. Everything listens on 127.0.0.1, on free ports. The
# command finds the server's port in HOLDFAST_HINDSIGHT_PORT. No language model is asked: texts are
# stored as they are.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
VERSION=1.1.0
mkdir -p "$1"
VENV=$(cd "$1" && pwd)/venv
shift
say() { echo "holdfast: $*" >&2; }

install() {
  local log=$VENV.log
  [ -e "$VENV/installed-$VERSION" ] && return
  say "installing the Hindsight API server $VERSION into $VENV (1.4 GB, some minutes)"
  if ! python3 -m venv "$VENV" >"$log" 2>&1; then
    say "cannot make $VENV; install python3-venv. $log has the details"
    exit 1
  fi
  if ! "$VENV/bin/pip" install "hindsight-api-slim[embedded-db]==$VERSION" >>"$log" 2>&1; then
    say "cannot install the server: pip did not get hindsight-api-slim $VERSION."
    say "Connect this machine, or name an index in PIP_INDEX_URL. $log has the details"
    exit 1
  fi
  touch "$VENV/installed-$VERSION"
}

free_ports() {
  python3 - <<'PORTS'
import socket
sockets = [socket.socket() for _ in range(3)]
for each in sockets: each.bind(("127.0.0.1", 0))
print(*[each.getsockname()[1] for each in sockets])
PORTS
}

# Gives up when the process of that id has ended or a minute is over.
wait_for() {
  local address=$1 pid=$2
  for _ in $(seq 600); do
    "$VENV/bin/python" -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$address', timeout=2)" \
      2>/dev/null && return 0
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

STATE=
EMBEDDINGS=
API=
stop() {
  local pid=
  for pid in $API $EMBEDDINGS; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  if [ -n "$STATE" ] && [ -s "$STATE/postgres/data/postmaster.pid" ]; then
    pid=$(head -1 "$STATE/postgres/data/postmaster.pid")
    kill -INT "$pid" 2>/dev/null || true
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  fi
  [ -z "$STATE" ] || rm -rf "$STATE"
}

# PostgreSQL refuses to run as root; it then belongs to nobody, who must be able to read it.
start_postgres() {
  local program as=()
  program=$("$VENV/bin/python" -c 'import pg0; print(pg0._get_bundled_binary())')
  mkdir "$STATE/postgres"
  if [ "$(id -u)" = 0 ]; then
    chown nobody "$STATE/postgres"
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    if ! "${as[@]}" test -x "$program"; then
      say "the user nobody cannot run $program; put the clone where others may read it"
      exit 1
    fi
  fi
  if ! (cd / && exec "${as[@]}" env HOME="$STATE/postgres" "$program" start --name holdfast \
      -p "$1" -d "$STATE/postgres/data" -u hindsight -P hindsight -n hindsight \
      -c listen_addresses=127.0.0.1 -c fsync=off) </dev/null >"$STATE/postgres.log" 2>&1; then
    say "PostgreSQL does not start:"
    tail -20 "$STATE/postgres.log" >&2
    exit 1
  fi
}

start() {
  local ports
  STATE=$(mktemp -d /tmp/holdfast-hindsight-XXXXXX)
  chmod 755 "$STATE"
  read -r -a ports <<<"$(free_ports)"
  start_postgres "${ports[0]}"
  "$VENV/bin/python" "$HERE/embeddings.py" "${ports[1]}" >"$STATE/embeddings.log" 2>&1 </dev/null &
  EMBEDDINGS=$!
  wait_for "${ports[1]}/v1/models" "$EMBEDDINGS"
  env HINDSIGHT_API_DATABASE_URL="postgresql://hindsight:hindsight@127.0.0.1:${ports[0]}/hindsight" \
    HINDSIGHT_API_LLM_PROVIDER=none \
    HINDSIGHT_API_EMBEDDINGS_PROVIDER=openai HINDSIGHT_API_EMBEDDINGS_OPENAI_API_KEY=x \
    HINDSIGHT_API_EMBEDDINGS_OPENAI_MODEL=words \
    HINDSIGHT_API_EMBEDDINGS_OPENAI_BASE_URL="http://127.0.0.1:${ports[1]}/v1" \
    HINDSIGHT_API_RERANKER_PROVIDER=rrf \
    HF_HUB_OFFLINE=1 LITELLM_LOCAL_MODEL_COST_MAP=True \
    TIKTOKEN_CACHE_DIR="$(echo "$VENV"/lib/python3*/site-packages/litellm/litellm_core_utils/tokenizers)" \
    "$VENV/bin/hindsight-api" --host 127.0.0.1 --port "${ports[2]}" \
    >"$STATE/api.log" 2>&1 </dev/null &
  API=$!
  if ! wait_for "${ports[2]}/health" "$API"; then
    say "the Hindsight API server does not start:"
    tail -20 "$STATE/api.log" >&2
    exit 1
  fi
  export HOLDFAST_HINDSIGHT_PORT=${ports[2]}
}

install
trap stop EXIT
start
"$@"
