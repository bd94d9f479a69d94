package markdown

import (
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// emphasisParser reads one kind of emphasis: ~sub~, ~~del~~, ^sup^, ++ins++
// or ==mark==. least and most are how many marks make one.
type emphasisParser struct {
	mark        byte
	least, most int
}

func (p emphasisParser) Trigger() []byte { return []byte{p.mark} }

func (p emphasisParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	d := parser.ScanDelimiter(line, before, p.least, emphasisMatcher(p))
	if d == nil {
		return nil
	}
	after, _ := utf8.DecodeRune(line[d.OriginalLength:])
	d.CanOpen = d.CanOpen || harmless(after)
	d.CanClose = d.CanClose || harmless(before)
	d.Segment = segment.WithStop(segment.Start + d.OriginalLength)
	block.Advance(d.OriginalLength)
	pc.PushDelimiter(d)
	return d
}

// harmless says whether r may stand right inside the marks although it is
// punctuation: 10^-18^.
func harmless(r rune) bool { return strings.ContainsRune("+-−†‡", r) }

// emphasisMatcher pairs the marks.
type emphasisMatcher emphasisParser

func (m emphasisMatcher) IsDelimiter(b byte) bool { return b == m.mark }

func (m emphasisMatcher) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char && min(opener.Length, closer.Length) >= m.least
}

func (m emphasisMatcher) OnMatch(marks int) ast.Node {
	tags := map[byte]string{'~': "sub", '^': "sup", '+': "ins", '=': "mark"}
	tag := tags[m.mark]
	if m.mark == '~' && marks == 2 {
		tag = "del"
	}
	return &emphasis{tag: tag}
}

// emphasis is text between marks.
type emphasis struct {
	ast.BaseInline
	tag string
}

var kindEmphasis = ast.NewNodeKind("ExtraEmphasis")

func (n *emphasis) Kind() ast.NodeKind { return kindEmphasis }

func (n *emphasis) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Tag": n.tag}, nil)
}

type emphasisRenderer struct{}

func (emphasisRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindEmphasis, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		tag := "</"
		if entering {
			tag = "<"
		}
		_, err := w.WriteString(tag + n.(*emphasis).tag + ">")
		return ast.WalkContinue, err
	})
}
