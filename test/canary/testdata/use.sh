# Another step, on this target and on another.
token=$(get_octopusvariable "Octopus.Action[Make].Output.Token")
echo "the token is $token, or #{Octopus.Action[Make].Output[one].Token}, or #{Carried}"
printf %s "$token" | base64 >&2
echo '#{Octopus.Action[Make].Output.Token | UriDataEscape}'
set_octopusvariable Again "$token"
cat <<'END-OF-TEXT'
passed on: #{Octopus.Action[Say].Output.Plain of Special}
END-OF-TEXT
printf %s "$token" | sha256sum >"$HOME/used"
