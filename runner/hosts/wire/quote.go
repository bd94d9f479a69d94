package wire

import "strings"

// Quote writes args as words of a POSIX shell's command line: whatever stands
// in an argument arrives as that argument and nothing else.
func Quote(args ...string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return strings.Join(words, " ")
}
