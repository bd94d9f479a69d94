package catalog_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/catalog"
)

var noTime time.Time

func TestFirstAdminIsOneEvenInARace(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.OfferSetup(t.Context(), "token"); err != nil {
		t.Fatal(err)
	}
	_, err := h.FirstAdmin(t.Context(), "other", pipelines.User{Username: "eve"}, "long enough")
	wantCode(t, err, pipelines.Forbidden, "not valid")
	_, err = h.FirstAdmin(t.Context(), "token", pipelines.User{Username: "eve"}, "short")
	wantCode(t, err, pipelines.Invalid, "at least 10 characters")
	_, err = h.FirstAdmin(t.Context(), "token", pipelines.User{Username: "long-enough"}, "long-enough")
	wantCode(t, err, pipelines.Invalid, "is the username")
	_, err = h.FirstAdmin(t.Context(), "token", pipelines.User{}, "long enough")
	wantCode(t, err, pipelines.Invalid, "needs a name")

	var wins atomic.Int32
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		wg.Go(func() {
			u, err := h.FirstAdmin(t.Context(), "token", pipelines.User{Username: name, Disabled: true}, "long enough")
			if err == nil && u.Admin && !u.Disabled && u.ID != "" {
				wins.Add(1)
				return
			}
			wantCode(t, err, pipelines.Conflict, "there is an admin already")
		})
	}
	wg.Wait()
	users := must(h.Records.Users(t.Context()))(t)
	if wins.Load() != 1 || len(users) != 1 {
		t.Errorf("%d of 6 became the first admin, and there are %d users; want 1 and 1", wins.Load(), len(users))
	}
	if hash := must(h.Records.Password(t.Context(), users[0].ID))(t); hash != "hash of long enough" {
		t.Errorf("the password is kept as %q", hash)
	}
	wantCode(t, h.OfferSetup(t.Context(), "again"), pipelines.Conflict, "there is an admin already")
	_, err = h.FirstAdminHere(t.Context(), pipelines.User{Username: "eve"}, "long enough")
	wantCode(t, err, pipelines.Conflict, "there is an admin already")
}

func TestFirstAdminNeedsAnOffer(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, err := h.FirstAdmin(t.Context(), "", pipelines.User{Username: "eve"}, "long enough")
	wantCode(t, err, pipelines.Forbidden, "not valid")
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, read(t, "users: [{ username: ada }, { username: bob }]")))(t)
	ada := h.principal(t, h.user(t, "ada").ID)
	editor := pipelines.Principal{UserID: "Users-9", Username: "editor", Grants: []pipelines.Grant{{Permission: pipelines.UserEdit}}}
	for _, c := range []struct {
		who      pipelines.Principal
		whose    string
		password string
		code     pipelines.Code
		part     string
	}{
		{ada, "ADA", "a good password", "", ""},
		{ada, "bob", "a good password", pipelines.Forbidden, "UserEdit"},
		{root, "bob", "a good password", "", ""},
		{root, "nobody", "a good password", pipelines.NotFound, "nobody"},
		{root, "bob", "short", pipelines.Invalid, "at least 10"},
		{editor, "bob", "another password", "", ""},
		{editor, "root", "another password", pipelines.Forbidden, "AdministerSystem"},
		{pipelines.Principal{}, "", "a good password", pipelines.Unauthenticated, "sign in"},
	} {
		err := h.SetPassword(ctx, c.who, c.whose, c.password)
		if c.code == "" && err != nil {
			t.Errorf("SetPassword of %s by %s = %v, want it done", c.whose, c.who.Username, err)
		}
		if c.code != "" {
			wantCode(t, err, c.code, c.part)
		}
	}
	for name, want := range map[string]string{"ada": "hash of a good password", "bob": "hash of another password", "root": "hash of long enough"} {
		if got := must(h.Records.Password(ctx, h.user(t, name).ID))(t); got != want {
			t.Errorf("the password of %s is kept as %q, want %q", name, got, want)
		}
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := context.Background()
	for _, c := range []struct {
		secret catalog.Secret
		part   string
	}{
		{catalog.Secret{Name: "", Value: []byte("long enough")}, "needs a name"},
		{catalog.Secret{Name: "k\n", Value: []byte("long enough")}, "needs a name"},
		{catalog.Secret{Name: "k"}, "no value"},
		{catalog.Secret{Name: "k", Value: []byte("1234567"), TakesRisk: "say so"}, "take a longer one, or say so"},
		{catalog.Secret{Name: "k", Value: []byte("\xff\xfe\xff\xfe\xff\xfe\xff\xfe")}, "base64"},
		{catalog.Secret{Name: "k", Value: make([]byte, 70<<10)}, "the most is"},
	} {
		_, err := h.SetSecret(ctx, root, c.secret)
		wantCode(t, err, pipelines.Invalid, c.part)
		if err != nil && len(c.secret.Value) == 7 && strings.Contains(err.Error(), "1234567") {
			t.Errorf("the refusal tells the value: %v", err)
		}
	}
	_, err := h.SetSecret(ctx, pipelines.Principal{UserID: "x", Username: "eve"}, catalog.Secret{Name: "k", Value: []byte("long enough")})
	wantCode(t, err, pipelines.Forbidden, "SecretEdit")

	first := must(h.SetSecret(ctx, root, catalog.Secret{Name: "Key", Value: []byte("first value\n")}))(t)
	second := must(h.SetSecret(ctx, root, catalog.Secret{Name: "key", Value: []byte("2"), UnmaskedRisk: true}))(t)
	if first.Version != 1 || second.Version != 2 || first.By != "root" {
		t.Errorf("versions are %d and %d, by %s; want 1 and 2, by root", first.Version, second.Version, first.By)
	}
	stored := must(h.Records.Secret(ctx, "KEY", 1))(t)
	if got := must(h.keeper.Open(ctx, stored.Sealed))(t); string(got) != "first value\n" {
		t.Errorf("version 1 opens as %q, want the bytes as given", got)
	}
	for _, e := range must(h.Records.AuditLog(ctx, noTime, 0))(t) {
		if strings.Contains(e.Message, "first value") {
			t.Errorf("the audit log tells the value: %+v", e)
		}
	}
}

func TestAPIKeys(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	newKey := func() (string, string, string, error) { return "API-KEY", "hash", "API-K…", nil }
	_, _, err := h.NewAPIKey(ctx, root, catalog.KeyWish{Purpose: " "}, newKey)
	wantCode(t, err, pipelines.Invalid, "purpose")
	_, _, err = h.NewAPIKey(ctx, pipelines.Principal{}, catalog.KeyWish{Purpose: "x"}, newKey)
	wantCode(t, err, pipelines.Unauthenticated, "sign in")
	_, _, err = h.NewAPIKey(ctx, pipelines.System("trigger"), catalog.KeyWish{Purpose: "x"}, newKey)
	wantCode(t, err, pipelines.NotFound, "Users-System")

	k, key, err := h.NewAPIKey(ctx, root, catalog.KeyWish{Purpose: "build server"}, newKey)
	if err != nil || key != "API-KEY" || k.Hint != "API-K…" || k.UserID != root.UserID {
		t.Fatalf("NewAPIKey = %+v, %q, %v", k, key, err)
	}
	if _, ok, err := h.Records.APIKey(ctx, "hash"); !ok || err != nil {
		t.Errorf("the key is not found by its hash: %v", err)
	}
	wantCode(t, h.RemoveAPIKey(ctx, pipelines.Principal{UserID: "x", Username: "eve"}, k.ID), pipelines.NotFound, "eve has no API key")
	if err := h.RemoveAPIKey(ctx, root, k.ID); err != nil {
		t.Error(err)
	}
	if _, ok, _ := h.Records.APIKey(ctx, "hash"); ok {
		t.Error("the key is still found after it was removed")
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	ctx := t.Context()
	must(h.Apply(ctx, root, read(t, "environments: [Dev]")))(t)
	web := pipelines.Target{ID: "mine", Name: "web-1", Environments: []string{"Dev"}, Roles: []string{"web"}, Pretend: "ok", ExecutorKey: []byte("x")}
	added := must(h.AddTarget(ctx, root, web))(t)
	if added.ID != "Machines-1" || added.ExecutorKey != nil {
		t.Errorf("AddTarget = %+v, want an id of ours and no key before first contact", added)
	}
	_, err := h.AddTarget(ctx, root, pipelines.Target{Name: "WEB-1"})
	wantCode(t, err, pipelines.Conflict, "there is a target")
	_, err = h.AddTarget(ctx, root, pipelines.Target{Name: "web-2"})
	wantCode(t, err, pipelines.Invalid, "problems")
	stranger := pipelines.Principal{UserID: "x", Username: "eve"}
	_, err = h.AddTarget(ctx, stranger, pipelines.Target{Name: "web-2", Environments: []string{"Dev"}})
	wantCode(t, err, pipelines.Forbidden, "MachineEdit")
	_, err = h.SetTargetDisabled(ctx, stranger, "web-1", true)
	wantCode(t, err, pipelines.Forbidden, "MachineEdit")
	wantCode(t, h.RemoveTarget(ctx, stranger, "web-1", false), pipelines.Forbidden, "MachineEdit")

	for _, want := range []bool{true, true, false} {
		if got := must(h.SetTargetDisabled(ctx, root, "Web-1", want))(t); got.Disabled != want {
			t.Errorf("SetTargetDisabled(%t) = %+v", want, got)
		}
	}
	if err := h.RemoveTarget(ctx, root, "web-1", true); err != nil {
		t.Error(err)
	}
	wantCode(t, h.RemoveTarget(ctx, root, "web-1", true), pipelines.NotFound, "there is no target")
	if again := must(h.AddTarget(ctx, root, web))(t); again.ID != "Machines-2" {
		t.Errorf("the target added again is %s, want a new id", again.ID)
	}
}
