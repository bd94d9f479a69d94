package iismodel

import "strings"

// command is a command line of appcmd.
type command struct {
	verb, object, id string
	options          []option // without the general ones
	xml, in          bool
	config           string // "" not asked, "set" what is set, "*" with what is inherited
	text             string
	commit, section  string
}

// option is `/name:value`, `/+name.[…]` or `/-name.[…]`.
type option struct {
	sign  byte // '+', '-' or 0
	name  string
	value string
	given bool // there was a colon
}

// objects are the kinds by the words for them.
var objects = map[string]string{
	"site": "site", "sites": "site", "app": "app", "apps": "app", "vdir": "vdir", "vdirs": "vdir",
	"apppool": "apppool", "apppools": "apppool", "config": "config", "module": "module", "modules": "module",
}

func parse(args []string) (command, error) {
	var c command
	if len(args) < 2 {
		return c, refuse("a command without verb and object: %q", args)
	}
	c.verb = strings.ToLower(args[0])
	object, ok := objects[strings.ToLower(args[1])]
	if !ok {
		return c, refuse("the object %q", args[1])
	}
	c.object = object
	for i, arg := range args[2:] {
		if strings.Contains(arg, `"`) {
			return c, refuse("an argument with a quotation mark inside: %q", arg)
		}
		if arg == "-" {
			c.in = true
			continue
		}
		if arg == "" || arg[0] != '/' && arg[0] != '-' {
			if i > 0 && c.id != "" {
				return c, words("args.must-begin", arg)
			}
			c.id = arg
			continue
		}
		o, err := split(arg[1:])
		if err != nil {
			return c, err
		}
		if !c.general(o) {
			c.options = append(c.options, o)
		}
	}
	return c, nil
}

// general takes the options that all commands have.
func (c *command) general(o option) bool {
	if o.sign != 0 {
		return false
	}
	switch strings.ToLower(o.name) {
	case "xml":
		c.xml = true
	case "in":
		c.in = true
	case "config":
		c.config = "set"
		if o.given {
			c.config = o.value
		}
	case "text":
		c.text = o.value
	case "commit":
		c.commit = strings.ToLower(o.value)
	case "section":
		c.section = o.value
	default:
		return false
	}
	return true
}

// split cuts an option at its first colon that is not inside an indexer.
func split(s string) (option, error) {
	var o option
	if s != "" && (s[0] == '+' || s[0] == '-') {
		o.sign, s = s[0], s[1:]
	}
	depth, quoted := 0, false
	for i, r := range s {
		switch {
		case r == '\'' && depth > 0:
			quoted = !quoted
		case quoted:
		case r == '[':
			depth++
		case r == ']':
			depth--
		case r == ':' && depth == 0:
			o.name, o.value, o.given = s[:i], s[i+1:], true
			return o, nil
		}
	}
	if depth != 0 || quoted {
		return o, words("args.indexer")
	}
	o.name = s
	return o, nil
}

// indexer cuts `bindings.[protocol='http',…].sslFlags` into the collection,
// the values of its keys and what follows.
func indexer(name string) (collection string, keys map[string]string, rest string, ok bool) {
	collection, after, ok := strings.Cut(name, ".[")
	if !ok {
		return "", nil, "", false
	}
	inner, rest, ok := cutUnquoted(after, ']')
	if !ok {
		return "", nil, "", false
	}
	keys = map[string]string{}
	for inner != "" {
		var pair string
		if p, r, found := cutUnquoted(inner, ','); found {
			pair, inner = p, r
		} else {
			pair, inner = inner, ""
		}
		k, v, found := strings.Cut(pair, "=")
		if !found || len(v) < 2 || v[0] != '\'' || v[len(v)-1] != '\'' {
			return "", nil, "", false
		}
		keys[strings.ToLower(strings.TrimSpace(k))] = v[1 : len(v)-1]
	}
	return collection, keys, strings.TrimPrefix(rest, "."), true
}

func cutUnquoted(s string, at rune) (before, after string, ok bool) {
	quoted := false
	for i, r := range s {
		if r == '\'' {
			quoted = !quoted
		} else if r == at && !quoted {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
