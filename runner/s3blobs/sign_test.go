package s3blobs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/test/emulators/s3"
)

func send(t *testing.T, r task.Request, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	return do(t, request)
}

func do(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func hashOf(content string) string {
	s := sha256.Sum256([]byte(content))
	return hex.EncodeToString(s[:])
}

func content(t *testing.T, b *Blobs, name string) string {
	t.Helper()
	r, _, err := b.Get(t.Context(), name)
	if err != nil {
		return err.Error()
	}
	text, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err.Error()
	}
	return string(text)
}

func TestSignedPutTakesOnlyTheBytesItIsFor(t *testing.T) {
	t.Parallel()
	b := open(s3.Need(t))
	signed, err := b.SignPut(t.Context(), "a+b/c=d@e", hashOf("content"), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	without := func(header string) task.Request {
		r := signed
		r.Header = maps.Clone(signed.Header)
		delete(r.Header, header)
		return r
	}
	other := without("X-Amz-Checksum-Sha256")
	sum := sha256.Sum256([]byte("other bytes"))
	other.Header["X-Amz-Checksum-Sha256"] = *encoded(sum[:])
	for name, c := range map[string]struct {
		r    task.Request
		body string
	}{
		"other bytes":           {signed, "contenT"},
		"longer":                {signed, "content and more"},
		"no hash":               {without("X-Amz-Checksum-Sha256"), "other bytes"},
		"their own hash":        {other, "other bytes"},
		"no If-None-Match":      {without("If-None-Match"), "content"},
		"another name":          {task.Request{Method: "PUT", URL: strings.Replace(signed.URL, "d%40e", "other", 1), Header: signed.Header}, "content"},
		"another method":        {task.Request{Method: "GET", URL: signed.URL}, ""},
		"a lengthened lifetime": {task.Request{Method: "PUT", URL: strings.Replace(signed.URL, "X-Amz-Expires=60", "X-Amz-Expires=6000", 1), Header: signed.Header}, "content"},
	} {
		if c.r.URL == signed.URL && name[:2] == "a " {
			t.Fatalf("%s: the address is the same: %s", name, signed.URL)
		}
		if status, body := send(t, c.r, c.body); status < 400 {
			t.Errorf("%s: got status %d: %s", name, status, body)
		}
	}
	if infos, err := b.List(t.Context(), "", "", 0); err != nil || len(infos) != 0 {
		t.Fatalf("after refused puts: got %v and %v, want nothing", infos, err)
	}
	if status, body := send(t, signed, "content"); status != http.StatusOK {
		t.Fatalf("signed put: got status %d: %s", status, body)
	}
	if got := content(t, b, "a+b/c=d@e"); got != "content" {
		t.Errorf("got %q", got)
	}
	if status, _ := send(t, signed, "content"); status != http.StatusPreconditionFailed {
		t.Errorf("signed put of a taken name: got status %d, want 412", status)
	}
	if _, err := b.SignPut(t.Context(), "a", "no hash", time.Minute); !errors.Is(err, blobs.ErrInvalid) {
		t.Errorf("SignPut with a bad hash: got %v, want ErrInvalid", err)
	}
}

func TestWhatIsSignedEnds(t *testing.T) {
	t.Parallel()
	b := open(s3.Need(t))
	if _, err := b.Put(t.Context(), "a", strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	get, err := b.SignGet(t.Context(), "a", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	form, err := b.SignForm(t.Context(), "reports/", 100, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, try func() (int, string)) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
			if status, _ := try(); status == http.StatusForbidden {
				return
			}
		}
		t.Errorf("%s: good for 20 s, want 1 s", what)
	}
	refused("signed get", func() (int, string) { return send(t, get, "") })
	refused("form", func() (int, string) { return post(t, form, form.Prefix+"a", "x") })
	long, err := b.SignGet(t.Context(), "a", 1000*time.Hour)
	if err != nil || !strings.Contains(long.URL, "X-Amz-Expires=604800") {
		t.Errorf("SignGet for too long: got %s and %v, want S3's seven days", long.URL, err)
	}
}

// post sends a form as the executor does: fields in any order, the file last.
func post(t *testing.T, f task.Form, key, file string, more ...string) (int, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	fields := maps.Clone(f.Fields)
	fields["key"] = key
	for i := 0; i < len(more); i += 2 {
		fields[more[i]] = more[i+1]
	}
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "report")
	if err == nil {
		_, err = io.WriteString(part, file)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.URL, &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", w.FormDataContentType())
	return do(t, request)
}

func TestForm(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	b := open(bucket)
	form, err := b.SignForm(t.Context(), "reports/Deployments-12-m3x9q2.t3.1/", 20, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if form.Prefix != "store/reports/Deployments-12-m3x9q2.t3.1/" || form.Fields["key"] != "" {
		t.Errorf("got the form %+v", form)
	}
	for name, c := range map[string]struct {
		key, file string
		more      []string
	}{
		"other attempt":       {"store/reports/Deployments-12-m3x9q2.t3.2/end", "x", nil},
		"other place":         {"packages/evil.zip", "x", nil},
		"no key":              {"", "x", nil},
		"too large":           {form.Prefix + "end", strings.Repeat("x", 21), nil},
		"field of their own":  {form.Prefix + "end", "x", []string{"acl", "public-read"}},
		"policy of their own": {form.Prefix + "end", "x", []string{"policy", "e30="}},
	} {
		if status, body := post(t, form, c.key, c.file, c.more...); status < 400 {
			t.Errorf("%s: got status %d: %s", name, status, body)
		}
	}
	if infos, err := b.List(t.Context(), "", "", 0); err != nil || len(infos) != 0 {
		t.Fatalf("after refused forms: got %v and %v, want nothing", infos, err)
	}
	events := make(chan string, 10)
	bucket.Notify(bucket.Name, []string{"store/reports/"}, func(e []byte) { events <- string(e) })
	for _, text := range []string{"20 bytes, the most..", "the same name anew"} { // it is overwritten
		if status, body := post(t, form, form.Prefix+"end", text); status >= 300 {
			t.Fatalf("form: got status %d: %s", status, body)
		}
		if got := content(t, b, "reports/Deployments-12-m3x9q2.t3.1/end"); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
		if e := <-events; !strings.Contains(e, `"ObjectCreated:Post"`) || !strings.Contains(e, `"store%2Freports%2FDeployments-12-m3x9q2.t3.1%2Fend"`) {
			t.Errorf("event: got %s", e)
		}
	}
	for _, prefix := range []string{"", "reports", "/", "../", "re ports/"} {
		if _, err := b.SignForm(t.Context(), prefix, 1, time.Minute); !errors.Is(err, blobs.ErrInvalid) {
			t.Errorf("SignForm(%q): got %v, want ErrInvalid", prefix, err)
		}
	}
}

func TestSignedForOthersToReach(t *testing.T) {
	t.Parallel()
	b := New(s3.Need(t).Config(), Settings{Bucket: "bucket", Prefix: "store/", PublicEndpoint: "https://s3.example.org:8443"})
	get, err := b.SignGet(t.Context(), "a", time.Minute)
	if err != nil || !strings.HasPrefix(get.URL, "https://s3.example.org:8443/bucket/store/a?") {
		t.Errorf("SignGet: got %s and %v", get.URL, err)
	}
	form, err := b.SignForm(t.Context(), "a/", 1, time.Minute)
	if err != nil || form.URL != "https://s3.example.org:8443/bucket" {
		t.Errorf("SignForm: got %s and %v", form.URL, err)
	}
	cfg := s3.Need(t).Config()
	cfg.BaseEndpoint = nil
	get, err = New(cfg, Settings{Bucket: "bucket", Prefix: "store/"}).SignGet(t.Context(), "a", time.Minute)
	if err != nil || !strings.HasPrefix(get.URL, "https://bucket.s3.eu-central-1.amazonaws.com/store/a?") {
		t.Errorf("SignGet at AWS: got %s and %v", get.URL, err)
	}
	form, err = New(cfg, Settings{Bucket: "bucket", Prefix: "store/"}).SignForm(t.Context(), "a/", 1, time.Minute)
	if err != nil || !strings.HasPrefix(form.URL, "https://bucket.s3.eu-central-1.amazonaws.com") {
		t.Errorf("SignForm at AWS: got %s and %v", form.URL, err)
	}
}
