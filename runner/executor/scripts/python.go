package scripts

import (
	_ "embed" // the helper functions
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"
)

//go:embed helpers.py
var pythonHelpers string

// startPython does what startBash does.
const startPython = `import os
with os.fdopen(3, encoding="utf-8") as _pipe: exec(_pipe.read())
exec(compile(open(__file__, "rb").read(), __file__, "exec"))`

func pythonCommand(path string) (*exec.Cmd, error) {
	python, err := exec.LookPath("python3")
	if err != nil {
		return nil, errors.New("the script is written in python, and this " + runtime.GOOS + " host has no python3: install it, or write the script in bash")
	}
	return exec.Command(python, "-u", "-c", startPython, path), nil
}

// pythonBootstrap is what a Python script finds when it begins.
func pythonBootstrap(s Script, path string, args []string) string {
	var b strings.Builder
	b.WriteString(pythonHelpers)
	b.WriteString("octopusvariables = {\n")
	for _, name := range slices.Sorted(maps.Keys(s.Variables)) {
		b.WriteString(quotePython(name) + ": " + quotePython(s.Variables[name]) + ",\n")
	}
	b.WriteString("}\n__file__ = " + quotePython(path) + "\nsys.argv = [__file__")
	for _, arg := range args {
		b.WriteString(", " + quotePython(arg))
	}
	b.WriteString("]\nsys.path[0] = os.path.dirname(__file__)\n")
	return b.String()
}

// quotePython writes a string. Bytes that are no text become what Python makes
// of such bytes in names of files, so that they can become bytes again.
func quotePython(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\udc%02x`, text[i])
		case r == '"' || r == '\\' || r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x7f:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
