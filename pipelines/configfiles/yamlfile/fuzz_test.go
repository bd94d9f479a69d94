package yamlfile

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/textfile"
	"slipway/pipelines/octostache"
)

// valuesOf are variables in the order name, text, name, text.
func valuesOf(pairs ...string) *fill.Values {
	v := octostache.NewVariables()
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return fill.New(v, octostache.Options{})
}

// leaf is a node without children, or one that a variable names.
type leaf struct {
	path, text string
	named      bool
	kind       eventKind
}

// leaves lists the nodes of a text. Nodes that have one of the names stand for
// all that is in them.
func leaves(t *testing.T, text string, names ...string) []leaf {
	t.Helper()
	var all []leaf
	var path []string
	var index []int // of the collections around, -1 for mappings
	inside := 0
	_, err := parse(text, func(e *event) {
		switch e.kind {
		case evDocument, evDocumentEnd, evSign, evEnd:
			return
		case evSequenceEnd, evMappingEnd:
			if inside > 0 {
				inside--
				return
			}
			index = index[:len(index)-1]
			path = path[:max(len(index)-1, 0)]
			return
		}
		if inside > 0 {
			if e.kind == evMapping || e.kind == evSequence {
				inside++
			}
			return
		}
		if n := len(index); n > 0 {
			switch {
			case e.role == roleItem:
				path = append(path[:n-1], strconv.Itoa(index[n-1]))
				index[n-1]++
			case e.role == roleKey:
				path = append(path[:n-1], "?"+strconv.Itoa(len(all)))
				if e.kind == evScalar {
					path[n-1] = e.value(text)
				}
			}
		}
		l := leaf{path: strings.ToLower(strings.Join(path, ":")), kind: e.kind}
		l.named = e.role != roleKey && slices.Contains(names, l.path)
		collection := e.kind == evMapping || e.kind == evSequence
		switch {
		case collection && l.named:
			inside = 1
		case collection:
			index = append(index, 0)
			l.text = e.tag.of(text)
		case e.kind == evScalar:
			l.text = e.value(text)
		default:
			l.text = e.textIn(text)
		}
		all = append(all, l)
	})
	if err != nil {
		t.Fatalf("output does not parse: %v\n%s", err, text)
	}
	return all
}

func FuzzReplace(f *testing.F) {
	for _, seed := range []string{
		"a: 1\nb:\n  - x\n  - y: z # c\n", "- 1\n- - 2\n  - 3\n", "a: |\n  text\n\n  more\nb: >-\n  folded\n  text\n",
		"%YAML 1.2\n%TAG !e! tag:e.com,2000:\n---\n!e!t a: !!str b\n...\n---\na: &x 1\nb: *x\n", "{a: [1, {b: 2}, ], 'c': \"d\\n\", e}\n",
		"a:\n    # one\n    b: 1 # two\n    # three\nc: 'it''s'\n", "? a\n: b\n? [x, y]\n: - z\n", "a:\r\n  b: x\r\n\r\n  c: y\r\n", "\ufeffa: \"x\n  y\"\n",
		"a:\n- 1\n-\n  - 2\n-\n  b: 1\nb: # c\n- 3\n", "a: &k\n  b: !<tag:yaml.org,2002:str> x\n", "a:\n\tb: 1\n", "a: plain\n  more\n\n  lines\nb: ~\n", "a:\nb:\n0:\n",
	} {
		for _, value := range []string{"x", "", "a: b\nc:\n- d\n", "[1, {x: y}]", " lead", "two\nlines\n\n", "it's: #\"\\\t", "- |+\n  x\n\n", "*x", "null\u0085"} {
			f.Add(seed, value)
		}
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		if strings.Contains(value, "#{") || strings.ContainsAny(value, "\r\uFFFD") {
			t.Skip() // expressions, and breaks that become those of the file
		}
		names := []string{"a", "b:c", "0", "a:b:1", "b:1:y"}
		var pairs []string
		for _, name := range names {
			pairs = append(pairs, name, value)
		}
		began := time.Now()
		out, report, err := Replace([]byte(text), valuesOf(pairs...))
		if took := time.Since(began); took > 10*time.Second {
			t.Fatalf("took %v", took)
		}
		if err != nil {
			return
		}
		if report.Replaced == 0 {
			if !bytes.Equal(out, []byte(text)) {
				t.Fatalf("nothing found, got %q", out)
			}
			return
		}
		before, after := textfile.Decode([]byte(text)).Text, textfile.Decode(out).Text
		compare(t, leaves(t, before, names...), leaves(t, after, names...), value, after)
	})
}

// compare says what differs between the nodes of a text before and after.
func compare(t *testing.T, before, after []leaf, value, text string) {
	t.Helper()
	if len(before) != len(after) {
		t.Fatalf("%d nodes, want %d\n%q\n%v\n%v", len(after), len(before), text, after, before)
	}
	for i, want := range before {
		got := after[i]
		switch {
		case want.named && want.kind == evScalar:
			want.text = value
		case want.named && want.kind != evAlias:
			want, got = leaf{path: want.path}, leaf{path: got.path}
		case want.kind == evMapping || want.kind == evSequence:
			want.text, got.text = "", "" // tags may be written shorter
		}
		if got != want {
			t.Fatalf("node %d: %+v, want %+v\n%q", i, got, want, text)
		}
	}
}
