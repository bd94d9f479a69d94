package iismodel

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
)

// steps are what a script must do, in this order, to be one that the model
// knows: give a pool that is there a user and a password, which no command
// line of appcmd can take in secret.
var steps = []string{
	"Microsoft.Web.Administration.dll", "New-Object Microsoft.Web.Administration.ServerManager", ".ApplicationPools[$l[0]]",
	".ProcessModel.UserName = $l[1]", ".ProcessModel.Password = $l[2]", ".ProcessModel.IdentityType = 'SpecificUser'", ".CommitChanges()",
}

// Powershell is one call of powershell.exe. It runs no PowerShell: it knows one
// script by its calls of Microsoft.Web.Administration, and does what those do
// with the three lines of base64 on stdin.
func (m *Machine) Powershell(args []string, stdin string) Result {
	return m.call("powershell", args, func() (outcome, error) {
		i := slices.Index(args, "-Command")
		if i < 0 || i != len(args)-2 || !inOrder(args[i+1], steps) {
			return outcome{}, refuse("a script of PowerShell that is not the one for a pool's password")
		}
		m.follow("powershell.identity")
		var l []string
		for line := range strings.Lines(stdin) {
			text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
			if err != nil {
				return outcome{}, refuse("a line of input that is no base64")
			}
			l = append(l, string(text))
		}
		if len(l) != 3 {
			return outcome{}, refuse("%d lines of input", len(l))
		}
		next := m.config.clone()
		p := next.pool(l[0])
		if p == nil {
			return outcome{exit: 1}, nil
		}
		maps.Copy(p.attributes, attributes{"processModel.identityType": "SpecificUser", "processModel.userName": l[1], "processModel.password": l[2]})
		return outcome{next: &next}, nil
	})
}

func inOrder(text string, parts []string) bool {
	for _, p := range parts {
		_, rest, ok := strings.Cut(text, p)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}
