#!/bin/bash
# Runs in the foreground that are killed with SIGKILL in the middle, and go on.
# The oracle is a file that steps append to.
. "$(dirname "$0")/lib.sh"

export ORACLE=$top/oracle
recipe=$top/r.lua

seen() {
	[ "$(tr '\n' ' ' <"$ORACLE")" = "$1" ] || {
		echo "expected '$1', got '$(tr '\n' ' ' <"$ORACLE")'"
		return 1
	}
}

# Start the recipe and kill its runner when the oracle's last line is $1.
run_and_kill() { # LINE
	: >"$ORACLE"
	"$bin" run --quiet "$recipe" &
	local pid=$!
	wait_for 10 grep -qx "$1" "$ORACLE"
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	id=$(value 'SELECT max(id) FROM runs')
}

resume() {
	"$bin" resume --quiet "$id" "$@"
}

cat >"$recipe" <<'LUA'
local function mark(name, more)
	return ('echo %s >> "$ORACLE"; %s'):format(name, more or "true")
end
return { name = "crash", run = function(ctx)
	ctx:step("a", mark("a"))
	ctx:parallel {
		p1 = mark("p1"),
		p2 = function() ctx:step("x", mark("p2")) end,
	}
	ctx:step("slow", mark("slow", "test -e $ORACLE.go || sleep 60"))
	ctx:step("b", mark("b"))
end }
LUA
run_and_kill slow
it "leaves no process behind" wait_for 5 bash -c "! pgrep -f '[e]cho slow >>'"
touch "$ORACLE.go"
it "goes on after a SIGKILL" resume
it "repeats no finished step" is "2 1" "SELECT
	(SELECT attempt FROM steps WHERE run = $id AND name = 'slow') || ' ' ||
	(SELECT max(attempt) FROM steps WHERE run = $id AND name <> 'slow')"
it "ran each finished step once" [ "$(sort "$ORACLE" | uniq -c |
	awk '{printf "%s%s ", $2, $1}')" = "a1 b1 p11 p21 slow2 " ]
it "ends it as passed" is passed "SELECT state FROM runs WHERE id = $id"
it "does not resume what has ended" exits 2 "$bin" resume "$id"

cat >"$recipe" <<'LUA'
return { name = "once", run = function(ctx)
	ctx:step("deploy", { 'echo deploy >> "$ORACLE"; sleep 60', once = true })
	ctx:step("after", 'echo after >> "$ORACLE"')
end }
LUA
run_and_kill deploy
it "asks a person about a once step" exits 6 resume
it "says what it waits for" is 1 "SELECT count(*) FROM runs WHERE id = $id
	AND state = 'waiting' AND waits_for LIKE '%--step ''deploy=done''%'"
it "goes on when it was done" resume --step deploy=done
it "did not repeat it" seen "deploy after "

cat >"$recipe" <<'LUA'
local fs = require("fs")
local oracle = os.getenv("ORACLE")
return { name = "check", run = function(ctx)
	ctx:step("deploy", { 'echo deploy >> "$ORACLE"; sleep 60', once = true,
		check = function()
			fs.append(oracle, "check\n")
			return fs.read(oracle):find("deploy") ~= nil
		end })
	ctx:step("after", 'echo after >> "$ORACLE"')
end }
LUA
run_and_kill deploy
it "believes the check of a once step" resume
it "asked it" seen "deploy check after "

cat >"$recipe" <<'LUA'
local function undo(name, more)
	return ('echo undo-%s >> "$ORACLE"; %s'):format(name, more or "true")
end
return { name = "undo", run = function(ctx)
	ctx:step("a", { "true", undo = undo("a") })
	ctx:step("b", { "true", undo = undo("b",
		"test -e $ORACLE.undo || sleep 60") })
	ctx:step("c", { "true", undo = undo("c") })
	ctx:step("bad", "exit 3")
end, ensure = 'echo ensure >> "$ORACLE"' }
LUA
run_and_kill undo-b
touch "$ORACLE.undo"
it "goes on with undoing" exits 1 resume
it "undoes in reverse, each once" seen "undo-c undo-b undo-b undo-a ensure "
it "marks them" is 3 "SELECT count(*) FROM steps WHERE run = $id AND undone"

cat >"$recipe" <<'LUA'
return { name = "change", run = function(ctx)
	ctx:step("a", 'echo a >> "$ORACLE"')
	ctx:step("slow", 'echo slow >> "$ORACLE"; sleep 60')
end }
LUA
run_and_kill slow
sed -i 's/sleep 60/true/' "$recipe"
it "stops when the recipe changed" exits 2 resume
it "forks with the new code" "$bin" fork --quiet "$id" --from slow
it "kept the earlier result" seen "a slow slow "

: >"$ORACLE"
cat >"$recipe" <<'LUA'
return { name = "abort", run = function(ctx)
	ctx:step("a", { "true", undo = 'echo undo >> "$ORACLE"' })
	ctx:step("long", 'echo long >> "$ORACLE"; sleep 60')
end, on_abort = 'echo abort >> "$ORACLE"', ensure = 'echo end >> "$ORACLE"' }
LUA
"$bin" run --quiet "$recipe" &
pid=$!
wait_for 10 grep -qx long "$ORACLE"
kill -TERM "$pid"
wait "$pid"
it "exits with 4 when it is cancelled" [ $? -eq 4 ]
it "undoes and calls its hooks" seen "long undo abort end "
it "is cancelled" is cancelled "SELECT state FROM runs
	ORDER BY id DESC LIMIT 1"
finish
