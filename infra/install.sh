#!/bin/bash
# install.sh: get what checks the stack's template: aws-cdk-lib, for its CloudFormation rules.
#
# It goes below $SLIPWAY_TOOLS (default /var/cache/slipway/tools). With nothing missing the script says nothing.
# Exit codes: 0 all there, 3 no npm, else npm's own.
set -euo pipefail

versions=(aws-cdk-lib@2.276.0 constructs@10.8.1)
cdk=${SLIPWAY_TOOLS:-/var/cache/slipway/tools}/cdk
stamp=$cdk/installed

[ "$(cat "$stamp" 2>/dev/null)" = "${versions[*]}" ] && exit 0
if ! command -v npm >/dev/null; then
	echo "install.sh: checking the template needs node and npm (apt-get install nodejs npm)" >&2
	exit 3
fi
echo "installing into $cdk: ${versions[*]} (190 MB)"
mkdir -p "$cdk"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# No script of a package is run.
npm install --prefix "$cdk" --ignore-scripts --no-audit --no-fund "${versions[@]}" >"$log" 2>&1 || { rc=$?; cat "$log" >&2; exit $rc; }
echo "${versions[*]}" >"$stamp"
