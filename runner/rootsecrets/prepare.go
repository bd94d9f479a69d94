package rootsecrets

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"slipway/runner/secrets"
)

// Prepare makes the pair where there is none, and mends one of which only the
// private half was written. It never overwrites: two at once end with one pair,
// and a pair that is there stays, since every secret hangs on it. It needs
// ssm:GetParameter and ssm:PutParameter on both halves.
func Prepare(ctx context.Context, cfg aws.Config, prefix string, random io.Reader) error {
	s := store{ssm.NewFromConfig(cfg), prefix}
	private, err := s.private(ctx)
	if errors.Is(err, errMissing) {
		private, err = s.make(ctx, random)
	}
	if err != nil {
		return err
	}
	public, err := private.Public()
	if err != nil {
		return err
	}
	// The private half first, the public one second: what can be sealed can be opened.
	there, err := s.public(ctx)
	if errors.Is(err, errMissing) {
		var first bool
		first, err = s.put(ctx, s.sealName(), types.ParameterTypeString, "Slipway seals secrets with this half of its key.", public)
		if first || err != nil {
			return err
		}
		there, err = s.public(ctx)
	}
	if err != nil {
		return err
	}
	if there != public {
		return fmt.Errorf("parameters %s and %s do not belong together: bring back the version of the one that was changed (aws ssm get-parameter-history); if no secret was set yet, delete both and update the stack", s.sealName(), s.openName())
	}
	return nil
}

// make writes a new private half, and reads what is there then: another's, if
// that came first. With an open half gone but the public one there, the secrets
// sealed so far could never be opened, so nothing is made.
func (s store) make(ctx context.Context, random io.Reader) (secrets.Private, error) {
	if _, err := s.public(ctx); !errors.Is(err, errMissing) {
		if err == nil {
			if private, again := s.private(ctx); again == nil {
				return private, nil // another made both meanwhile
			}
			err = fmt.Errorf("parameter %s is there and %s is not: without it no secret can be opened; bring it back, or delete both, update the stack and set every secret again", s.sealName(), s.openName())
		}
		return secrets.Private{}, err
	}
	private, err := secrets.NewPrivate(random)
	if err != nil {
		return private, err
	}
	first, err := s.put(ctx, s.openName(), types.ParameterTypeSecureString, "Slipway opens secrets with this half of its key. Without it all of them are lost.", private)
	if first || err != nil {
		return private, err
	}
	return s.private(ctx)
}

// put writes a parameter that is not there, and says whether it was the first to.
func (s store) put(ctx context.Context, name string, kind types.ParameterType, description string, half [32]byte) (first bool, err error) {
	_, err = s.client.PutParameter(ctx, &ssm.PutParameterInput{
		Name: &name, Type: kind, Description: &description, Value: aws.String(base64.StdEncoding.EncodeToString(half[:])),
	})
	if _, there := errors.AsType[*types.ParameterAlreadyExists](err); there {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("parameter %s: %w", name, err)
	}
	return true, nil
}
