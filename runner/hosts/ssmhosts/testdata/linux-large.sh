set -u
umask 077
HOME='/root'; export HOME
fail() {
  echo "slipway: $1" >&2
  if [ -e "$HOME/.slipway/attempts/$attempt" ]; then exit 72; fi
  mkdir -p "$HOME/.slipway/never" && : > "$HOME/.slipway/never/$attempt" || exit 72
  exit 71
}
attempt='Deployments-12-m3x9q2.t3.1'
if [ -e "$HOME/.slipway/never/$attempt" ]; then fail "an earlier message of this attempt was refused"; fi
get() {
  if command -v curl >/dev/null 2>&1; then curl -fsSL --connect-timeout 20 --max-time 240 --retry 3 -o "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then wget -q -T 60 -t 3 -O "$2" "$1"
  else fail "neither curl nor wget is installed, and one of them is needed: install one"; fi
}
case "$(uname -m)" in
x86_64) hash='a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1'; words=''; url='https://bucket.s3.eu-central-1.amazonaws.com/store/executors/a.gz?X-Amz-Signature=it'\''s&b=$(id)' ;;
aarch64) hash='b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2'; words='executor'; url='https://bucket.s3.eu-central-1.amazonaws.com/store/executors/b.gz?X-Amz-Signature=2' ;;
*) fail "this slipway carries no executor for $(uname -sm)" ;;
esac
dir="$HOME/.slipway/bin/$hash"
if [ ! -x "$dir/executor" ]; then
  mkdir -p "$dir" || fail "there is no room for the executor in $dir"
  new="$dir/.new.$$"
  trap 'rm -f "$new" "$new.gz"' EXIT
  get "$url" "$new.gz" || {
    code=$?
    case $code in
    8|22) fail "the bucket did not give executors/$hash.gz; if it is not there, make deploy puts it there, or: slipway infra executors DIR && aws s3 cp --recursive DIR s3://BUCKET/store/executors/" ;; # so say wget and curl that a server refused
    *) fail "the executor could not be fetched (exit code $code): check that this host reaches the bucket by HTTPS" ;;
    esac
  }
  gzip -dc "$new.gz" > "$new" || fail "the executor could not be unpacked: check the room on the disk of $dir"
  sum=$(sha256sum "$new")
  [ "${sum%% *}" = "$hash" ] || fail "the executor came with SHA-256 ${sum%% *} instead of $hash"
  chmod 700 "$new" && mv -f "$new" "$dir/executor" || fail "the executor could not be put into $dir"
  rm -f "$new.gz"; trap - EXIT
  (cd "$HOME/.slipway/bin" && ls -t | tail -n +4 | while read -r old; do case $old in *[!0-9a-f]*) ;; *) rm -rf "./$old" ;; esac; done)
fi
in="$HOME/.slipway/.in.$$"
trap 'rm -f "$in"' EXIT
get 'https://bucket.s3.eu-central-1.amazonaws.com/store/errands/e?X-Amz-Signature=3' "$in" || fail "the errand could not be fetched (exit code $?): check that this host reaches the bucket by HTTPS"
"$dir/executor" $words 'errand' >/dev/null < "$in"
code=$?
[ $code != 70 ] || fail "the message could not be taken"
exit $code
