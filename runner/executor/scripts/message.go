package scripts

import (
	"encoding/base64"
	"encoding/xml"
	"io"
	"strings"
	"unicode/utf8"
)

// Message is what a script says to us, `##octopus[name key='base64']` on its
// standard output. Names count with regard to case, keys without.
type Message struct {
	Name   string
	Values map[string]string // keys in lower case
}

// Parameter is one key and value of a message to write; without a value it is
// left out.
type Parameter struct {
	Key   string
	Value *string
}

// FormatMessage writes a message as Octopus's own programs do, with the blank
// behind the name also where nothing follows.
func FormatMessage(name string, parameters ...Parameter) string {
	var written []string
	for _, p := range parameters {
		if p.Value != nil {
			written = append(written, p.Key+`="`+base64.StdEncoding.EncodeToString([]byte(*p.Value))+`"`)
		}
	}
	return "##octopus[" + name + " " + strings.Join(written, " ") + "]"
}

// ReadMessages are the messages in what a script printed, of which each piece
// is a line with or without its end.
func ReadMessages(lines ...string) []Message {
	var found []Message
	s := splitter{text: func([]byte) {}, message: func(m Message, _ []byte) { found = append(found, m) }}
	for _, line := range lines {
		s.write([]byte(line))
		if !strings.HasSuffix(line, "\n") {
			s.write([]byte("\n"))
		}
	}
	s.finish()
	return found
}

var (
	lineEnds = strings.NewReplacer("\r", "", "\n", "")
	spaces   = strings.NewReplacer("\r", "", "\n", "", "\t", "", " ", "")
)

// parseMessage reads what stands between the brackets as the inside of an XML
// tag; false if it is none, or its values are not base64. It is then ignored.
func parseMessage(body string) (Message, bool) {
	body = strings.TrimSpace(lineEnds.Replace(body))
	if body == "" || strings.ContainsAny(body[:1], "?!/") {
		return Message{}, false
	}
	element, ok := readElement("<" + body + "/>")
	if !ok {
		return Message{}, false
	}
	m := Message{Name: element.Name.Local, Values: map[string]string{}}
	for _, attribute := range element.Attr {
		key := strings.ToLower(attribute.Name.Local)
		value, err := base64.StdEncoding.DecodeString(spaces.Replace(attribute.Value))
		if _, twice := m.Values[key]; err != nil || twice {
			return Message{}, false
		}
		m.Values[key] = wholeText(value)
	}
	return m, true
}

// readElement reads a document of one empty element.
func readElement(document string) (xml.StartElement, bool) {
	if !separated(document) {
		return xml.StartElement{}, false
	}
	d := xml.NewDecoder(strings.NewReader(document))
	first, err := d.RawToken()
	element, ok := first.(xml.StartElement)
	if err != nil || !ok || element.Name.Space != "" {
		return xml.StartElement{}, false
	}
	element = element.Copy()
	for _, attribute := range element.Attr {
		if attribute.Name.Space != "" && attribute.Name.Space != "xml" {
			return xml.StartElement{}, false // a prefix that nothing declares
		}
	}
	if end, err := d.RawToken(); err != nil || end != (xml.EndElement{Name: element.Name}) {
		return xml.StartElement{}, false
	}
	_, err = d.RawToken()
	return element, err == io.EOF
}

// separated says whether blanks stand between the attributes, and no `<` in
// them: XML wants it so, Go's reader does not mind.
func separated(document string) bool {
	var quote byte
	for i := 1; i < len(document); i++ {
		switch c := document[i]; {
		case c == '<':
			return false
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
			if !strings.ContainsAny(document[i+1:i+2], " \t/") {
				return false
			}
		}
	}
	return quote == 0
}

// wholeText replaces what is not UTF-8, as a decoder of text does.
func wholeText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}
