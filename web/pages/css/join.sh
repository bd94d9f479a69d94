#!/bin/sh
# join.sh: one style sheet of the parts: base.css first, the others by name, without
# comments and blanks, which only people need.
cd "$(dirname "$0")" || exit 1
{
	cat base.css
	for part in *.css; do
		[ "$part" = base.css ] || cat "$part"
	done
} | sed -e ':more' -e '/\/\*/{' -e '/\*\//!{' -e 'N' -e 'b more' -e '}' -e '}' -e 's:/\*[^*]*\*/::g' |
	sed -e 's/^ *//' -e 's/ *$//' -e '/^$/d' -e 's/ {/{/g' -e 's/; }/}/g' -e 's/{ /{/g' -e 's/; /;/g' -e 's/, /,/g' \
		-e 's/^\([a-z0-9-]*\): /\1:/' -e 's/\([{;][a-z0-9-]*\): /\1:/g' >../static/slipway.css
