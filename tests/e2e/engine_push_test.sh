#!/bin/bash
# A push becomes an event, a decision and a run.
. "$(dirname "$0")/lib.sh"

make_repo shop <<'LUA'
return { name = "shop", on = { push = { branches = { "main", "release/*" },
	paths = { "src/**", "!src/docs/**" } }, tag = { "v*" } },
	steps = { { "one", "true" } } }
LUA
old_hook=$top/shop.git/hooks/post-receive
printf '#!/bin/sh\ncat >>%s/former\n' "$top" >"$old_hook"
chmod +x "$old_hook"
serve
it "registers" tm repo add "$top/shop.git" --hook --name shop
it "keeps the former hook" test -x "$old_hook.before-tidemill"
it "does not run what was there" is 0 "select count(*) from events"

commit shop "Add a.c" src/a.c
push shop
it "tells who pushes" grep -q "remote: tidemill: noted as event 1" \
	"$top/push.log"
it "makes an event" soon 1 "select count(*) from events where kind = 'push'"
it "queues a run" soon 1 "select count(*) from runs where name = 'shop'
	and ref = 'refs/heads/main'"
it "runs it" soon passed "select state from runs where id = 1"
it "knows the commit" is "$(git -C "$top/shop" rev-parse HEAD)" \
	"select oid from runs where id = 1"
it "ran the former hook" grep -q refs/heads/main "$top/former"
it "says why" is "branch 'main' matches main, release/*; 1 of 1 changed \
files match src/**, !src/docs/**" "select reason from decisions where run = 1"

commit shop "Describe" src/docs/a.md
push shop
it "filters by path" soon "paths: none of 1 changed file matches src/**, \
!src/docs/**" "select reason from decisions where event = 2"
commit shop "Tidy [skip ci]" src/a.c
push shop
it "obeys [skip ci]" soon "the message says [skip ci]" \
	"select reason from decisions where event = 3"
git -C "$top/shop" branch topic
push shop topic
it "filters by branch" soon "branch: 'topic' is not in main, release/*" \
	"select reason from decisions where event = 4"
git -C "$top/shop" tag -a v1 -m one HEAD~2
push shop v1
it "runs tags" soon "1 passed" "select count(*) || ' ' || state from runs
	where ref = 'refs/tags/v1'"
it "knows a tag's commit" is "$(git -C "$top/shop" rev-parse HEAD~2)" \
	"select oid from runs where ref = 'refs/tags/v1'"
push shop :topic
it "sees deleted refs" soon "the ref was deleted" \
	"select reason from decisions where event = 6"
it "made no run of them" is 2 "select count(*) from runs"

stop_server
commit shop "While it was down" src/b.c
it "does not fail pushes when it is down" push shop
serve
it "finds what it missed" soon 3 "select count(*) from runs
	where state = 'passed'"

echo 'return { name = "shop", on = { psh = {} } }' >"$top/shop/tidemill.lua"
commit shop "Break it" src/a.c
push shop
it "reports a broken recipe" soon error "select verdict from decisions
	order by event desc limit 1"
it "names the mistake" value "select reason like '%did you mean ''push''%'
	from decisions order by event desc limit 1"

it "restores the hook" tm repo rm shop
it "has the former hook" grep -q former "$old_hook"
it "leaves no socket" test ! -L "$top/shop.git/hooks/tidemill.sock"

make_repo plain <<'LUA'
return { name = "plain", on = { push = {} }, steps = { { "one", "true" } } }
LUA
# Git looks for hooks elsewhere when core.hooksPath says so.
for name in one two; do
	git init -q --bare "$top/$name.git"
	git -C "$top/$name.git" config core.hooksPath "$top/shared-hooks"
	it "registers $name with a moved hook" tm repo add "$top/$name.git" \
		--hook --name "$name"
done
it "put the hook where git looks" test -x "$top/shared-hooks/post-receive"
it "put none where git does not" test ! -e "$top/one.git/hooks/tidemill.sock"
it "forgets one" tm repo rm one
it "leaves the hook for the other" test -x "$top/shared-hooks/post-receive"
it "forgets the other" tm repo rm two
it "removes the shared hook last" test ! -e "$top/shared-hooks/post-receive"

it "registers without a hook" tm repo add "$top/plain" --name plain
commit plain "Commit locally"
it "watches a working tree" soon passed \
	"select state from runs where name = 'plain'"
git -C "$top/plain" pack-refs --all
git -C "$top/plain" branch deep/er/branch
it "watches new directories" soon 2 \
	"select count(*) from runs where name = 'plain'"
it "saw nothing twice" is 2 \
	"select count(*) from runs where name = 'plain'"

# Removed and made again: noticed without being told.
rm -rf "$top/plain"
it "notices that it is gone" wait_for 20 grep -q "'plain' is gone" \
	"$top/server.log"
make_repo plain <<'LUA'
return { name = "plain", on = { push = {} }, steps = { { "one", "true" } } }
LUA
commit plain "Made again"
it "notices that it is back" soon 1 "select count(*) > 2 from runs
	where name = 'plain'"
finish
