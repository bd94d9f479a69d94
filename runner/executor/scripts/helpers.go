package scripts

import (
	"maps"
	"slices"
	"strings"
)

// helpers are the functions that scripts written for Octopus call. Their names
// are the contract.
const helpers = `
encode_servicemessagevalue() { printf '%s' "$1" | base64 | tr -d '\n'; }
decode_servicemessagevalue() { printf '%s' "$1" | base64 -d; }
set_octopusvariable() {
  if [ "$3" = "-sensitive" ]; then
    printf "##octopus[setVariable name='%s' value='%s' sensitive='%s']\n" "$(encode_servicemessagevalue "$1")" "$(encode_servicemessagevalue "$2")" "$(encode_servicemessagevalue True)"
  else
    printf "##octopus[setVariable name='%s' value='%s']\n" "$(encode_servicemessagevalue "$1")" "$(encode_servicemessagevalue "$2")"
  fi
}
update_progress() { printf "##octopus[progress percentage='%s' message='%s']\n" "$(encode_servicemessagevalue "$1")" "$(encode_servicemessagevalue "$2")"; }
new_octopusartifact() { printf "##octopus[createArtifact path='%s' name='%s']\n" "$(encode_servicemessagevalue "$1")" "$(encode_servicemessagevalue "${2:-$(basename "$1")}")"; }
fail_step() {
  [ -n "$1" ] && printf "##octopus[resultMessage message='%s']\n" "$(encode_servicemessagevalue "$1")"
  exit 1
}
__slipway_as() { printf '##octopus[stdout-%s]\n' "$1"; shift; printf '%s\n' "$*"; printf '##octopus[stdout-default]\n'; }
write_verbose() { __slipway_as verbose "$@"; }
write_highlight() { __slipway_as highlight "$@"; }
write_wait() { __slipway_as wait "$@"; }
write_warning() { __slipway_as warning "$@"; }
`

// variablesFor writes the function that knows the values. A case statement
// needs no particular bash and no quoting of subscripts.
func variablesFor(values map[string]string) string {
	var b strings.Builder
	b.WriteString("get_octopusvariable() { case \"$1\" in\n")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		b.WriteString(quote(name) + ") printf '%s' " + quote(values[name]) + ";;\n")
	}
	b.WriteString("*) ;; esac; }\n")
	return b.String()
}

// quote makes one bash word. Bash cannot hold a zero byte.
func quote(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
