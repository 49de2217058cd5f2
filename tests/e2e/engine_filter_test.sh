#!/bin/bash
# Quiet periods, keys, predicates of repositories, overlaps, two homes.
. "$(dirname "$0")/lib.sh"

make_repo calm <<'LUA'
return { name = "calm", on = { push = { quiet = "400ms",
	paths = { "src/**" } } }, steps = { { "one", "true" } } }
LUA
make_repo asked <<'LUA'
return { name = "asked", on = { push = { when = function(event)
	return event.message:find("go") ~= nil, "it asks for a go" end } },
	steps = { { "one", "true" } } }
LUA
make_repo keyed <<'LUA'
return { name = "keyed", on = { push = { dedupe = "${commit}" } },
	steps = { { "one", "true" } } }
LUA
mkdir -p "$top/recipes"
cat >"$top/recipes/slow.lua" <<'LUA'
return { name = "slow", on = { interval = "1s" },
	steps = { { "one", "sleep 1000" } } }
LUA
cat >"$top/recipes/fresh.lua" <<'LUA'
return { name = "fresh", on = { interval = { "1s", overlap = "cancel" } },
	steps = { { "one", "sleep 1000" } } }
LUA
serve
for name in calm asked keyed; do
	it "registers $name" tm repo add "$top/$name.git" --hook --name $name
done

commit calm "Add a" src/a
push calm
it "puts it off" soon 1 "select count(*) from events where due > created"
commit calm "Add to docs" docs/b
push calm
it "runs once, afterwards" soon passed \
	"select state from runs where name = 'calm'"
it "runs the last commit" is "$(git -C "$top/calm" rev-parse HEAD)" \
	"select oid from runs where name = 'calm'"
it "counts what the first push changed" is \
	"any branch; 1 of 2 changed files match src/**" "select reason
	from decisions d join runs r on r.id = d.run where r.name = 'calm'"
it "says what became of the first push" is superseded \
	"select verdict from decisions where event = 1"

commit asked "wait"
push asked
it "asks the recipe at that commit" soon filtered "select verdict from
	decisions d join events e on e.id = d.event where e.repo = 2"
it "gives its reason" is 1 "select reason like '%it asks for a go%' from
	decisions d join events e on e.id = d.event where e.repo = 2"
commit asked "go"
push asked
it "runs when it says so" soon passed \
	"select state from runs where name = 'asked'"

commit keyed "one"
push keyed
it "runs a key" soon passed "select state from runs where name = 'keyed'"
push keyed main:again
it "runs it once" soon 1 "select count(*) from decisions d join events e on
	e.id = d.event where e.ref = 'refs/heads/again' and
	reason like 'run % has the same key%'"

it "does not share a hook with another home" bash -c \
	"! '$bin' --data '$top/other' repo add '$top/calm.git' --hook"
it "refuses what is no repository" bash -c "! '$bin' repo add '$top'"
it "knows one by its path" tm repo show "$top/calm.git"

echo "return { limit = 8, recipes = '$top/recipes/*.lua' }" >"$top/server.lua"
stop_server
serve --config "$top/server.lua"
it "does not overlap" soon 1 "select count(*) > 0 from decisions where
	verdict = 'skipped' and reason like '%overlap = \"skip\"%'"
it "runs one of it" is 1 "select count(*) from runs where name = 'slow'"
it "replaces what runs" soon 1 "select count(*) > 0 from runs where
	name = 'fresh' and state = 'cancelled'"
stop_server
finish
