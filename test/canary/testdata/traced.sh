# What bash itself says.
for name in Special Shell Longer Eight Long; do
  value=$(get_octopusvariable "$name")
  set -x
  [ "$value" = other ] || : "$value"
  passed=$(get_octopusvariable "$name")
  array=("$value" "b $value")
  { set +x; } 2>/dev/null
  cat "/nowhere/$value" || true
  "/nowhere/$value" || true
  (cd "$value") || true
  (exit "$value") || true
done
declare -p octopus_parameters | tr ' ' '\n' | wc -l
