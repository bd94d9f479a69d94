package credentials

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Time-based one-time codes as RFC 6238 describes them and as every
// authenticator app makes them: HMAC-SHA-1, six digits, a new one every 30 s.
const (
	totpPeriod = 30
	totpDigits = 6
	// totpDrift is how many codes before and after today's are taken: clocks differ.
	totpDrift = 1
	// FactorSize is how many bytes a second factor's secret has.
	FactorSize = 20
)

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewFactor makes the secret that a second factor is made of.
func NewFactor(rand io.Reader) ([]byte, error) {
	secret := make([]byte, FactorSize)
	if _, err := io.ReadFull(rand, secret); err != nil {
		return nil, fmt.Errorf("second factor: %w", err)
	}
	return secret, nil
}

// CheckTOTP says whether typed is the code of this moment, or of the one just
// before or after, and which step it belongs to. Steps up to last have been
// used and count no more.
func CheckTOTP(secret []byte, typed string, now time.Time, last int64) (step int64, ok bool) {
	typed = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, typed)
	today := now.Unix() / totpPeriod
	for at := today - totpDrift; at <= today+totpDrift; at++ {
		same := subtle.ConstantTimeCompare([]byte(totp(secret, at, totpDigits)), []byte(typed)) == 1
		if same && at > last {
			step, ok = at, true
		}
	}
	return step, ok
}

// TOTP is the code of a moment, as an app shows it.
func TOTP(secret []byte, now time.Time) string {
	return totp(secret, now.Unix()/totpPeriod, totpDigits)
}

func totp(secret []byte, step int64, digits int) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	modulus := uint32(1)
	for range digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", digits, number%modulus)
}

// FactorText is the secret as people type it into an app.
func FactorText(secret []byte) string { return b32.EncodeToString(secret) }

// ParseFactor reads what FactorText wrote.
func ParseFactor(text string) ([]byte, bool) {
	secret, err := b32.DecodeString(strings.ToUpper(strings.ReplaceAll(text, " ", "")))
	return secret, err == nil && len(secret) == FactorSize
}

// FactorHash is by which an offered secret is recognised.
func FactorHash(secret []byte) string { return hash("factor", string(secret)) }

// FactorURI is what the picture for an app says.
func FactorURI(where, username string, secret []byte) string {
	where = strings.ReplaceAll(where, ":", " ")
	query := url.Values{"secret": {FactorText(secret)}, "issuer": {where}}
	return "otpauth://totp/" + url.PathEscape(where+":"+username) + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// A recovery code has 120 bits: from 112 on a plain hash of it is as good as a
// slow one.
const (
	recoveryBytes = 15
	recoveryChars = recoveryBytes * 8 / 5
)

// NewRecoveryCodes makes ten codes that stand in for a lost app, once each, and
// the hashes to store for them.
func NewRecoveryCodes(rand io.Reader, userID string) (codes, hashes []string, err error) {
	for range 10 {
		var random [recoveryBytes]byte
		if _, err := io.ReadFull(rand, random[:]); err != nil {
			return nil, nil, fmt.Errorf("recovery code: %w", err)
		}
		var groups []string
		for group := range slices.Chunk([]byte(recoveryEncoding.EncodeToString(random[:])), 4) {
			groups = append(groups, string(group))
		}
		code := strings.Join(groups, "-")
		codes, hashes = append(codes, code), append(hashes, RecoveryHash(userID, code))
	}
	return codes, hashes, nil
}

// recoveryEncoding has the letters in lower case and no 0, 1, 8 or 9.
var recoveryEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// RecoveryHash is what is stored in place of a recovery code of a user, however
// it is typed.
func RecoveryHash(userID, typed string) string {
	typed = strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(typed))
	return hash("recovery", userID+":"+typed)
}

// LooksLikeRecovery says whether a text has the form of a recovery code.
func LooksLikeRecovery(typed string) bool {
	return len(strings.NewReplacer(" ", "", "-", "").Replace(typed)) == recoveryChars
}
