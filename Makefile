# Tidemill. `make help` lists the targets.

SANITIZE ?=
comma := ,
B := build/$(if $(SANITIZE),$(subst $(comma),-,$(SANITIZE)),release)
BIN := $(if $(SANITIZE),$(B)/tidemill,build/tidemill)
PREFIX ?= /usr/local
N ?= 1000

CC ?= gcc
OPT ?= $(if $(SANITIZE),-O1 -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=undefined,-O2)
CFLAGS ?= -g
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wvla -Wformat=2 -Wno-format-nonliteral \
	$(if $(CI),-Werror)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -iquote . -I/usr/include/lua5.4 \
	$(WARN) $(OPT) $(CFLAGS)

# Releases are fully static: loading Debian's shared libgit2 and libcurl costs
# 6 ms a start. Sanitizers need the shared C library.
STATIC_LIBS := -llua5.4 -luv_a -lsqlite3 -lsodium -lcurl -lnghttp2 -lpsl \
	-lidn2 -lunistring -larchive -lbz2 -llzma -lnettle -lzstd -lbrotlidec -lbrotlicommon -lgit2 -lmbedtls \
	-lmbedx509 -lmbedcrypto -lhttp_parser -lssh2 -lssl -lcrypto -lpcre2-8 \
	-lyaml -lexpat -lz -ljansson -ledit -ltinfo -lbsd -lmd -lmicrohttpd \
	-Wl,-u,gnutls_global_init \
	-Wl,--wrap=mbedtls_x509_crt_parse_file -Wl,-u,gss_indicate_mechs \
	-Wl,-u,RTMP_Init -Wl,--wrap=curl_maprintf -Wl,--wrap=curl_mvaprintf \
	-Wl,--wrap=curl_msnprintf -Wl,--wrap=Curl_dyn_addf \
	-Wl,--wrap=curl_strnequal \
	-Wl,-u,__wrap_curl_maprintf \
	-Wl,--wrap=connect -Wl,--wrap=recv \
	-Wl,--wrap=poll -Wl,-u,connect
SHARED_LIBS := -llua5.4 -luv -lsqlite3 -larchive -lcurl -lgit2 -lssh2 \
	-ljansson -ledit \
	-lyaml -lexpat -lsodium -lcrypto -lpcre2-8 -lmicrohttpd -lz
LIBS := $(if $(SANITIZE),$(SHARED_LIBS),-static $(STATIC_LIBS)) -lm -ldl \
	-lpthread

RUNTIME := $(filter-out runtime/engine/hook/%, \
	$(wildcard runtime/*/*.c runtime/*/*/*.c))
HOST := $(filter-out lua/embed.c,$(wildcard lua/*.c))
EMBED := $(wildcard stdlib/*.lua stdlib/*/*.lua stdlib/*/*/*.lua lua/meta/*.lua recipes/*.lua)
MODELS := $(wildcard stdlib/*/*/*.model stdlib/*/*/*.world)
WEB := $(wildcard runtime/web/*)
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*_test.c))
TOOLS := $(patsubst tests/%.c,$(B)/%,$(wildcard tests/bench/*.c tests/e2e/*.c))
HOOK := $(B)/hook
HOOK_BARE := $(if $(filter x86_64 aarch64,$(shell uname -m)),-DHOOK_BARE \
	-nostdlib -ffreestanding -fno-stack-protector \
	-fno-asynchronous-unwind-tables -Wl$(comma)-z$(comma)noseparate-code)
RUNTIME_O := $(RUNTIME:%.c=$(B)/%.o)
HOST_O := $(HOST:%.c=$(B)/%.o) $(B)/embedded.o

.PHONY: all build-tests deps demo test test-unit test-lua test-e2e test-crash check quality quality-config learn-config \
	learn-triage \
	bench \
	bench-template bench-learn bench-server \
	fuzz coverage install clean help
all: $(BIN) ## build build/tidemill (SANITIZE=address,undefined: its own tree)

$(BIN): $(HOST_O) $(B)/libtidemill.a
	@mkdir -p $(@D)
	$(CC) $(OPT) -o $@ $^ $(LIBS) $(LDFLAGS) 2>&1 | \
		tests/check/link_noise.sh && test -f $@

$(B)/libtidemill.a: $(RUNTIME_O)
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Lua sources become part of the binary; so does the push hook, a tiny program.
$(B)/embed: lua/embed.c
	@mkdir -p $(@D)
	gcc -std=c11 -D_GNU_SOURCE -O1 -I/usr/include/lua5.4 -o $@ $< -llua5.4 -lm
$(B)/embedded.c: $(B)/embed $(EMBED) $(MODELS) $(WEB) $(HOOK)
	$(B)/embed $@ $(foreach f,$(sort $(filter stdlib/%,$(EMBED))),doc/$f=$f) \
		hook=$(HOOK) $(sort $(EMBED) $(MODELS) $(WEB))
$(B)/embedded.o: $(B)/embedded.c
	$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(HOOK): runtime/engine/hook/post_receive.c
	@mkdir -p $(@D)
	gcc -std=c11 -D_GNU_SOURCE -Os -static -s $(HOOK_BARE) -o $@ $<

$(B)/unit/%: tests/unit/%.c $(B)/libtidemill.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< $(B)/libtidemill.a \
		$(filter-out -static,$(SHARED_LIBS)) -lcmocka -lm -lpthread
$(B)/bench/% $(B)/e2e/%: tests/*/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< $(LDLIBS) -lm -lpthread
$(B)/e2e/http_server: LDLIBS := -lz
$(B)/e2e/https_front: LDLIBS := -lssl -lcrypto
$(B)/bench/predict: $(B)/libtidemill.a
$(B)/bench/predict: LDLIBS := $(B)/libtidemill.a
$(B)/bench/store $(B)/bench/spawn: $(B)/bench/%: tests/bench/%.c \
		$(B)/libtidemill.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< \
		$(B)/libtidemill.a -lsqlite3 -luv -lm -lpthread
$(B)/bench/template: tests/bench/template.c $(B)/libtidemill.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< $(B)/libtidemill.a \
		-lpcre2-8 -lyaml -ljansson -lcrypto -lsodium -lz -lm -lpthread

deps: ## install the Debian packages (asks for root only if one is missing)
	@tests/check/deps.sh

demo: deps all ## a push becomes a run, in under a minute
	@tests/e2e/demo.sh $(BIN)

test: deps ## unit, Lua and end-to-end tests, with sanitizers
	@tests/run.sh

build-tests: $(UNIT) $(TOOLS)
test-unit: $(UNIT) ## the C tests alone
	@tests/unit/run.sh $(B)/unit
test-lua: $(BIN) $(TOOLS) ## the Lua tests alone
	@$(BIN) test tests/lua
test-e2e: $(BIN) $(TOOLS) ## the end-to-end tests alone
	@tests/e2e/run.sh $(BIN)
test-crash: all $(TOOLS) ## kill -9 at random instants, N=1000 times
	@tests/e2e/crash.sh $(BIN) $(N)

check: deps all ## format, tidy, luacheck, layers, headers, lengths, banned
	@tests/check/run.sh

bench: deps all $(TOOLS) ## each figure beside its peer, in one run
	@tests/bench/run.sh $(BIN)

bench-template: deps all $(B)/bench/template $(B)/bench/measure ## templates against Jinja2
	@tests/check/deps.sh bench
	@tests/bench/template.sh $(BIN)

bench-server: deps all ## the server over HTTP with 1,000,000 runs, beside nginx
	@tests/check/deps.sh bench
	@tests/bench/web.sh $(BIN)

bench-learn: deps all $(B)/bench/predict ## boosted trees against XGBoost
	@tests/bench/predict.sh $(BIN)
	@tests/bench/train.sh $(BIN)

quality: deps all ## judgement on real data, beside the baselines
	@$(BIN) test --timeout 10m tests/quality/*_test.lua
learn-config: all ## the judges of 'config scan' anew, from real projects
	@$(BIN) test tests/quality/learn/config_test.lua \
		tests/quality/learn/file_test.lua
learn-triage: all ## the judge of logs' lines anew, from real failures
	@$(BIN) test --timeout 600s tests/quality/learn/triage_test.lua
quality-config: deps all ## the same, of configuration alone
	@$(BIN) test tests/quality/config_*_test.lua

fuzz: deps ## 30 s of libFuzzer for every reader of foreign bytes
	@tests/fuzz/run.sh

coverage: deps ## line coverage of the tests, as build/coverage/index.html
	@tests/check/coverage.sh

install: all ## PREFIX=/usr/local DESTDIR=
	@tests/check/install.sh $(BIN) "$(DESTDIR)$(PREFIX)"

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile | \
		awk -F': ' '{printf "  %-12s %s\n", $$1, $$2}'

-include $(RUNTIME_O:.o=.d) $(HOST_O:.o=.d) $(UNIT:=.d) $(TOOLS:=.d)
