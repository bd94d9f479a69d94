package oidc

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
)

// largestToken is more than any token has that we should read.
const largestToken = 16 << 10

// leeway is how far the clock of an issuer may be from ours.
const leeway = time.Minute

// algorithms are how a token may be signed, whatever it or its issuer says:
// never "none", and never by a secret that two share.
var algorithms = []string{
	gooidc.RS256, gooidc.RS384, gooidc.RS512, gooidc.PS256, gooidc.PS384, gooidc.PS512,
	gooidc.ES256, gooidc.ES384, gooidc.ES512, gooidc.EdDSA,
}

// Claims are what a genuine token says.
type Claims struct {
	Issuer, Subject string
	Audience        []string
	ID              string // jti, "" where there is none
	Expires         time.Time
	Mail            string
	MailVerified    bool
	Name, Username  string
	all             map[string]json.RawMessage
	said            json.RawMessage
}

// Once names the token among all of its issuer, so that none is taken twice: by
// its id, or by what it says. Not by its text: the same token can be written in
// many ways, with other spaces, unused bits or, of some kinds, another signature
// that is as good.
func (c Claims) Once() string {
	if c.ID != "" {
		return c.ID
	}
	sum := sha256.Sum256(c.said)
	return "said:" + hex.EncodeToString(sum[:])
}

// claimsOf reads what a token says that was verified.
func claimsOf(token *gooidc.IDToken) (Claims, error) {
	c := Claims{Issuer: token.Issuer, Subject: token.Subject, Audience: token.Audience, Expires: token.Expiry}
	if token.Claims(&c.said) != nil || token.Claims(&c.all) != nil || c.Subject == "" || len(c.Subject) > 512 {
		return Claims{}, notGenuine("it names nobody")
	}
	c.ID, c.Mail, c.Name, c.Username = c.text("jti"), c.text("email"), c.text("name"), c.text("preferred_username")
	verified := string(c.all["email_verified"])
	c.MailVerified = verified == "true" || verified == `"true"`
	return c, nil
}

// List is a claim that is a text or a list of texts.
func (c Claims) List(name string) []string {
	var many []string
	if json.Unmarshal(c.all[name], &many) == nil {
		return many
	}
	if one := c.text(name); one != "" {
		return []string{one}
	}
	return nil
}

func (c Claims) text(name string) string {
	var s string
	_ = json.Unmarshal(c.all[name], &s) // what is no text is none
	return s
}

// fromTheFuture says whether a token begins, or was made, after now. The
// verifier looks at one of the two, and more generously.
func (c Claims) fromTheFuture(now time.Time) bool {
	for _, name := range []string{"nbf", "iat"} {
		var seconds float64
		if json.Unmarshal(c.all[name], &seconds) != nil {
			continue
		}
		if seconds > float64(now.Add(leeway).Unix()) {
			return true
		}
	}
	return false
}

// look reads whom a token claims to be from, before anybody has verified it, and
// refuses what is no token that we could want: in another writing than the
// compact one, signed in a way we do not take, or with conditions of its own.
func look(token string) (issuer string, err error) {
	parts := strings.Split(token, ".")
	if len(token) > largestToken || len(parts) != 3 {
		return "", errNoToken
	}
	var raw [3][]byte
	for i, part := range parts {
		// Strict, so that the same token cannot be written in two ways.
		if raw[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil {
			return "", errNoToken
		}
	}
	var header struct {
		Algorithm string          `json:"alg"`
		Critical  json.RawMessage `json:"crit"`
	}
	var claims struct {
		Issuer string `json:"iss"`
	}
	if json.Unmarshal(raw[0], &header) != nil || json.Unmarshal(raw[1], &claims) != nil {
		return "", errNoToken
	}
	switch {
	case claims.Issuer == "":
		return "", notGenuine("it names nobody")
	case header.Critical != nil:
		return "", notGenuine("it demands what is not known here")
	case !slices.Contains(algorithms, header.Algorithm):
		return "", notGenuine("its signature is of a kind that is not taken here")
	}
	return claims.Issuer, nil
}

var errNoToken = notGenuine("it is no JSON Web Token")

// IssuerOf is who a token says it is from: to be believed only after Verify.
func IssuerOf(token string) (string, error) { return look(token) }
