package xmltree

import (
	"bytes"
	"strings"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/textfile"
)

// Read reads a document from the bytes of a file: by its byte order mark, else
// in the encoding that its declaration names, else as any text file. The File
// writes it back: file.Encode(document.String()).
func Read(content []byte) (*Document, textfile.File, error) {
	if len(content) > fill.MaxBytes {
		return nil, textfile.File{}, tooLarge(len(content))
	}
	file := decode(content)
	d, err := Parse(file.Text)
	return d, file, err
}

func decode(content []byte) textfile.File {
	file := textfile.Decode(content)
	if file.BOM {
		return file
	}
	if e, ok := undeclared(content); ok {
		if as, ok := textfile.DecodeAs(content, e); ok {
			return as
		}
	}
	e, ok := textfile.Named(declaredEncoding(content))
	if !ok || e != textfile.UTF8 && e.IsUnicode() {
		return file // the declaration could not be read if it were true
	}
	if as, ok := textfile.DecodeAs(content, e); ok {
		return as
	}
	return file
}

// undeclared recognises UTF-16 without a mark by its first character, <.
func undeclared(content []byte) (textfile.Encoding, bool) {
	switch {
	case bytes.HasPrefix(content, []byte("<\x00")):
		return textfile.UTF16, true
	case bytes.HasPrefix(content, []byte("\x00<")):
		return textfile.UTF16BE, true
	}
	return "", false
}

// declaredEncoding is the encoding that `<?xml …?>` names; "" for none.
func declaredEncoding(content []byte) string {
	const start = "<?xml"
	head := string(content[:min(len(content), 512)])
	end := strings.Index(head, "?>")
	if !strings.HasPrefix(head, start) || end < len(start) {
		return ""
	}
	declaration := Node{kind: Declaration, raw: head[len(start):end]}
	return declaration.Pseudo("encoding")
}
