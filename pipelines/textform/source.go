package textform

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on one file. They are far above what people write and keep a foreign
// text from costing more than it should: the parser goes down as deep as the
// text does, and aliases make few bytes mean many.
const (
	// MostOfFile is how many bytes a file may have.
	MostOfFile = 256 << 10

	maxDepth = 60
	maxSize  = 100_000 // values, each alias written out
)

// source turns one file into a tree.
type source struct {
	file    string
	anchors map[string]*node
	copied  int // entries that merging has copied
	found   []Problem
}

// tree is the file's one document, or nil with problems.
func (s *source) tree(content []byte) *node {
	start := Place{s.file, 1, 1}
	if problem := unreadable(content); problem != "" {
		s.problem(start, "%s", problem)
		return nil
	}
	file, err := parse(string(content))
	if err != nil {
		s.syntax(err, content)
		return nil
	}
	if len(file.Docs) > 1 {
		second := file.Docs[1]
		at := start
		if second.Start != nil {
			at = s.place(second.Start)
		}
		s.problem(at, "a second document begins here: a file holds one, so remove the `---`, or put what follows into a file of its own")
		return nil
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil || file.Docs[0].Body.Type() == ast.NullType {
		s.problem(start, "the file says nothing: write at least one of %s, or remove the file", listed(keysOf(nounsType)))
		return nil
	}
	n := s.node(file.Docs[0].Body)
	if n.size > maxSize || s.copied > maxSize {
		s.problem(start, "the file stands for more than %d values: use fewer aliases, or several files", maxSize)
		return nil
	}
	return n
}

func unreadable(content []byte) string {
	switch {
	case len(content) > MostOfFile:
		return fmt.Sprintf("the file has %d bytes; the most is %d: use several files, and `{ file: name }` for long texts", len(content), MostOfFile)
	case bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content):
		return "the file is not text in UTF-8: save it as UTF-8, or keep it out of the folder"
	}
	return ""
}

// parse calls the YAML library, which is not trusted with any input: too deep
// a text is refused before, and a panic is an error like others.
func parse(content string) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the YAML library gave up")
		}
	}()
	content = strings.TrimPrefix(content, "\ufeff")
	tokens := lexer.Tokenize(content)
	if deep := tooDeep(tokens); deep != nil {
		return nil, &yaml.SyntaxError{Token: deep, Message: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
	}
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// tooDeep finds the first token that may stand too deep. It counts brackets,
// signs of nesting on one line, and indentation, not true depth: it may err on
// the strict side for texts that nobody writes.
func tooDeep(tokens token.Tokens) *token.Token {
	brackets, line, onLine := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, onLine = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			if brackets == 0 {
				onLine++
			}
		}
		if brackets > maxDepth || onLine > maxDepth || t.Position.IndentNum > 4*maxDepth {
			return t
		}
	}
	return nil
}

func (s *source) syntax(err error, content []byte) {
	at := Place{s.file, 1, 1}
	message := "this is not YAML"
	var y yaml.Error // asked for its parts: as a whole it draws the file, slowly
	if errors.As(err, &y) {
		message += ": " + y.GetMessage()
		if t := y.GetToken(); t != nil {
			at = s.place(t)
		}
	}
	if indentedByTab(content, at.Line) {
		message = "a tab indents this line: YAML wants spaces"
	}
	s.problem(at, "%s", message)
}

func indentedByTab(content []byte, line int) bool {
	lines := bytes.Split(content, []byte("\n"))
	if line < 1 || line > len(lines) {
		return false
	}
	return bytes.HasPrefix(bytes.TrimLeft(lines[line-1], " "), []byte("\t"))
}

func (s *source) place(t *token.Token) Place {
	return Place{s.file, t.Position.Line, t.Position.Column}
}

func (s *source) problem(at Place, format string, args ...any) {
	p := Problem{Place: at}
	p.Message = fmt.Sprintf(format, args...)
	s.found = append(s.found, p)
}
