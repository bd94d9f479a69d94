#!/bin/bash
# run.sh: all tests, and beside them what reads the code (vet, staticcheck); ends in a count. `make test` calls it.
#
#   test/run.sh TOOL...    TOOL is how the makefile calls the tools of .ci/tools
#
# Exit code: 1 if a test or a check failed.
set -uo pipefail
cd "$(dirname "$0")/.."

# The data folders of the tests' servers go onto a RAM disk, where it is roomy and
# runs programs: they sync thousands of times, and here only the disk's slowness
# would be tested. That data outlives a crash is shown by killing processes, which
# a RAM disk does not change. Elsewhere all stays in $TMPDIR.
roomy() { # 4 GB for us on it, and as much again of memory for the tests
	local folder=$1 free memory
	[ -d "$folder" ] && [ -w "$folder" ] && [ -r /proc/meminfo ] || return 1
	[ "$(stat -f -c %T "$folder" 2>/dev/null)" = tmpfs ] || return 1
	free=$(df -Pk "$folder" | awk 'NR == 2 {print $4}')
	memory=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
	[ "${free:-0}" -ge $((4 << 20)) ] && [ "${memory:-0}" -ge $((8 << 20)) ]
}
runs() { # not mounted noexec
	printf '#!/bin/sh\n' >"$1/runs" && chmod +x "$1/runs" && "$1/runs" 2>/dev/null
}

# Its name is always the same, so that Go finds the results of tests that nothing changed for.
ram=/dev/shm/slipway-$(id -u)
if roomy /dev/shm && mkdir -p "$ram" && chmod 711 "$ram" && [ -O "$ram" ] && runs "$ram"; then
	find "$ram" -mindepth 1 -maxdepth 1 -mmin +120 -exec rm -rf {} + # of runs that were killed
	export TMPDIR=$ram
fi

said=$(mktemp)
checks=
finish() {
	[ -z "$checks" ] || kill "$checks" 2>/dev/null
	rm -f "$said" "$ram/runs"
	rmdir "$ram" 2>/dev/null # not while another run is in it
}
trap finish EXIT
trap 'exit 130' INT TERM

# It is heard at the end and counts as a failure; the tests go first meanwhile.
(
	code=0
	nice -n 5 go vet ./... || code=1
	nice -n 5 "$@" staticcheck ./... || code=1
	exit $code
) >"$said" 2>&1 &
checks=$!

# Those that take longest begin first, and mostly wait; so three packages go at once on two processors.
longest=(./test/aws ./test/browser ./test/tutorials ./test/scripts ./web ./runner/simulation ./test/clients ./test/canary)
# Those that want minutes of a stack of their own are for `make test-aws`, where all of it runs.
later='^(TestTutorialOverSSH|TestTheTableIsKilledInTheMiddle|TestWhatADeploymentTakes)$'
go test -json -vet=off -timeout 15m -skip "$later" -p $(($(nproc) + 1)) "${longest[@]}" ./... | go run ./test/count
tests=$?

wait "$checks"
code=$?
checks=
if [ $code != 0 ]; then
	echo 'vet or staticcheck found:'
	cat "$said"
fi
[ $tests = 0 ] && [ $code = 0 ]
