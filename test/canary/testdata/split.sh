# Prints every value in pieces.
for name in $NAMES; do
  value=$(get_octopusvariable "$name")
  printf '%s' "$value" | fold -b -w 9; echo
  printf '%s' "$value" | base64 -w 20
  for ((i = 0; i < ${#value}; i++)); do printf '%s' "${value:i:1}"; done; echo
done
for name in Special Longer Eight Pem; do
  value=$(get_octopusvariable "$name")
  printf '%s' "${value:0:${#value}/2}"; sleep 0.5; printf '%s\n' "${value:${#value}/2}"
done
