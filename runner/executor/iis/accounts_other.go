//go:build !windows

package iis

// MachineAccounts are the users of this host: here nobody can tell who could
// log on to Windows.
func MachineAccounts() Accounts { return nobodyTells{} }

type nobodyTells struct{}

func (nobodyTells) Check(string, string) error { return nil }
