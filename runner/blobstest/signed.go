package blobstest

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
)

// useSigned sends signed requests as somebody would who has nothing else.
func useSigned(t *testing.T, b blobs.Blobs, signer blobs.Signer, p string) {
	put, err := signer.SignPut(t.Context(), p+"a", "", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	get, err := signer.SignGet(t.Context(), p+"a", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := send(t, get, ""); status < 400 {
		t.Errorf("signed get of what is absent: got status %d, want a refusal", status)
	}
	if status, body := send(t, put, "content"); status >= 300 {
		t.Fatalf("signed put: got status %d: %s", status, body)
	}
	wantBlob(t, b, p+"a", "content")
	if status, _ := send(t, put, "other content"); status < 400 {
		t.Errorf("signed put of a taken name: got status %d, want a refusal", status)
	}
	wantBlob(t, b, p+"a", "content")
	if status, body := send(t, get, ""); status != http.StatusOK || body != "content" {
		t.Errorf("signed get: got status %d and %q, want the content", status, body)
	}
	other := get
	other.URL = strings.Replace(get.URL, p+"a", p+"b", 1)
	mustPut(t, b, p+"b", "secret")
	if status, body := send(t, other, ""); status < 400 || strings.Contains(body, "secret") {
		t.Errorf("a signed get turned to another blob: got status %d, want a refusal", status)
	}
}

// useHashed holds a signed put to the bytes it is for.
func useHashed(t *testing.T, b blobs.Blobs, signer blobs.Signer, p string) {
	t.Helper()
	put, err := signer.SignPut(t.Context(), p+"hashed", sum("content"), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := send(t, put, "contenT"); status < 400 {
		t.Errorf("signed put of other bytes: got status %d, want a refusal", status)
	}
	wantAbsent(t, b, p+"hashed")
	if status, body := send(t, put, "content"); status >= 300 {
		t.Fatalf("signed put of the right bytes: got status %d: %s", status, body)
	}
	wantBlob(t, b, p+"hashed", "content")
	if _, err := signer.SignPut(t.Context(), p+"b", "no hash", time.Minute); !errors.Is(err, blobs.ErrInvalid) {
		t.Errorf("SignPut with a bad hash: got %v, want ErrInvalid", err)
	}
}

// useForm puts several blobs by one form, one of them twice.
func useForm(t *testing.T, b blobs.Blobs, signer blobs.Signer, p string) {
	t.Helper()
	form, err := signer.SignForm(t.Context(), p+"form/", 7, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, content string }{{"a", "1"}, {"b/c", "2"}, {"a", "content"}} {
		if status, body := post(t, form, form.Prefix+c.name, c.content); status >= 300 {
			t.Fatalf("form for %s: got status %d: %s", c.name, status, body)
		}
		wantBlob(t, b, p+"form/"+c.name, c.content)
	}
	if status, _ := post(t, form, form.Prefix+"large", "content."); status < 400 {
		t.Errorf("form with too much: got status %d, want a refusal", status)
	}
	if status, _ := post(t, form, strings.TrimSuffix(form.Prefix, "form/")+"other", "x"); status < 400 {
		t.Errorf("form for another prefix: got status %d, want a refusal", status)
	}
	wantAbsent(t, b, p+"form/large")
	wantAbsent(t, b, p+"other")
	if _, err := signer.SignForm(t.Context(), p+"form", 7, time.Minute); !errors.Is(err, blobs.ErrInvalid) {
		t.Errorf("SignForm without the slash: got %v, want ErrInvalid", err)
	}
}

func post(t *testing.T, f task.Form, key, content string) (int, string) {
	t.Helper()
	var body strings.Builder
	w := multipart.NewWriter(&body)
	write := func(name, value string) {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range f.Fields {
		write(name, value)
	}
	write("key", key)
	write("file", content)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return send(t, task.Request{Method: http.MethodPost, URL: f.URL, Header: map[string]string{"Content-Type": w.FormDataContentType()}}, body.String())
}

func send(t *testing.T, r task.Request, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}
