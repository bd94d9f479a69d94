#!/bin/bash
# wine.sh PROGRAM [ARGUMENT…]: run a Windows program under Wine, as `go test -exec` does.
#
# prepare.sh has made the prefix that WINEPREFIX names. What the program has left
# running is ended when it ends: only processes of this very file, which is new
# for each run of `go test`. Else they would keep its output open for ever.
set -uo pipefail
export WINEDEBUG=${WINEDEBUG:--all} WINEPREFIX
"${WINE:?prepare.sh says it}" "$@" </dev/null
code=$?
windows_name="Z:${1//\//\\}"
for process in /proc/[0-9]*; do
	IFS= read -r -d '' program 2>/dev/null <"$process/cmdline" || continue
	if [ "$program" = "$windows_name" ]; then kill -9 "${process#/proc/}"; fi
done
exit $code
