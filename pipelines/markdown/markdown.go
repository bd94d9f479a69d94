// Package markdown turns text that people wrote as Markdown into HTML that a page
// or a mail of ours may hold.
//
// It trusts nobody: HTML in the text is left out, a link leads to http, https or
// mailto and nowhere else, and pictures become links, since a page loads nothing
// from elsewhere. What it gives needs no further escaping.
package markdown

import (
	"bytes"
	"html"
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"slipway/pipelines"
)

// longest is how many bytes are read as Markdown. What is longer is shown as it
// was typed.
const longest = 64 << 10

// deepest bounds how far quotes and lists may stand within each other.
const deepest = 40

var toHTML = goldmark.New(
	goldmark.WithExtensions(extension.Strikethrough, extension.Table, extension.Linkify),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(tamer{}, 1000))),
)

// HTML is the text as a page shows it.
func HTML(source string) string {
	source = pipelines.WithoutUnseen(source)
	if len(source) > longest || deep(source) || dense(source) {
		return asTyped(source)
	}
	var out bytes.Buffer
	if err := toHTML.Convert([]byte(source), &out); err != nil {
		return asTyped(source)
	}
	return out.String()
}

func asTyped(source string) string {
	return "<pre>" + html.EscapeString(source) + "</pre>"
}

// mostMarks bounds the characters that may begin something that another ends:
// each of them is held against all before it.
const mostMarks = 3000

// dense says whether a text has more of them than anybody writes.
func dense(source string) bool {
	marks := 0
	for i := range len(source) {
		switch source[i] {
		case '[', '*', '_', '~', '!':
			marks++
		}
	}
	return marks > mostMarks
}

// deep says whether a line opens more quotes and lists than anybody means.
func deep(source string) bool {
	for line := range strings.Lines(source) {
		opened := 0
		for _, c := range line {
			if c == '>' || c == '-' || c == '*' || c == '+' || c == '[' {
				opened++
				continue
			}
			if c != ' ' && c != '\t' {
				break
			}
		}
		if opened > deepest && strings.Trim(line, "-*+ \t\r\n") != "" {
			return true
		}
	}
	return false
}

// tamer makes links safe, and headings smaller than the page's own.
type tamer struct{}

func (tamer) Transform(doc *ast.Document, in text.Reader, _ parser.Context) {
	var pictures []*ast.Image
	var refused []*ast.AutoLink
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			n.Destination = safe(n.Destination)
			away(n)
		case *ast.AutoLink:
			away(n)
			if n.AutoLinkType == ast.AutoLinkURL && safe(n.URL(in.Source())) == nil {
				refused = append(refused, n)
			}
		case *ast.Image:
			pictures = append(pictures, n)
		case *ast.Heading:
			n.Level = min(n.Level+2, 6)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range refused {
		n.Parent().ReplaceChild(n.Parent(), n, ast.NewString(util.EscapeHTML(n.Label(in.Source()))))
	}
	for _, p := range pictures {
		link := ast.NewLink()
		link.Destination = safe(p.Destination)
		away(link)
		for c := p.FirstChild(); c != nil; c = p.FirstChild() {
			link.AppendChild(link, c)
		}
		p.Parent().ReplaceChild(p.Parent(), p, link)
	}
}

func away(n ast.Node) { n.SetAttributeString("rel", []byte("noreferrer nofollow")) }

// safe is an address that may be followed, "" for any other.
func safe(address []byte) []byte {
	u, err := url.Parse(string(bytes.TrimSpace(address)))
	if err != nil {
		return nil
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host != "" {
			return address
		}
	case "mailto":
		return address
	}
	return nil
}
