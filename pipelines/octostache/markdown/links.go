package markdown

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// bareLinkParser makes links of texts that begin like one: http:, https:,
// ftp:, mailto: and www.
type bareLinkParser struct{}

// Trigger has the characters behind which a link may begin; a space stands
// for white space and for where reading went on.
func (bareLinkParser) Trigger() []byte { return []byte(" *_~(") }

func (bareLinkParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	before := block.PrecendingCharacter()
	skip := 0
	if strings.IndexByte(" \t*_~(", line[0]) >= 0 {
		skip, before = 1, ' '
	}
	if !unicode.IsSpace(before) && !strings.ContainsRune("*_~(", before) {
		return nil
	}
	link, ok := readBareLink(string(line[skip:]), pc)
	if !ok || pc.IsInLinkLabel() || insideAnchor(parent, block.Source(), pc) {
		return nil
	}
	if skip > 0 {
		ast.MergeOrAppendTextSegment(parent, segment.WithStop(segment.Start+skip))
	}
	start := segment.Start + skip
	block.Advance(skip + link.length)
	n := ast.NewAutoLink(link.kind, ast.NewTextSegment(text.NewSegment(start+link.hidden, start+link.length)))
	n.Protocol = link.protocol
	return n
}

// pendingMarks are the emphasis marks that something still may close.
func pendingMarks(pc parser.Context) string {
	var marks []byte
	// As many as anybody nests; looking at all would take too long in a row of them.
	for d, i := pc.LastDelimiter(), 0; d != nil && i < 16; d, i = d.PreviousDelimiter, i+1 {
		if d.CanOpen && bytes.IndexByte(marks, d.Char) < 0 {
			marks = append(marks, d.Char)
		}
	}
	return string(marks)
}

// anchorKey keeps how far a block was searched for `<a>`.
var anchorKey = parser.NewContextKey()

type anchorState struct {
	upTo ast.Node
	open bool
}

// insideAnchor says whether an `<a>` of the text's own HTML is open.
func insideAnchor(parent ast.Node, source []byte, pc parser.Context) bool {
	last := parent.LastChild()
	known, _ := pc.Get(anchorKey).(anchorState)
	open := false
	for n := last; n != nil; n = n.PreviousSibling() {
		if n == known.upTo {
			open = known.open
			break
		}
		if raw, ok := n.(*ast.RawHTML); ok {
			tag := strings.ToLower(string(raw.Segments.Value(source)))
			if open = strings.HasPrefix(tag, "<a"); open || strings.HasPrefix(tag, "</a") {
				break
			}
		}
	}
	if last != nil {
		pc.Set(anchorKey, anchorState{last, open})
	}
	return open
}
