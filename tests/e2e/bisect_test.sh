#!/bin/bash
# The commit that broke a run is found among others, with and without a server.
. "$(dirname "$0")/lib.sh"

make_repo shop <<'LUA'
return { name = "shop", on = { push = { branches = "*" } }, run = function(ctx)
	ctx:step("build", "test ! -e unbuildable")
	ctx:step("unit", "sh unit.sh", { reports = { output = true } })
end }
LUA
cat >"$top/shop/unit.sh" <<S
echo "ok 1 - adds"
if [ -e bug ]; then echo "not ok 2 - pays"; else echo "ok 2 - pays"; fi
[ -e $top/flake ] && rm $top/flake && echo "not ok 3 - ships" && exit 1
echo "ok 3 - ships"
[ ! -e bug ]
S
git -C "$top/shop" add -A && git -C "$top/shop" commit -qm "Add tests"
serve
it "registers" tm repo add "$top/shop.git" --hook --name shop
push shop
it "is good at first" soon passed "select state from runs where id = 1"
for i in 1 2 3 4 5 6 7 8 9; do
	commit shop "Change $i" "file$i" >/dev/null
	if [ "$i" = 4 ]; then
		touch "$top/shop/unbuildable"
	elif [ "$i" = 5 ]; then
		rm "$top/shop/unbuildable"
	elif [ "$i" = 6 ]; then
		touch "$top/shop/bug"
	fi
	git -C "$top/shop" add -A && git -C "$top/shop" commit -q --amend \
		-m "Change $i"
done
push shop
it "is bad at last" soon failed "select state from runs where id = 2"
it "finds the culprit" bash -c "'$bin' bisect 2 >'$top/out' 2>'$top/said' &&
	grep -q 'Change 6 (Ada) is the first bad commit' '$top/out'"
it "says what it looks for" grep -q "^pays: 9 commits after" "$top/said"
it "takes few runs" bash -c "[ \$(grep -c '^run' '$top/said') -le 4 ]"
runs=$(value "select count(*) from runs")
it "uses them again" bash -c "'$bin' bisect 2 2>&1 | grep -q 'all is known'"
it "made no more" is "$runs" "select count(*) from runs"
it "starts no chain" is 0 "select count(*) from events where kind = 'run'"
it "tells programs" bash -c "'$bin' bisect 2 --json |
	grep -q '\"subject\":\"Change 6\"'"
it "takes a good commit" bash -c "'$bin' bisect 2 --good \
	$(git -C "$top/shop" rev-parse HEAD~4) -q | grep -q 'Change 6'"
it "refuses what is no ancestor" bash -c "! '$bin' bisect 2 --good nowhere"
it "refuses what passed" bash -c "'$bin' bisect 1 2>&1 |
	grep -q 'run 1 did not fail'"
it "knows tests" bash -c "'$bin' bisect 2 --test adds 2>&1 |
	grep -q \"no test 'adds' failed in run 2\""
stop_server

it "forgets what it knew" sqlite3 "$TIDEMILL_HOME/tidemill.db" \
	"delete from runs where key glob 'bisect:*'"
touch "$top/flake"
it "finds it without a server, whatever else fails" bash -c "'$bin' bisect 2 -q |
	grep -q 'Change 6 (Ada) is the first bad commit'"
sqlite3 "$TIDEMILL_HOME/tidemill.db" "update test_history set flaky = 1
	where name = 'pays'; delete from runs where key glob 'bisect:*'"
it "finds it by a flaky test, too" bash -c "'$bin' bisect 2 >'$top/out' \
	2>'$top/said' && grep -q 'Change 6 (Ada) is the first' '$top/out'"
it "knows that it is flaky" grep -q '^pays (flaky): 9 commits' "$top/said"
it "sees its failures twice" grep -q ': bad, to be confirmed' "$top/said"
finish
