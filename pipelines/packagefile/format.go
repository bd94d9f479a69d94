package packagefile

import (
	"path"
	"slices"
	"strings"

	"slipway/pipelines"
)

// The formats of a package. A jar is every archive of the Java world that is a
// zip inside: jar, war, ear, rar.
const (
	Nupkg  = "nupkg"
	Zip    = "zip"
	Jar    = "jar"
	Tar    = "tar"
	TarGz  = "tar.gz"
	TarBz2 = "tar.bz2"
)

// endings lists double endings before their single halves: the first match
// counts, so `.tar.gz` is never taken for `.gz`.
var endings = []struct{ ending, format string }{
	{".tar.gz", TarGz},
	{".tar.z", TarGz}, // Octopus reads it as gzip, whatever the name promises
	{".tgz", TarGz},
	{".tar.bz2", TarBz2},
	{".tar.bz", TarBz2},
	{".tbz", TarBz2},
	{".tar", Tar},
	{".nupkg", Nupkg},
	{".zip", Zip},
	{".whl", Zip},
	{".jar", Jar},
	{".war", Jar},
	{".ear", Jar},
	{".rar", Jar},
}

// FormatOf tells from a file name which format a package claims to have.
func FormatOf(fileName string) (string, error) {
	_, _, format, err := splitEnding(fileName)
	return format, err
}

func isZip(format string) bool { return format == Nupkg || format == Zip || format == Jar }

// splitEnding takes a path apart into the bare name, the ending as written
// with its dot, and the format.
func splitEnding(fileName string) (name, ending, format string, err error) {
	base := baseName(fileName)
	if len(base) > maxFileName {
		return "", "", "", pipelines.Refuse(pipelines.Invalid, "package file %q… has a name longer than %d bytes; rename it", base[:40], maxFileName)
	}
	lower := strings.ToLower(base)
	for _, e := range endings {
		if strings.HasSuffix(lower, e.ending) && len(lower) == len(base) {
			cut := len(base) - len(e.ending)
			return base[:cut], base[cut:], e.format, nil
		}
	}
	ext := path.Ext(base)
	if strings.EqualFold(ext, ".snupkg") {
		return "", "", "", symbols(base)
	}
	if ext == "" {
		return "", "", "", pipelines.Refuse(pipelines.Invalid, "package file %q has no file extension; a package ends in %s", base, supported())
	}
	return "", "", "", pipelines.Refuse(pipelines.Invalid, "package file %q: the file extension %q is not supported; a package ends in %s", base, ext, supported())
}

func baseName(fileName string) string {
	return fileName[strings.LastIndexAny(fileName, `/\`)+1:]
}

func supported() string {
	var all []string
	for _, e := range endings {
		all = append(all, e.ending)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
