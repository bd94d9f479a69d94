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

// startPythonByInput does it where a child is given no descriptor but the three.
const startPythonByInput = `import sys
exec(sys.stdin.buffer.read().decode("utf-8"))
exec(compile(open(__file__, "rb").read(), __file__, "exec"))`

func findPython() (string, error) {
	for _, name := range pythonNames() {
		if python, err := exec.LookPath(name); err == nil {
			return python, nil
		}
	}
	return "", errors.New("the script is written in python, and this " + runtime.GOOS + " host has no " + pythonNames()[0] + ": install it, or write the script in another language")
}

// pythonNames are its names, the usual one first. On Windows, what answers to
// python3 may be no Python but the invitation to get one.
func pythonNames() []string {
	if runtime.GOOS == "windows" {
		return []string{"python", "python3"}
	}
	return []string{"python3"}
}

func pythonReady() error {
	_, err := findPython()
	return err
}

func startingPython(s Script, path string) (start, error) {
	args, err := Words(s.Args)
	if err != nil {
		return start{}, err
	}
	python, err := findPython()
	if err != nil {
		return start{}, err
	}
	begin := start{bootstrap: pythonBootstrap(s, path, args), stdin: runtime.GOOS == "windows"}
	if begin.stdin {
		begin.cmd = exec.Command(python, "-X", "utf8", "-u", "-c", startPythonByInput, path)
	} else {
		begin.cmd = exec.Command(python, "-u", "-c", startPython, path)
	}
	return begin, nil
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
