#!/bin/bash
# Templates: against Jinja2 itself, and Lua code as a template engine emits it.
. "$(dirname "$0")/lib.sh"

data=$(realpath "$here/../../../shared/data/jinja/bench" 2>/dev/null)
if [ ! -d "${data:-/nonexistent}" ]; then
	echo "  templates: skipped, no data"
	exit 0
fi
title "Templates: CPU ms to compile and to render once"
mkdir "$top/ctx"
(cd "$top" && python3 "$data/mkctx.py")

jinja() { # TEMPLATE VALUES
	/usr/bin/python3 - "$1" "$2" <<-'PYTHON'
	import json, sys, time
	import jinja2

	source = open(sys.argv[1]).read()
	values = json.load(open(sys.argv[2]))

	def milliseconds(run, times):
	    start = time.process_time()
	    for _ in range(times):
	        result = run()
	    return (time.process_time() - start) / times * 1e3, result

	def compile():
	    return jinja2.Environment(cache_size=0).from_string(source)

	build, template = milliseconds(compile, 20)
	render, text = milliseconds(lambda: template.render(values), 20)
	print(f"{build:.4f} {render:.4f} {len(text.encode())}")
	PYTHON
}

row() { # NAME COMPILE RENDER BYTES
	printf '  %-22s %9.3f %9.3f %9d\n' "$@"
}

printf '  %-22s %9s %9s %9s\n' "" compile render bytes
for name in nginx50 k8s100 table10k; do
	template=$data/$name.jinja
	values=$top/ctx/$name.json
	read -r build render bytes <<<"$("$tools/template" "$template" \
		"$values" 200)"
	row "$name: tidemill" "$build" "$render" "$bytes"
	if /usr/bin/python3 -c 'import jinja2' 2>/dev/null; then
		read -r jbuild jrender jbytes <<<"$(jinja "$template" "$values")"
		row "$name: Jinja2" "$jbuild" "$jrender" "$jbytes"
		awk -v a="$build" -v b="$jbuild" -v c="$render" -v d="$jrender" \
			'BEGIN {printf "  %-22s %8.3fx %8.3fx\n", "", a / b, c / d}'
	fi
done
if have lua5.4; then
	read -r render bytes <<<"$(lua5.4 "$here/template.lua")"
	row "table10k: plain Lua" 0 "$render" "$bytes"
fi

title "Templates: cold start to 1 KB of output"
set -- "tidemill render=$bin render $data/small1k.jinja --values \
$top/ctx/small1k.json"
cat >"$top/one.py" <<-PYTHON
	import json, jinja2
	template = jinja2.Environment().from_string(
	    open("$data/small1k.jinja").read())
	print(template.render(json.load(open("$top/ctx/small1k.json"))))
PYTHON
/usr/bin/python3 -c 'import jinja2' 2>/dev/null &&
	set -- "$@" "Jinja2=/usr/bin/python3 $top/one.py"
"$tools/measure" 100 "$@"
