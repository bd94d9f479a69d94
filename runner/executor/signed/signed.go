// Package signed uses the leave that came with an errand: it reads what a signed
// request opens, and posts what a signed form takes.
//
// It knows neither attempts nor packages. What a newcomer would miss: the
// address itself is the secret. So no error of this package holds more of it
// than the name of the server.
package signed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/task"
)

// RefusedError says that the server answered and will not: the leave is over,
// or was for something else. Trying again cannot help.
type RefusedError struct {
	Server string
	Status int
	Why    string // the server's own word for it, like AccessDenied; "" if it gave none
}

func (e *RefusedError) Error() string {
	why := e.Why
	if why == "" {
		why = http.StatusText(e.Status)
	}
	return fmt.Sprintf("%s refused with status %d (%s)", e.Server, e.Status, why)
}

// client goes through the proxies that the environment names, and gives up on a
// server that says nothing.
var client = &http.Client{Transport: &http.Transport{
	Proxy:               http.ProxyFromEnvironment,
	DialContext:         (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
	TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
	ForceAttemptHTTP2: true, IdleConnTimeout: 60 * time.Second,
}}

// Post puts body under the form's prefix and name, in one try.
func Post(ctx context.Context, form task.Form, name string, body []byte) error {
	var text bytes.Buffer
	parts := multipart.NewWriter(&text)
	fields := []string{}
	for field := range form.Fields {
		if field != "key" && field != "file" {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	err := parts.WriteField("key", form.Prefix+name)
	for _, field := range fields {
		err = errors.Join(err, parts.WriteField(field, form.Fields[field]))
	}
	file, create := parts.CreateFormFile("file", path.Base(name))
	if err := errors.Join(err, create); err != nil {
		return err
	}
	file.Write(body)
	parts.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	answer, err := send(ctx, task.Request{Method: http.MethodPost, URL: form.URL, Header: map[string]string{"Content-Type": parts.FormDataContentType()}}, &text)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// send makes one request. The answer is a success.
func send(ctx context.Context, r task.Request, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return nil, errors.New("the signed address cannot be read") // err would show it
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", request.URL.Host, withoutAddress(err))
	}
	if answer.StatusCode < 300 {
		return answer, nil
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	why := code(string(said))
	if passing(answer.StatusCode, why) {
		return nil, fmt.Errorf("%s answered with status %d %s", request.URL.Host, answer.StatusCode, why)
	}
	return nil, &RefusedError{Server: request.URL.Host, Status: answer.StatusCode, Why: why}
}

// withoutAddress takes the URL out of an error of net/http.
func withoutAddress(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		return outer.Err
	}
	return err
}

// code is S3's name of an error, out of its XML.
func code(body string) string {
	_, rest, _ := strings.Cut(body, "<Code>")
	code, _, found := strings.Cut(rest, "</Code>")
	if !found || len(code) > 60 {
		return ""
	}
	return code
}

// passing says whether the same request may work later.
func passing(status int, why string) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusProxyAuthRequired, http.StatusConflict:
		return true
	}
	return status >= 500 || why == "RequestTimeout" // S3 says that with status 400
}
