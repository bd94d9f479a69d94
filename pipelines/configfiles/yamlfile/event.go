package yamlfile

type eventKind uint8

const (
	evDocument eventKind = iota // a document begins, after its directives
	evDocumentEnd
	evScalar
	evAlias
	evSequence
	evMapping
	evSequenceEnd
	evMappingEnd
	evSign // a dash, or the `?` or `:` of a block mapping; no node
	evEnd  // of the text
)

// role is what a node is to the collection around it.
type role uint8

const (
	roleRoot role = iota
	roleKey
	roleValue
	roleItem
)

// event is one thing that the parser met, in the order of the text.
type event struct {
	kind    eventKind
	role    role
	token          // the scalar or alias; style and place of a collection
	first   pos    // of the properties if there are any, else of the node
	anchor  span   // with its sign; empty: none
	tag     span   // likewise
	after   int    // where the token before the node and its properties ends
	inFlow  bool   // inside a flow collection
	missing bool   // an empty value that has no colon either
	handles *scope // what tags may begin with in this document
}

// empty says whether a scalar is written as nothing at all.
func (e *event) empty() bool {
	return e.kind == evScalar && e.style == plain && e.start.off == e.end.off
}

// propsEnd is where the properties end, or the token before if there are none.
func (e *event) propsEnd() int {
	return max(e.after, e.anchor.end, e.tag.end)
}

func (e *event) anchorName(text string) string {
	if e.anchor.empty() {
		return ""
	}
	return text[e.anchor.start+1 : e.anchor.end]
}
