//go:build !windows

package scripts

func windowsPowerShell() string { return "" }
