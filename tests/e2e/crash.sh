#!/bin/bash
# Kill server and runners with SIGKILL at random instants, N times, while
# pushes arrive; then let everything finish and compare what really happened
# (a file that the steps append to) with what must have happened.
#
#     tests/e2e/crash.sh BINARY [N [SEED]]
set -u

bin=$(realpath "$1")
kills=${2:-50}
seed=${3:-$$}
RANDOM=$seed

top=$(mktemp -d)
home=$top/home
repo=$top/shop.git
work=$top/work
export ORACLE=$top/oracle
export TIDEMILL_HOME=$home
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t
export GIT_COMMITTER_EMAIL=t@t
server=0
passed=0
failed=0

finish() {
	[ "$server" -gt 0 ] && kill -9 "$server" 2>/dev/null
	for pid in $(runners); do kill -9 "$pid" 2>/dev/null; done
	[ "$failed" -eq 0 ] && rm -rf "$top"
}
trap finish EXIT

# The pids of this home's runners and their guardians, told apart by their
# environment. A runner's child on its way to become a step's program looks like
# a runner: killing it would rightly fail the step.
runners() {
	pgrep -f "run --attach" | while read -r pid; do
		tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" |
			grep -qx "ORACLE=$ORACLE" || continue
		read -r name <"/proc/$pid/comm" || continue
		parent=$(awk '/^PPid/ {print $2}' "/proc/$pid/status")
		[ "$name" = tidemill-guard ] ||
			! tr '\0' ' ' <"/proc/${parent:-0}/cmdline" |
				grep -q "run --attach" || continue
		echo "$pid"
	done 2>/dev/null
}

check() { # NAME WANTED GOT
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1: expected $2, got $3 (kept: $top, seed $seed)"
	fi
}

start_server() {
	"$bin" serve --config "$top/server.lua" >>"$top/server.log" 2>&1 &
	server=$!
}

write_recipes() {
	cat >"$work/tidemill.lua" <<-'LUA'
	local proc = require("proc")

	local function mark(name)
		return ('echo "$TIDEMILL_RUN_ID %s $TIDEMILL_COMMIT" '
			.. '>> "$ORACLE"'):format(name)
	end

	return {
		name = "crash",
		on = { push = {} },
		run = function(ctx)
			ctx:step("a", mark("a"))
			ctx:parallel {
				p1 = mark("p1"),
				p2 = mark("p2") .. "; sleep 0.03",
				p3 = mark("p3"),
			}
			ctx:step("once", { mark("once"), once = true,
				check = function()
					return proc.run { "grep", "-q",
						"^" .. ctx.run.id .. " once ",
						os.getenv("ORACLE"),
						check = false }.status == 0
				end })
			ctx:lock("till", function()
				ctx:step("locked", "flock -n $ORACLE.lock sh -c '"
					.. mark("locked") .. "; sleep 0.02'"
					.. " || echo VIOLATION >> $ORACLE")
			end)
			ctx:step("leak", mark("leak")
				.. "; setsid sleep 1000 >/dev/null 2>&1 &")
			ctx:step("end", mark("end"))
		end,
	}
	LUA
	cat >"$top/clock.lua" <<-'LUA'
	return {
		name = "clock",
		on = { cron = { "* * * * *", missed = "all" } },
		run = function(ctx)
			ctx:step("tick", ('echo "%s tick" >> "$ORACLE.cron"')
				:format(ctx.event.time // 60000))
		end,
	}
	LUA
	cat >"$top/server.lua" <<-LUA
	return { limit = 4, recipes = { "$top/clock.lua" } }
	LUA
}

prepare() {
	git init -q --bare "$repo"
	git init -q "$work"
	write_recipes
	git -C "$work" add -A
	git -C "$work" commit -qm first
	git -C "$work" push -q "$repo" HEAD:refs/heads/main
	: >"$ORACLE"
	"$bin" repo add "$repo" --hook --name shop >/dev/null || exit 1
	tree=$(git -C "$work" rev-parse 'HEAD^{tree}')
}

push_one() {
	local commit
	pushes=$((pushes + 1))
	commit=$(git -C "$work" commit-tree -p HEAD -m "change $pushes" "$tree")
	git -C "$work" push -q "$repo" "$commit:refs/heads/b$pushes" \
		2>>"$top/push.log" || echo "push $pushes failed" >>"$top/push.log"
	echo "$commit" >>"$top/pushed"
}

# A random runner, if there is one, and sometimes the server.
kill_something() {
	local victims
	if [ $((RANDOM % 3)) -ne 0 ]; then
		mapfile -t victims < <(runners)
		if [ "${#victims[@]}" -gt 0 ]; then
			kill -9 "${victims[RANDOM % ${#victims[@]}]}" 2>/dev/null
			runner_kills=$((runner_kills + 1))
			[ $((RANDOM % 3)) -ne 0 ] && return
		fi
	fi
	kill -9 "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	server_kills=$((server_kills + 1))
	start_server
}

unfinished() {
	"$bin" sql --csv "select (select count(*) from runs where state in
		('queued', 'running', 'waiting')) + (select count(*) from events
		where state = 'new') as n" 2>/dev/null | tail -n 1
}

wait_until_idle() {
	local deadline=$((SECONDS + 60 + kills / 10)) ends=0 n
	while [ "$SECONDS" -lt "$deadline" ]; do
		n=$(unfinished)
		ends=$(awk '$2 == "end"' "$ORACLE" | wc -l)
		[ "$n" = 0 ] && [ "$ends" -ge "$pushes" ] && return
		read -r -t 0.2 <> <(:)
	done
	echo "not idle: $n unfinished, $ends of $pushes ended"
}

judge() {
	check "pushes that ended" "$pushes" \
		"$(awk '$2 == "end" {print $3}' "$ORACLE" | sort -u | wc -l)"
	check "commits with two runs" 0 "$(awk 'NF == 3 {print $3, $1}' \
		"$ORACLE" | sort -u | cut -d' ' -f1 | uniq -d | wc -l)"
	check "finished steps that were repeated" 0 "$(awk '
		BEGIN { split("a p1 p2 p3 once locked leak end", names)
			split("1 2 2 2 3 4 5 6", order)
			for (i in names) phase[names[i]] = order[i] }
		NF == 3 { if (phase[$2] < reached[$1]) bad++
			if (phase[$2] > reached[$1]) reached[$1] = phase[$2] }
		END { print bad + 0 }' "$ORACLE")"
	check "once steps not run exactly once" 0 "$(awk '$2 == "once" {n[$1]++}
		$2 == "end" {e[$1] = 1}
		END { for (r in e) if (n[r] != 1) bad++; print bad + 0 }' \
		"$ORACLE")"
	check "lock violations" 0 "$(grep -c VIOLATION "$ORACLE")"
	check "runs that did not pass" 0 "$("$bin" sql --csv \
		"select count(*) as n from runs where state <> 'passed'" |
		tail -n 1)"
	judge_cron
	kill "$server"
	wait "$server"
	server=0
	check "leaked processes" 0 "$(leaked)"
}

# How many are left of the steps, the runners and what those are made of. The
# last ones of killed servers may be about to end.
leaked() {
	local deadline=$((SECONDS + 5)) count=1
	while [ "$count" -gt 0 ] && [ "$SECONDS" -lt "$deadline" ]; do
		count=$(grep -lazx "ORACLE=$ORACLE" /proc/[0-9]*/environ \
			2>/dev/null | cut -d/ -f3 | grep -vxE "$$|$BASHPID" |
			while read -r pid; do
				tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" |
					grep -E 'sleep 1000|run +--attach'
			done | wc -l)
	done
	echo "$count"
}

judge_cron() {
	local first=$((started / 60 + 1)) last=$((ended / 60)) wanted
	wanted=$((last >= first ? last - first + 1 : 0))
	touch "$ORACLE.cron"
	check "minutes that ticked" "$wanted" "$(awk -v a="$first" -v b="$last" \
		'$1 >= a && $1 <= b {print $1}' "$ORACLE.cron" | sort -u | wc -l)"
	check "minutes with two runs" 0 "$("$bin" sql --csv "select count(*) as n
		from (select dedupe from events where kind = 'cron'
		group by dedupe having count(*) > 1)" | tail -n 1)"
}

pushes=0
runner_kills=0
server_kills=0
prepare
start_server
push_one
started=$(date +%s)
for ((i = 0; i < kills; i++)); do
	[ $((RANDOM % 2)) -eq 0 ] && push_one
	read -r -t "0.0$((RANDOM % 90 + 10))" <> <(:)
	kill_something
done
ended=$(date +%s)
wait_until_idle
judge
echo "crash: $server_kills server and $runner_kills runner kills," \
	"$pushes pushes, seed $seed"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
