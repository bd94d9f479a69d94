package catalog

import (
	"context"
	"crypto/subtle"

	"slipway/pipelines"
	"slipway/runner/records"
)

// OfferSetup makes the address with this token the way to the first admin, in
// place of any offered before. It is refused once there is one.
func (c *Catalog) OfferSetup(ctx context.Context, tokenHash string) error {
	s, revision, err := c.Records.Setup(ctx)
	if err != nil {
		return err
	}
	if s.Done {
		return alreadySetUp()
	}
	return c.Records.Write(ctx, records.SetSetup(records.Setup{Hash: tokenHash}, revision))
}

// FirstAdmin makes the first admin for somebody who came by the one-time
// address. Of several at once one wins.
func (c *Catalog) FirstAdmin(ctx context.Context, tokenHash string, u pipelines.User, password string) (pipelines.User, error) {
	s, revision, err := c.Records.Setup(ctx)
	if err != nil {
		return pipelines.User{}, err
	}
	if !s.Done && (s.Hash == "" || subtle.ConstantTimeCompare([]byte(s.Hash), []byte(tokenHash)) != 1) {
		return pipelines.User{}, pipelines.Refuse(pipelines.Forbidden, "this set-up address is not valid: use the one that `slipway init` or `slipway serve` printed last")
	}
	return c.firstAdmin(ctx, s, revision, u, password)
}

// FirstAdminHere makes the first admin for somebody who has the data folder in
// hand, like an unattended `slipway init`.
func (c *Catalog) FirstAdminHere(ctx context.Context, u pipelines.User, password string) (pipelines.User, error) {
	s, revision, err := c.Records.Setup(ctx)
	if err != nil {
		return pipelines.User{}, err
	}
	return c.firstAdmin(ctx, s, revision, u, password)
}

func (c *Catalog) firstAdmin(ctx context.Context, s records.Setup, revision int64, u pipelines.User, password string) (pipelines.User, error) {
	if s.Done {
		return pipelines.User{}, alreadySetUp()
	}
	u.Disabled = false
	if found := u.Check(); len(found) > 0 {
		return pipelines.User{}, &pipelines.Error{Code: pipelines.Invalid, Message: found[0].Message, Problems: found}
	}
	hash, err := c.hash(ctx, u.Username, password)
	if err != nil {
		return pipelines.User{}, err
	}
	changes, id, err := c.Records.NewNoun(ctx, records.Users, u.Username, func(id string, _ int) any {
		u.ID, u.Admin = id, true
		return u
	})
	if err != nil {
		return pipelines.User{}, err
	}
	changes = append(changes,
		records.SetPassword(id, hash),
		records.SetSetup(records.Setup{Done: true}, revision),
	)
	err = c.Records.Tell(ctx, []pipelines.Event{c.event(pipelines.System("setup"), created, id, "made the first admin, "+u.Username)}, changes...)
	if records.Conflict(err) {
		return pipelines.User{}, alreadySetUp()
	}
	return u, err
}

func alreadySetUp() error {
	return pipelines.Refuse(pipelines.Conflict, "there is an admin already: sign in, or ask one for an account")
}
