#!/bin/sh
# join.sh: one style sheet of the parts: base.css first, the others by name.
cd "$(dirname "$0")" || exit 1
{
	cat base.css
	for part in *.css; do
		[ "$part" = base.css ] || cat "$part"
	done
} >../static/slipway.css
