#!/bin/bash
# ctx:approve under a server and in the foreground.
. "$(dirname "$0")/lib.sh"

mkdir -p "$top/recipes" "$TIDEMILL_HOME"
cat >"$top/recipes/shop.lua" <<'LUA'
return { name = "shop", on = { emit = "ship" }, secrets = { "TOKEN" },
	run = function(ctx)
		local yes = ctx:approve { "ship " .. ctx.secrets.TOKEN .. "?",
			reasons = { "it is large" } }
		ctx:step("ship", "echo shipped by " .. yes.by)
	end }
LUA
export USER=ada
printf 'hidden-tide\n' | tm secret set TOKEN >/dev/null

serve
echo "return { recipes = '$top/recipes/*.lua' }" >"$TIDEMILL_HOME/server.lua"
it "reads the recipe" soon shop "select name from recipes where enabled = 1"
tm emit ship >/dev/null
it "asks" soon 1 "select count(*) from approvals where state = 'open'"
it "holds no process meanwhile" soon "waiting|" "select state, pid from runs"
it "hides secrets in the question" is "ship ***?" \
	"select question from approvals"
it "lists what waits" grep -q 'a1 .*shop .*it is large' <(tm approve)
it "says it in status" grep -q 'tidemill approve a1' <(tm show 1)
kill_server
serve
it "still waits after a crash" is waiting "select state from runs"
it "lets it go on" tm approve a1 -c "looks good"
it "runs on" soon passed "select state from runs where id = 1"
it "knows who it was" grep -q 'shipped by ada' <(tm logs 1/ship)
it "cannot be decided twice" exits 2 tm reject a1

tm emit ship >/dev/null
it "asks again for another run" soon 1 \
	"select count(*) from approvals where state = 'open'"
it "rejects" tm reject a2 --comment "not today"
it "fails then" soon failed "select state from runs where id = 2"
it "says why" grep -q 'ada rejected .*not today' <(tm why 2)
it "has nothing left" grep -q 'nothing waits' <(tm approve)
it "knows no others" exits 3 tm approve a9
it "refuses nonsense" exits 2 tm approve nonsense
stop_server

it "waits in the foreground with 6" exits 6 tm run "$top/recipes/shop.lua"
it "goes on in the foreground of who approves" grep -q "shipped by ada" \
	<(tm approve a3)
it "passed" soon passed "select state from runs where id = 3"
finish
