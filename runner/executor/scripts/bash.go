package scripts

import (
	_ "embed" // the helper functions
	"errors"
	"maps"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

//go:embed helpers.sh
var bashHelpers string

// startBash is all that stands on the command line: read helpers, variables and
// arguments from the pipe, close it, become the script.
const startBash = `source /dev/fd/3; exec 3<&-; source "$0"`

// bashReady refuses Windows, where a child is given no descriptor but the three.
func bashReady() error {
	if runtime.GOOS == "windows" {
		return errors.New("the script is written in bash, and this windows host runs powershell and python: say `syntax: powershell`, or `script-syntax: powershell` for scripts around a package")
	}
	return nil
}

func startingBash(s Script, path string) (start, error) {
	args, err := Words(s.Args)
	if err == nil {
		err = bashReady()
	}
	if err != nil {
		return start{}, err
	}
	return start{cmd: exec.Command("bash", "--noprofile", "--norc", "-c", startBash, path), bootstrap: bashBootstrap(s, args)}, nil
}

// bashBootstrap is what a bash script finds when it begins.
func bashBootstrap(s Script, args []string) string {
	var b strings.Builder
	b.WriteString(bashHelpers)
	names := slices.Sorted(maps.Keys(s.Variables))
	writeBashGetter(&b, names, s.Variables)
	b.WriteString("set --")
	for _, arg := range args {
		b.WriteString(" " + quoteBash(arg))
	}
	b.WriteString("\n")
	writeBashArray(&b, names, s.Variables)
	return b.String()
}

// writeBashGetter writes the function that knows the values. A case statement
// needs no particular bash and no quoting of subscripts.
func writeBashGetter(b *strings.Builder, names []string, values map[string]string) {
	b.WriteString("get_octopusvariable() { case \"${1-}\" in\n")
	for _, name := range names {
		b.WriteString(quoteBash(name) + ") printf '%s' " + quoteBash(values[name]) + ";;\n")
	}
	b.WriteString("*) ;; esac; }\n")
}

// writeBashArray adds the array of bash 4.3 and newer, as the last thing: an
// older one leaves here. It has no place for a variable without a name.
func writeBashArray(b *strings.Builder, names []string, values map[string]string) {
	b.WriteString("(( BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 3) )) || return 0\ndeclare -A octopus_parameters=(\n")
	for _, name := range names {
		if name != "" {
			b.WriteString("[" + quoteBash(name) + "]=" + quoteBash(values[name]) + "\n")
		}
	}
	b.WriteString(")\n")
}

// quoteBash makes one word. Bash cannot hold a zero byte.
func quoteBash(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
