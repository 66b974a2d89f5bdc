# Builds, runs and tests Holdfast. `make help` lists the targets.
#
# Swift is built by SwiftPM, C plugins by cc: SwiftPM would link the Swift runtime into them.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
export PATH := $(PATH):/opt/swift/usr/bin:/usr/local/swift/usr/bin:$(HOME)/.local/share/swiftly/bin

# Everything for users is a release build in build/plugins and $(BIN); tests run in debug.
BIN := .build/release
# The flag keeps a build on a terminal and one in a pipe the same, or each would redo the other's.
RELEASE := swift build -c release --no-color-diagnostics --product
PLUGINS := build/plugins
FIXTURES := build/fixtures

HEADERS := $(wildcard include/holdfast/*.h include/holdfast/ext/*.h)
CWARN := -std=c11 -O2 -g -Wall -Wextra -Werror
PLUGIN_FLAGS := $(CWARN) -D_GNU_SOURCE -shared -fPIC -fvisibility=hidden -Iinclude \
  -Wl,--version-script=Plugins/plugin.map -Wl,-z,nodelete
C_PLUGINS := $(if $(wildcard Plugins/Console/*.c),$(PLUGINS)/console.so) \
  $(if $(wildcard Plugins/RecallModel/*.c),$(PLUGINS)/recall-model.so) \
  $(if $(wildcard Plugins/FileMemory/*.c),$(PLUGINS)/file-memory.so)
BAD_PLUGINS := $(patsubst Tests/Fixtures/%.c,$(FIXTURES)/%.so,$(wildcard Tests/Fixtures/*.c))
PRELOADS := $(patsubst Tests/Preload/%.c,$(FIXTURES)/preload/%.so,$(wildcard Tests/Preload/*.c))
HARNESS := $(if $(wildcard Tests/PluginHarness/harness.c),build/harness)
HINDSIGHT := $(if $(wildcard Tests/HindsightServer/main.c),build/hindsight-server)
C_BENCHES := $(patsubst Benchmarks/%.c,build/bench/%,$(wildcard Benchmarks/*.c)) \
  $(patsubst Benchmarks/%.c,build/bench/%.so,$(wildcard Benchmarks/plugins/*.c)) \
  build/bench/sync_clock.so

# What tests and benchmarks are told; they find the clone's own files without it.
TEST_ENV := HOLDFAST_PLUGINS=$(CURDIR)/$(PLUGINS) HOLDFAST_FIXTURES=$(CURDIR)/$(FIXTURES) \
  HOLDFAST_BIN=$(CURDIR)/.build/debug/holdfast \
  HOLDFAST_HINDSIGHT_SERVER=$(CURDIR)/build/hindsight-server
QUIETLY := tools/quietly.sh

.PHONY: run test build plugins fixtures promtool bench contention peer simulate crash-trials \
  test-hindsight sanitize sanitize-threads lint format layout deps install-deps clean help
.DELETE_ON_ERROR:
.NOTPARALLEL:

run: ## install what is missing, build, and talk to an agent; state lies in .state
	@tools/dependencies.sh
	@$(QUIETLY) 'building the host (a minute or two the first time)' \
	  $(RELEASE) holdfast
	@$(QUIETLY) 'building the plugins' $(MAKE) plugins
	@exec $(BIN)/holdfast chat --state-dir .state --plugins $(PLUGINS)

test: deps lint build plugins fixtures promtool $(HARNESS) $(HINDSIGHT) ## install what is missing, build, and run every check
	$(if $(HARNESS),$(TEST_ENV) build/harness)
	@$(TEST_ENV) tools/repeating-failures.sh build/tests.log swift test --skip-build --disable-xctest

build: deps ## build everything for the tests
	@swift build --build-tests

plugins: deps $(C_PLUGINS) | $(PLUGINS) ## build the plugins into build/plugins
	@$(RELEASE) SQLiteMemory
	@cmp -s $(BIN)/libSQLiteMemory.so $(PLUGINS)/sqlite-memory.so || \
	  install -m 755 $(BIN)/libSQLiteMemory.so $(PLUGINS)/sqlite-memory.so
	@$(RELEASE) Hindsight
	@cmp -s $(BIN)/libHindsight.so $(PLUGINS)/hindsight.so || \
	  install -m 755 $(BIN)/libHindsight.so $(PLUGINS)/hindsight.so

fixtures: $(BAD_PLUGINS) $(PRELOADS) ## build the plugins that break a rule each, and faults of the disk

promtool: ## fetch what checks the figures for Prometheus, for the tests
	@tools/promtool.sh

bench: deps plugins $(C_BENCHES) $(HINDSIGHT) ## measure, and write docs/BENCHMARKS.md; ONLY=group or EFFORT=0.1 only show
	@$(RELEASE) holdfast
	@$(RELEASE) holdfast-bench
	@mkdir -p build/bench/basic
	@cp $(foreach name,console sqlite-memory recall-model,$(PLUGINS)/$(name).so) build/bench/basic
	@HOLDFAST_BIN=$(CURDIR)/$(BIN)/holdfast HOLDFAST_BENCH_C=$(CURDIR)/build/bench \
	  HOLDFAST_HINDSIGHT_SERVER=$(CURDIR)/build/hindsight-server \
	  HOLDFAST_PEER=$(CURDIR)/build/peer/bin/python \
	  HOLDFAST_PEER_SCRIPT=$(CURDIR)/Benchmarks/peer/peer.py \
	  $(BIN)/holdfast-bench --plugins $(PLUGINS) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(EFFORT),--effort $(EFFORT)) \
	  $(if $(ONLY)$(EFFORT),,--write docs/BENCHMARKS.md)

contention: deps plugins $(C_BENCHES) ## AGENTS=n agents on one host, everything at once, and a picture
	@$(RELEASE) holdfast
	@$(RELEASE) holdfast-bench
	@HOLDFAST_BIN=$(CURDIR)/$(BIN)/holdfast HOLDFAST_BENCH_C=$(CURDIR)/build/bench \
	  $(BIN)/holdfast-bench contention --plugins $(CURDIR)/$(PLUGINS) \
	  --agents $(or $(AGENTS),47) $(if $(TURNS),--turns $(TURNS)) $(if $(SHARED),--shared yes) \
	  --picture build/contention-$(or $(AGENTS),47).svg

# Python's package index is asked for it; about 350 MB.
peer: ## install what `make bench` compares with, into build/peer
	@python3 -m venv build/peer
	@$(QUIETLY) 'installing hermes-agent 0.19.0' \
	  build/peer/bin/pip install --quiet hermes-agent==0.19.0 hindsight-client==0.6.1

simulate: deps ## run the simulator over SEEDS=n seeds, or show one SEED=n (all of it with TRACE=1)
	@$(QUIETLY) 'building the simulator' $(RELEASE) holdfast-simulate
	@$(BIN)/holdfast-simulate $(if $(SEED),--seed $(SEED) $(if $(TRACE),--trace),\
	  --seeds $(or $(SEEDS),10000) $(if $(FIRST),--first $(FIRST)))

crash-trials: build plugins fixtures $(HINDSIGHT) ## end the host N=n times in every way; figures into JSON=file
	@$(TEST_ENV) $(if $(N),HOLDFAST_CRASH_TRIALS=$(N)) $(if $(SEED),HOLDFAST_SEED=$(SEED)) \
	  $(if $(JSON),HOLDFAST_TRIALS_JSON=$(abspath $(JSON))) tools/selected-tests.sh CrashTrial

# Python's package index is asked for the server, which is kept in build/hindsight.
test-hindsight: build plugins fixtures $(HINDSIGHT) ## run the Hindsight tests against the real server
	@$(TEST_ENV) Tests/Hindsight/with-server.sh build/hindsight \
	  tools/selected-tests.sh HindsightTests

# A library loaded with dlopen and a program that runs in a child have their own leak reports. What
# the simulator finds of mistakes, it finds without a sanitizer.
sanitize: deps plugins fixtures ## run the tests under the address sanitizer
	@$(TEST_ENV) ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no tools/selected-tests.sh \
	  '$(or $(TESTS),^Holdfast(Core|Journal|Ports|Configuration|Control|Runtime)Tests)' \
	  --scratch-path .build/asan --sanitize=address --skip SimulationMutation

# Libraries that are loaded later take the sanitizer's functions from the program.
sanitize-threads: deps plugins fixtures ## run the tests of threads under the thread sanitizer
	@$(TEST_ENV) TSAN_OPTIONS=halt_on_error=0 SWIFT_BACKTRACE=enable=no tools/selected-tests.sh \
	  '$(or $(TESTS),^Holdfast(Journal|Ports|Control|Runtime)Tests)' \
	  --scratch-path .build/tsan --sanitize=thread -Xlinker --export-dynamic

lint: ## check the format of the Swift sources
	@swift format lint --strict --recursive --parallel Package.swift Sources Plugins Tests Benchmarks

format: ## format the Swift sources
	@swift format --in-place --recursive --parallel Package.swift Sources Plugins Tests Benchmarks

layout: ## regenerate include/layout.lock; a released entry must not change
	@HOLDFAST_WRITE_LAYOUT=1 tools/selected-tests.sh LayoutLock

deps: ## check what the build needs and install what is missing
	@tools/dependencies.sh

install-deps: deps

clean: ## remove what was built; the state in .state stays
	rm -rf build .build

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

$(PLUGINS) $(FIXTURES) build/bench:
	@mkdir -p $@

$(PLUGINS)/console.so: $(wildcard Plugins/Console/*.[ch])
$(PLUGINS)/recall-model.so: $(wildcard Plugins/RecallModel/*.[ch] Plugins/Words/*.[ch])
$(PLUGINS)/file-memory.so: $(wildcard Plugins/FileMemory/*.[ch] Plugins/Words/*.[ch])
$(C_PLUGINS): $(HEADERS) Plugins/plugin.map Makefile | $(PLUGINS)
	$(CC) $(PLUGIN_FLAGS) $(filter %.c,$^) -o $@ -Wl,--as-needed -lm

# A fixture may begin with `// cflags: …` and `// link: …`, added to the flags of every plugin.
$(FIXTURES)/%.so: Tests/Fixtures/%.c $(wildcard Tests/Fixtures/*.h) $(HEADERS) Plugins/plugin.map Makefile | $(FIXTURES)
	$(CC) $(PLUGIN_FLAGS) $$(sed -n '1,3s,^// cflags: ,,p' $<) $< \
	  $$(sed -n '1,3s,^// link: ,,p' $<) -o $@

# A power loss needs SQLite and the file layer that forgets; the others stand on their own.
$(FIXTURES)/preload/power_loss.so: Tests/CTestVFS/ctestvfs.c Tests/CTestVFS/record.c
$(FIXTURES)/preload/power_loss.so: LINKED := -ITests/CTestVFS/include -D_Nonnull= -D_Nullable= \
  -lsqlite3 -lpthread
$(FIXTURES)/preload/%.so: Tests/Preload/%.c $(wildcard Tests/CTestVFS/*.h Tests/CTestVFS/include/*.h) Makefile
	@mkdir -p $(FIXTURES)/preload
	$(CC) $(CWARN) -D_GNU_SOURCE -shared -fPIC -fvisibility=default $(filter %.c,$^) $(LINKED) -o $@

build/harness: $(wildcard Tests/PluginHarness/*.[ch]) $(HEADERS) Makefile
	@mkdir -p build
	$(CC) $(CWARN) -D_GNU_SOURCE -Iinclude $(filter %.c,$^) -o $@ -ldl -lpthread

# Answers as a Hindsight API server, for tests and measurements; `docs/TESTING.md` says how.
build/hindsight-server: $(wildcard Tests/HindsightServer/*.[ch]) Makefile
	@mkdir -p build
	$(CC) $(CWARN) -D_GNU_SOURCE $(filter %.c,$^) -o $@ \
	  $$(pkg-config --cflags --libs libmicrohttpd jansson) -lpthread

build/bench/plugins/%.so: Benchmarks/plugins/%.c $(wildcard Benchmarks/plugins/*.h) $(HEADERS) Makefile
	@mkdir -p build/bench/plugins
	$(CC) $(PLUGIN_FLAGS) $< -o $@

build/bench/sync_clock.so: Benchmarks/preload/sync_clock.c Makefile | build/bench
	$(CC) $(CWARN) -D_GNU_SOURCE -shared -fPIC $< -o $@

build/bench/%: Benchmarks/%.c Makefile | build/bench
	$(CC) $(CWARN) -D_GNU_SOURCE -Iinclude $< -o $@ -lsqlite3 -lpthread
