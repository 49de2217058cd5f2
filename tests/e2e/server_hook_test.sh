#!/bin/bash
# Webhooks: what each forge sends, good and bad signatures, deliveries that
# come twice, and again by hand; and the files of the dashboard.
. "$(dirname "$0")/lib.sh"
data=$(dirname "$(realpath "$0")")/../data/webhooks
secret="It's a Secret to Everybody"

address() {
	value "select value from settings where key = 'listen'"
}

listens() {
	[ -n "$(address)" ]
}

hmac() { # FILE
	openssl dgst -sha256 -hmac "$secret" -r "$1" | cut -d' ' -f1
}

send() { # WANTED FILE HEADER…
	local wanted=$1 file=$data/$2.json got header arguments=()
	shift 2
	for header; do arguments+=(-H "$header"); done
	got=$(curl -s -m 10 -o "$top/body" -w '%{http_code}' \
		-H 'Content-Type: application/json' "${arguments[@]}" \
		--data-binary "@$file" "http://$(address)/hooks/shop")
	[ "$got" = "$wanted" ] || {
		echo "status $got, not $wanted: $file"
		cat "$top/body"
		return 1
	}
}

# A fact of the newest event.
fact() { # WANTED PATH
	is "$1" "select json_extract(payload, '\$.$2') from events
		order by id desc limit 1"
}

export WEBHOOK_SHOP=$secret
mkdir -p "$TIDEMILL_HOME" "$top/recipes"
cat >"$top/recipes/hooked.lua" <<'L'
return { name = "hooked", on = { emit = "webhook.shop.*" },
	steps = { { "say", "echo hooked" } } }
L
echo "return { recipes = '$top/recipes/*.lua' }" >"$TIDEMILL_HOME/server.lua"
serve --listen 127.0.0.1:0
it "listens" wait_for 10 listens
soon 1 "select count(*) from recipes where hash is not null" >/dev/null

github=(X-GitHub-Event:push "X-GitHub-Delivery: 72d3162e"
	"X-Hub-Signature-256: sha256=$(hmac "$data/github_push.json")")
it "takes GitHub's push" send 202 github_push "${github[@]}"
it "names it" fact webhook.shop.push name
it "knows its ref" fact refs/heads/main payload.ref
it "knows its repository" fact octo-org/octo-repo payload.repository
it "keeps what was sent" fact "Update README.md" \
	payload.body.head_commit.message
it "starts a run" soon passed "select state from runs where name = 'hooked'"
it "takes a delivery once" send 200 github_push "${github[@]}"
it "says so" grep -q '"duplicate":true' "$top/body"
it "has one event" is 1 "select count(*) from events where kind = 'emit'"
it "refuses a wrong signature" send 401 github_push X-GitHub-Event:push \
	"X-Hub-Signature-256: sha256=$(hmac "$data/generic.json")"
it "refuses none" send 401 github_push X-GitHub-Event:push
it "refuses an old, weak one" send 401 github_push X-GitHub-Event:push \
	"X-Hub-Signature: sha1=7d38cdd689735b008b3c702edd92eea23791c5f6"

it "takes GitHub's pull request" send 202 github_pull_request \
	X-GitHub-Event:pull_request X-GitHub-Delivery:2 \
	"X-Hub-Signature-256: sha256=$(hmac "$data/github_pull_request.json")"
it "sees that it is a fork's" fact 1 payload.change.fork
it "does not trust it" fact 0 payload.change.trusted
it "knows its commit" fact ec26c3e57ca3a959ca5aad62de7213c562f8c821 \
	payload.commit

it "takes GitLab's push" send 202 gitlab_push "X-Gitlab-Event: Push Hook" \
	"X-Gitlab-Token: $secret" X-Gitlab-Event-UUID:3
it "knows who" fact jsmith payload.actor
it "refuses a wrong token" send 401 gitlab_push "X-Gitlab-Event: Push Hook" \
	X-Gitlab-Token:guess
it "takes GitLab's merge request" send 202 gitlab_merge_request \
	"X-Gitlab-Event: Merge Request Hook" "X-Gitlab-Token: $secret"
it "gives it the common name" fact webhook.shop.pull_request name
it "sees a fork there, too" fact 1 payload.change.fork

it "takes Gitea's tag" send 202 gitea_push X-Gitea-Event:push \
	X-GitHub-Event:push X-Gitea-Delivery:5 \
	"X-Gitea-Signature: $(hmac "$data/gitea_push.json")"
it "sees that it is a tag" fact webhook.shop.tag name
it "takes Forgejo's" send 202 gitea_push X-Forgejo-Event:push \
	X-Gitea-Event:push X-Forgejo-Delivery:6 \
	"X-Forgejo-Signature: $(hmac "$data/gitea_push.json")"
it "takes Bitbucket's push" send 202 bitbucket_push X-Event-Key:repo:push \
	X-Request-UUID:7 \
	"X-Hub-Signature: sha256=$(hmac "$data/bitbucket_push.json")"
it "knows its branch" fact refs/heads/main payload.ref
it "takes Bitbucket's pull request" send 202 bitbucket_pullrequest \
	X-Event-Key:pullrequest:created X-Request-UUID:8 \
	"X-Hub-Signature: sha256=$(hmac "$data/bitbucket_pullrequest.json")"
it "trusts who may write" fact 1 payload.change.trusted
it "takes anything that is signed" send 202 generic X-Tidemill-Event:built \
	"X-Tidemill-Signature: sha256=$(hmac "$data/generic.json")"
it "calls it as it calls itself" fact webhook.shop.built name
it "refuses what does not say what it is" send 400 generic

count=$(value "select count(*) from events where kind = 'emit'")
it "lets an event happen again" tm event replay e1
it "has one more" is $((count + 1)) \
	"select count(*) from events where kind = 'emit'"
it "knows no other" exits 3 tm event replay e999
it "audits that" is 1 \
	"select count(*) from audit where action = 'event.replay'"

page() { # TEXT PATH
	curl -s -m 5 -D "$top/headers" "http://$(address)$2" -o "$top/body" &&
		grep -qF "$1" "$top/body"
}
it "has a dashboard" page '<main id="main"' /
it "has its parts" page 'export function colour' /assets/ansi.js
it "says what they are" grep -qi '^content-type: text/javascript' \
	"$top/headers"
it "has no other files" page 'there is no' /assets/..%2fapp.js
for name in $(curl -s "http://$(address)/" | grep -o '/assets/[a-z.]*'); do
	it "has $name" exits 0 curl -sf -o "$top/body" \
		"http://$(address)$name"
done
it "asks for nothing elsewhere" exits 1 grep -rlE \
	"(src|href|url|from)[=( ]+[\"']?https?://" "$data/../../../runtime/web"
finish
