#!/bin/bash
# The server itself: one a home, its socket, its configuration, its end.
. "$(dirname "$0")/lib.sh"

ask() { # REQUEST
	printf '%s\n' "$1" | python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(sys.stdin.buffer.read())
s.shutdown(socket.SHUT_WR)
print(s.makefile().read().strip())' "$TIDEMILL_HOME/server.sock"
}

answers() { # WANTED REQUEST
	local got
	got=$(ask "$2")
	[[ $got == $1 ]] || { echo "expected '$1', got '$got'"; return 1; }
}

serve
it "works in an empty directory" test -S "$TIDEMILL_HOME/server.sock"
it "has a private socket" test "$(stat -c %a \
	"$TIDEMILL_HOME/server.sock")" = 600
it "answers ping" answers "ok $server" ping
it "refuses nonsense" answers "error unknown request*" nonsense
it "refuses unknown repositories" answers "error no repository*" "push /tmp"
it "is the only one" exits 2 tm serve
mkdir -p "$top/late"
echo 'return { name = "late", on = { emit = "x" }, steps = {} }' \
	>"$top/late/late.lua"
echo "return { recipes = '$top/late/*.lua' }" >"$TIDEMILL_HOME/server.lua"
it "notices a configuration made after its start" soon late \
	"select name from recipes where enabled = 1"
rm "$TIDEMILL_HOME/server.lua"
it "notices that it is gone" soon 0 \
	"select count(*) from recipes where enabled = 1"
kill_server
serve
it "starts over the socket of a dead one" answers "ok*" ping
ask stop >/dev/null
it "stops when it is told to" wait_for 5 test ! -S \
	"$TIDEMILL_HOME/server.sock"
wait "$server"
it "ends with status 0" test $? -eq 0
server=0

mkdir -p "$top/recipes"
cat >"$top/recipes/a.lua" <<'LUA'
return { name = "a", on = { emit = "go" }, steps = { { "s", "true" } } }
LUA
echo 'return { recipes = "recipes/*.lua", limit = 3 }' >"$top/server.lua"
serve --config "$top/server.lua"
it "reads its recipes" soon a "select name from recipes where enabled = 1"
cat >"$top/recipes/b.lua" <<'LUA'
return { name = "b", on = { emit = "go" }, steps = { { "s", "true" } } }
LUA
it "notices new recipes" soon "a b" "select group_concat(name, ' ') from
	(select name from recipes where hash not null and enabled = 1
	order by name)"
tm emit go '{"x": 1}' >/dev/null
it "runs both" soon "a b" "select group_concat(name, ' ') from
	(select name from runs where state = 'passed' order by name)"
echo 'return { limti = 3 }' >"$top/server.lua"
it "reports a bad configuration" wait_for 10 grep -qF \
	"server.lua:1: unknown key 'limti' (did you mean 'limit'?)" \
	"$top/server.log"
tm emit go >/dev/null
it "keeps the old one" soon 4 \
	"select count(*) from runs where state = 'passed'"
it "checks a file without serving" exits 2 \
	tm serve --config "$top/server.lua" --print-config
echo 'return { recipes = {} }' >"$top/server.lua"
kill -HUP "$server"
it "forgets recipes that are not named any more" soon 0 \
	"select count(*) from recipes where enabled = 1"
tm emit go >/dev/null
it "runs nothing then" soon "no recipe listens to it" \
	"select reason from decisions order by rowid desc limit 1"
stop_server

echo hidden-tide >"$top/token"
cat >"$top/recipes/c.lua" <<'LUA'
return { name = "c", on = { emit = "secret" }, secrets = { "TOKEN" },
	run = function(ctx)
		ctx:step("show", 'echo "$TOKEN $GREETING" '
			.. ctx.event.payload.x)
	end }
LUA
cat >"$top/server.lua" <<LUA
return { recipes = { "recipes/c.lua" }, env = { GREETING = "moin" },
	secrets = { TOKEN = { file = "token" } } }
LUA
serve --config "$top/server.lua"
it "reads it" soon 1 "select count(*) from recipes where name = 'c'"
tm emit secret '{"x": 42}' >/dev/null
it "gives secrets, environment and payload to steps" soon passed \
	"select state from runs where name = 'c'"
it "hides secrets" grep -rqF '*** moin 42' "$TIDEMILL_HOME/logs"

printf 'sealed-tide\n' | tm secret set TOKEN >/dev/null
it "lists secrets without values" test "$(tm secret ls |
	grep -c '^TOKEN *sealed')" = 1
tm emit secret '{"x": 43}' >/dev/null
it "gives sealed secrets to steps, before its configuration's" soon 2 \
	"select count(*) from runs where name = 'c' and state = 'passed'"
it "hides them, too" grep -rqF '*** moin 43' "$TIDEMILL_HOME/logs"
tm secret rotate >/dev/null
tm emit secret '{"x": 44}' >/dev/null
it "opens them after a rotation" soon 3 \
	"select count(*) from runs where name = 'c' and state = 'passed'"
stop_server
it "keeps no value in clear" test "$(grep -rlaE 'sealed-tide|hidden-tide' \
	"$TIDEMILL_HOME" | wc -l)" = 0
it "keeps the key private" test "$(stat -c %a "$TIDEMILL_HOME/secret.key")" \
	= 600

TIDEMILL_HOME=$top/moved
serve
mv "$top/moved" "$top/elsewhere"
it "says that its home was moved away" wait_for 10 grep -q \
	"moved' was removed or moved" "$top/server.log"
wait "$server"
it "ends then" test $? = 3
server=0
finish
