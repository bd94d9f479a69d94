package feed

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"slipway/pipelines"
)

// form reads the parts of a multipart/form-data body. mime/multipart does not do:
// clients of NuGet 2 end a file by a line feed and the boundary, without the
// carriage return in front, and so never end it for a strict reader.
type form struct {
	from  *bufio.Reader
	delim []byte // a line feed, two hyphens, the boundary
}

const (
	longestHead = 16 << 10 // of one part
	mostParts   = 20
)

var errNoForm = errors.New("it does not begin with its boundary")

func formOf(r *http.Request) (*form, error) {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && (params["boundary"] == "" || len(params["boundary"]) > 200) {
		err = errors.New("it names no boundary")
	}
	if err != nil {
		return nil, err
	}
	f := &form{from: bufio.NewReaderSize(r.Body, 64<<10), delim: []byte("\n--" + params["boundary"])}
	first, err := f.line()
	if err == nil && !strings.HasPrefix("\n"+first, string(f.delim)) {
		err = errNoForm
	}
	return f, err
}

// file goes to the part that is a package, and says what it is called.
func (f *form) file() (io.Reader, string, error) {
	for range mostParts {
		field, name, err := f.head()
		if err != nil {
			return nil, "", err
		}
		part := &part{form: f}
		if name != "" || strings.EqualFold(field, "package") {
			return part, name, nil
		}
		if _, err := io.Copy(io.Discard, part); err != nil {
			return nil, "", err
		}
		if end, err := f.line(); err != nil || strings.HasPrefix(end, "--") {
			break
		}
	}
	return nil, "", pipelines.Refuse(pipelines.Invalid, "no part of the form is a file: push the package as multipart/form-data with one file, or its bytes alone")
}

// head reads what stands above a part.
func (f *form) head() (field, fileName string, err error) {
	for read := 0; ; {
		line, err := f.line()
		if read += len(line); err == nil && read > longestHead {
			err = errors.New("the lines above a part are too long")
		}
		if err != nil || line == "" {
			return field, fileName, err
		}
		name, value, _ := strings.Cut(line, ":")
		if !strings.EqualFold(strings.TrimSpace(name), "Content-Disposition") {
			continue
		}
		if _, params, err := mime.ParseMediaType(value); err == nil {
			field, fileName = params["name"], params["filename"]
		}
	}
}

func (f *form) line() (string, error) {
	line, err := f.from.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) > 0 {
		err = nil // the last line may end with the body
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return strings.TrimRight(string(line), "\r\n"), err
}

// part is the content of one part; it ends where the boundary stands.
type part struct {
	form  *form
	ended bool
}

// Read is io.Reader's.
func (p *part) Read(to []byte) (int, error) {
	if p.ended {
		return 0, io.EOF
	}
	from, delim := p.form.from, p.form.delim
	held := len(delim) // what may be the beginning of the end, and a carriage return
	_, short := from.Peek(held + 1)
	seen, _ := from.Peek(from.Buffered())
	end := bytes.Index(seen, delim)
	switch {
	case end >= 0:
		content := end
		if content > 0 && seen[content-1] == '\r' {
			content--
		}
		if content == 0 {
			p.ended = true
			_, err := from.Discard(end + len(delim))
			return 0, cmp.Or(err, io.EOF)
		}
		seen = seen[:content]
	case errors.Is(short, io.EOF):
		return 0, io.ErrUnexpectedEOF
	case short != nil:
		return 0, short
	default:
		seen = seen[:len(seen)-held]
	}
	n := copy(to, seen)
	_, err := from.Discard(n)
	return n, err
}
