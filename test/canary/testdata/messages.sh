# Says every value to slipway itself.
for name in $NAMES; do
  value=$(get_octopusvariable "$name")
  write_warning "warned of $value"
  write_highlight "highlighted $value"
  write_verbose "verbose $value"
  update_progress 50 "half of $value"
  set_octopusvariable "Plain of $name" "it is $value"
  set_octopusvariable "Coded $name" "$(printf %s "$value" | base64 -w 0)"
  set_octopusvariable "Named $value" 'a name'
  set_octopusvariable "Sealed $value" "$value" -sensitive
  echo hello >hello.txt
  new_octopusartifact hello.txt "hello of $value"
  echo "##octopus[unknown value='$(printf %s "$value" | base64 -w 0)']"
  echo "##octopus[setVariable name='$value']"
  echo "##octopus[createArtifact path='$(printf '/nowhere/%s' "$value" | base64 -w 0)' name='$(printf 'lost %s' "$value" | base64 -w 0)']"
done
get_octopusvariable Longer >kept.txt
new_octopusartifact kept.txt "kept as it is"
