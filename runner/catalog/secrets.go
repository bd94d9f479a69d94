package catalog

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/secrets"
)

// A secret shorter than this cannot be masked in output without masking half
// of everything else.
const shortestSecret = 8

// Secret is a value to keep sealed.
type Secret struct {
	Name string
	// Value is kept byte by byte. Whoever reads it from a terminal or a pipe
	// takes the line break off that is not part of it; a private key needs its.
	Value []byte
	// UnmaskedRisk takes a value that is too short to be masked.
	UnmaskedRisk bool
	// TakesRisk is how one says so where the value comes from, for whoever has
	// sent one that is too short: a sentence's end behind "or".
	TakesRisk string
}

// SetSecret seals a value as the next version of a secret. Nobody can read it
// back.
func (c *Catalog) SetSecret(ctx context.Context, p pipelines.Principal, s Secret) (records.Secret, error) {
	if err := p.Demand(pipelines.SecretEdit, pipelines.Where{}); err != nil {
		return records.Secret{}, err
	}
	if err := s.check(); err != nil {
		return records.Secret{}, err
	}
	for range 20 {
		changes, newest, err := c.nextSecret(ctx, p, s)
		if err != nil {
			return records.Secret{}, err
		}
		entry := c.event(p, modified, "Secrets", "set the secret "+s.Name)
		err = c.Records.Tell(ctx, []pipelines.Event{entry}, changes...)
		if !records.Conflict(err) {
			return newest, err
		}
	}
	return records.Secret{}, pipelines.Refuse(pipelines.Unavailable, "the secret %s is being set by others at this moment: try again", s.Name)
}

// nextSecret are the changes that store a value as the next version of a secret.
func (c *Catalog) nextSecret(ctx context.Context, p pipelines.Principal, s Secret) (changes []records.Change, newest records.Secret, err error) {
	sealed, err := c.Sealer.Seal(ctx, s.Name, s.Value)
	if err != nil {
		return nil, newest, err
	}
	changes, err = c.Records.AddSecret(ctx, records.Secret{Name: s.Name, Sealed: sealed, Created: c.Env.Now(), By: p.Username})
	if err != nil {
		return nil, newest, err
	}
	return changes, newest, json.Unmarshal(changes[0].Value, &newest)
}

func (s Secret) check() error {
	switch {
	case s.Name == "" || strings.TrimSpace(s.Name) != s.Name || len(s.Name) > 200 || strings.ContainsFunc(s.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) || !utf8.ValidString(s.Name):
		return pipelines.Refuse(pipelines.Invalid, "a secret needs a name of at most 200 bytes, without control characters or spaces at its ends; got %q", s.Name)
	case !pipelines.OneLine(s.Name) || s.Name == "." || s.Name == "..":
		return pipelines.Refuse(pipelines.Invalid, "a secret's name holds no characters that nobody sees, and is neither . nor ..; got %q", s.Name)
	case len(s.Value) == 0:
		return pipelines.Refuse(pipelines.Invalid, "the secret %s has no value: give it one", s.Name)
	case len(s.Value) > secrets.MaxValue:
		return pipelines.Refuse(pipelines.Invalid, "the value of the secret %s has %d bytes, and the most is %d", s.Name, len(s.Value), secrets.MaxValue)
	case !utf8.Valid(s.Value):
		return pipelines.Refuse(pipelines.Invalid, "the value of the secret %s is not text in UTF-8: encode it, for example as base64", s.Name)
	case utf8.RuneCount(s.Value) < shortestSecret && !s.UnmaskedRisk:
		out := ""
		if s.TakesRisk != "" {
			out = ", or " + s.TakesRisk
		}
		return pipelines.Refuse(pipelines.Invalid, "the value of the secret %s has less than %d characters, too few to be masked in output: take a longer one%s", s.Name, shortestSecret, out)
	}
	return nil
}
