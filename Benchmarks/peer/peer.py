#!/usr/bin/env python3
"""Drives the memory manager and the Hindsight provider of hermes-agent 0.19.0 as its agent does.

    peer.py turns --url URL --count N --each K     turns per second until the server has them all
    peer.py session --url URL --count N            one session of N turns, one retain for each
    peer.py switch --url URL --count N             waits of the caller while a recall is under way
    peer.py first --url URL --question TEXT        what reaches the prompt of the first turn

Prints `name value` lines. Needs `make peer`, and a server on the loopback at URL.
"""

import argparse
import json
import logging
import os
import shutil
import tempfile
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["turns", "session", "switch", "first"])
    parser.add_argument("--url", required=True)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--each", type=int, default=1)
    parser.add_argument("--question", default="")
    return parser.parse_args()


def manager(home, url, each):
    """A manager with the real provider, configured by its own file."""
    from agent.memory_manager import MemoryManager
    from plugins.memory.hindsight import HindsightMemoryProvider

    os.makedirs(f"{home}/hindsight", exist_ok=True)
    settings = {
        "mode": "local_external", "api_url": url, "bank_id": "bench",
        "retain_every_n_turns": each,
    }
    with open(f"{home}/hindsight/config.json", "w") as file:
        json.dump(settings, file)
    found = MemoryManager()
    provider = HindsightMemoryProvider()
    found.add_provider(provider)
    found.initialize_all("session", platform="cli", hermes_home=home)
    return found, provider


def keep(found, provider, count, text):
    """Gives it finished turns and waits until the server has taken the last one."""
    for _ in range(count):
        found.sync_all(text, text, session_id="session")
    if not found.flush_pending(600):
        raise SystemExit("the manager did not finish")
    provider._retain_queue.join()


def turns(home, args, text):
    found, provider = manager(home, args.url, args.each)
    keep(found, provider, args.each, text)
    start = time.perf_counter()
    keep(found, provider, args.count, text)
    print("turns_per_s", args.count / (time.perf_counter() - start), flush=True)
    found.shutdown_all()


def session(home, args, text):
    found, provider = manager(home, args.url, 1)
    keep(found, provider, args.count, text)
    found.shutdown_all()
    print("turns", args.count, flush=True)


def switch(home, args, text):
    found, _ = manager(home, args.url, 1)
    for number in range(args.count):
        found.queue_prefetch_all(text, session_id="session")
        found.flush_pending(5)
        start = time.perf_counter()
        found.on_session_switch(
            f"session{number}", parent_session_id="session", reset=True, reason="new_session")
        print("switch_ms", (time.perf_counter() - start) * 1e3, flush=True)
    # Threads that wait for the server would keep the process for as long as they like.
    os._exit(0)


def first(home, args, _):
    found, _ = manager(home, args.url, 1)
    prompt = found.prefetch_all(args.question, session_id="session")
    print("recalled", int(args.question in prompt), flush=True)
    found.shutdown_all()


def main():
    args = arguments()
    home = tempfile.mkdtemp(prefix="holdfast-peer-")
    os.environ["HERMES_HOME"] = os.environ["HOME"] = home
    for name in [name for name in os.environ if name.startswith("HINDSIGHT_")]:
        del os.environ[name]
    logging.disable(logging.CRITICAL)
    try:
        globals()[args.what](home, args, "x" * 150)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
