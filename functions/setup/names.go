package setup

import (
	"os"
	"strings"
)

// ownNames are what this machine is called: by itself, and in the domains in which
// its net looks names up.
func ownNames() []string {
	name, err := os.Hostname()
	if err != nil {
		return []string{}
	}
	names := []string{name}
	short, _, _ := strings.Cut(name, ".")
	text, _ := os.ReadFile("/etc/resolv.conf") // there is none on Windows
	for _, domain := range append(searched(string(text)), os.Getenv("USERDNSDOMAIN")) {
		if domain != "" {
			names = append(names, short+"."+domain)
		}
	}
	return names
}

// searched are the domains that a resolv.conf says names are looked up in.
func searched(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 1 && (words[0] == "search" || words[0] == "domain") {
			for _, domain := range words[1:] {
				out = append(out, strings.Trim(domain, "."))
			}
		}
	}
	return out
}
