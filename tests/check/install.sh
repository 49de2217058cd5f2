#!/bin/bash
# Install under a prefix: tests/check/install.sh BINARY DESTDIR+PREFIX
# The program writes its own manual page, completions and unit.
set -eu

binary=$1
prefix=${2%/}

install -D -m 755 -- "$binary" "$prefix/bin/tidemill"

# written FILE ARGUMENTS…: what the program prints, if it can.
written() {
	local file=$prefix/$1 text
	shift
	if text=$("$binary" "$@" 2>/dev/null) && [ -n "$text" ]; then
		install -D -m 644 /dev/null "$file"
		printf '%s\n' "$text" >"$file"
	else
		echo "install: left out $file: 'tidemill $*' prints nothing" >&2
	fi
}

# A manual page is for the one who reads it, not for the one who builds it.
export NO_COLOR=1 LC_ALL=C.UTF-8
written share/man/man1/tidemill.1 help --man
written share/bash-completion/completions/tidemill help --completion bash
written share/zsh/site-functions/_tidemill help --completion zsh

unit=$(ls docs/tidemill.service runtime/engine/tidemill.service \
	stdlib/tidemill.service 2>/dev/null | head -n 1)
if [ -n "$unit" ]; then
	install -D -m 644 /dev/null "$prefix/lib/systemd/system/tidemill.service"
	bin=${prefix#"${DESTDIR:-}"}/bin
	sed "s,^ExecStart=[^ ]*tidemill,ExecStart=$bin/tidemill," "$unit" \
		>"$prefix/lib/systemd/system/tidemill.service"
fi

for file in LICENSE README.md docs/*.md; do
	[ -f "$file" ] && install -D -m 644 -- "$file" \
		"$prefix/share/doc/tidemill/$(basename "$file")"
done
echo "installed $prefix/bin/tidemill"
