package transforms

import (
	"slices"
	"strings"
)

// file is a path as it was given and as it is compared.
type file struct {
	given string
	key   string
}

// search is the list of files, by folder.
type search struct {
	windows bool
	roots   []string // with a slash at the end
	files   []file
	folders map[string][]file // by folder's key, in the order given
	byKey   map[string]file
	applied map[Pair]bool
}

func newSearch(files []string, root string, options Options) *search {
	s := &search{windows: options.Windows, folders: map[string][]file{}, byKey: map[string]file{}, applied: map[Pair]bool{}}
	for _, r := range append([]string{root}, options.AlsoBelow...) {
		s.roots = append(s.roots, strings.TrimSuffix(clean(s.key(r)), "/")+"/")
	}
	for _, given := range files {
		f := file{given: given, key: clean(s.key(given))}
		if _, twice := s.byKey[f.key]; twice {
			continue
		}
		folder, _ := split(f.key)
		s.files = append(s.files, f)
		s.folders[folder] = append(s.folders[folder], f)
		s.byKey[f.key] = f
	}
	return s
}

// key is a path as it is compared: as the file system does.
func (s *search) key(p string) string {
	if s.windows {
		return strings.ToLower(slashed(p))
	}
	return p
}

func (s *search) mayChange(f file) bool {
	return slices.ContainsFunc(s.roots, func(root string) bool { return strings.HasPrefix(f.key, root) })
}

// transformsOf are the files that an item means for one source.
func (s *search) transformsOf(i *item, source file) []file {
	transform, target := s.key(i.transform), s.key(i.target)
	if i.target == "" {
		if !strings.HasSuffix(source.key, s.key(".config")) {
			return nil
		}
		return s.existing(stem(source.key)+"."+strings.TrimPrefix(transform, "."), source)
	}
	if isAbsolute(target, s.windows) || !fitsName(source.key, target, i.anyTarget) {
		return nil
	}
	found := s.existing(s.placeOf(i, source.key, transform, target), source)
	return slices.DeleteFunc(found, func(f file) bool {
		return !fits(s.wayTo(source.key, f.key, transform, target), target, i.anyTarget)
	})
}

// placeOf is where the transform file of an explicit item should be: a path
// whose name may hold wildcards. A target with folders is seen from the
// transform file, so these are left first.
func (s *search) placeOf(i *item, source, transform, target string) string {
	base, name := split(source)
	if folder, targetName := split(target); folder != "" {
		target = targetName
		if above, ok := strings.CutSuffix(base, "/"+folder); ok {
			base = above + "/"
		}
	}
	folder, transformName := split(transform)
	if isAbsolute(folder, s.windows) {
		base = ""
	}
	switch {
	case i.anyTransform && i.anyTarget:
		transformName = stemBefore(name, target) + "." + strings.TrimPrefix(transformName, ".")
	case i.anyTransform:
		transformName = "*." + strings.TrimPrefix(transformName, ".")
	}
	return base + folder + transformName
}

// existing are the files of that name, first with `.config` behind it. The
// source itself is never its own transform.
func (s *search) existing(place string, source file) []file {
	place = cleanFolder(place)
	names := []string{place}
	if config := s.key(".config"); !strings.HasSuffix(place, config) {
		names = []string{place + config, place}
	}
	var found []file
	for _, name := range names {
		for _, f := range s.named(name) {
			if f.key != source.key && !slices.Contains(found, f) {
				found = append(found, f)
			}
		}
	}
	return found
}

func (s *search) named(place string) []file {
	folder, pattern := split(place)
	if !strings.ContainsAny(pattern, "*?") {
		if f, ok := s.byKey[place]; ok {
			return []file{f}
		}
		return nil
	}
	var found []file
	for _, f := range s.folders[folder] {
		if _, name := split(f.key); wildcard(pattern, name) {
			found = append(found, f)
		}
	}
	return found
}

// wayTo is the source as the target part of an item names it.
func (s *search) wayTo(source, transform, pattern, target string) string {
	if strings.HasPrefix(target, "./") && isAbsolute(pattern, s.windows) {
		for _, root := range s.roots {
			if below, ok := strings.CutPrefix(source, root); ok {
				return "./" + below
			}
		}
	}
	if strings.Contains(target, "/") {
		folder, _ := split(transform)
		return downTo(source, folder)
	}
	_, name := split(source)
	return name
}
