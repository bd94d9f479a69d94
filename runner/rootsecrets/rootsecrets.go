// Package rootsecrets seals values with one X25519 key pair that lies in
// Parameter Store: the form of secrets on AWS that costs nothing.
//
// It does not rotate the pair and keeps no values. What a newcomer would miss:
// the halves are two parameters with two permissions. Whoever seals may read
// `<prefix>/seal` alone, so a web function that was taken over still cannot open
// a secret; `<prefix>/open` is a SecureString that only the runner may read.
package rootsecrets

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"slipway/runner/secrets"
)

// kind stands in every envelope.
const kind = "parameter"

// where such keepers have their key, for messages.
const where = "in Parameter Store"

// Sealer closes values with the public half, which it reads once. It needs
// ssm:GetParameter on `<prefix>/seal`.
func Sealer(cfg aws.Config, prefix string, random io.Reader) secrets.Sealer {
	return &sealer{store: store{ssm.NewFromConfig(cfg), prefix}, random: random}
}

// Opener seals and opens. It needs ssm:GetParameter on `<prefix>/open` alone:
// the public half follows from the private one.
func Opener(cfg aws.Config, prefix string, random io.Reader) secrets.Keeper {
	return &keeper{store: store{ssm.NewFromConfig(cfg), prefix}, random: random}
}

type sealer struct {
	store  store
	random io.Reader
	half   once[secrets.Public]
}

func (s *sealer) Seal(ctx context.Context, name string, value []byte) (secrets.Sealed, error) {
	public, err := s.half.get(func() (secrets.Public, error) { return s.store.public(ctx) })
	if err != nil {
		return secrets.Sealed{}, fmt.Errorf("seal %s: %w", name, err)
	}
	return public.Seal(kind, name, value, s.random)
}

type keeper struct {
	store  store
	random io.Reader
	half   once[secrets.Private]
}

func (k *keeper) private(ctx context.Context) (secrets.Private, secrets.Public, error) {
	private, err := k.half.get(func() (secrets.Private, error) { return k.store.private(ctx) })
	if err != nil {
		return private, secrets.Public{}, err
	}
	public, err := private.Public()
	return private, public, err
}

func (k *keeper) Seal(ctx context.Context, name string, value []byte) (secrets.Sealed, error) {
	_, public, err := k.private(ctx)
	if err != nil {
		return secrets.Sealed{}, fmt.Errorf("seal %s: %w", name, err)
	}
	return public.Seal(kind, name, value, k.random)
}

func (k *keeper) Open(ctx context.Context, s secrets.Sealed) ([]byte, error) {
	private, public, err := k.private(ctx)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", s.Name, err)
	}
	if err := s.Fits(kind, public.ID(), where); err != nil {
		return nil, err
	}
	return private.Open(s)
}

// once keeps what was read; an error is not kept.
type once[T any] struct {
	mu    sync.Mutex
	value *T
}

func (o *once[T]) get(read func() (T, error)) (T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.value != nil {
		return *o.value, nil
	}
	value, err := read()
	if err == nil {
		o.value = &value
	}
	return value, err
}

// store is the two parameters.
type store struct {
	client *ssm.Client
	prefix string
}

func (s store) sealName() string { return s.prefix + "/seal" }
func (s store) openName() string { return s.prefix + "/open" }

// errMissing is what reading a parameter gives that is not there.
var errMissing = errors.New("is not there: the stack's prepare step makes it; update the stack")

func (s store) public(ctx context.Context) (secrets.Public, error) {
	half, err := s.read(ctx, s.sealName())
	return secrets.Public(half), err
}

func (s store) private(ctx context.Context) (secrets.Private, error) {
	half, err := s.read(ctx, s.openName())
	return secrets.Private(half), err
}

func (s store) read(ctx context.Context, name string) (half [32]byte, err error) {
	out, err := s.client.GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
	if _, missing := errors.AsType[*types.ParameterNotFound](err); missing {
		return half, fmt.Errorf("parameter %s %w", name, errMissing)
	}
	if err != nil {
		return half, fmt.Errorf("parameter %s: %w", name, err)
	}
	raw, err := base64.StdEncoding.DecodeString(aws.ToString(out.Parameter.Value))
	if err != nil || len(raw) != len(half) {
		return half, fmt.Errorf("parameter %s holds no key: bring back the version before (aws ssm get-parameter-history)", name)
	}
	return [32]byte(raw), nil
}
