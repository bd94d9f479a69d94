// Package nginxconf says which files an NGINX site consists of, and reads from
// other configuration files what they serve.
//
// It touches no host: runner/executor/nginx makes it so, a preview can show it
// beforehand. The idea a newcomer would miss: a site is evaluated field by
// field before it comes here, and every field must be whole words of NGINX's
// own grammar. So no value, whatever it holds, can end a directive, open a
// block or swallow the next line.
package nginxconf

import (
	"fmt"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

// DefaultDirectory is where sites go when a payload names no other folder.
const DefaultDirectory = "/etc/nginx/conf.d"

// Style is how files are named and how much is done for the author.
type Style int

// The styles. Ours differs from Octopus's own in these points: fields are
// checked and quoted where they have to be one word; numbers are padded with
// zeros, because NGINX includes files in the order of their names; a server
// gets a root where one of its locations needs it, and a proxied location what
// proxies usually need.
const (
	Ours Style = iota
	Octopus
)

// File is one configuration file, by its full path.
type File struct{ Path, Text string }

// Directory is where the site's files go.
func Directory(site task.Nginx) string {
	if site.ConfigDirectory == "" {
		return DefaultDirectory
	}
	return strings.TrimRight(site.ConfigDirectory, "/")
}

// Owned says whether a path is one of the site's own files, now or earlier.
func Owned(site task.Nginx, path string) bool {
	base := Directory(site) + "/" + site.Name + ".conf"
	return path == base || strings.HasPrefix(path, base+".d/")
}

// Render writes the site's files, the one that includes the others last. A
// site that cannot be served is an Error with a Problem for each field.
func Render(site task.Nginx, style Style) ([]File, error) {
	problems := Check(site)
	if style == Octopus {
		problems = checkRoot(site)
	}
	if len(problems) > 0 {
		texts := make([]string, len(problems))
		for i, p := range problems {
			texts[i] = p.String()
		}
		return nil, &pipelines.Error{Code: pipelines.Invalid, Problems: problems,
			Message: "the NGINX site " + site.Name + " cannot be written: " + strings.Join(texts, "; ")}
	}
	root, others := split(site.Locations)
	folder := Directory(site) + "/" + site.Name + ".conf.d"
	var files []File
	for i, location := range others {
		files = append(files, File{
			Path: folder + "/" + fileName(i, len(others), location.Path, style),
			Text: strings.Join(style.block(location), "\n") + "\n",
		})
	}
	return append(files, File{Path: Directory(site) + "/" + site.Name + ".conf", Text: style.server(site, root, folder, len(others) > 0)}), nil
}

// split takes out the location that is written into the server itself. One
// that repeats its path is not written: NGINX would refuse it.
func split(locations []task.NginxLocation) (root task.NginxLocation, others []task.NginxLocation) {
	at := rootIndex(locations)
	for i, location := range locations {
		if i != at && strings.TrimSpace(location.Path) != strings.TrimSpace(locations[at].Path) {
			others = append(others, location)
		}
	}
	return locations[at], others
}

// rootIndex is the first location that answers for `/`, -1 if none does. That
// `= /` counts as much as `/`, whichever comes first, is Octopus's rule.
func rootIndex(locations []task.NginxLocation) int {
	for i, location := range locations {
		if path := strings.TrimSpace(location.Path); path == "/" || path == "= /" {
			return i
		}
	}
	return -1
}

// fileName is what a location's own file is called: its number, and what can
// be read in its path.
func fileName(index, count int, path string, style Style) string {
	number := strconv.Itoa(index)
	if style == Ours {
		number = fmt.Sprintf("%0*d", max(2, len(strconv.Itoa(count-1))), index)
	}
	return "location." + number + readable(path) + ".conf"
}

// readable is the first run of letters, digits and slashes in the path, with
// slashes as underscores.
func readable(path string) string {
	isReadable := func(r rune) bool {
		return r == '/' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	from := strings.IndexFunc(path, isReadable)
	if from < 0 {
		return ""
	}
	run := path[from:]
	if end := strings.IndexFunc(run, func(r rune) bool { return !isReadable(r) }); end >= 0 {
		run = run[:end]
	}
	return strings.Trim(strings.ReplaceAll(run[:min(len(run), 100)], "/", "_"), "_")
}
