# table.awk: of the stream of `go test -json`, how many tests each package ran, and what they measured.
function field(name,   at) {
	if (!match($0, "\"" name "\":\"[^\"]*\"")) return ""
	at = length(name) + 4
	return substr($0, RSTART + at, RLENGTH - at - 1)
}
/"Action":"(pass|fail|skip)"/ && /"Test":/ {
	package = field("Package"); sub("^slipway/", "", package)
	if (!(package in seen)) { seen[package] = 1; order[++n] = package }
	count[package, field("Action")]++
}
# What was measured stands in the output of two tests, a line an event.
/"Test":"(TestStartAndSize|TestWhatADeploymentTakes)"/ && /at most|starts:|single transac|deployment  |engine \$/ {
	line = field("Output"); sub(/\\n$/, "", line); sub(/^ *measures_test.go:[0-9]+: /, "", line)
	measured[++m] = line
}
END {
	printf "%-28s %7s %7s %7s\n", "", "passed", "failed", "skipped"
	for (i = 1; i <= n; i++) printf "%-28s %7d %7d %7d\n", order[i], count[order[i], "pass"], count[order[i], "fail"], count[order[i], "skip"]
	if (m) printf "\nmeasured:\n"
	for (i = 1; i <= m; i++) print measured[i]
}
