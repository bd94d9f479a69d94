package signin

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/records"
)

const byAPIKey = "api key"

// ownerOf is who a key acts for, within the key's scope. That the key was used
// is noted now and then; if that fails, the request goes on all the same.
func (s *SignIn) ownerOf(r *http.Request, key records.APIKey) (pipelines.Principal, error) {
	ctx, now := r.Context(), s.Env.Now()
	p, err := s.Records.KeyPrincipal(ctx, key, byAPIKey)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		err = pipelines.Refuse(pipelines.Unauthenticated, "the account of this %s was removed", byAPIKey)
	}
	if err != nil {
		return pipelines.Principal{}, err
	}
	from := s.Address(r)
	_ = s.Records.SeeKey(ctx, key, now, from, func() pipelines.Event { // a note, not a condition
		return pipelines.Event{
			ID: s.Env.NewID(), At: now, Category: "APIKeyUsed", Subject: p.UserID, UserID: p.UserID, Username: p.Username,
			Via: byAPIKey, From: from, Message: "used the API key " + key.Hint + " for " + key.Purpose, Related: []string{key.ID},
		}
	})
	return p, nil
}
