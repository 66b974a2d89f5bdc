/* Usage: hindsight-server [--port 0] [--version 1.1.0] [--operation-ms 0] [--api-key key]
 *                         [--keep file] [--no-log] [--echo]
 *
 * Prints "PORT <n>" on standard output once it listens, on 127.0.0.1 only, and runs until SIGTERM
 * or SIGINT. --keep lets what was stored outlive the process, --echo answers each recall with two
 * results that repeat the question, --no-log keeps no requests, for measurements. */
#include "server.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static bool parse(int count, char **words, struct options *options) {
  static const struct option names[] = {
    {"port", required_argument, NULL, 'p'},    {"version", required_argument, NULL, 'v'},
    {"operation-ms", required_argument, NULL, 'o'}, {"api-key", required_argument, NULL, 'a'},
    {"keep", required_argument, NULL, 'k'},    {"no-log", no_argument, NULL, 'n'},
    {"echo", no_argument, NULL, 'e'},          {NULL, 0, NULL, 0},
  };
  int letter;
  while ((letter = getopt_long(count, words, "", names, NULL)) != -1) {
    switch (letter) {
      case 'p': options->port = atoi(optarg); break;
      case 'v': snprintf(options->version, sizeof options->version, "%s", optarg); break;
      case 'o': options->operation_ms = atol(optarg); break;
      case 'a': options->api_key = optarg; break;
      case 'k': options->keep = optarg; break;
      case 'n': options->logs = false; break;
      case 'e': options->echoes = true; break;
      default: return false;
    }
  }
  return optind == count;
}

int main(int count, char **words) {
  static struct server server = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .options = {.version = "1.1.0", .logs = true}};
  if (!parse(count, words, &server.options)) return 2;
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, NULL);
  signal(SIGPIPE, SIG_IGN);
  begin_empty(&server);
  if (!restore(&server) || !http_start(&server)) {
    fprintf(stderr, "hindsight-server: cannot listen on port %d\n", server.options.port);
    return 1;
  }
  printf("PORT %d\n", server.options.port);
  fflush(stdout);
  int signal_number;
  sigwait(&ends, &signal_number);
  /* At once: connections may be held. */
  _exit(0);
}
