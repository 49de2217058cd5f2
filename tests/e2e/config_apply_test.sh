#!/bin/bash
# Configuration in force: plans, checks, reloads, health, the way back, drift;
# with nginx and a service in Python.
. "$(dirname "$0")/lib.sh"

export DB_PASSWORD=hidden-tide
site=$top/site
root=$top/root
mkdir -p "$site/env" "$site/templates" "$root"

# A free port for each of two programs.
ports=$(python3 -c '
import socket
held = [socket.socket() for _ in range(2)]
for s in held: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))')
web=${ports% *}
app=${ports#* }

cat >"$site/config.lua" <<LUA
return {
	environments = { "dev", "prod" },
	layers = { "base.yaml", "env/\${env}.yaml" },
	secrets = { ["app.password"] = "env:DB_PASSWORD" },
	policies = "policies.lua",
	files = {
		{ template = "templates/app.json.j2",
			to = "\${root}/app.json", mode = "0600",
			reload = "kill -HUP \$(cat $root/app.pid)",
			health = { url = "http://127.0.0.1:$app/", within = "3s" } },
		{ template = "templates/nginx.conf.j2",
			to = "\${root}/nginx.conf",
			check = "nginx -t -q -c {file}",
			reload = "nginx -q -c $root/nginx.conf -s reload",
			health = { command = "curl -fsS http://127.0.0.1:$web/", within = "3s" } },
	},
}
LUA
cat >"$site/policies.lua" <<'LUA'
return function(values, deny, warn, context)
	if context.env == "prod" and values.app.workers < 2 then
		deny("prod needs 2 workers", "app.workers")
	end
	if values.app.workers > 50 then
		warn("that is a lot", "app.workers")
	end
end
LUA
cat >"$site/base.yaml" <<YAML
app:
  workers: 1
  broken: false
web:
  answer: hello
YAML
cat >"$site/env/prod.yaml" <<YAML
app:
  workers: 4
YAML
echo '{}' >"$site/env/dev.yaml"
cat >"$site/templates/app.json.j2" <<'J2'
{ "workers": {{ app.workers }}, "broken": {{ app.broken | to_json }},
  "url": "postgres://app:{{ app.password }}@db/{{ app.password | b64encode }}" }
J2
cat >"$site/templates/nginx.conf.j2" <<J2
pid $root/nginx.pid;
error_log $root/error.log;
events {}
http {
	access_log off;
	client_body_temp_path $root/body;
	proxy_temp_path $root/proxy;
	fastcgi_temp_path $root/fastcgi;
	uwsgi_temp_path $root/uwsgi;
	scgi_temp_path $root/scgi;
	server {
		listen 127.0.0.1:$web;
		location / { return 200 "{{ web.answer }}"; }
	}
}
J2
cat >"$top/app.py" <<PY
# Reads its configuration at SIGHUP; unhealthy when it is told to be.
import http.server, json, os, signal
state = {}
def read(*_):
    global state
    state = json.load(open("$root/app.json"))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500 if state["broken"] else 200)
        self.end_headers()
        self.wfile.write(str(state["workers"]).encode())
    def log_message(self, *_): pass
signal.signal(signal.SIGHUP, read)
read()
open("$root/app.pid", "w").write(str(os.getpid()))
http.server.HTTPServer(("127.0.0.1", $app), Handler).serve_forever()
PY

config() { # VERB ARGUMENT…
	local verb=$1
	shift
	tm config "$verb" --project "$site" --env prod --root "$root" "$@"
}
fails() { # STATUS WORDS COMMAND…
	local wanted=$1 words=$2 status
	shift 2
	"$@" >"$top/out" 2>&1
	status=$?
	cat "$top/out"
	[ "$status" = "$wanted" ] && grep -qE "$words" "$top/out"
}
in_force() { # WORKERS ANSWER
	[ "$(curl -fsS "http://127.0.0.1:$app/")" = "$1" ] &&
		[ "$(curl -fsS "http://127.0.0.1:$web/")" = "$2" ]
}
set_values() { # WORKERS BROKEN ANSWER
	printf "app: { workers: %s, broken: %s }\nweb: { answer: '%s' }\n" \
		"$1" "$2" "$3" >"$site/env/prod.yaml"
}
same() { # the live files are those that were kept
	diff "$top/kept" <(cat "$root/app.json" "$root/nginx.conf")
}
keep() {
	cat "$root/app.json" "$root/nginx.conf" >"$top/kept"
}

if ! command -v nginx >/dev/null || ! command -v curl >/dev/null; then
	echo "skipped: no nginx"
	finish
fi

# The programs start with what the first render wrote.
set_values 2 false hello
it "renders into a directory" config render --out "$top/staged"
cp "$top/staged$root/app.json" "$root/app.json"
cp "$top/staged$root/nginx.conf" "$root/nginx.conf"
python3 "$top/app.py" &
nginx -q -c "$root/nginx.conf"
it "has two programs" wait_for 10 in_force 2 hello

it "has nothing to do" exits 0 config apply --check
it "keeps what is there as the first version" config apply
it "is idempotent" test "$(config apply)" = "nothing to do"

set_values 3 false changed
it "plans" exits 1 config plan --out "$top/a.plan"
it "shows what would change" fails 1 '^\+.*"workers": 3' config plan
it "hides secrets in plans" exits 1 grep -qE "$DB_PASSWORD|$(printf %s \
	"$DB_PASSWORD" | base64)" <(config plan 2>&1; cat "$top/a.plan")
it "does nothing by planning" in_force 2 hello
it "applies the plan" tm config apply "$top/a.plan"
it "has it in force" wait_for 5 in_force 3 changed
it "wrote what was planned" test "$(sha256sum <"$root/app.json" |
	cut -d' ' -f1)" = "$(python3 -c '
import json, sys
print(json.load(open(sys.argv[1]))["files"][0]["hash"])' "$top/a.plan")"
it "refuses the plan again" fails 7 "older state" tm config apply "$top/a.plan"
keep

set_values 1 false changed
it "obeys policies" fails 7 "env/prod.yaml:1: app.workers: prod needs 2" \
	config apply
it "changes nothing then" same
set_values 60 false changed
it "passes warnings on" fails 1 "that is a lot" config plan

set_values 5 false 'changeme'
it "refuses values that cannot be meant so" fails 7 "prod.yaml:2: .*placeholder" \
	config apply
set_values 5 false 'x"; bad'
it "asks the program's own check" fails 7 "its check failed.*nginx -t" \
	config apply
it "changes nothing after that" same

set_values 5 false changed
echo '{{ app.worker }}' >>"$site/templates/app.json.j2"
it "names the template's line" fails 2 "app.json.j2:3.*worker" config apply
sed -i '$d' "$site/templates/app.json.j2"
set_values 5 false changed
echo '}' >>"$site/templates/app.json.j2"
it "names the line of broken JSON" fails 2 "rendered json is broken" \
	config apply
sed -i '$d' "$site/templates/app.json.j2"
it "left everything as it was" same

set_values 7 true changed
it "goes back when it is not healthy" fails 1 \
	"answered 500.*|former configuration is in force" config apply
it "says what is in force" grep -q "former configuration is in force" "$top/out"
it "has the former files" same
it "has the former programs" wait_for 5 in_force 3 changed

set_values 7 false changed
mv "$root/app.pid" "$root/app.hidden"
it "goes back when the reload fails" fails 1 "the reload failed" config apply
mv "$root/app.hidden" "$root/app.pid"
it "has the former files after that" same

it "notices no drift" config drift
echo '{"workers": 99, "broken": false}' >"$root/app.json"
it "notices drift" fails 1 '^\+\{"workers": 99' config drift
set_values 3 false changed
it "repairs it" config drift --repair
it "is as it was" same

set_values 8 false later
it "applies another" config apply
it "rolls back" config rollback
it "has the former one" wait_for 5 in_force 3 changed
it "lists versions" grep -q "rollback to" <(config rollback --list)
it "rolls back to a number" config rollback --to 1
it "has the first one" wait_for 5 in_force 2 hello
it "knows no others" exits 3 config rollback --to 99

# A secret that was changed stays hidden, the former and the new one.
export DB_PASSWORD=other-tide
it "has something to do after a rotation" exits 1 config apply --check
config plan >"$top/rotated" 2>&1
it "shows that a secret changes" grep -q "only a secret changes\|workers" \
	"$top/rotated"
sed 's/"workers": [0-9]*/"workers": 77/' "$root/app.json" >"$top/edited"
cat "$top/edited" >"$root/app.json"
config drift >>"$top/rotated" 2>&1
config plan >>"$top/rotated" 2>&1
it "shows neither of them" exits 1 grep -qE "hidden-tide|other-tide|$(
	printf %s hidden-tide | base64 | cut -c1-12)" "$top/rotated"
it "shows what else changed" grep -q '^+.*"workers": 77' "$top/rotated"
export DB_PASSWORD=hidden-tide
config apply >/dev/null 2>&1
it "rolls back after a rotation" config rollback --to 1

# Programs that print what they read, failing again and again.
loud=$top/loud
mkdir "$loud"
echo "pw={{ pw }} n={{ n }}" >"$loud/t"
echo "n: 0" >"$loud/v.yaml"
cat >"$loud/config.lua" <<LUA
return { layers = { "v.yaml" }, secrets = { pw = "env:DB_PASSWORD" },
	files = { { template = "t", to = "$loud/out", check = [[
		test ! -e $loud/bad || { cat {file}; false; }]], reload = [[
		test ! -e $loud/broken || { cat $loud/out; false; }]] } } }
LUA
loudly() { # VERB ARGUMENT…
	local verb=$1
	shift
	tm config "$verb" --project "$loud" "$@" >>"$top/loud.log" 2>&1
}
it "applies it" loudly apply
it "plans it" exits 1 tm config plan --project "$loud" --set n=1 \
	--set pw=given-tide --out "$top/loud.plan"
it "keeps what is set for a secret out of the plan" exits 1 \
	grep -q given-tide "$top/loud.plan"
it "applies another" loudly apply --set n=2
touch "$loud/broken"
for i in $(seq 3 56); do loudly apply --set "n=$i"; done
it "keeps versions that were in force while others fail" is 2 \
	"select count(*) from configurations where state = 'applied'
	and project = '$loud'"
it "fails when drift cannot be repaired" exits 1 sh -c "echo x >$loud/out;
	'$bin' config drift --project '$loud' --repair >>'$top/loud.log' 2>&1"
rm "$loud/broken"
it "repairs it later" loudly drift --repair
touch "$loud/bad"
it "asks the check for a rollback, too" exits 7 loudly rollback --to 1
rm "$loud/bad"
it "rolls back then" loudly rollback --to 1
it "refuses a plan of another version, though the file is the same" fails 7 \
	"older state: version 1 was in force" tm config apply "$top/loud.plan"
it "prints no secret in all that" exits 1 grep -q hidden-tide "$top/loud.log"
it "keeps none in the record" exits 1 grep -qa hidden-tide \
	<(sqlite3 "$TIDEMILL_HOME/tidemill.db" .dump)

# A kill at every instant leaves the old or the new configuration.
keep
set_values 9 false killed
for delay in 0.02 0.04 0.06 0.08 0.1 0.12 0.15 0.2; do
	"$bin" config apply --project "$site" --env prod --root "$root" \
		>"$top/killed.log" 2>&1 &
	applying=$!
	timeout "$delay" tail -f /dev/null
	kill -9 "$applying" 2>/dev/null
	wait "$applying" 2>/dev/null
	config rollback --to 1 >>"$top/killed.log" 2>&1 || {
		cat "$top/killed.log"
		it "recovers from a kill after $delay s" false
	}
	it "is whole after a kill after $delay s" same
done
it "left nothing half done" is 0 \
	"select count(*) from configurations where state = 'applying'"
it "keeps no secret in the database" exits 1 grep -qa "$DB_PASSWORD" \
	"$TIDEMILL_HOME/tidemill.db"

# A full disk: a tree of its own that holds one page.
small() {
	mount -t tmpfs -o size=8k none "$1" && printf old >"$1/app.json" &&
		head -c 5000 /dev/zero >"$1/rest"
}
if unshare -rm true 2>/dev/null; then
	mkdir -p "$top/small"
	printf 'return { layers = { "v.yaml" }, files = { { template = "t", to =
		"${root}/app.json" } } }' >"$top/site/full.lua"
	mkdir "$top/full"
	mv "$site/full.lua" "$top/full/config.lua"
	echo "a: 1" >"$top/full/v.yaml"
	head -c 20000 /dev/zero | tr '\0' x >"$top/full/t"
	export -f small
	export bin top
	it "leaves the old file when the disk is full" fails 1 \
		"No space left.*|former configuration is in force" \
		unshare -rm bash -c 'small "$top/small" && { "$bin" config \
		apply --project "$top/full" --root "$top/small"; s=$?;
		[ "$(cat "$top/small/app.json")" = old ] && exit $s; exit 9; }'
fi

nginx -q -c "$root/nginx.conf" -s stop
kill "$(cat "$root/app.pid")"
finish
