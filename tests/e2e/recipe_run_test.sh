#!/bin/bash
# The verbs around recipes: run, plan, check, retry, wrap; locks between
# processes; sub-runs with and without a server.
. "$(dirname "$0")/lib.sh"

export ORACLE=$top/oracle
recipe=$top/r.lua

prints() { # PATTERN COMMAND…
	local pattern=$1
	shift
	"$@" 2>&1 | tee "$top/printed" | grep -qE -- "$pattern" || {
		echo "no '$pattern' in:"
		cat "$top/printed"
		return 1
	}
}

cat >"$recipe" <<'LUA'
return {
	name = "app", on = { push = { branches = "main",
		when = function(event) return event.ref == "x", "by ref" end } },
	params = { n = { type = "integer", default = 1 } },
	run = function(ctx)
		ctx:step("build", "echo building " .. ctx.params.n)
		ctx:parallel { lint = { "exit 1", soft = true },
			test = { "echo tested", once = true } }
		if ctx.params.n == 9 then ctx:step("bad", "exit 4") end
	end,
}
LUA
it "prints lines" prints '^build \| building 5$' tm run "$recipe" n=5
it "passes" exits 0 tm run --quiet "$recipe"
it "fails with 1" exits 1 tm run --quiet "$recipe" n=9
it "refuses wrong parameters" exits 2 tm run --quiet "$recipe" n=x
it "finds no recipe" exits 3 tm run --quiet "$top/none.lua"
it "says every event as JSON" prints '"event":"run_finished".*"passed"' \
	tm run --json "$recipe"
it "plans" prints '─ lint .*\[soft\]' tm plan "$recipe"
it "plans as JSON" prints '"marks":\["once"\]' tm plan --json "$recipe"
it "does nothing in a plan" is 4 "SELECT count(*) FROM runs"
it "checks" prints 'ok \(app: on push\)' tm check "$recipe"
it "prints the spec" prints '"branches":\["main"\]' tm check --spec "$recipe"
it "asks the predicate" prints '"run":true' tm check --match "$recipe" \
	--trigger 0 <<<'{"ref":"x"}'
it "says no, and why" prints '"reason":"by ref".*"run":false' tm check \
	--match "$recipe" --trigger 0 <<<'{"ref":"y"}'
sed -i 's/branches/branchs/' "$recipe"
it "names line and nearest key" prints "r.lua:2: unknown key 'branchs'.*mean \
'branches'" tm check "$recipe"
it "refuses a wrong recipe" exits 2 tm run "$recipe"

cat >"$recipe" <<'LUA'
return { name = "flaky", run = function(ctx)
	ctx:step("a", 'echo a >> "$ORACLE"')
	ctx:step("b", 'echo b >> "$ORACLE"; test -e "$ORACLE.ok"')
end }
LUA
it "fails first" exits 1 tm run --quiet "$recipe"
touch "$ORACLE.ok"
it "retries what failed" tm retry --quiet --failed last
it "kept the rest" [ "$(tr '\n' ' ' <"$ORACLE")" = "a b b " ]
it "retries all as a new run" tm retry --quiet last
it "made one" is 2 "SELECT count(*) FROM runs WHERE name = 'flaky'"

it "passes a status on" exits 3 tm wrap job -- sh -c 'exit 3'
it "shows the output" prints '^hello$' tm wrap job -- echo hello
it "keeps it" prints hello tm logs last/job

cat >"$recipe" <<'LUA'
return { name = "locked", run = function(ctx)
	ctx:lock("door", function()
		ctx:step("in", "mkdir $ORACLE.door && sleep 0.2 "
			.. "&& rmdir $ORACLE.door")
	end)
end }
LUA
for _ in 1 2 3; do "$bin" run --quiet "$recipe" & done
wait
it "lets one in at a time" is "3 0" "SELECT sum(state = 'passed') || ' ' ||
	sum(state <> 'passed') FROM runs WHERE name = 'locked'"

cat >"$top/child.lua" <<'LUA'
return { name = "child", params = { ms = 0, bad = false },
	run = function(ctx)
		ctx:step("work", ("sleep %s; echo child >> $ORACLE.sub")
			:format(ctx.params.ms / 1000))
		if ctx.params.bad then ctx:fail("asked to") end
	end }
LUA
cat >"$recipe" <<'LUA'
return { name = "wrong", run = function(ctx)
	ctx:step("x", { "true", timeoutt = "5s" })
end }
LUA
it "names the line of a wrong option" prints \
	"r.lua:2: unknown key 'timeoutt' in step 'x' .did you mean 'timeout'" \
	"$bin" run "$recipe"

cat >"$recipe" <<'LUA'
return { name = "parent", run = function(ctx)
	local slow = ctx:run("child.lua", { ms = 700 })
	local fast = ctx:run("child.lua", { ms = 1 })
	local first = ctx:any { slow, fast }
	ctx:step("first", "echo first " .. first .. " >> $ORACLE.sub")
	ctx:all { slow, fast }
	local bad = ctx:run("child.lua", { bad = true }):await { soft = true }
	ctx:step("bad", "echo " .. bad.state .. " >> $ORACLE.sub")
end }
LUA
sub_runs() {
	: >"$ORACLE.sub"
	"$bin" run --quiet "$recipe" || return 1
	[ "$(tr '\n' ' ' <"$ORACLE.sub")" = \
		"child first 2 child child failed " ] || {
		cat "$ORACLE.sub"
		return 1
	}
}
it "runs sub-runs without a server" sub_runs
serve
it "runs them with one" sub_runs
stop_server
finish
