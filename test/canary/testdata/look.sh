# What others on this host can see meanwhile: all processes, their environment, the files of the executor and temporary ones.
value=$(get_octopusvariable Longer)
mkdir -p "$HOME/seen"
id=$$
while [ "$id" -gt 1 ]; do
  { echo "process $id"; tr '\0' '\n' <"/proc/$id/cmdline"; tr '\0' '\n' <"/proc/$id/environ"; } >>"$HOME/seen/ancestors" 2>/dev/null || true
  id=$(awk '/^PPid/ { print $2 }' "/proc/$id/status")
done
cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' >"$HOME/seen/commands" || true
# Artifacts are what their scripts have written.
tar -cf "$HOME/seen/ledger.tar" --exclude=artifacts -C "$HOME" .slipway 2>/dev/null || true
ls -la "/proc/$$/fd" >"$HOME/seen/open" || true
env >"$HOME/seen/environment"
set_octopusvariable Length "${#value}"
