# Prints every value in every way that programs print.
show() {
  local value="$1"
  echo "raw: <$value>, twice: $value$value"
  printf '%s\n' "$value" >&2
  printf '%s' "$value" | base64
  printf 'words before it: %s, and behind' "$value" | base64 -w 0; echo
  printf 'xy%s' "$value" | base64 -w 64
  printf 'x%s' "$value" | base64 -w 0 | tr -d '=' | tr '+/' '-_'; echo
  printf '%s' "$value" | od -An -v -tx1 | tr -d ' \n'; echo
  printf '%s' "$value" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; echo
  printf 'https://example.org/?q='; printf '%s' "$value" | od -An -v -tx1 -w1 | tr -d '\n' | sed 's/ /%/g'; echo
  printf '%q\n' "$value"
  declare -p value
  printf "sh -c '%s'\n" "${value//\'/\'\\\'\'}"
  while IFS= read -r line; do printf '    indented: %s\n' "$line"; done <<<"$value"
}
for name in $NAMES; do show "$(get_octopusvariable "$name")"; done

cat <<'END-OF-TEXT'
#{each name in Names}#{name}: #{name | ToBase64}
#{/each}
#{Special}, #{Special | JsonEscape}, #{Special | XmlEscape}, #{Special | HtmlEscape}, #{Special | UriEscape}, #{Special | UriDataEscape}
#{Special | YamlSingleQuoteEscape}, #{Special | YamlDoubleQuoteEscape}, #{Special | PropertiesValueEscape}, #{Special | PropertiesKeyEscape}
#{Special | ToBase64 | UriDataEscape}, #{Special | Append "." | ToBase64}, #{Special | Trim}, #{Special | Truncate 1000}
#{Shell}, #{Shell | JsonEscape}, #{Shell | XmlEscape}, #{Shell | UriEscape}, #{Shell | UriDataEscape}, #{Shell | PropertiesValueEscape}
#{Pem}#{Pem | JsonEscape} #{Pem | ToBase64} #{Pem | Indent 4} #{Pem | YamlDoubleQuoteEscape} #{Pem | UriDataEscape}
#{Json} #{Json | JsonEscape} #{Json | ToBase64} #{Json.password} #{Json.tokens[0]} #{each t in Json.tokens}[#{t}]#{/each}
#{Outer} #{Chained} #{Encoded} #{Quoted} #{if Special}#{Special}#{/if} #{unless Nothing}#{Longer}#{/unless} #{Template}
END-OF-TEXT
