#!/bin/bash
# A push runs tests; their reports are read, told, remembered, excused.
. "$(dirname "$0")/lib.sh"

address() {
	value "select value from settings where key = 'listen'"
}

api() { # TARGET TEXT: the answer has it
	curl -s -m 10 "http://$(address)$1" | tee "$top/body" | grep -qF -- "$2"
}

ended() { # RUN STATE
	soon "$2" "select state from runs where id = $1"
}

make_repo shop <<'LUA'
return { name = "shop", on = { push = { branches = "*" } }, run = function(ctx)
	ctx:step("build", "true")
	ctx:step("unit", "sh unit.sh", { reports = "out/*.xml", retry = {
		times = 1, backoff = 1 } })
	local only = ctx:failed_tests()
	ctx:step("slow", only[1] and "sh slow.sh " .. only[1].test
		or "sh slow.sh", { reports = { output = true } })
end }
LUA
cat >"$top/shop/unit.sh" <<'S'
mkdir -p out
cat >out/unit.xml <<X
<testsuite name="shop.Cart">
<testcase name="adds" time="0.5"/><testcase name="pays" time="1.5">
<failure message="expected 2 &lt; 1"/></testcase></testsuite>
X
[ -z "$TIDEMILL_FAILED_TESTS" ] && exit 3
cp "$TIDEMILL_FAILED_TESTS" out/again
echo '<testsuite name="shop.Cart"><testcase name="pays"/></testsuite>' \
	>out/unit.xml
S
cat >"$top/shop/slow.sh" <<S
echo "1..2"
echo "ok 1 - starts"
[ "\$1" ] && echo "only \$1"
[ -e $top/mended ] && echo "ok 2 - stops" && exit 0
echo "not ok 2 - stops"
exit 1
S
git -C "$top/shop" add -A && git -C "$top/shop" commit -qm "Add tests"
serve --listen 127.0.0.1:0
it "registers" tm repo add "$top/shop.git" --hook --name shop
push shop
it "runs and fails" ended 1 failed
it "reads XML and output" is 5 "select count(*) from tests where run = 1"
it "knows attempts" is "failed passed" "select group_concat(outcome, ' ') from
	(select outcome from test_results where name = 'pays' order by attempt)"
it "tells the next attempt what failed" grep -rqx 'shop.Cart::pays' \
	--include=again "$TIDEMILL_HOME/work"
it "shows counts" bash -c "'$bin' show 1 | grep -q '3 passed, 1 failed; 1 only'"
it "shows what failed" bash -c "'$bin' show 1 | grep -q 'x stops  new'"
it "shows them as JSON" bash -c "'$bin' show 1 --json |
	grep -q '\"failed_tests\":\[{'"
it "explains" bash -c "'$bin' why 1 | grep -q '1 of its tests failed'"
it "lists them" bash -c "'$bin' tests 1 --all | grep -q 'passed.*500ms.*adds'"
it "has a history" bash -c "'$bin' tests shop.Cart::pays | grep -q 'attempt 2'"
it "has an API" wait_for 10 api /api/v1/runs/1/tests '"name":"stops"'
it "counts in the API" api /api/v1/runs/1/tests '"failed":1'
it "pages in the API" api '/api/v1/runs/1/tests?all=true&limit=2' '"next":"2"'
it "has an overview in the API" api /api/v1/tests '"last_outcome":"failed"'
it "answers as it describes itself" env ADDRESS="$(address)" \
	"$bin" test "$(dirname "$(realpath "$0")")/api_tests.lua"
it "splits" bash -c "[ \$('$bin' tests split --of 2 --index 1 | wc -l) = 1 ]"

page() { # TEXT: the run's page in a browser has it
	timeout 60 chromium --headless=new --no-sandbox --disable-gpu \
		--disable-dev-shm-usage --user-data-dir="$top/chromium" \
		--virtual-time-budget=5000 --dump-dom \
		"http://$(address)/#/run/1" >"$top/page" 2>"$top/console"
	grep -qF -- "$1" "$top/page"
}
if command -v chromium >/dev/null; then
	it "shows them in the dashboard" page "3 passed, 1 failed"
	it "names them there" grep -qF '<summary>stops' "$top/page"
fi

touch "$top/mended"
it "repeats what failed" tm retry 1 --failed -q
it "passes" ended 1 passed
it "reads the output of that attempt alone" is "starts stops" "select
	group_concat(name, ' ') from (select name from test_results where
	step = 'slow' and attempt = 2 order by number)"
it "gave the recipe what failed" bash -c "'$bin' logs 1/slow |
	grep -q 'only stops'"

rm "$top/mended"
it "wants an end" bash -c "! '$bin' quarantine add stops --why x"
it "knows names" bash -c "'$bin' quarantine add stop --until 5d --why x 2>&1 |
	grep -q \"did you mean 'stops'\""
it "takes into quarantine" tm quarantine add stops --until 5d --why "known"
commit shop "Go on" a.c
push shop
it "excuses it" ended 2 passed
it "says so" bash -c "'$bin' show 2 | grep -q 'only tests in quarantine'"
it "explains it" bash -c "'$bin' why 2 | grep -q '(1 in quarantine)'"
it "lists it" bash -c "'$bin' quarantine ls --json | grep -q '\"why\":\"known\"'"
it "takes it out" tm quarantine rm stops
commit shop "Go on further" b.c
push shop
it "fails again" ended 3 failed
finish
