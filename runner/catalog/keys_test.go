package catalog_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
)

// numbered makes keys that differ.
func numbered() catalog.NewKey {
	var n atomic.Int64
	return func() (string, string, string, error) {
		i := n.Add(1)
		return "API-KEY", fmt.Sprint("hash", i), fmt.Sprint("API-K", i), nil
	}
}

// No key makes one that outlives it; that of a build makes none and changes no
// account.
func TestNoKeyOutlivesTheOneThatMakesIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	root, ctx, newKey := h.admin(t), t.Context(), numbered()
	soon := h.Env.Now().Add(time.Hour)
	short, _, err := h.NewAPIKey(ctx, root, catalog.KeyWish{Purpose: "short", Expires: soon}, newKey)
	if err != nil {
		t.Fatal(err)
	}
	p := root
	p.Via, p.Credential = "api key", short.ID
	for what, wish := range map[string]catalog.KeyWish{"for ever": {Purpose: "x", Never: true}, "longer": {Purpose: "x", Expires: soon.Add(time.Minute)}} {
		_, _, err := h.NewAPIKey(ctx, p, wish, newKey)
		wantCode(t, err, pipelines.Invalid, "makes none that lasts longer")
		if err == nil {
			t.Errorf("a key of an hour makes one %s", what)
		}
	}
	k, _, err := h.NewAPIKey(ctx, p, catalog.KeyWish{Purpose: "x"}, newKey)
	if err != nil || k.Expires == nil || k.Expires.After(soon) {
		t.Errorf("without a day: %+v, %v, want the end of the one that made it", k, err)
	}
	never, _, err := h.NewAPIKey(ctx, root, catalog.KeyWish{Purpose: "for good", Never: true}, newKey)
	if err != nil {
		t.Fatal(err)
	}
	p.Credential = never.ID
	if _, _, err := h.NewAPIKey(ctx, p, catalog.KeyWish{Purpose: "x", Never: true}, newKey); err != nil {
		t.Errorf("a key for ever makes another: %v", err)
	}
	if err := h.RemoveAPIKey(ctx, root, never.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = h.NewAPIKey(ctx, p, catalog.KeyWish{Purpose: "x"}, newKey)
	wantCode(t, err, pipelines.Unauthenticated, "was removed")

	build := root
	build.Via, build.Credential, build.Build = "api key", short.ID, true
	_, _, err = h.NewAPIKey(ctx, build, catalog.KeyWish{Purpose: "x"}, newKey)
	wantCode(t, err, pipelines.Forbidden, "made for one build")
	wantCode(t, h.SetPassword(ctx, build, "root", "a good password"), pipelines.Forbidden, "made for one build")
	wantCode(t, h.AddUser(ctx, build, pipelines.User{Username: "eve"}, ""), pipelines.Forbidden, "made for one build")
	wantCode(t, h.RemoveAPIKey(ctx, build, k.ID), pipelines.Forbidden, "made for one build")
}

// With a key nobody changes where their own new password is sent to.
func TestAKeyDoesNotChangeItsOwnersMail(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	root.Via = "api key"
	move := func(p pipelines.Principal) error {
		return h.ChangeUser(t.Context(), p, "root", false, func(u *pipelines.User) { u.Mail = "eve@example.org" })
	}
	wantCode(t, move(root), pipelines.Forbidden, "with an API key")
	root.Via = "session"
	if err := move(root); err != nil {
		t.Errorf("in a session: %v", err)
	}
}

func TestAKeyIsRemovedOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	k, _, err := h.NewAPIKey(t.Context(), root, catalog.KeyWish{Purpose: "once"}, numbered())
	if err != nil {
		t.Fatal(err)
	}
	codes := map[pipelines.Code]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			err := h.RemoveAPIKey(t.Context(), root, k.ID)
			mu.Lock()
			defer mu.Unlock()
			codes[pipelines.CodeOf(err)]++
		})
	}
	wg.Wait()
	if codes[""] != 1 || codes[pipelines.NotFound] != 9 {
		t.Errorf("ten at once: %v, want one done and nine that find none", codes)
	}
}

// A user with a password is one write and one entry.
func TestAUserWithAPasswordIsOneEntry(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	if err := h.AddUser(t.Context(), root, pipelines.User{Username: "nina"}, "long enough"); err != nil {
		t.Fatal(err)
	}
	id := h.user(t, "nina").ID
	if got := must(h.Records.Password(t.Context(), id))(t); got != "hash of long enough" {
		t.Errorf("the password is %q", got)
	}
	page, err := h.Records.AuditLog(t.Context(), time.Time{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var about []string
	for _, e := range page {
		if e.Subject == id {
			about = append(about, e.Message)
		}
	}
	if len(about) != 1 || about[0] != "added user nina, with a password" {
		t.Errorf("entries: %q", about)
	}
}

func TestPurposesAreWhatOneSees(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	for _, purpose := range []string{"a\u202eb", "a\u200bb"} {
		_, _, err := h.NewAPIKey(t.Context(), root, catalog.KeyWish{Purpose: purpose}, numbered())
		wantCode(t, err, pipelines.Invalid, "nobody sees")
	}
}
