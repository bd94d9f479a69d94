// Command powershell is the model of powershell.exe: see test/iismodel.
package main

import (
	"os"

	"slipway/test/iismodel"
)

func main() {
	os.Exit(iismodel.Main("powershell", os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}
