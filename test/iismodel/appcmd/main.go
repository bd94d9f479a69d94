// Command appcmd is the model of appcmd.exe: see test/iismodel.
package main

import (
	"os"

	"slipway/test/iismodel"
)

func main() {
	os.Exit(iismodel.Main("appcmd", os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}
