package requests_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/records"
	"slipway/runner/requests"
)

const most = requests.LargestPackage

// signing is a store that signs, and counts what is fetched from it.
type signing struct {
	blobs.Blobs
	fetched, asked int64
	broken         error // what fetching gives instead
}

func (s *signing) GetRange(ctx context.Context, name string, off, n int64) (io.ReadCloser, error) {
	if s.broken != nil {
		return nil, s.broken
	}
	s.asked++
	s.fetched += n
	return s.Blobs.GetRange(ctx, name, off, n)
}

func (s *signing) SignPut(_ context.Context, name, sha256 string, lasts time.Duration) (task.Request, error) {
	return task.Request{Method: "PUT", URL: "https://store.test/" + name, Header: map[string]string{"X-Sum": sha256, "X-Lasts": lasts.String()}}, nil
}

func (s *signing) SignGet(context.Context, string, time.Duration) (task.Request, error) {
	return task.Request{}, errors.New("not asked for here")
}

func (s *signing) SignForm(context.Context, string, int64, time.Duration) (task.Form, error) {
	return task.Form{}, errors.New("not asked for here")
}

func signingKit(t *testing.T) (*kit, *signing) {
	k := newKit(t)
	s := &signing{Blobs: k.Blobs}
	k.Blobs = s
	return k, s
}

func announced(t *testing.T, up requests.Upload) (requests.Announcement, []byte) {
	t.Helper()
	content := make([]byte, up.Size)
	_, err := up.Content.ReadAt(content, 0)
	must(t, err)
	sum := sha256.Sum256(content)
	return requests.Announcement{FileName: up.FileName, Size: up.Size, SHA256: hex.EncodeToString(sum[:])}, content
}

func TestAnnouncedUpload(t *testing.T) {
	t.Parallel()
	k, store := signingKit(t)
	k.quotes()
	a, content := announced(t, nupkg(t, "Quotes", "1.0.0", "one"))
	leave, err := k.AnnouncePackage(t.Context(), k.admin, a, most)
	must(t, err)
	if leave.Send == nil || leave.Received != nil || leave.Send.URL != "https://store.test/packages/"+a.SHA256 || leave.Send.Header["X-Sum"] != a.SHA256 || leave.Until.Before(time.Now()) {
		t.Fatalf("AnnouncePackage = %+v, want a signed request for the blob of this hash", leave)
	}
	_, err = k.ReceiveSent(t.Context(), k.admin, a.FileName, a.SHA256, most)
	refused(t, "done before the bytes", err, pipelines.NotFound, "have not come in whole")
	if _, there, err := k.Records.Package(t.Context(), "Quotes", "1.0.0"); there || err != nil {
		t.Errorf("a half-done upload has registered something (%v)", err)
	}

	_, err = store.Put(t.Context(), records.PackageBlob(a.SHA256), bytes.NewReader(content))
	must(t, err)
	got, err := k.ReceiveSent(t.Context(), k.admin, a.FileName, a.SHA256, most)
	must(t, err)
	if got.Existed || got.Package.SHA256 != a.SHA256 || got.Package.Size != a.Size || got.Package.ArrivedBy != "Admin" || len(got.Deployments) != 1 {
		t.Fatalf("ReceiveSent = %+v", got)
	}
	k.until(got.Deployments[0].ID, pipelines.Succeeded)

	again, err := k.AnnouncePackage(t.Context(), k.admin, a, most)
	must(t, err)
	if again.Received == nil || !again.Received.Existed || again.Send != nil || len(again.Received.Deployments) != 0 {
		t.Errorf("the same again = %+v, want that it is here", again)
	}
}

func TestAnnouncedUploadGoesOnAfterTheBytes(t *testing.T) {
	t.Parallel()
	k, store := signingKit(t)
	a, content := announced(t, nupkg(t, "Quotes", "1.0.0", "one"))
	_, err := store.Put(t.Context(), records.PackageBlob(a.SHA256), bytes.NewReader(content))
	must(t, err)
	got, err := k.AnnouncePackage(t.Context(), k.admin, a, most)
	must(t, err)
	if got.Received == nil || got.Received.Existed || got.Received.Package.ID != "Quotes" {
		t.Errorf("AnnouncePackage after a broken upload = %+v, want the package", got)
	}
}

func TestAnnouncedUploadRefusals(t *testing.T) {
	t.Parallel()
	k, store := signingKit(t)
	good, content := announced(t, nupkg(t, "Quotes", "1.0.0", "one"))
	for _, c := range []struct {
		change func(*requests.Announcement)
		words  string
	}{
		{func(a *requests.Announcement) { a.SHA256 = "abc" }, "64 digits"},
		{func(a *requests.Announcement) { a.SHA256 = strings.ToUpper(a.SHA256) }, "64 digits"},
		{func(a *requests.Announcement) { a.SHA256 = "../" + a.SHA256[3:] }, "64 digits"},
		{func(a *requests.Announcement) { a.Size = 0 }, "`size`"},
		{func(a *requests.Announcement) { a.Size = most + 1 }, "at most 2147483648 are taken"},
		{func(a *requests.Announcement) { a.FileName = "Quotes.exe" }, ".exe"},
		{func(a *requests.Announcement) { a.FileName = "Quotes.zip" }, "does not say its id and version"},
	} {
		a := good
		c.change(&a)
		_, err := k.AnnouncePackage(t.Context(), k.admin, a, most)
		refused(t, "AnnouncePackage", err, pipelines.Invalid, c.words)
	}
	stranger := k.user("stranger", pipelines.RoleGrant{Role: "Project lead", Projects: []string{"Quotes"}})
	_, err := k.AnnouncePackage(t.Context(), stranger, good, most)
	refused(t, "AnnouncePackage of a stranger", err, pipelines.Forbidden, "BuiltInFeedPush")
	_, err = k.ReceiveSent(t.Context(), stranger, good.FileName, good.SHA256, most)
	refused(t, "ReceiveSent of a stranger", err, pipelines.Forbidden, "BuiltInFeedPush")
	_, err = k.ReceiveSent(t.Context(), k.admin, good.FileName, "x", most)
	refused(t, "ReceiveSent of no hash", err, pipelines.Invalid, "64 digits")

	_, err = store.Put(t.Context(), records.PackageBlob(good.SHA256), bytes.NewReader(content))
	must(t, err)
	_, err = k.ReceiveSent(t.Context(), k.admin, good.FileName, good.SHA256, 10)
	refused(t, "more bytes than were announced", err, pipelines.Invalid, "at most 10 are taken")
	_, err = k.ReceiveSent(t.Context(), k.admin, "Quotes.1.0.0.tar.gz", good.SHA256, most)
	refused(t, "bytes under a false name", err, pipelines.Invalid, "Quotes.1.0.0.tar.gz")
	store.broken = errors.New("the store is away")
	if _, err = k.ReceiveSent(t.Context(), k.admin, good.FileName, good.SHA256, most); !errors.Is(err, store.broken) {
		t.Errorf("with a broken store: %v, want its error and no word of a damaged file", err)
	}
	if _, there, err := k.Records.Package(t.Context(), "Quotes", "1.0.0"); there || err != nil {
		t.Errorf("a refusal has registered something (%v)", err)
	}
	store.broken = nil
	k.push("Quotes", "1.0.0", "other")
	_, err = k.ReceiveSent(t.Context(), k.admin, good.FileName, good.SHA256, most)
	refused(t, "other bytes", err, pipelines.Conflict, "a version never changes")
}

func TestAStoreThatCannotSign(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	a, _ := announced(t, nupkg(t, "Quotes", "1.0.0", "one"))
	got, err := k.AnnouncePackage(t.Context(), k.admin, a, most)
	must(t, err)
	if got.Send != nil || got.Received != nil {
		t.Errorf("AnnouncePackage = %+v, want that the file is to be sent to us", got)
	}
}

// A function has no room for a big package, and each range costs a request.
func TestAnnouncedUploadReadsLittle(t *testing.T) {
	t.Parallel()
	k, store := signingKit(t)
	noise := make([]byte, 24<<20)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(noise)
	a, content := announced(t, nupkg(t, "Quotes", "1.0.0", string(noise)))
	_, err := store.Put(t.Context(), records.PackageBlob(a.SHA256), bytes.NewReader(content))
	must(t, err)
	_, err = k.ReceiveSent(t.Context(), k.admin, a.FileName, a.SHA256, most)
	must(t, err)
	if store.asked > 3 || store.fetched > 1<<20 {
		t.Errorf("of a package with %d bytes %d were fetched in %d requests, want its two ends", a.Size, store.fetched, store.asked)
	}
}
