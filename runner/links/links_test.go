package links

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)

func made(t *testing.T, seed byte) (token, code string, l Link) {
	t.Helper()
	token, code, l, err := New(rand.NewChaCha8([32]byte{seed}), now, 24*time.Hour, "answer", "d-1 SignOff ida sha256:abc")
	if err != nil {
		t.Fatal(err)
	}
	return token, code, l
}

func TestCheck(t *testing.T) {
	t.Parallel()
	token, code, fresh := made(t, 1)
	other, _, _ := made(t, 2)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	with := func(change func(*Link)) Link { l := fresh; change(&l); return l }
	for name, c := range map[string]struct {
		link        Link
		token, code string
		at          time.Time
		want        error
		wrong       int // wrong codes counted afterwards
	}{
		"right":                    {fresh, token, code, now, nil, 0},
		"lower case, spaced":       {fresh, token, " " + strings.ToLower(code[:3]) + " " + strings.ToLower(code[3:]) + "\n", now, nil, 0},
		"with a dash":              {fresh, token, code[:3] + "-" + code[3:], now, nil, 0},
		"last moment":              {fresh, token, code, now.Add(24*time.Hour - 1), nil, 0},
		"expired":                  {fresh, token, code, now.Add(24 * time.Hour), ErrExpired, 0},
		"used":                     {fresh.Use(now), token, code, now, ErrUsed, 0},
		"killed":                   {fresh.Kill(), token, code, now, ErrDead, 0},
		"used, then wrong":         {fresh.Use(now), token, wrong, now, ErrUsed, 0},
		"wrong":                    {fresh, token, wrong, now, &WrongCodeError{4}, 1},
		"wrong after three":        {with(func(l *Link) { l.Wrong = 3 }), token, wrong, now, &WrongCodeError{1}, 4},
		"right after four":         {with(func(l *Link) { l.Wrong = 4 }), token, code, now, nil, 4},
		"wrong after four":         {with(func(l *Link) { l.Wrong = 4 }), token, wrong, now, &WrongCodeError{0}, 5},
		"empty form":               {fresh, token, "", now, ErrNotACode, 0},
		"too short":                {fresh, token, "K7M2Q", now, ErrNotACode, 0},
		"too long":                 {fresh, token, code + "0", now, ErrNotACode, 0},
		"foreign letters":          {fresh, token, "ÄÖÜ", now, ErrNotACode, 0},
		"another token":            {fresh, other, code, now, ErrUnknown, 0},
		"no token":                 {fresh, "", code, now, ErrUnknown, 0},
		"token cut":                {fresh, token[:40], code, now, ErrUnknown, 0},
		"bound to another plan":    {with(func(l *Link) { l.Subject += "d" }), token, code, now, &WrongCodeError{4}, 1},
		"bound to another purpose": {with(func(l *Link) { l.Purpose = "reset" }), token, code, now, &WrongCodeError{4}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.link.Check(c.token, c.code, c.at)
			if !same(err, c.want) {
				t.Fatalf("Check() = %v, want %v", err, c.want)
			}
			if got.Wrong != c.wrong {
				t.Errorf("Check() counts %d wrong codes, want %d", got.Wrong, c.wrong)
			}
			if err == nil && (got.UsedAt == nil || !got.UsedAt.Equal(c.at)) {
				t.Errorf("Check() leaves UsedAt = %v, want %v", got.UsedAt, c.at)
			}
			if dead := got.Wrong >= MaxWrong || c.link.Dead; got.Dead != dead {
				t.Errorf("Check() leaves Dead = %v, want %v", got.Dead, dead)
			}
		})
	}
}

func same(got, want error) bool {
	g, ok := errors.AsType[*WrongCodeError](got)
	w, wants := errors.AsType[*WrongCodeError](want)
	if ok || wants {
		return ok && wants && *g == *w
	}
	return errors.Is(got, want)
}

func TestFiveWrongCodesKillAndTheRightOneComesTooLate(t *testing.T) {
	t.Parallel()
	token, code, l := made(t, 3)
	var err error
	for range MaxWrong {
		l, err = l.Check(token, "ZZZZZ0", now)
	}
	if e, ok := errors.AsType[*WrongCodeError](err); !ok || e.Left != 0 {
		t.Fatalf("fifth wrong code: %v, want none left", err)
	}
	if _, err = l.Check(token, code, now); !errors.Is(err, ErrDead) {
		t.Errorf("right code afterwards: %v, want ErrDead", err)
	}
}

// A scanner that presses the empty form again and again must not kill the link.
func TestEmptyFormsDoNotCount(t *testing.T) {
	t.Parallel()
	token, code, l := made(t, 4)
	for range 20 {
		l, _ = l.Check(token, "", now)
	}
	if _, err := l.Check(token, code, now); err != nil {
		t.Errorf("right code afterwards: %v, want nil", err)
	}
}

func TestUsableAsksAndChangesNothing(t *testing.T) {
	t.Parallel()
	_, _, l := made(t, 5)
	if err := l.Usable(now); err != nil || l.UsedAt != nil {
		t.Errorf("Usable() = %v, link %+v", err, l)
	}
	if err := l.Usable(l.Expires); !errors.Is(err, ErrExpired) {
		t.Errorf("Usable(at its end) = %v, want ErrExpired", err)
	}
}

// Whoever reads the store knows neither token nor code, and cannot try codes:
// without the token no code can be compared with the hash.
func TestTheStoreGivesNothingAway(t *testing.T) {
	t.Parallel()
	token, code, l := made(t, 6)
	stored, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{token, code} {
		if bytes.Contains(stored, []byte(secret)) || strings.Contains(Key(token), secret) {
			t.Errorf("the stored link holds %q: %s", secret, stored)
		}
	}
	if bytes.Equal(l.codeHash(l.Hash, code), l.CodeHash) {
		t.Error("the code can be tried with what is stored")
	}
	var back Link
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	if _, err := back.Check(token, code, now); err != nil {
		t.Errorf("a link read back: %v, want nil", err)
	}
}

func TestTokensCodesAndKeysDiffer(t *testing.T) {
	t.Parallel()
	r := rand.NewChaCha8([32]byte{7})
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 2000 {
		token, code, _, err := New(r, now, time.Hour, "answer", "x")
		if err != nil {
			t.Fatal(err)
		}
		if len(token) != 43 || len(code) != CodeLength || seen[token] || seen[Key(token)] {
			t.Fatalf("token %q, code %q: wrong length or not new", token, code)
		}
		seen[token], seen[Key(token)] = true, true
		for _, c := range code {
			letters[c]++
		}
	}
	if len(letters) != 32 || letters['I']+letters['L']+letters['O']+letters['U'] > 0 {
		t.Errorf("codes use %d characters, want 32 without I, L, O, U: %v", len(letters), letters)
	}
	for c, n := range letters {
		if n < 250 || n > 500 { // 375 expected, deviation 19
			t.Errorf("%q stands in codes %d times of 12000", c, n)
		}
	}
}

func TestWhatPeopleMisreadIsForgiven(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"o1l-iUk": "0111VK", "K7M 2QX": "K7M2QX", "k7m\u00a02qx": "K7M2QX"} {
		if got, ok := normal(typed); !ok || got != want {
			t.Errorf("normal(%q) = %q, %v, want %q", typed, got, ok, want)
		}
	}
}

func TestNoRandomnessNoLink(t *testing.T) {
	t.Parallel()
	for _, have := range []int{0, 31, 32, 37} {
		if _, _, _, err := New(bytes.NewReader(make([]byte, have)), now, time.Hour, "a", "b"); err == nil {
			t.Errorf("New with %d random bytes made a link", have)
		}
	}
}
