#!/bin/bash
# Drift of files and of what a program says, as a command and as a trigger.
. "$(dirname "$0")/lib.sh"

site=$top/site
mkdir -p "$site"
cat >"$top/program.py" <<'PY'
# Says over HTTP what is in its file; ends with the test.
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = open(sys.argv[1], "rb").read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
open(sys.argv[2] + ".new", "w").write(str(server.server_port))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
PY
echo '{"pool": 5, "host": "db", "uptime": 17}' >"$top/says.json"
python3 "$top/program.py" "$top/says.json" "$top/port" &
program=$!
it "has a program" wait_for 10 test -s "$top/port"

cat >"$site/config.lua" <<LUA
return {
	layers = { "base.yaml" },
	files = { { template = "app.json.j2", to = "$top/app.json",
		live = { url = "http://127.0.0.1:$(cat "$top/port")/" } } },
}
LUA
echo '{"pool": {{ pool }}, "host": "db"}' >"$site/app.json.j2"
echo 'pool: 5' >"$site/base.yaml"
drift() {
	tm config drift --project "$site" "$@"
}

it "wants an apply first" exits 3 drift
it "applies" tm config apply --project "$site"
it "sees no drift" drift
echo '{"pool": 9, "host": "db"}' >"$top/says.json"
it "notices what the program says" exits 1 drift
it "says what" grep -q '^+/pool: 9' <(drift)
it "says it in JSON" grep -q '"state":"changed"' <(drift --json)
echo '{"pool": 5}' >"$top/says.json"
it "compares what both have" drift
sed -i 's|/" }|/", values = { "host" } }|' "$site/config.lua"
it "demands what is named" exits 1 drift
echo 'no JSON' >"$top/says.json"
it "says why it cannot ask" grep -q 'cannot be asked' <(drift)
echo '{"pool": 5, "host": "db"}' >"$top/says.json"
it "is as it was" drift

mkdir -p "$top/recipes"
cat >"$top/recipes/repair.lua" <<LUA
return { name = "repair", on = { drift = { project = "$site",
	every = "1s", overlap = "skip" } },
	steps = { { "repair", "'$bin' config drift --project '$site' --repair" } } }
LUA
echo "return { recipes = '$top/recipes/*.lua' }" >"$top/server.lua"
serve --config "$top/server.lua"
it "asks now and then" soon filtered "select verdict from decisions limit 1"
it "runs nothing without drift" is 0 "select count(*) from runs"
echo '{"pool": 6, "host": "db"}' >"$top/app.json"
it "runs when something drifted" soon passed \
	"select state from runs where name = 'repair' order by id limit 1"
it "was repaired" grep -q '"pool": 5' "$top/app.json"
stop_server
kill "$program"
wait "$program" 2>/dev/null

cat >"$top/wrong.lua" <<'LUA'
return { on = { drift = { env = "prod" } }, steps = { { "s", "true" } } }
LUA
it "wants a project" exits 2 tm check "$top/wrong.lua"
finish
