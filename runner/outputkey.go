package runner

import (
	"context"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/secrets"
)

// Hosts seal the sensitive outputs of scripts to a key of ours, so that they
// stand nowhere in the clear between two steps. Its private half is kept like
// any secret, sealed, and opened only where a later step needs such a value.

// outputSecret is what the private half is sealed as.
const outputSecret = "slipway/outputs"

// outputKey is the public half; it is made when it is first needed. Nil where
// secrets cannot be sealed.
func (r *Runner) outputKey(ctx context.Context) ([]byte, error) {
	r.mu.Lock()
	known := r.sealTo
	r.mu.Unlock()
	if known != nil {
		return known, nil
	}
	stored, there, err := r.Records.OutputKey(ctx)
	if err != nil {
		return nil, err
	}
	if !there {
		if stored, err = r.newOutputKey(ctx); err != nil {
			return nil, err
		}
	}
	r.mu.Lock()
	r.sealTo = stored.Public
	r.mu.Unlock()
	return stored.Public, nil
}

func (r *Runner) newOutputKey(ctx context.Context) (records.OutputKey, error) {
	sealer, ok := r.Secrets.(secrets.Sealer)
	if !ok {
		return records.OutputKey{}, nil
	}
	public, private, err := secrets.NewHostKey(r.Env.Random)
	if err != nil {
		return records.OutputKey{}, err
	}
	made := records.OutputKey{Public: public}
	if made.Private, err = sealer.Seal(ctx, outputSecret, private); err != nil {
		return records.OutputKey{}, err
	}
	err = r.Records.Write(ctx, records.AddOutputKey(made))
	if records.Conflict(err) {
		first, _, err := r.Records.OutputKey(ctx)
		return first, err
	}
	return made, err
}

// openOutputs is the whole key.
func (r *Runner) openOutputs(ctx context.Context) (secrets.HostKey, error) {
	stored, there, err := r.Records.OutputKey(ctx)
	if err != nil {
		return secrets.HostKey{}, err
	}
	if !there {
		return secrets.HostKey{}, pipelines.Refuse(pipelines.Invalid, "there are sealed outputs of an earlier step and no key for them: the data is not whole. Deploy again")
	}
	private, err := r.Secrets.Open(ctx, stored.Private)
	if err != nil {
		return secrets.HostKey{}, err
	}
	return secrets.HostKey{Public: stored.Public, Private: private}, nil
}
