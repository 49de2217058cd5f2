#!/bin/bash
# The dashboard as a browser shows it (skipped where there is no chromium).
. "$(dirname "$0")/lib.sh"

if ! command -v chromium >/dev/null; then
	echo "skipped: no chromium"
	finish
fi

address() {
	value "select value from settings where key = 'listen'"
}

listens() {
	[ -n "$(address)" ]
}

page() { # HASH
	timeout 60 chromium --headless=new --no-sandbox --disable-gpu \
		--disable-dev-shm-usage --user-data-dir="$top/chromium" \
		--virtual-time-budget=5000 --enable-logging=stderr --dump-dom \
		"http://$(address)/$1" >"$top/page" 2>"$top/console"
}

shows() { # TEXT
	grep -qF -- "$1" "$top/page" || {
		cat "$top/page"
		return 1
	}
}

mkdir -p "$TIDEMILL_HOME" "$top/recipes"
cat >"$top/recipes/shop.lua" <<'L'
return { name = "shop<b>", on = { emit = "shop" }, steps = { { "test",
	"printf '\\033[32mgreen\\033[0m <i>plain</i>\\n'; exit 3" } } }
L
echo "return { recipes = '$top/recipes/*.lua' }" >"$TIDEMILL_HOME/server.lua"
serve --listen 127.0.0.1:0
it "listens" wait_for 10 listens
soon 1 "select count(*) from recipes where hash is not null" >/dev/null
tm emit shop >/dev/null
it "runs" soon failed "select state from runs"

page '#/runs'
it "lists runs" shows '<a href="#/run/1">shop&lt;b&gt;</a>'
it "marks the view" shows 'aria-current="page"'
page '#/run/1'
it "shows a run" shows '<h1>Run 1: shop&lt;b&gt; '
it "opens the failed log" shows '<span class="c2">green</span>'
it "shows text as text" shows '&lt;i&gt;plain&lt;/i&gt;'
it "says why" shows "exited with 3"
it "has no error in its console" exits 1 grep -F 'CONSOLE' "$top/console"
page '#/recipes'
it "lists recipes" shows 'href="#/runs/?recipe=shop%3Cb%3E"'
page '#/queue'
it "shows the queue" shows '0 running, 0 queued'
page '#/run/77'
it "says what is not there" shows 'there is no run 77'
finish
