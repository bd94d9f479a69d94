package oidc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// largestToken is more than any token has that we should read.
const largestToken = 16 << 10

// leeway is how far the clock of an issuer may be from ours.
const leeway = time.Minute

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

func (c Claims) moment(name string) (time.Time, bool) {
	var seconds float64
	if json.Unmarshal(c.all[name], &seconds) != nil || seconds < 0 || seconds > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

// checkTime demands an end, and that it has not come.
func (c Claims) checkTime(now time.Time) error {
	if c.Expires.IsZero() || !now.Before(c.Expires.Add(leeway)) {
		return notGenuine("it has expired")
	}
	for _, name := range []string{"nbf", "iat"} {
		if from, ok := c.moment(name); ok && now.Add(leeway).Before(from) {
			return notGenuine("it is from the future: compare the clocks")
		}
	}
	return nil
}

// parsed is a token whose signature nobody has looked at yet.
type parsed struct {
	header struct {
		Algorithm string   `json:"alg"`
		Key       string   `json:"kid"`
		Critical  []string `json:"crit"`
	}
	claims    Claims
	signed    []byte
	signature []byte
}

// parse reads the compact form of a signed token, strictly.
func parse(token string) (parsed, error) {
	var p parsed
	parts := strings.Split(token, ".")
	if len(token) > largestToken || len(parts) != 3 {
		return p, notGenuine("it is no JSON Web Token")
	}
	var raw [3][]byte
	for i, part := range parts {
		b, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil {
			return p, notGenuine("it is no JSON Web Token")
		}
		raw[i] = b
	}
	if json.Unmarshal(raw[0], &p.header) != nil || !oneObject(raw[1], &p.claims.all) {
		return p, notGenuine("it is no JSON Web Token")
	}
	if len(p.header.Critical) > 0 {
		return p, notGenuine("it demands what is not known here")
	}
	c := &p.claims
	c.Issuer, c.Subject, c.Audience, c.ID = c.text("iss"), c.text("sub"), c.List("aud"), c.text("jti")
	c.Expires, _ = c.moment("exp")
	c.Mail, c.Name, c.Username = c.text("email"), c.text("name"), c.text("preferred_username")
	verified := string(c.all["email_verified"])
	c.MailVerified = verified == "true" || verified == `"true"`
	if c.Issuer == "" || c.Subject == "" || len(c.Subject) > 512 {
		return p, notGenuine("it names nobody")
	}
	p.signed, p.signature = []byte(parts[0]+"."+parts[1]), raw[2]
	return p, nil
}

// oneObject refuses what follows the object.
func oneObject(text []byte, into *map[string]json.RawMessage) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	return d.Decode(into) == nil && !d.More() && *into != nil
}

// IssuerOf is who a token says it is from: to be believed only after Verify.
func IssuerOf(token string) (string, error) {
	p, err := parse(token)
	return p.claims.Issuer, err
}
