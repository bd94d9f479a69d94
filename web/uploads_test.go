package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/records"
	"slipway/web/rest"
)

// signingBlobs are blobs whose store can be reached by others.
type signingBlobs struct{ blobs.Blobs }

func (signingBlobs) SignPut(_ context.Context, name, sha256 string, _ time.Duration) (task.Request, error) {
	return task.Request{Method: "PUT", URL: "https://store.test/" + name, Header: map[string]string{"X-Sum": sha256}}, nil
}

func (signingBlobs) SignGet(context.Context, string, time.Duration) (task.Request, error) {
	return task.Request{}, errors.New("not asked for here")
}

func (signingBlobs) SignForm(context.Context, string, int64, time.Duration) (task.Form, error) {
	return task.Form{}, errors.New("not asked for here")
}

func TestUploadBySignedRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *Settings) { s.Requests.Blobs = signingBlobs{s.Requests.Blobs}; s.MaxPackage = 5000 })
	file := packed(t, "Thing", "1.0.0", "hello")
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(file)))
	announce := fmt.Sprintf(`{"fileName": "Thing.1.0.0.nupkg", "size": %d, "sha256": %q}`, len(file), sum)
	var leave rest.Upload
	h.ok(h.as(h.key, "POST", "/v1/packages/uploads", announce), 200, &leave)
	if leave.Send == nil || leave.Direct || leave.Received != nil || leave.Send.URL != "https://store.test/packages/"+sum || leave.Send.Header["X-Sum"] != sum || leave.Send.Until.Before(time.Now()) {
		t.Fatalf("announced: got %+v, want a signed request", leave)
	}
	done, sent := "/v1/packages/uploads/"+sum+"/done", `{"fileName": "Thing.1.0.0.nupkg"}`
	h.refused(h.as(h.key, "POST", done, sent), 404, "have not come in whole")
	_, err := h.blobs.Put(t.Context(), records.PackageBlob(sum), strings.NewReader(file))
	h.must(err)
	h.refused(h.as(h.keyFor("nobody"), "POST", done, sent), 403, "BuiltInFeedPush")
	var got rest.Received
	h.ok(h.as(h.key, "POST", done, sent), 200, &got)
	if got.Existed || got.Package.ID != "Thing" || got.Package.SHA256 != sum || got.Package.ArrivedBy != "admin" {
		t.Errorf("done: got %+v", got)
	}
	h.ok(h.as(h.key, "POST", done, sent), 200, &got)
	if !got.Existed {
		t.Error("done again: got a new package")
	}
	leave = rest.Upload{}
	h.ok(h.as(h.key, "POST", "/v1/packages/uploads", announce), 200, &leave)
	if leave.Received == nil || !leave.Received.Existed || leave.Send != nil {
		t.Errorf("announced again: got %+v, want that it is here", leave)
	}
	h.refused(h.as(h.key, "POST", "/v1/packages/uploads", fmt.Sprintf(`{"fileName": "Thing.1.0.0.nupkg", "size": 5001, "sha256": %q}`, sum)), 400, "at most 5000 are taken")
}

func TestUploadWhereNothingIsSigned(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	w := h.as(h.key, "POST", "/v1/packages/uploads", `{"fileName": "Thing.1.0.0.nupkg", "size": 7, "sha256": "`+strings.Repeat("0", 64)+`"}`)
	h.ok(w, 200, nil)
	if got := strings.TrimSpace(w.Body.String()); got != `{"direct":true}` {
		t.Errorf("announced: got %s, want that the file is to be sent here", got)
	}
}

func TestPackagesPageShowsWhatTheBucketRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	n := 0
	page := func(username string) string {
		w := h.look(username, "/packages")
		h.ok(w, 200, nil)
		return w.Body.String()
	}
	arrive := func(a records.Arrival, ago time.Duration) {
		n++
		a.At = time.Now().Add(-ago)
		_, revision, _, err := h.records.LastArrival(t.Context(), a.Key)
		h.must(err)
		h.must(h.records.Write(t.Context(), records.KeepArrival(a, fmt.Sprint(n), revision)...))
	}
	if strings.Contains(page("admin"), "arrivals") {
		t.Error("without an arrival something is shown")
	}
	arrive(records.Arrival{Key: "packages/old.txt", Outcome: records.Refused, Why: "too old"}, 8*24*time.Hour)
	arrive(records.Arrival{Key: "packages/put/right.zip", Outcome: records.Refused, Why: "was wrong"}, 2*time.Hour)
	arrive(records.Arrival{Key: "packages/put/right.zip", Outcome: records.Registered, Package: "right 1.0"}, time.Hour)
	arrive(records.Arrival{Key: "packages/a/<b>.txt", Outcome: records.Refused, Why: `the file extension ".txt" is not supported`}, time.Minute)
	arrive(records.Arrival{Key: "packages/c.zip", Outcome: records.Registered, Package: "C 1.0.0", Problems: []string{"P makes no release of it: so"}}, 0)
	got := page("admin")
	for _, want := range []string{`data-testid="arrivals"`, "<strong>&lt;b&gt;.txt</strong> was refused", "packages/a/&lt;b&gt;.txt", "The file extension &#34;.txt&#34; is not supported.", "<strong>C 1.0.0</strong> made no release", "P makes no release of it: so."} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, not := range []string{"too old", "was wrong", "more in the last"} {
		if strings.Contains(got, not) {
			t.Errorf("the page says %q", not)
		}
	}
	for i := range 3 {
		arrive(records.Arrival{Key: fmt.Sprintf("packages/%d.txt", i), Outcome: records.Refused, Why: "no"}, 0)
	}
	if !strings.Contains(page("admin"), "And 2 more in the last 7 days.") {
		t.Error("what is not shown is not told of")
	}
	if w := h.look("nobody", "/packages"); strings.Contains(w.Body.String(), "arrival") {
		t.Errorf("somebody without %s sees what arrived", pipelines.FeedView)
	}
}

// look opens a page as somebody who has signed in.
func (h *house) look(username, path string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.AddCookie(h.session(username))
	return h.send(r)
}
