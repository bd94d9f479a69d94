#!/bin/sh
# join.sh: one style sheet of the parts: base.css first, the others by name, without
# blanks that only people need.
cd "$(dirname "$0")" || exit 1
{
	cat base.css
	for part in *.css; do
		[ "$part" = base.css ] || cat "$part"
	done
} | sed -e 's/^ *//' -e '/^$/d' -e 's/ {/{/g' -e 's/; }/}/g' >../static/slipway.css
