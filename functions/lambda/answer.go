package lambda

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"slipway/pipelines"
	"slipway/web/rest"
)

// mostAnswer is how many bytes a function may answer, with everything around the body.
const mostAnswer = 6 << 20

// answer collects what a handler writes. It holds at most what Lambda would take; a download that is larger is set
// aside, where there is a place for it.
type answer struct {
	ctx      context.Context // of the request
	aside    Aside           // nil where there is no such place
	away     *away           // nil until the download is too large
	head     bool
	header   http.Header
	status   int         // 0 before the header is written
	sent     http.Header // the header as it was then
	body     bytes.Buffer
	tooLarge bool
}

func newAnswer(ctx context.Context, method string, aside Aside) *answer {
	return &answer{ctx: ctx, aside: aside, head: method == http.MethodHead, header: http.Header{}}
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter. Only the first counts, and what informs meanwhile cannot be passed on.
func (a *answer) WriteHeader(status int) {
	if a.status != 0 || status < 200 {
		return
	}
	a.status, a.sent = status, a.header.Clone()
}

var errTooLarge = errors.New("the answer is larger than Lambda passes on")

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	a.guessType(b)
	switch {
	case a.head:
		return len(b), nil
	case !mayHaveBody(a.status):
		return 0, http.ErrBodyNotAllowed
	case a.away != nil:
		return a.away.to.Write(b)
	case a.body.Len()+len(b) > mostAnswer && a.maySetAside():
		a.setAside()
		return a.away.to.Write(b)
	case a.tooLarge || a.body.Len()+len(b) > mostAnswer:
		a.tooLarge = true
		return 0, errTooLarge
	}
	return a.body.Write(b)
}

// Flush implements http.Flusher. Everything goes out at the end.
func (a *answer) Flush() {}

// guessType does as the net/http server: without a type, Lambda would say JSON.
func (a *answer) guessType(b []byte) {
	_, set := a.sent["Content-Type"] // set to nothing means none
	if !set && a.sent.Get("Content-Encoding") == "" && len(b) > 0 && mayHaveBody(a.status) {
		a.sent.Set("Content-Type", http.DetectContentType(b))
	}
}

func mayHaveBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// reset forgets what was written and says a sentence instead.
func (a *answer) reset(status int, sentence string) {
	a.drop()
	a.body.Reset()
	a.tooLarge = false
	a.status, a.sent = status, http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"}}
	a.body.WriteString(sentence + "\n")
}

// encode is the answer in the payload format of its event.
func (a *answer) encode(format kind, r *http.Request) ([]byte, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.away != nil {
		return a.elsewhere(format)
	}
	out, err := a.encoded(format)
	switch {
	case err != nil || !a.tooLarge && len(out) <= mostAnswer:
		return out, err
	case a.maySetAside(): // only as it has to be written for Lambda it is too large
		a.setAside()
		return a.elsewhere(format)
	}
	a.refuseSize(r)
	return a.encoded(format)
}

// elsewhere is the answer that leads to where the body is.
func (a *answer) elsewhere(format kind) ([]byte, error) {
	if err := a.lead(); err != nil {
		a.reset(http.StatusBadGateway, "the file is larger than AWS Lambda passes on, and could not be put into the bucket: try again; whoever runs the server finds the cause in its log")
		out, encoding := a.encoded(format)
		return out, errors.Join(encoding, &notKeptError{err})
	}
	return a.encoded(format)
}

// notKeptError comes with an answer, and is for the log.
type notKeptError struct{ err error }

func (e *notKeptError) Error() string { return "set a large answer aside: " + e.err.Error() }

func (e *notKeptError) Unwrap() error { return e.err }

// refuseSize says what to do instead, in the form that the client reads.
func (a *answer) refuseSize(r *http.Request) {
	message := fmt.Sprintf("the answer is larger than the %d MB that AWS Lambda passes on: ask for less of it, or fetch the file from the bucket", mostAnswer>>20)
	a.reset(http.StatusRequestEntityTooLarge, message)
	if !strings.Contains(r.URL.Path, "/v1/") {
		return
	}
	body, err := json.Marshal(rest.Error{Code: pipelines.Invalid, Message: message})
	if err != nil {
		return // the sentence alone will do
	}
	a.body.Reset()
	a.sent.Set("Content-Type", "application/json; charset=utf-8")
	a.body.Write(body)
}

// encoded writes the body as text where the text is the very same bytes, else as base64.
func (a *answer) encoded(format kind) ([]byte, error) {
	body, packed := a.body.String(), false
	if a.sent.Get("Content-Encoding") != "" || !utf8.ValidString(body) {
		body, packed = base64.StdEncoding.EncodeToString(a.body.Bytes()), true
	}
	if format == httpOne {
		return marshalled(answerOne{StatusCode: a.status, MultiValueHeaders: a.sent, Body: body, IsBase64Encoded: packed})
	}
	two := answerTwo{StatusCode: a.status, Headers: map[string]string{}, Cookies: a.sent.Values("Set-Cookie"), Body: body, IsBase64Encoded: packed}
	for name, values := range a.sent {
		if name != "Set-Cookie" {
			two.Headers[name] = strings.Join(values, ", ")
		}
	}
	return marshalled(two)
}

// marshalled leaves < and > as they are: a page is mostly these, and six bytes each would not fit.
func marshalled(v any) ([]byte, error) {
	var out bytes.Buffer
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false)
	err := to.Encode(v)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}

type answerOne struct {
	StatusCode        int         `json:"statusCode"`
	MultiValueHeaders http.Header `json:"multiValueHeaders"`
	Body              string      `json:"body"`
	IsBase64Encoded   bool        `json:"isBase64Encoded"`
}

type answerTwo struct {
	StatusCode      int               `json:"statusCode"`
	Headers         map[string]string `json:"headers"`
	Cookies         []string          `json:"cookies,omitempty"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}
