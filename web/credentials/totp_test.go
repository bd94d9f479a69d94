package credentials

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, for SHA-1: eight digits.
func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for seconds, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := totp(secret, seconds/totpPeriod, 8); got != want {
			t.Errorf("totp at %d = %s, want %s", seconds, got, want)
		}
		if got := TOTP(secret, time.Unix(seconds, 0)); got != want[2:] {
			t.Errorf("TOTP at %d = %s, want %s", seconds, got, want[2:])
		}
	}
}

func TestCheckTOTP(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	now := time.Unix(1_700_000_010, 0)
	step := now.Unix() / 30
	code := func(at int64) string { return totp(secret, at, 6) }
	for _, c := range []struct {
		name, typed string
		last        int64
		want        int64 // 0: refused
	}{
		{"now", code(step), 0, step},
		{"spaced", code(step)[:3] + " " + code(step)[3:], 0, step},
		{"just before", code(step - 1), 0, step - 1},
		{"just after", code(step + 1), 0, step + 1},
		{"too early", code(step + 2), 0, 0},
		{"too late", code(step - 2), 0, 0},
		{"used", code(step), step, 0},
		{"older than the last that was used", code(step - 1), step, 0},
		{"newer than the last that was used", code(step + 1), step, step + 1},
		{"empty", "", 0, 0},
		{"a digit more", code(step) + "0", 0, 0},
	} {
		got, ok := CheckTOTP(secret, c.typed, now, c.last)
		if ok != (c.want != 0) || ok && got != c.want {
			t.Errorf("%s: CheckTOTP() = %d, %t, want %d", c.name, got, ok, c.want)
		}
	}
}

func TestFactors(t *testing.T) {
	t.Parallel()
	secret, err := NewFactor(rand.Reader)
	if err != nil || len(secret) != FactorSize {
		t.Fatalf("NewFactor() = %d bytes, %v", len(secret), err)
	}
	back, ok := ParseFactor(strings.ToLower(FactorText(secret)[:8] + " " + FactorText(secret)[8:]))
	if !ok || !bytes.Equal(back, secret) {
		t.Errorf("ParseFactor of what FactorText wrote = %x, %t", back, ok)
	}
	for _, bad := range []string{"", "A", strings.Repeat("A", 31), strings.Repeat("1", 32), strings.Repeat("A", 1000)} {
		if _, ok := ParseFactor(bad); ok {
			t.Errorf("ParseFactor(%q) is taken", bad)
		}
	}
	if _, err := NewFactor(bytes.NewReader(make([]byte, 19))); err == nil {
		t.Error("a secret of 19 random bytes")
	}
	fixed, _ := hex.DecodeString("3132333435363738393031323334353637383930")
	const want = "otpauth://totp/Slipway%20deploy.example.org%3Aada%20l?issuer=Slipway%20deploy.example.org&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	if got := FactorURI("Slipway deploy.example.org", "ada l", fixed); got != want && strings.Replace(got, ":ada", "%3Aada", 1) != want {
		t.Errorf("FactorURI() = %s, want %s", got, want)
	}
}

func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	codes, hashes, err := NewRecoveryCodes(rand.Reader, "Users-1")
	if err != nil || len(codes) != 10 || len(hashes) != 10 {
		t.Fatalf("NewRecoveryCodes() = %v, %v, %v", codes, hashes, err)
	}
	seen := map[string]bool{}
	for i, c := range codes {
		// 5 bits a character: 112 at least, or a plain hash were not enough.
		if bits := 5 * len(strings.ReplaceAll(c, "-", "")); bits < 112 {
			t.Errorf("code %q has %d bits", c, bits)
		}
		if seen[c] || len(c) != 29 || !LooksLikeRecovery(c) || strings.Contains(hashes[i], c) {
			t.Errorf("code %q, hash %q", c, hashes[i])
		}
		seen[c] = true
		if RecoveryHash("Users-1", strings.ToUpper(strings.ReplaceAll(c, "-", " "))) != hashes[i] {
			t.Errorf("%q typed in another way is another code", c)
		}
		if RecoveryHash("Users-2", c) == hashes[i] {
			t.Error("a code of one user is one of another")
		}
	}
	if LooksLikeRecovery("123456") {
		t.Error("six digits look like a recovery code")
	}
}
