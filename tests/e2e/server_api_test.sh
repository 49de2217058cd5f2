#!/bin/bash
# The HTTP side of the server: its API, tokens, audit log and what it refuses.
. "$(dirname "$0")/lib.sh"
here=$(dirname "$(realpath "$0")")

address() {
	value "select value from settings where key = 'listen'"
}

listens() {
	[ -n "$(address)" ]
}

status() { # WANTED TARGET CURL-OPTION…
	local wanted=$1 target=$2 got
	shift 2
	got=$(curl -s -m 10 -o "$top/body" -D "$top/headers" \
		-w '%{http_code}' "$@" "http://$(address)$target")
	[ "$got" = "$wanted" ] || {
		echo "status $got, not $wanted: $target"
		cat "$top/body"
		return 1
	}
}

says() { # TEXT WITH status's arguments…
	local text=$1
	shift
	status "$@" && grep -qF -- "$text" "$top/body" "$top/headers"
}

mkdir -p "$TIDEMILL_HOME" "$top/recipes"
cat >"$top/recipes/count.lua" <<'L'
return { name = "count", on = { emit = "count" },
	steps = { { "lines", "seq -f 'line %.0f' 3" } } }
L
cat >"$top/recipes/slow.lua" <<L
return { name = "slow", on = { emit = "slow" }, steps = { { "log",
	"echo begun; until [ -e $top/go ]; do sleep 0.05; done; echo over" } } }
L
echo "return { recipes = '$top/recipes/*.lua' }" >"$TIDEMILL_HOME/server.lua"
serve --listen 127.0.0.1:0
it "tells where it listens" wait_for 10 listens
it "is in the status" bash -c "'$bin' status | grep -q '^listens  127'"
it "is healthy" says '"ok"' 200 /healthz
it "is ready" status 200 /readyz
it "has no default port when one is given" test "$(address)" != 127.0.0.1:8420

soon 2 "select count(*) from recipes where hash is not null" >/dev/null
tm emit count >/dev/null
it "runs" soon passed "select state from runs where name = 'count'"
TOKEN=$(tm token new ci --scope write 2>/dev/null)
READER=$(tm token new reader 2>/dev/null)
RUN=$(value "select id from runs where name = 'count'")
export TOKEN RUN
it "answers as it describes itself" \
	env ADDRESS="$(address)" "$bin" test "$here/api_responses.lua"
it "counts requests" says 'route="/api/v1/runs",status="200"' 200 /metrics
soon 0 "select count(*) from runs where name = 'count' and
	state != 'passed'" >/dev/null
it "draws a badge" says 'count: passed' 200 /badge/count.svg

tm emit slow >/dev/null
it "starts what takes long" soon running \
	"select state from runs where name = 'slow'"
SLOW=$(value "select id from runs where name = 'slow'")
soon 1 "select count(*) from steps where run = $SLOW" >/dev/null
STEP=$(value "select id from steps where run = $SLOW")
LOG="/api/v1/runs/$SLOW/steps/$STEP/log"
curl -sN -m 30 -H 'Accept: text/event-stream' "http://$(address)$LOG" \
	>"$top/stream" &
follower=$!
it "follows a log" wait_for 10 grep -q begun "$top/stream"
touch "$top/go"
it "follows it to its end" wait "$follower"
it "has all of it" grep -q '"text":"over"' "$top/stream"
it "says how it ended" grep -q '"state":"passed"' "$top/stream"
it "resumes a log" bash -c "curl -sN -m 10 -H 'Accept: text/event-stream' \
	-H 'Last-Event-ID: 1' 'http://$(address)$LOG' | head -1 | grep -qx 'id: 2'"

it "compresses" says 'Content-Encoding: gzip' 200 /api/v1/openapi.json \
	-H 'Accept-Encoding: gzip'
tag=$(sed -n 's/^ETag: *//p' "$top/headers" | tr -d '\r')
it "knows what a client has" status 304 /api/v1/openapi.json \
	-H 'Accept-Encoding: gzip' -H "If-None-Match: $tag"
it "sends a policy" says "default-src 'none'" 200 /healthz
it "refuses foreign hosts" says '--host' 421 /healthz -H 'Host: evil.example'
it "refuses foreign pages" status 403 /api/v1/events -X POST \
	-H 'Origin: http://evil.example' -H "Authorization: Bearer $TOKEN"
it "refuses other methods" says GET 405 /healthz -X DELETE
it "knows the nearest path" says "mean '/api/v1/runs'" 404 /api/v1/rusn
it "refuses to climb" status 404 /../../etc/passwd --path-as-is
it "wants a token for actions" says 'WWW-Authenticate: Bearer' 401 \
	"/api/v1/runs/$RUN/retry" -X POST
it "wants the scope" says "needs 'write'" 403 "/api/v1/runs/$RUN/retry" \
	-X POST -H "Authorization: Bearer $READER"
it "wants a token from behind a proxy" status 401 /api/v1/runs \
	-H 'X-Forwarded-For: 10.0.0.1'
it "takes one from there" status 200 /api/v1/runs \
	-H 'X-Forwarded-For: 10.0.0.1' -H "Authorization: Bearer $READER"
old=$(tm token new old --expires 1ms 2>/dev/null)
it "refuses what is over" status 401 /api/v1/runs \
	-H "Authorization: Bearer $old"
head -c 2000000 /dev/zero >"$top/large"
it "refuses large bodies" status 413 /api/v1/events -X POST \
	-H "Authorization: Bearer $TOKEN" -H 'Expect:' \
	--data-binary "@$top/large"
it "refuses large headers" status 431 /healthz \
	-H "X-Large: $(head -c 40000 /dev/zero | tr '\0' x)"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	status 401 /api/v1/runs -H 'Authorization: Bearer tm_1_00' >/dev/null
done
it "locks out who guesses" says Retry-After 429 /api/v1/runs \
	-H 'Authorization: Bearer tm_1_00'
it "keeps only hashes" exits 1 grep -qF "${TOKEN##*_}" \
	"$TIDEMILL_HOME/tidemill.db" "$TIDEMILL_HOME/tidemill.db-wal"
it "notes the last use" is 1 \
	"select count(*) from tokens where name = 'ci' and used is not null"
it "audits" is 1 "select count(*) from audit where action = 'run.retry'"
it "has an audit log that is whole" tm audit verify
it "has one that only grows" exits 19 \
	value "delete from audit" 2>/dev/null
value "drop trigger audit_kept; update audit set actor = 'eve' where id = 2" \
	>/dev/null
it "notices a forged entry" exits 1 tm audit verify

exec 9<>"/dev/tcp/${TIDEMILL_HOST:-127.0.0.1}/$(address | sed 's/.*://')"
printf 'GET /healthz HTTP/1.1\r\nHost: x\r\n' >&9
it "serves while others dawdle" status 200 /healthz
it "removes a token" tm token rm 2
it "does not know it any more" is 0 \
	"select count(*) from tokens where name = 'reader'"
stop_server
it "does not listen any more" is 0 \
	"select count(*) from settings where key = 'listen'"
serve --listen "unix:$top/http.sock"
wait_for 10 listens
it "listens at a socket" bash -c "curl -s -m 5 --unix-socket '$top/http.sock' \
	http://localhost/healthz | grep -q ok"
stop_server
it "refuses a wrong address" exits 2 tm serve --listen nowhere
serve --listen none
it "can do without" exits 1 listens
finish
