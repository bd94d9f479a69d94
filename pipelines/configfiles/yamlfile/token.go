package yamlfile

// pos is a place in the text. Line and col count from 0, col in characters.
type pos struct{ off, line, col int }

type tokenKind uint8

const (
	tokStreamEnd tokenKind = iota
	tokDirective
	tokDocumentStart
	tokDocumentEnd
	tokBlockSequence
	tokBlockMapping
	tokBlockEnd
	tokFlowSequence
	tokFlowSequenceEnd
	tokFlowMapping
	tokFlowMappingEnd
	tokEntry // the dash of a block sequence
	tokComma
	tokKey
	tokValue
	tokAlias
	tokAnchor
	tokTag
	tokScalar
)

// style is how a node is written. A collection is block or flow.
type style uint8

const (
	plain style = iota
	single
	double
	literal
	folded
	block
	flow
)

// token is a piece of the text. Tokens that open or close block collections
// and those before simple keys have no text of their own.
type token struct {
	kind       tokenKind
	style      style
	start, end pos
	body       *blockBody // of literal and folded scalars
}

// blockBody is what stands below the header of a literal or folded scalar.
type blockBody struct {
	start  int // of the first line below the header
	end    int // behind the last line that is not blank, before its break
	tail   int // behind the blank lines that follow, before the last break
	after  int // behind everything, breaks included
	indent int
	chomp  byte // '-', '+' or 0
	note   span // the comment in the header with the blanks before it
}

// span is a part of the text.
type span struct{ start, end int }

func (s span) empty() bool { return s.start == s.end }
func (s span) of(text string) string {
	return text[s.start:s.end]
}

// comment is where a comment stands; col is that of its sign.
type comment struct{ start, col int }
