package iisconf

import "strings"

// Folder is a plain folder below a site, of which IIS's configuration knows
// nothing.
type Folder struct {
	Site, Path   string
	PhysicalPath string
}

// Folders are those that Diff needs to know about: parts of a wanted path may
// lie below plain folders. Who reads the state puts those that are there into
// State.Folders.
func Folders(w Wanted, s State) []Folder {
	var out []Folder
	for _, p := range below(w) {
		i, ok := s.site(p.Site)
		if !ok {
			continue
		}
		t := s.Sites[i]
		for _, parent := range parents(p.Path) {
			if _, configured := t.physical(parent); configured {
				continue
			}
			if folder, ok := t.onDisk(parent); ok {
				out = append(out, Folder{Site: t.Name, Path: parent, PhysicalPath: folder})
			}
		}
	}
	return out
}

// below are the places below a site that are wanted.
func below(w Wanted) []Folder {
	var out []Folder
	if v := w.VirtualDirectory; v != nil {
		out = append(out, Folder{Site: v.Site, Path: virtual(v.Path)})
	}
	if a := w.Application; a != nil {
		out = append(out, Folder{Site: a.Site, Path: virtual(a.Path)})
	}
	return out
}

// parents are the paths above a path, the site's root not among them.
func parents(path string) []string {
	var out []string
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			out = append(out, path[:i])
		}
	}
	return out
}

// onDisk is where a path lies that IIS's configuration does not name: below the
// nearest folder that it does.
func (s SiteState) onDisk(path string) (string, bool) {
	for parent := path; parent != "/"; {
		cut := strings.LastIndexByte(parent, '/')
		parent = parent[:cut]
		if parent == "" {
			parent = "/"
		}
		if folder, ok := s.physical(parent); ok {
			rest := strings.TrimPrefix(path[len(parent):], "/")
			return joinFolder(folder, rest), true
		}
	}
	return "", false
}

// joinFolder puts a virtual path below a physical one, in its host's own way.
func joinFolder(folder, rest string) string {
	if strings.HasPrefix(folder, "/") {
		return strings.TrimRight(folder, "/") + "/" + rest
	}
	return strings.TrimRight(folder, `\/`) + `\` + strings.ReplaceAll(rest, "/", `\`)
}

// virtual is a virtual path as IIS writes it: one slash in front of each part.
func virtual(path string) string {
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '/' || c == '\\' })
	return "/" + strings.Join(parts, "/")
}
