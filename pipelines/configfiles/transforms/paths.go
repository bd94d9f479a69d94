package transforms

import (
	"path"
	"strings"
)

// slashed writes a path with slashes only. A `\` of the list means a folder
// on Linux too: the same list serves both.
func slashed(p string) string { return strings.ReplaceAll(p, `\`, "/") }

// written is a path as its system writes it.
func written(p string, windows bool) string {
	if windows {
		return strings.ReplaceAll(p, "/", `\`)
	}
	return p
}

func isAbsolute(p string, windows bool) bool {
	return strings.HasPrefix(p, "/") || windows && len(p) > 2 && p[1] == ':' && p[2] == '/'
}

// clean takes `.` and `..` out. A share keeps its two slashes.
func clean(p string) string {
	if strings.HasPrefix(p, "//") {
		return "/" + path.Clean(p)
	}
	return path.Clean(p)
}

// split parts a path behind its last slash.
func split(p string) (folder, name string) {
	i := strings.LastIndexByte(p, '/') + 1
	return p[:i], p[i:]
}

// stem is a path without the extension of its file.
func stem(p string) string {
	if i := strings.LastIndexByte(p, '.'); i > strings.LastIndexByte(p, '/') {
		return p[:i]
	}
	return p
}

// downTo is the way from a folder to a file, without the steps up that it
// begins with.
func downTo(file, folder string) string {
	for {
		slash := strings.IndexByte(folder, '/')
		if slash < 0 || len(file) <= slash || file[:slash+1] != folder[:slash+1] {
			return file
		}
		file, folder = file[slash+1:], folder[slash+1:]
	}
}
