package octostache

// token is one piece of a parsed template: text, substitution, conditional,
// repetition or calculation.
type token interface {
	// echo appends the normalised source form.
	echo(out []byte) []byte
	// arguments gathers the names the token reads.
	arguments(a *argumentSet)
}

// text is what stands between tokens, already unescaped.
type text string

// substitution is `#{expression}`.
type substitution struct {
	expr expression
}

// expression is a path, filters, or both.
type expression struct {
	path    *path // nil: only filters
	filters []filterCall
}

// filterCall is `| Name option option`.
type filterCall struct {
	name    string
	builtin *builtin // nil: not one of ours
	options []option
}

// option is a text or, where token is not nil, something to evaluate.
type option struct {
	text  string
	token token
}

// path is `Name.Name[index]`.
type path struct {
	steps   []step
	offset  int    // of its first character in the text it stands in
	form    string // normalised
	dynamic bool   // some index has to be evaluated
}

// step is one name or one index of a path.
type step struct {
	indexed bool
	text    string
	ref     *path // for `[#{path}]`; text is empty then
}

// conditional is `#{if …}`; unless and elseif are parsed into it too.
type conditional struct {
	left      expression
	op        comparison
	right     expression
	literal   string // the right side where quoted is set
	quoted    bool
	then      []token
	otherwise []token
}

type comparison string

const (
	alone   comparison = ""
	equal   comparison = "=="
	unequal comparison = "!="
)

// repetition is `#{each name in collection}`.
type repetition struct {
	name       string
	collection *path
	body       []token
}

// calculation is `#{calc sum}`.
type calculation struct {
	sum term
}

// term is a number, a path, or two terms with an operator between them.
type term struct {
	op          byte // + - * /; 0: a leaf
	left, right *term
	path        *path // nil: number
	number      float64
}
