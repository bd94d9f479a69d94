package octostache

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"slices"
	"strings"
	"time"
)

// builtin is a filter of the language.
type builtin struct {
	apply    func(call) (out string, ok bool, err error)
	fromNone bool // works without an input; all others yield nothing from nothing
}

// call is one use of a filter.
type call struct {
	in    string
	given bool // false: there is no input
	args  []string
	now   time.Time
	eval  *evaluator
}

// builtins are the filters by lower-case name: names ignore case.
var builtins = map[string]*builtin{
	"null": {apply: func(call) (string, bool, error) { return "", false, nil }, fromNone: true},

	"tolower":    {apply: noOptions(strings.ToLower)},
	"toupper":    {apply: noOptions(strings.ToUpper)},
	"trim":       {apply: trim},
	"truncate":   {apply: truncate},
	"substring":  {apply: substring},
	"indent":     {apply: indent},
	"append":     {apply: appendOptions, fromNone: true},
	"prepend":    {apply: prependOptions, fromNone: true},
	"startswith": {apply: oneOption(strings.HasPrefix)},
	"endswith":   {apply: oneOption(strings.HasSuffix)},
	"contains":   {apply: oneOption(strings.Contains)},

	"replace": {apply: replace},
	"match":   {apply: match},

	"htmlescape":            {apply: noOptions(htmlEscapes.Replace)},
	"xmlescape":             {apply: noOptions(xmlEscapes.Replace)},
	"jsonescape":            {apply: noOptions(jsonEscapes.Replace)},
	"yamlsinglequoteescape": {apply: noOptions(yamlSingleQuoted)},
	"yamldoublequoteescape": {apply: noOptions(yamlDoubleQuoted)},
	"propertieskeyescape":   {apply: noOptions(propertiesKey)},
	"propertiesvalueescape": {apply: noOptions(propertiesValue)},
	"uriescape":             {apply: noOptions(uriEscape)},
	"uridataescape":         {apply: noOptions(uriDataEscape)},

	"markdown":       {apply: toHTML},
	"markdowntohtml": {apply: toHTML},

	"tobase64":   {apply: toBase64},
	"frombase64": {apply: fromBase64},
	"md5":        {apply: hashed(md5.New)},
	"sha1":       {apply: hashed(sha1.New)},
	"sha256":     {apply: hashed(sha256.New)},
	"sha384":     {apply: hashed(sha512.New384)},
	"sha512":     {apply: hashed(sha512.New)},

	"format":     {apply: format},
	"nowdate":    {apply: nowDate(localNow), fromNone: true},
	"nowdateutc": {apply: nowDate(utcNow), fromNone: true},
	"addhours":   {apply: addTime(24)},
	"adddays":    {apply: addTime(1)},
	"uripart":    {apply: uriPart},

	"versionmajor":             {apply: versionPart(versionMajor)},
	"versionminor":             {apply: versionPart(versionMinor)},
	"versionpatch":             {apply: versionPart(versionPatch)},
	"versionrevision":          {apply: versionPart(versionRevision)},
	"versionprerelease":        {apply: versionPart(versionPreRelease)},
	"versionprereleaseprefix":  {apply: versionPart(versionPrefix)},
	"versionprereleasecounter": {apply: versionPart(versionCounter)},
	"versionmetadata":          {apply: versionPart(versionMetadata)},
}

// filter applies one filter call to what stands before it.
func (e *evaluator) filter(f *filterCall, in string, given bool, at frame) (string, bool, error) {
	args, err := e.arguments(f, at)
	if err != nil {
		return "", false, err
	}
	if f.builtin == nil && !e.opts.knows(f.name) {
		return "", false, nil // nor will there be such a filter later
	}
	if placeholder, waits := e.waits(in, args); waits {
		return placeholder, true, nil
	}
	if f.builtin == nil {
		return e.extension(f.name, in, given, args, at)
	}
	if !given && !f.builtin.fromNone {
		return "", false, nil
	}
	out, ok, err := f.builtin.apply(call{in, given, args, e.opts.Now, e})
	if _, limit := errors.AsType[*LimitError](err); limit {
		return "", false, err
	}
	if err != nil {
		x := expression{filters: []filterCall{*f}}
		return "", false, &Failure{Token: strings.TrimPrefix(string(x.echo(nil)), " | "), Err: err}
	}
	return out, ok, nil
}

func (e *evaluator) arguments(f *filterCall, at frame) ([]string, error) {
	if len(f.options) == 0 {
		return nil, nil
	}
	args := make([]string, len(f.options))
	at.outermost = false
	for i := range f.options {
		args[i] = f.options[i].text
		if t := f.options[i].token; t != nil {
			out, err := e.append(nil, t, at)
			if err != nil {
				return nil, err
			}
			args[i] = string(out)
		}
	}
	return args, nil
}

// waits says whether a filter has to wait for a value that is known only
// later: the placeholder is nothing to work on.
func (e *evaluator) waits(in string, args []string) (placeholder string, waits bool) {
	if len(e.late) == 0 {
		return "", false
	}
	for _, placeholder := range [...]string{LateText, DeploymentText} {
		if strings.Contains(in, placeholder) || slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, placeholder) }) {
			return placeholder, true
		}
	}
	return "", false
}

// extension applies a filter of the caller. As in Octopus these are seen only
// directly in the outermost text.
func (e *evaluator) extension(name, in string, given bool, args []string, at frame) (string, bool, error) {
	if !given || !at.outermost {
		return "", false, nil
	}
	for known, f := range e.opts.Filters {
		if strings.EqualFold(known, name) {
			out, ok := f(in, args)
			return out, ok, nil
		}
	}
	return "", false, nil
}

// noOptions makes a filter of a function of the input alone.
func noOptions(f func(string) string) func(call) (string, bool, error) {
	return func(c call) (string, bool, error) {
		if len(c.args) > 0 {
			return "", false, nil
		}
		return f(c.in), true, nil
	}
}

// oneOption makes a filter that answers true or false.
func oneOption(f func(in, arg string) bool) func(call) (string, bool, error) {
	return func(c call) (string, bool, error) {
		if len(c.args) != 1 {
			return "", false, nil
		}
		return answer(f(c.in, c.args[0]))
	}
}

func answer(b bool) (string, bool, error) {
	if b {
		return "true", true, nil
	}
	return "false", true, nil
}
