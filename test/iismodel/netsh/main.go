// Command netsh is the model of netsh.exe: see test/iismodel.
package main

import (
	"os"

	"slipway/test/iismodel"
)

func main() {
	os.Exit(iismodel.Main("netsh", os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}
