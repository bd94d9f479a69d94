# Functions that scripts written for Octopus call. Names and messages are the
# contract. They work under `set -euo pipefail` and with empty arguments.
encode_servicemessagevalue() { printf '%s' "${1-}" | base64 | tr -d '\r\n'; }
decode_servicemessagevalue() { printf '%s' "${1-}" | base64 -d; }

__slipway_attribute() { printf " %s='%s'" "$1" "$(encode_servicemessagevalue "${2-}")"; }
__slipway_attribute_if_any() { [ -z "${2-}" ] || __slipway_attribute "$1" "$2"; }
__slipway_sensitive() { case "${1-}" in -[sS][eE][nN][sS][iI][tT][iI][vV][eE]) __slipway_attribute sensitive True ;; esac; }

set_octopusvariable() {
  printf '##octopus[setVariable%s%s%s]\n' "$(__slipway_attribute_if_any name "${1-}")" \
    "$(__slipway_attribute_if_any value "${2-}")" "$(__slipway_sensitive "${3-}")"
}

new_octopusartifact() {
  if [ ! -e "${1-}" ]; then
    fail_step "the artifact ${1-} does not exist: new_octopusartifact is given a file, from the script's folder"
  fi
  local path="$1" name="${2-}" length=0
  if [ -z "$name" ]; then name="$(basename -- "$path")"; fi
  if [ -f "$path" ]; then length="$(wc -c <"$path" | tr -d ' ')"; fi
  case "$path" in
    /*) ;;
    *) path="$PWD/${path#./}" ;;
  esac
  printf '##octopus[createArtifact%s%s%s]\n' "$(__slipway_attribute path "$path")" \
    "$(__slipway_attribute name "$name")" "$(__slipway_attribute length "$length")"
}

update_progress() {
  printf '##octopus[progress%s%s]\n' "$(__slipway_attribute percentage "${1-}")" "$(__slipway_attribute message "${2-}")"
}

fail_step() {
  if [ -n "${1-}" ]; then printf '##octopus[resultMessage%s]\n' "$(__slipway_attribute message "$1")"; fi
  exit 1
}

__slipway_as() {
  printf '##octopus[stdout-%s]\n' "$1"
  shift
  printf '%s\n' "$*"
  printf '##octopus[stdout-default]\n'
}
write_verbose() { __slipway_as verbose "$@"; }
write_highlight() { __slipway_as highlight "$@"; }
write_wait() { __slipway_as wait "$@"; }
write_warning() { __slipway_as warning "$@"; }

set_environmentstate() { __slipway_environment State "$@"; }
set_environmenturl() { __slipway_environment Url "$@"; }
__slipway_environment() {
  printf '##octopus[set-environmentstate%s%s%s%s]\n' "$(__slipway_attribute_if_any key "${2-}")" \
    "$(__slipway_attribute_if_any value "${3-}")" "$(__slipway_sensitive "${4-}")" "$(__slipway_attribute type "$1")"
}

remove-octopustarget() { printf '##octopus[delete-target%s]\n' "$(__slipway_attribute machine "${1-}")"; }

new_octopustarget() {
  local message=''
  while [ $# -gt 0 ]; do
    case "$1" in
      -n | --name) message+="$(__slipway_attribute name "${2-}")" ;;
      -t | --target-id) message+="$(__slipway_attribute targetId "${2-}")" ;;
      --inputs) message+="$(__slipway_attribute inputs "${2-}")" ;;
      --roles) message+="$(__slipway_attribute octopusRoles "${2-}")" ;;
      --worker-pool) message+="$(__slipway_attribute octopusDefaultWorkerPoolIdOrName "${2-}")" ;;
      --update-if-existing)
        message+="$(__slipway_attribute updateIfExisting true)"
        shift
        continue
        ;;
      -*)
        [ "$1" = -- ] && break
        printf 'new_octopustarget does not know the option %s\n' "$1" >&2
        return 1
        ;;
      *) break ;;
    esac
    shift
    [ $# -eq 0 ] || shift
  done
  printf '##octopus[createStepPackageTarget%s]\n' "$message"
}
