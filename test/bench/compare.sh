#!/usr/bin/env bash
# The runner beside dbos-transact-golang on SQLite: both take turns on the same disk, then one table of medians.
# dbos/ is a module of its own; what it needs comes from the module proxy the first time.
set -euo pipefail
cd "$(dirname "$0")"
rounds=${ROUNDS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0

(cd dbos && go build -o "$work/dbos" .)
go test -c -o "$work/ours" .
for round in $(seq "$rounds"); do
	echo "round $round of $rounds, load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)" >&2
	"$work/dbos" -folder "$work" -rounds 2 -alone 20
	TMPDIR=$work "$work/ours" -test.run '^$' -test.bench '^Benchmark(Alone|AtOnce)$' -test.benchtime 5x
done >"$work/lines"

awk '
/^Benchmark/ {
	name = $1; sub(/^Benchmark/, "", name); sub(/-[0-9]+$/, "", name); gsub(/_/, " ", name)
	for (i = 2; i < NF; i++) if ($(i + 1) == "steps/s") { n[name]++; value[name, n[name]] = $i }
	if (n[name] == 1) order[++names] = name
}
function median(of,   i, j, t, a) {
	for (i = 1; i <= n[of]; i++) a[i] = value[of, i]
	for (i = 1; i <= n[of]; i++) for (j = i + 1; j <= n[of]; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
	return n[of] % 2 ? a[(n[of] + 1) / 2] : (a[n[of] / 2] + a[n[of] / 2 + 1]) / 2
}
function row(what, speed, than) { printf "%-46s %10.0f %10.3f %9.2f x\n", what, speed, 1000 / speed, speed / than }
END {
	for (i = 1; i <= names; i++) {
		if (order[i] ~ /^DBOSAlone/) alone = order[i]
		if (order[i] ~ /^DBOSAtOnce/) together = order[i]
	}
	printf "%-46s %10s %10s %11s\n", "medians", "steps/s", "ms/step", "of DBOS"
	for (i = 1; i <= names; i++) {
		name = order[i]
		row(name, median(name), median(name ~ /Alone/ ? alone : together))
	}
}' "$work/lines"
