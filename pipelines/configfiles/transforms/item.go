package transforms

import (
	"fmt"
	"strings"
)

// item is one entry of the list: `transform => target`, or a word that stands
// between a file's name and `.config`. Inside, folders end with a slash on
// all systems.
type item struct {
	text      string
	automatic bool
	transform string // without the opening `*.` if anyTransform
	target    string // empty: beside each .config file
	// `*.` opens the name of the file: any stem goes.
	anyTransform, anyTarget bool

	applied, overlaps bool // what became of it
}

func parseList(options Options) ([]item, error) {
	var items []item
	for text := range strings.FieldsFuncSeq(options.Additional, isSeparator) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		item, err := parseItem(text)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if !options.Automatic {
		return items, nil
	}
	for _, word := range []string{"Release", options.Environment, options.Tenant} {
		if strings.TrimSpace(word) != "" {
			items = append(items, item{text: word, transform: word, automatic: true})
		}
	}
	return items, nil
}

// isSeparator says what parts the entries of a list.
func isSeparator(r rune) bool { return r == ',' || r == '\r' || r == '\n' }

func parseItem(text string) (item, error) {
	transform, target, both := strings.Cut(text, "=>")
	if !both {
		return item{text: text, transform: slashed(text)}, nil
	}
	target, _, _ = strings.Cut(target, "=>")
	i := item{text: text, transform: slashed(strings.TrimSpace(transform)), target: slashed(strings.TrimSpace(target))}
	if i.transform == "" || i.target == "" {
		return item{}, fmt.Errorf("config transform %q: a file is missing beside the arrow; write transform => target, like *.Prod.config => *.config", text)
	}
	i.transform, i.anyTransform = withoutStar(i.transform)
	i.target, i.anyTarget = withoutStar(i.target)
	return i, nil
}

// withoutStar takes the `*.` away that opens a file's name. `*.config` keeps
// its dot: it is the extension's.
func withoutStar(pattern string) (string, bool) {
	folder, name := split(pattern)
	rest, ok := strings.CutPrefix(name, "*.")
	if !ok {
		return pattern, false
	}
	if !strings.Contains(rest, ".") {
		rest = "." + rest
	}
	return folder + rest, true
}
