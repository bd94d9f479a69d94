package nginxconf

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/task"
)

var (
	directiveName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	headerName    = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	safeBase      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	addressForm   = regexp.MustCompile(`^(\*|[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])$`)
)

// Check finds what is wrong with an evaluated site, all of it. Paths lead to
// the field inside task.Nginx.
func Check(site task.Nginx) []pipelines.Problem {
	c := &checker{}
	if !safeBase.MatchString(site.Name) {
		c.add("name", "%q is no base name for files", site.Name)
	}
	if dir := site.ConfigDirectory; dir != "" && (!strings.HasPrefix(dir, "/") || strings.ContainsAny(dir, " \t\"'\\*?[]$") || strings.Contains(dir+"/", "/../")) {
		c.add("configDirectory", "%q is no plain absolute path", dir)
	}
	c.words("configDirectory", site.ConfigDirectory)
	c.words("hostName", site.HostName)
	c.bindings(site.Bindings)
	c.locations(site.Locations)
	return c.problems
}

type checker struct{ problems []pipelines.Problem }

func (c *checker) add(path, format string, args ...any) {
	c.problems = append(c.problems, pipelines.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
}

// words checks that a field is whole words of NGINX's grammar.
func (c *checker) words(path, value string) bool {
	_, err := wordsOf(value)
	if err != nil {
		c.add(path, "%q %s", value, err)
	}
	return err == nil
}

// path checks a field that becomes one word, quoted where it has spaces.
func (c *checker) path(path, value string) {
	if strings.ContainsAny(value, " \t") && !strings.HasPrefix(value, `"`) && !strings.HasPrefix(value, "'") {
		value = strings.NewReplacer(" ", "", "\t", "").Replace(value)
	}
	c.words(path, value)
}

func (c *checker) bindings(bindings []task.NginxBinding) {
	if len(bindings) == 0 {
		c.add("bindings", "there is none: give the site a port to listen on")
	}
	seen := map[string]bool{}
	for i, b := range bindings {
		at := fmt.Sprintf("bindings[%d].", i)
		if n, err := strconv.Atoi(b.Port); err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != b.Port {
			c.add(at+"port", "%q is no port: a number from 1 to 65535", b.Port)
		}
		if b.Address != "" && !addressForm.MatchString(b.Address) {
			c.add(at+"address", "%q is no address: an IPv4 address, an IPv6 address in brackets, or *", b.Address)
		}
		if key := addressKey(b.Address) + ":" + b.Port; seen[key] {
			c.add(at+"port", "port %s is bound twice", b.Port)
		} else {
			seen[key] = true
		}
		switch b.Protocol {
		case "http":
		case "https":
			c.certificate(at+"certificate", b.Certificate)
			c.certificate(at+"certificateKey", b.CertificateKey)
			for j, version := range b.TLSVersions {
				if words, err := wordsOf(version); err != nil || len(words) != 1 {
					c.add(fmt.Sprintf("%stlsVersions[%d]", at, j), "%q is no version of TLS: one word, like TLSv1.3", version)
				}
			}
		default:
			c.add(at+"protocol", "%q is neither http nor https", b.Protocol)
		}
	}
}

func (c *checker) certificate(path, value string) {
	if value == "" {
		c.add(path, "https needs the path of a file on the host")
		return
	}
	c.path(path, value)
}

// checkRoot finds a site without a root, which nothing can be written for.
func checkRoot(site task.Nginx) []pipelines.Problem {
	c := &checker{}
	c.root(site.Locations)
	return c.problems
}

func (c *checker) root(locations []task.NginxLocation) {
	if rootIndex(locations) < 0 {
		c.add("locations", "none answers for the site's root: add one with the path / or = /")
	}
}

func (c *checker) locations(locations []task.NginxLocation) {
	c.root(locations)
	seen := map[string]bool{}
	for i, l := range locations {
		at := fmt.Sprintf("locations[%d].", i)
		words, err := wordsOf(l.Path)
		switch key := strings.Join(words, " "); {
		case err != nil:
			c.add(at+"path", "%q %s", l.Path, err)
		case len(words) == 0 || len(words) > 2:
			c.add(at+"path", "%q is no path: one word, with =, ~, ~* or ^~ in front where needed", l.Path)
		case seen[key]:
			c.add(at+"path", "there are two locations %s", key)
		default:
			seen[key] = true
		}
		c.location(at, l)
	}
}

func (c *checker) location(at string, l task.NginxLocation) {
	if l.Proxy != "" {
		c.path(at+"proxy", l.Proxy)
		if u, err := url.Parse(strings.Trim(l.Proxy, `"'`)); err == nil && u.Scheme != "http" && u.Scheme != "https" && !strings.HasPrefix(l.Proxy, "$") {
			c.add(at+"proxy", "%q is no URL: http:// or https:// in front", l.Proxy)
		}
	}
	c.directives(at+"directives", l.Directives)
	c.headers(at+"headers", l.Headers)
}

func (c *checker) directives(at string, directives []task.NginxDirective) {
	for i, d := range directives {
		at := fmt.Sprintf("%s[%d].", at, i)
		if !directiveName.MatchString(d.Name) {
			c.add(at+"name", "%q is no name of a directive", d.Name)
		}
		if d.Name == "root" || d.Name == "alias" {
			c.path(at+"value", d.Value)
			continue
		}
		c.words(at+"value", d.Value)
	}
}

func (c *checker) headers(at string, headers []task.NginxDirective) {
	for i, h := range headers {
		at := fmt.Sprintf("%s[%d].", at, i)
		if !headerName.MatchString(h.Name) {
			c.add(at+"name", "%q is no name of a header", h.Name)
		}
		c.path(at+"value", h.Value)
	}
}
