#!/bin/bash
# Intervals, cron after a rest, files, chains, fan-in and predicates.
. "$(dirname "$0")/lib.sh"

mkdir -p "$top/recipes" "$top/watched"
recipe() { # NAME ON [MORE]
	cat >"$top/recipes/$1.lua" <<-LUA
	return { name = "$1", on = $2, ${3:-} steps = { { "s", "true" } } }
	LUA
}
recipe tick '{ interval = "1s" }'
recipe once '{ cron = { "* * * * *", missed = "once" } }'
recipe skip '{ cron = { "* * * * *", missed = "skip" } }'
recipe all '{ cron = { "* * * * *", missed = "all", max_late = "5m" } }'
recipe files "{ file = { '$top/watched/*.conf', quiet = '100ms' } }"
recipe first '{ emit = "go" }'
recipe second '{ emit = "go" }'
recipe after '{ run = { "first" } }'
recipe both '{ run = { recipes = { "first", "second" }, all = true } }'
cat >"$top/recipes/asked.lua" <<'LUA'
return { name = "asked", on = { emit = { "go", when = function(event)
	return event.payload and event.payload.yes == true end } },
	steps = { { "s", "true" } } }
LUA
echo "return { recipes = '$top/recipes/*.lua' }" >"$top/server.lua"
serve --config "$top/server.lua"
it "is ready" soon 10 "select count(*) from recipes where hash not null"
it "ticks" soon 1 "select count(*) > 1 from runs where name = 'tick' and
	state = 'passed'"
it "is punctual" value "select 1 from events where kind = 'interval' and
	created - json_extract(payload, '$.time') between 0 and 100"

echo 1 >"$top/watched/a.conf"
echo 2 >"$top/watched/b.conf"
echo 3 >"$top/watched/c.txt"
it "notices files" soon 1 "select count(*) from runs where name = 'files'"
it "names them" is 2 "select json_array_length(payload, '$.paths')
	from events where kind = 'file'"

tm emit go '{"yes": false}' >/dev/null
it "chains" soon passed "select state from runs where name = 'after'"
it "waits for both" soon passed "select state from runs where name = 'both'"
it "joins once" is 1 "select count(*) from runs where name = 'both'"
it "asks a predicate" soon filtered "select verdict from decisions d join
	recipes r on r.id = d.recipe where r.name = 'asked'"
tm emit go '{"yes": true}' >/dev/null
it "obeys it" soon passed "select state from runs where name = 'asked'"

stop_server
now=$(date +%s)
value "update schedules set next_at = ($now / 60 - 3) * 60000
	where source like '*%'"
# Perhaps a minute began meanwhile: its tick is missed, too, as if nobody had
# seen it.
value "delete from decisions where event in (select id from events
	where dedupe like 'cron:%')"
value "update events set dedupe = 'seen:' || id where dedupe like 'cron:%'"
serve --config "$top/server.lua"
count() { # NAME WANTED: events that made runs
	echo "select count(*) $2 from decisions d join recipes r on
		r.id = d.recipe join events e on e.id = d.event where
		r.name = '$1' and json_extract(e.payload, '$.time') <=
		$now * 1000 and d.verdict in ('run', 'skipped')"
}
it "catches up once" soon 1 "$(count once '')"
it "notes what it skips" soon "missed while no server ran (missed = \"skip\")" \
	"select reason from decisions d join recipes r on r.id = d.recipe where
	r.name = 'skip' and verdict = 'skipped' limit 1"
it "catches up all" soon 1 "$(count all '>= 3')"
stop_server
finish
