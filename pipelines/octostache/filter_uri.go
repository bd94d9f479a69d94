package octostache

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// uri is an absolute URI in pieces. Query and fragment keep their first
// character.
type uri struct {
	scheme, user, host, path, query, fragment string
	slashes                                   bool // `//` behind the scheme
	port                                      int  // -1: none
}

var uriForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):(//)?(?:([^/?#@]*)@)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$`)

var ipv4Form = regexp.MustCompile(`^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$`)

var defaultPorts = map[string]int{
	"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21, "mailto": 25,
	"telnet": 23, "ldap": 389, "nntp": 119, "gopher": 70, "net.tcp": 808,
}

// uriPart picks one part of a URI. Its complaints are texts, not errors.
func uriPart(c call) (string, bool, error) {
	if len(c.args) == 0 {
		return "[UriPart error: no argument given]", true, nil
	}
	part := c.args[0]
	u, absolute, ok := parseURI(c.in)
	if !ok {
		return c.in, true, nil
	}
	pick := uriParts[strings.ToLower(part)]
	switch {
	case strings.EqualFold(part, "IsAbsoluteUri"):
		return answer(absolute)
	case pick == nil:
		return fmt.Sprintf("[UriPart %s error: argument '%[1]s' not supported]", part), true, nil
	case !absolute:
		return fmt.Sprintf("[UriPart %s error: This operation is not supported for a relative URI.]", part), true, nil
	}
	return pick(u), true, nil
}

// parseURI reads a text; not absolute is any that has no scheme, not ok one
// that promises a host and has none.
func parseURI(s string) (u uri, absolute, ok bool) {
	m := uriForm.FindStringSubmatch(asFile(strings.TrimSpace(s)))
	if m == nil {
		return uri{}, false, true
	}
	u = uri{scheme: strings.ToLower(m[1]), slashes: m[2] != "", user: m[3], path: m[5], query: m[6], fragment: m[7]}
	host, port := m[4], ""
	if !u.slashes && u.scheme != "mailto" {
		u.path, host = m[4]+m[5], ""
	}
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host, port = host[:i], host[i+1:]
	}
	u.host, u.port = strings.ToLower(host), -1
	if known, ok := defaultPorts[u.scheme]; ok {
		u.port = known
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return uri{}, false, false
		}
		u.port = int(n)
	}
	u.canonicalize()
	return u, true, !u.slashes || isHost(u.host) || u.host == "" && u.scheme == "file"
}

// isHost says whether a text can be a host's name or address.
func isHost(s string) bool {
	return s != "" && !strings.ContainsAny(s, " \t\"<>\\^`{|}%")
}

// uriParts are the parts by lower-case name.
var uriParts = map[string]func(uri) string{
	"absolutepath":  uri.ownPath,
	"absoluteuri":   uri.absolute,
	"authority":     uri.authority,
	"dnssafehost":   func(u uri) string { return strings.Trim(u.host, "[]") },
	"fragment":      func(u uri) string { return u.fragment },
	"host":          func(u uri) string { return u.host },
	"hostandport":   uri.hostAndPort,
	"hostnametype":  uri.hostNameType,
	"isdefaultport": func(u uri) string { return strconv.FormatBool(u.onDefaultPort()) },
	"isfile":        func(u uri) string { return strconv.FormatBool(u.scheme == "file") },
	"isloopback":    func(u uri) string { return strconv.FormatBool(u.loopback()) },
	"isunc":         func(u uri) string { return strconv.FormatBool(u.scheme == "file" && u.host != "") },
	"path":          uri.plainPath,
	"pathandquery":  func(u uri) string { return u.ownPath() + u.query },
	"port":          func(u uri) string { return strconv.Itoa(u.port) },
	"query":         func(u uri) string { return u.query },
	"scheme":        func(u uri) string { return u.scheme },
	"schemeandserver": func(u uri) string {
		return u.opening() + u.authority()
	},
	"userinfo": func(u uri) string { return u.user },
}

func (u uri) opening() string {
	if u.slashes {
		return u.scheme + "://"
	}
	return u.scheme + ":"
}

func (u uri) absolute() string {
	user := u.user
	if user != "" {
		user += "@"
	}
	return u.opening() + user + u.authority() + u.path + u.query + u.fragment
}

func (u uri) onDefaultPort() bool {
	known, ok := defaultPorts[u.scheme]
	return u.port == -1 || ok && u.port == known
}

func (u uri) hostAndPort() string {
	if u.port == -1 {
		return u.host
	}
	return u.host + ":" + strconv.Itoa(u.port)
}

func (u uri) authority() string {
	if u.onDefaultPort() {
		return u.host
	}
	return u.hostAndPort()
}

// ownPath is the path as it is called on its host.
func (u uri) ownPath() string {
	if u.onDrive() {
		return u.path[1:]
	}
	return u.path
}

func (u uri) plainPath() string {
	plain, err := url.PathUnescape(u.ownPath())
	switch {
	case err != nil:
		return u.path
	case u.onDrive():
		return strings.ReplaceAll(plain, "/", `\`)
	case u.scheme == "file" && u.host != "":
		return `\\` + u.host + strings.ReplaceAll(plain, "/", `\`)
	}
	return plain
}

func (u uri) hostNameType() string {
	switch {
	case u.host == "" && !u.slashes:
		return "Unknown"
	case u.host == "":
		return "Basic"
	case u.host[0] == '[':
		return "IPv6"
	case ipv4Form.MatchString(u.host):
		return "IPv4"
	}
	return "Dns"
}

func (u uri) loopback() bool {
	switch u.host {
	case "localhost", "[::1]":
		return true
	case "":
		return u.scheme == "file"
	}
	return strings.HasPrefix(u.host, "127.") && u.hostNameType() == "IPv4"
}
