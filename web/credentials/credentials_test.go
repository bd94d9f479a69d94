package credentials

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"slipway/pipelines"
)

const good = "correct horse battery"

func TestPasswords(t *testing.T) {
	t.Parallel()
	p := NewPasswords(rand.Reader, 1)
	stored, err := p.Hash(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(stored, "horse") {
		t.Errorf("Hash() = %s, want a PHC text with our cost", stored)
	}
	if again, _ := p.Hash(t.Context(), good); again == stored {
		t.Error("the same password twice has the same hash: the salt is missing")
	}
	cheap := cost{memory: 64, passes: 1, lanes: 1}
	key, err := p.compute(t.Context(), good, []byte("saltsaltsalt"), cheap, keySize)
	if err != nil {
		t.Fatal(err)
	}
	older := cheap.phc([]byte("saltsaltsalt"), key)
	for name, c := range map[string]struct {
		password, stored string
		ok, rehash       bool
	}{
		"right":               {good, stored, true, false},
		"wrong":               {good + "!", stored, false, false},
		"empty":               {"", stored, false, false},
		"other case":          {strings.ToUpper(good), stored, false, false},
		"older cost":          {good, older, true, true},
		"older cost, wrong":   {"wrong horse", older, false, false},
		"no such user":        {good, "", false, false},
		"no such user, empty": {"", "", false, false},
	} {
		ok, rehash, err := p.Verify(t.Context(), c.password, c.stored)
		if err != nil || ok != c.ok || rehash != c.rehash {
			t.Errorf("%s: Verify() = %v, %v, %v, want %v, %v", name, ok, rehash, err, c.ok, c.rehash)
		}
	}
}

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	p := NewPasswords(rand.Reader, 1)
	for password, ok := range map[string]bool{
		"": false, "ninechars": false, "ten chars!": true, "äöüäöüäöü": false, "äöüäöüäöüä": true,
		strings.Repeat("x", 1024): true, strings.Repeat("x", 1025): false,
	} {
		_, err := p.Hash(t.Context(), password)
		if (err == nil) != ok || err != nil && pipelines.CodeOf(err) != pipelines.Invalid {
			t.Errorf("Hash(%.12q, %d bytes) = %v, want accepted: %v", password, len(password), err, ok)
		}
	}
	if _, _, err := p.Verify(t.Context(), strings.Repeat("x", 1<<20), ""); pipelines.CodeOf(err) != pipelines.Invalid {
		t.Errorf("Verify of a megabyte = %v, want a refusal", err)
	}
}

func TestStoredTextsThatAreNone(t *testing.T) {
	t.Parallel()
	p := NewPasswords(rand.Reader, 1)
	const rest = "$c2FsdHNhbHQ$MDEyMzQ1Njc4OWFiY2RlZg"
	for _, stored := range []string{
		"x", "$", "$argon2i$v=19$m=64,t=1,p=1" + rest, "$argon2id$v=16$m=64,t=1,p=1" + rest, "$argon2id$v=19$m=64,t=1" + rest,
		"$argon2id$v=19$m=4294967295,t=1,p=1" + rest, "$argon2id$v=19$m=64,t=4000000,p=1" + rest, "$argon2id$v=19$m=64,t=0,p=1" + rest,
		"$argon2id$v=19$m=64,t=1,p=0" + rest, "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$", "$argon2id$v=19$m=64,t=1,p=1$!!$MDEyMzQ1Njc4OWFiY2RlZg",
	} {
		if ok, _, err := p.Verify(t.Context(), good, stored); ok || !errors.Is(err, errNotPHC) {
			t.Errorf("Verify against %q = %v, %v, want errNotPHC", stored, ok, err)
		}
	}
	if _, _, err := p.Verify(t.Context(), good, "$argon2id$v=19$m=64,t=1,p=1"+rest); err != nil {
		t.Errorf("a well-formed text: %v, want nil", err)
	}
}

func TestNoRandomnessNoPassword(t *testing.T) {
	t.Parallel()
	if _, err := NewPasswords(bytes.NewReader(nil), 1).Hash(t.Context(), good); err == nil {
		t.Error("hashed without a salt")
	}
}

// A flood of sign-ins: each is answered or sent away, and never are more
// hashes in memory than allowed.
func TestFlood(t *testing.T) {
	t.Parallel()
	p := NewPasswords(rand.Reader, 1)
	p.turns <- struct{}{} // hold the one turn, so that all others wait
	var served, refused atomic.Int32
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 200 {
		all.Go(func() {
			_, _, err := p.Verify(ctx, good, "")
			switch {
			case pipelines.CodeOf(err) == pipelines.Unavailable:
				if refused.Add(1) == 200-65 {
					cancel() // the rest stands in line and goes home
				}
			case errors.Is(err, context.Canceled):
				served.Add(1)
			default:
				t.Errorf("Verify = %v", err)
			}
		})
	}
	all.Wait()
	if served.Load() != 65 || refused.Load() != 135 {
		t.Errorf("%d waited, %d were sent away, want 65 and 135", served.Load(), refused.Load())
	}
	<-p.turns
	if len(p.line) != 0 || len(p.turns) != 0 {
		t.Errorf("%d still in line, %d at work", len(p.line), len(p.turns))
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		key, hash, err := NewKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if len(key) != 36 || !LooksLikeKey(key) || seen[key] || hash != KeyHash(key) || strings.Contains(hash, key[4:]) {
			t.Fatalf("NewKey() = %q, %q", key, hash)
		}
		seen[key] = true
	}
	for _, text := range []string{"", "API-", "API-abc", "API-" + strings.Repeat("A", 33), "API-" + strings.Repeat("a", 32), "API-" + strings.Repeat("1", 32), strings.Repeat("A", 36)} {
		if LooksLikeKey(text) {
			t.Errorf("LooksLikeKey(%q) = true", text)
		}
	}
	if _, _, err := NewKey(bytes.NewReader(make([]byte, 19))); err == nil {
		t.Error("a key of 19 random bytes")
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	token, hash, err := NewSession(rand.Reader)
	if err != nil || len(token) != 43 || hash != SessionHash(token) {
		t.Fatalf("NewSession() = %q, %q, %v", token, hash, err)
	}
	if other, _, _ := NewSession(rand.Reader); other == token {
		t.Error("two sessions share a token")
	}
	if KeyHash(token) == SessionHash(token) {
		t.Error("a session token would be found as a key")
	}
	if _, _, err := NewSession(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("a token of 31 random bytes")
	}
}

// The published vector of the algorithm's authors for argon2id, so that our
// texts are readable elsewhere: password "password", salt "somesalt", 2 passes, 64 MiB.
func TestPHCOfOthers(t *testing.T) {
	t.Parallel()
	const theirs = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	ok, rehash, err := NewPasswords(rand.Reader, 1).Verify(t.Context(), "password", theirs)
	if err != nil || !ok || !rehash {
		t.Errorf("Verify() = %v, %v, %v, want true, true", ok, rehash, err)
	}
}

func BenchmarkVerify(b *testing.B) {
	p := NewPasswords(rand.Reader, 1)
	for b.Loop() {
		if _, _, err := p.Verify(b.Context(), good, ""); err != nil {
			b.Fatal(err)
		}
	}
}
