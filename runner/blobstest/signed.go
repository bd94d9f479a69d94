package blobstest

import (
	"io"
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
