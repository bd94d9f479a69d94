package packagefile

import (
	"path"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/excerpt"
)

// SafeEntry refuses a name that would be written outside the folder a package
// is unpacked into, on any kind of host: absolute paths, `../` that leads out,
// drive letters, and what no file can be called. A backslash counts as a
// slash, as on Windows. A name is unpacked as Installs returns it: cleaned, so
// that `a/../b` never passes through a link called a.
func SafeEntry(name string) error {
	refuse := func(why string) error {
		return pipelines.Refuse(pipelines.Invalid, "entry %q of the package %s; pack it again with names below one folder", shortened(name), why)
	}
	slashed := strings.ReplaceAll(name, `\`, "/")
	switch {
	case name == "":
		return refuse("has no name")
	case strings.IndexByte(name, 0) >= 0:
		return refuse("has a zero byte in its name")
	case slashed[0] == '/':
		return refuse("is an absolute path and would be written outside the target folder")
	case len(name) > 1 && name[1] == ':' && isASCIIAlphanumeric(name[0]):
		return refuse("begins with a drive letter and would be written outside the target folder")
	case leadsOut(path.Clean(slashed)):
		return refuse("leads outside the target folder")
	case len(name) > maxPath:
		return refuse("has a longer path than hosts can have")
	}
	for part := range strings.SplitSeq(slashed, "/") {
		if len(part) > maxPathPart {
			return refuse("has a longer file name than hosts can have")
		}
	}
	return nil
}

// SafeLink refuses a symbolic link that leads outside the folder a package is
// unpacked into; name is as Installs returns it, since a link counts from where
// it is written. In the target `../` may only stand in front: behind a folder's
// name it could climb from wherever another link leads, which the text alone
// does not show.
func SafeLink(name, target string) error {
	refuse := func(why string) error {
		return pipelines.Refuse(pipelines.Invalid, "entry %q of the package is a symbolic link to %q, which %s; pack the file itself instead of the link",
			shortened(name), shortened(target), why)
	}
	slashed := strings.ReplaceAll(target, `\`, "/")
	if slashed == "" || slashed[0] == '/' || SafeEntry(path.Join(path.Dir(path.Clean(name)), slashed)) != nil {
		return refuse("leads outside the target folder")
	}
	descended := false
	for part := range strings.SplitSeq(slashed, "/") {
		switch part {
		case "", ".":
		case "..":
			if descended {
				return refuse("goes down and up again, so that it may lead outside")
			}
		default:
			descended = true
		}
	}
	return nil
}

// Installs tells whether an entry of a package belongs on the host and under
// which name: cleaned, for a nupkg percent-decoded, since NuGet's packers write
// %20 for a space, and in zips with slashes, since old packers on Windows write
// backslashes. Not installed are the parts by which a nupkg describes itself,
// and the root folder. The name is not yet judged: pass it to SafeEntry before
// writing.
func Installs(format, entryName string) (name string, ok bool) {
	if entryName == "" {
		return "", false
	}
	name = entryName
	if format == Nupkg {
		name = UnescapeName(name)
	}
	if isZip(format) {
		name = strings.ReplaceAll(name, `\`, "/")
	}
	name = path.Clean(name)
	if name == "." || format == Nupkg && describesPackage(name) {
		return name, false
	}
	return name, true
}

// IsFolder tells by its name that an entry is a folder. A tar may also say so
// in the entry's header, under any name.
func IsFolder(format, entryName string) bool {
	return strings.HasSuffix(entryName, "/") || isZip(format) && strings.HasSuffix(entryName, `\`)
}

// describesPackage reports whether an entry belongs to the wrapping of a nupkg
// rather than to its content. Package parts are named without regard to case.
func describesPackage(name string) bool {
	lower := strings.ToLower(name)
	return within(lower, "_rels") || within(lower, "package/services/metadata") ||
		lower == "[content_types].xml" ||
		strings.HasSuffix(lower, ".nuspec") || strings.HasSuffix(lower, ".nupkg.sha512")
}

func within(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

func leadsOut(cleaned string) bool {
	return cleaned == ".." || strings.HasPrefix(cleaned, "../")
}

// shortened keeps a hostile name from filling a page.
func shortened(s string) string { return excerpt.Of(s, 200) }
