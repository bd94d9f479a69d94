//go:build !windows

package iis

// placeOf is where a program is: in PATH. IIS is where appcmd is, so a model of
// IIS can stand there in its place.
func placeOf(name string) string { return name }

func readable(out []byte) string { return string(out) }

// installedVersion is IIS's version as the system knows it.
func installedVersion() string { return "" }
