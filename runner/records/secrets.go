package records

import (
	"context"
	"fmt"
	"time"

	"slipway/pipelines"
	"slipway/runner/secrets"
	"slipway/runner/table"
)

// Secret is one version of a sealed value.
type Secret struct {
	Name    string         `json:"name"`
	Version int            `json:"version"`
	Sealed  secrets.Sealed `json:"sealed"`
	Created time.Time      `json:"created"`
	By      string         `json:"by"`
}

// Secrets are the newest versions of all secrets; nobody can read the values.
func (r *Records) Secrets(ctx context.Context) ([]Secret, error) {
	return all[Secret](ctx, r, table.Range{Partition: "secrets"})
}

// Secret reads one version of a secret.
func (r *Records) Secret(ctx context.Context, name string, version int) (Secret, error) {
	s, _, ok, err := get[Secret](ctx, r, secretKey(name, version))
	if err == nil && !ok {
		err = pipelines.Refuse(pipelines.NotFound, "there is no version %d of the secret %q", version, name)
	}
	return s, err
}

// SecretVersion is the newest version of a secret.
func (r *Records) SecretVersion(ctx context.Context, name string) (int, bool, error) {
	s, _, ok, err := get[Secret](ctx, r, key("secrets", pipelines.NameKey(name)))
	return s.Version, ok, err
}

// AddSecret are the changes that store the next version of a secret.
func (r *Records) AddSecret(ctx context.Context, s Secret) ([]Change, error) {
	newest := key("secrets", pipelines.NameKey(s.Name))
	old, revision, ok, err := get[Secret](ctx, r, newest)
	if err != nil {
		return nil, err
	}
	s.Version = old.Version + 1
	change := table.Create(newest, encode(s))
	if ok {
		change = table.Replace(newest, encode(s), revision)
	}
	return []Change{change, table.Create(secretKey(s.Name, s.Version), encode(s))}, nil
}

func secretKey(name string, version int) table.Key {
	return key("secret/"+pipelines.NameKey(name), fmt.Sprintf("%06d", version))
}
