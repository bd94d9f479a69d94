package nginxconf

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines/task"
)

// Server is what one server block listens to.
type Server struct {
	File    string
	Listens []Listen
	Names   []string
}

// Listen is one endpoint. Address is "*" where none is given.
type Listen struct{ Address, Port string }

const dumpHeader = "# configuration file "

// ReadDump takes the output of `nginx -T` apart into its files.
func ReadDump(dump string) []File {
	var files []File
	for line := range strings.Lines(dump) {
		if path, ok := strings.CutPrefix(line, dumpHeader); ok && strings.HasSuffix(strings.TrimSpace(path), ":") {
			files = append(files, File{Path: strings.TrimSuffix(strings.TrimSpace(path), ":")})
			continue
		}
		if len(files) > 0 {
			files[len(files)-1].Text += line
		}
	}
	return files
}

// Servers finds the server blocks of files. What cannot be read as NGINX would
// read it ends its file: NGINX's own test says it better.
func Servers(files []File) []Server {
	var servers []Server
	for _, file := range files {
		found, _ := tokens(file.Text)
		servers = append(servers, serversIn(file.Path, found)...)
	}
	return servers
}

func serversIn(path string, all []token) []Server {
	var servers []Server
	var words []token
	depth, inside := 0, 0 // inside is the depth of the server block we are in
	for _, t := range all {
		if t.kind == aComment {
			continue
		}
		if t.kind == aWord {
			words = append(words, t)
			continue
		}
		switch t.text {
		case "{":
			depth++
			if inside == 0 && len(words) == 1 && words[0].text == "server" {
				inside = depth
				servers = append(servers, Server{File: path})
			}
		case "}":
			if depth == inside {
				inside = 0
			}
			depth--
		case ";":
			if inside > 0 && depth == inside {
				servers[len(servers)-1].take(words)
			}
		}
		words = nil
	}
	return slices.DeleteFunc(servers, func(s Server) bool { return len(s.Listens) == 0 && len(s.Names) == 0 })
}

func (s *Server) take(words []token) {
	if len(words) < 2 {
		return
	}
	switch words[0].text {
	case "listen":
		if l, ok := readListen(words[1].text); ok {
			s.Listens = append(s.Listens, l)
		}
	case "server_name":
		for _, w := range words[1:] {
			s.Names = append(s.Names, w.text)
		}
	}
}

// readListen reads `port`, `address`, `address:port`; a socket in the file
// system is no port.
func readListen(text string) (Listen, bool) {
	if strings.HasPrefix(text, "unix:") {
		return Listen{}, false
	}
	if strings.Trim(text, "0123456789") == "" {
		return Listen{Address: "*", Port: text}, true
	}
	if at := strings.LastIndexByte(text, ':'); at >= 0 && !strings.HasSuffix(text, "]") {
		return Listen{Address: addressKey(text[:at]), Port: text[at+1:]}, true
	}
	return Listen{Address: addressKey(text), Port: "80"}, true
}

func addressKey(address string) string {
	if address == "" || address == "0.0.0.0" {
		return "*"
	}
	return strings.ToLower(address)
}

// Clash finds a file that is not the site's own and already answers where the
// site wants to; nil if there is none. Two servers may share a port when the
// host name tells them apart: the site has one, and the other does not list it.
func Clash(site task.Nginx, others []Server) error {
	for _, b := range site.Bindings {
		want := Listen{Address: addressKey(b.Address), Port: b.Port}
		for _, other := range others {
			if Owned(site, other.File) || !slices.Contains(other.Listens, want) || toldApart(site.HostName, other.Names) {
				continue
			}
			return fmt.Errorf("port %s is already used by %s: choose another port, remove that file if nobody needs it, or give the site a host name that the other does not have. Nothing was changed",
				b.Port, other.File)
		}
	}
	return nil
}

func toldApart(hostName string, names []string) bool {
	ours := strings.Fields(hostName)
	if len(ours) == 0 || slices.Contains(ours, "*") || slices.Contains(ours, "_") {
		return false
	}
	for _, name := range ours {
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			return false
		}
	}
	return true
}
