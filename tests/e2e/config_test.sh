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
it "and with its line" has "templates/app.yaml.j2:1: the rendered yaml" "$out"

cat >templates/app.yaml.j2 <<'END'
{% macro dsn(u, p) -%}
postgres://{{ u }}:{{ p | urlencode }}@{{ db.host }}
{%- endmacro %}
{% set late %}{{ db.password | hash('sha256') }}{% endset %}
# the database
dsn: {{ dsn('shop', db.password) }}
upper: {{ db.password | upper }} {{ db.password[2:11] }}
hash: "{{ late }}"
{% for c in [db.password | reverse] %}
loop: {{ c }}
{% endfor %}
joined: {{ [db.password, 'x'] | join('+') | replace('-', '_') }}
pool: {{ db.pool }}
END
derived="CORRECT rrect-hor esroh correct_ $(printf %s "$DB_PASSWORD" |
	sha256sum | cut -c1-64)"
nothing_of() { # TEXT: no secret, and nothing computed from it
	local word
	for word in $DB_PASSWORD $derived; do
		lacks "$word" "$1" || return 1
	done
}
base=(--env dev --root "$top/live")
out=$("$bin" config render "${base[@]}" 2>&1)
it "render shows what is no secret" has "pool: 1" "$out"
it "and nothing that is computed from one" nothing_of "$out"
it "plan does neither" nothing_of "$("$bin" config plan "${base[@]}" 2>&1)"
it "diff does neither" nothing_of "$("$bin" config diff "${base[@]}" 2>&1)"
it "apply does neither" nothing_of "$("$bin" config apply "${base[@]}" 2>&1)"
it "but writes it" grep -q "^upper: CORRECT-HORSE rrect-hor" \
	"$top/live/etc/shop.yaml"
sed -i 's/^pool.*/pool: 9/' "$top/live/etc/shop.yaml"
out=$("$bin" config drift "${base[@]}" 2>&1)
it "drift shows what has changed" has "+pool: 9" "$out"
it "and nothing computed from a secret" nothing_of "$out"
out=$(DB_PASSWORD=another-one-9 "$bin" config diff "${base[@]}" 2>&1)
it "nothing of a former secret either" nothing_of "$out"

printf 'db: {host: h,\n  pool: "[1"}\n' >env/dev.yaml
says "a broken value is told at the template and the layer" 2 \
	"(value db.pool set at env/dev.yaml:2)" render "${base[@]}"
says "at the template's line" 2 "templates/app.yaml.j2:13: " \
	render "${base[@]}"
printf 'db: {host: h,\n  pool: many}\n' >env/dev.yaml
printf '{"properties": {"pool": {"type": "integer"}}}' >app.json
sed -i 's/mode = "0640"/&, schema = "app.json"/' config.lua
says "so is one that does not fit the schema" 2 \
	"templates/app.yaml.j2:13: /pool: \"many\"" render "${base[@]}"
says "with its layer" 2 "(value db.pool set at env/dev.yaml:2)" \
	render "${base[@]}"
sed -i "s|, schema = \"app.json\"|, check = \"sh $PWD/refuse {file}\"|" config.lua
cat >refuse <<'END'
line=$(grep -n many "$1" | cut -d: -f1)
[ -n "$line" ] || exit 0
echo "bad value in $1:$line"
cat "$1"
exit 1
END
out=$("$bin" config plan "${base[@]}" 2>&1)
it "so is what a program refuses" has \
	"is templates/app.yaml.j2:13 (value db.pool set at env/dev.yaml:2)" "$out"
it "and what it prints has no secret" nothing_of "$out"
sed -i "s|check = |reload = |; s|{file}|$top/live/etc/shop.yaml|" config.lua
out=$("$bin" config apply "${base[@]}" 2>&1)
it "and what its reload refuses" has \
	"is templates/app.yaml.j2:13 (value db.pool set at env/dev.yaml:2)" "$out"
it "with the former files in force" has "is in force" "$out"
printf '\n{{ (db.password | upper).nothing.at }}\n' >templates/app.yaml.j2
out=$("$bin" config render "${base[@]}" 2>&1)
it "an error with a secret has its line" has "app.yaml.j2:2: an expression" "$out"
it "and no more" nothing_of "$out"
printf '{{ db.nothing.at }}\n' >templates/app.yaml.j2
says "a template's error has its line" 2 "templates/app.yaml.j2:1" \
	render --env dev
printf 'return { layrs = {} }\n' >config.lua
says "an unknown key of config.lua" 2 "did you mean 'layers'" get
finish
