#!/bin/bash
# tidemill config: a project's values and files, right and wrong.
#
#     tests/e2e/config_test.sh BINARY
#
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
data=$(realpath "$(dirname "$0")/../data/config")

has() { # WANTED TEXT
	[[ $2 == *$1* ]] || {
		printf 'wanted: %s\ngot: %s\n' "$1" "$2"
		return 1
	}
}

lacks() { # UNWANTED TEXT
	[[ $2 != *$1* ]] || {
		printf 'unwanted: %s\ngot: %s\n' "$1" "$2"
		return 1
	}
}

# says NAME CODE WANTED ARGUMENT…: what config prints, and how it exits.
says() {
	local name=$1 code=$2 wanted=$3 out status
	shift 3
	out=$("$bin" config "$@" 2>&1)
	status=$?
	it "$name" has "$wanted" "$out"
	it "$name: exits $code" test "$status" -eq "$code"
}

cp -r "$data" "$top/project"
cd "$top/project" || exit 1
export DB_PASSWORD=correct-horse

says "explain names the winner and what it replaced" 0 \
	"set by env/prod.yaml:3: 50
  over   base.yaml:5: 5" explain db.pool --env prod
says "explain knows the nearest name" 3 "did you mean 'db.pool'" \
	explain db.pol --env prod
says "explain tells how lists are merged" 0 "append" \
	explain nginx.upstreams --env prod
says "explain prints JSON" 0 '"file":"env/prod.yaml"' \
	explain db.pool --env prod --json
says "get prints a value" 0 50 get db.pool --env prod
says "get prints all of them, but no secret" 0 '***' get --env prod
says "--set wins" 0 7 get db.pool --env prod --set db.pool=7
says "an environment is needed" 2 "needs --env (one of dev, prod)" get
says "an unknown environment" 3 "did you mean 'prod'" get --env prd
says "an unknown verb" 2 "did you mean 'config render'" rendr
says "no project" 3 "has a config.lua" get -C /

rendered=$("$bin" config render --env prod 2>&1)
it "render shows the files" has "server 10.0.0.2;" "$rendered"
it "render hides secrets" has "shop:***@db1.internal" "$rendered"
it "render has no secret in JSON" lacks "$DB_PASSWORD" \
	"$("$bin" config render --env prod --json)"
"$bin" config render --env prod --out "$top/out" >/dev/null 2>&1
it "render --out writes them as they are" grep -q "shop:$DB_PASSWORD@" \
	"$top/out/etc/shop.yaml"
it "nobody else reads them" test "$(stat -c %a "$top/out/etc/shop.yaml")" = 600
DB_PASSWORD='' says "a secret that is not there" 3 \
	"the variable DB_PASSWORD is not set" render --env prod

says "set changes the layer that wins" 0 "env/prod.yaml: db.pool is changed" \
	set db.pool 60 --env prod
says "set says which layer wins" 0 "env/prod.yaml sets it, too" \
	set db.pool 6 --env prod --layer base.yaml
it "set keeps comments" grep -q "pool: 6          # connections" base.yaml
says "set refuses secrets" 2 "is a secret" set db.password x --env prod
says "set refuses lists" 2 "a list or a mapping" \
	set nginx.upstreams x --layer base.yaml --env prod

printf 'db: {pool: [1\n' >env/dev.yaml
says "a broken layer is told with its line" 2 "env/dev.yaml:" get --env dev
printf 'db: {pool: 1}\n' >env/dev.yaml
# shellcheck disable=SC2016
printf 'a: [{{ db.password }}\n' >templates/app.yaml.j2
out=$("$bin" config render --env dev 2>&1)
it "a broken file is told with its template" has "templates/app.yaml.j2" "$out"
it "and without its secrets" lacks "$DB_PASSWORD" "$out"
printf '{{ db.nothing.at }}\n' >templates/app.yaml.j2
says "a template's error has its line" 2 "templates/app.yaml.j2:1" \
	render --env dev
printf 'return { layrs = {} }\n' >config.lua
says "an unknown key of config.lua" 2 "did you mean 'layers'" get
finish
