package transforms

import "strings"

// fits compares a file with the target part of an item. One that is open to
// any name may lie in deeper folders that end like those of the target.
func fits(name, target string, anyName bool) bool {
	if !anyName {
		return name == target
	}
	folder, _ := split(target)
	if !fitsName(name, target, true) {
		return false
	}
	in, _ := split(name)
	return folder == "" || in == folder || strings.HasSuffix(in, "/"+folder)
}

// fitsName compares the names alone, whatever the folders.
func fitsName(path, target string, anyName bool) bool {
	_, name := split(path)
	_, want := split(target)
	if !anyName {
		return name == want
	}
	return strings.HasSuffix(name, "."+strings.TrimPrefix(want, "."))
}

// stemBefore is what the star of the target stood for.
func stemBefore(name, target string) string {
	return strings.TrimSuffix(name, "."+strings.TrimPrefix(target, "."))
}

func cleanFolder(place string) string {
	folder, name := split(place)
	return strings.TrimSuffix(clean(folder), "/") + "/" + name
}

// wildcard matches a name with `*` and `?` only; all else, brackets too, are
// themselves.
func wildcard(pattern, name string) bool {
	p, n := 0, 0
	star, from := -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, n
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p++
			n++
		case star >= 0:
			from++
			p, n = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
