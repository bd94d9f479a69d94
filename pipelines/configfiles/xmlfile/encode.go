package xmlfile

import (
	"fmt"

	"slipway/pipelines/configfiles/textfile"
	"slipway/pipelines/configfiles/xmltree"
)

// encode writes the document in the encoding of its file, or in UTF-8 if that
// one lacks a character; a declaration, if there was one, says which.
func encode(document *xmltree.Document, file textfile.File, newline string) ([]byte, error) {
	w := writer{newline: newline}
	w.document(document)
	if len(w.out) > maxWritten {
		return nil, fmt.Errorf("indented anew the file becomes larger than %d MB", maxWritten>>20)
	}
	body := string(w.out)
	if declaration := document.Declaration(); declaration != nil {
		name := file.Encoding
		if !file.Holds(body) {
			name = textfile.UTF8
		}
		body = declare(declaration, string(name)) + body
	}
	out, _ := file.Encode(body)
	return out, nil
}

func declare(declaration *xmltree.Node, encoding string) string {
	text := `<?xml version="1.0" encoding="` + encoding + `"`
	if standalone := declaration.Pseudo("standalone"); standalone != "" {
		text += ` standalone="` + standalone + `"`
	}
	return text + "?>"
}
