#!/bin/bash
# The command line as people use it: projects, pipes, a terminal.
#
#     tests/e2e/cli_test.sh BINARY
#
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
export TERM=xterm
unset NO_COLOR

has() { # WANTED TEXT
	[[ $2 == *$1* ]] || {
		printf 'wanted: %s\ngot: %s\n' "$1" "$2"
		return 1
	}
}

check() { # NAME WANTED TEXT
	it "$1" has "$2" "$3"
}

# exits NAME CODE COMMAND…
exits() {
	local name=$1 code=$2 status
	shift 2
	"$@" >"$top/out" 2>&1
	status=$?
	check "$name" "=$code=" "=$status= $(cat "$top/out")"
}

# on_terminal COMMAND: run it on a pty with our stdin as the keyboard.
on_terminal() {
	script -qec "$1" /dev/null | tr -d '\r'
}

# A project of each kind; init must write a recipe that tidemill can read.
project() {
	mkdir -p "$top/$1"
	cd "$top/$1" || exit 1
	cat >"$2"
}
project make Makefile <<'END'
all:
	@echo built
test:
	@echo tested
END
project cmake CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.10)
project(sample NONE)
enable_testing()
END
project cargo Cargo.toml <<'END'
[package]
name = "sample"
END
project npm package.json <<'END'
{ "scripts": { "build": "echo built", "test": "echo tested" } }
END
project go go.mod <<'END'
module sample
END
project python setup.cfg <<'END'
[metadata]
name = sample
END
project python test_sample.py <<'END'
import unittest
class Sample(unittest.TestCase):
    def test_it(self):
        self.assertEqual(1 + 1, 2)
END
project maven pom.xml <<'END'
<project/>
END
project unknown notes.txt </dev/null

runnable="make python unknown"
command -v cmake >/dev/null && runnable="$runnable cmake"
command -v npm >/dev/null && runnable="$runnable npm"
for kind in make cmake cargo npm go python maven unknown; do
	cd "$top/$kind" || exit 1
	if [ "$kind" = unknown ]; then
		expected="no build system"
	else
		expected="recognised $kind;"
	fi
	check "init knows $kind" "$expected" "$("$bin" init 2>&1)"
	exits "init keeps the recipe of $kind" 2 "$bin" init
	exits "the recipe of $kind can be planned" 0 "$bin" plan
	case " $runnable " in
	*" $kind "*) exits "the recipe of $kind runs" 0 "$bin" run ;;
	esac
done

cd "$top/make" || exit 1
out=$("$bin" run 2>&1)
check "a pipe gets plain lines" "build | built" "$out"
check "a pipe gets the ends of steps" "ok test" "$out"
check "a pipe gets no escapes" "none" \
	"$(grep -q $'\033' <<<"$out" && echo some || echo none)"
live=$(on_terminal "$bin run" </dev/null)
check "a terminal sees steps collapse" $'\033[32m✓\033[0m build' "$live"
check "a terminal sees the output" "built" "$live"

exits "a wrong command" 2 "$bin" rnu
check "a wrong command has a hint" "did you mean 'run'" "$(cat "$top/out")"
exits "a wrong option" 2 "$bin" ls --limti 3
exits "a run that is not there" 3 "$bin" show 4711
"$bin" sql "with recursive n(i) as (select 1 union all select i + 1 from n
	where i < 90000) select i from n" --limit 90000 | head -n 1 >/dev/null
check "a reader that has gone is no error" "=141 0=" "=${PIPESTATUS[*]}="

keys=$(printf '%s\n' 'x = {b = 1, a = {2, 3}}' 'x' 'for i = 1, 2 do' \
	'print("line " .. i)' 'end' 'error("oops")' 'time.sleep(5) print("slept")' \
	':help tty.size' ':help nearets' ':quit')
out=$(on_terminal "$bin repl --no-color" <<<"$keys")
check "repl prints values" '{ a = { 2, 3 }, b = 1 }' "$out"
check "repl reads several lines" $'line 1\nline 2' "$out"
check "repl shows errors" "prompt:1: oops" "$out"
check "repl waits" "slept" "$out"
check "repl knows the stubs" "Returns columns and rows" "$out"
check "repl has a hint" "did you mean 'nearest'" "$out"
check "repl keeps its history" "time.sleep(5)" "$(cat "$TIDEMILL_HOME/history")"
check "repl reads scripts" "3" "$(echo 'print(1 + 2)' | "$bin" repl)"

exits "doctor finds nothing bad" 0 "$bin" doctor
finish
