package signin

import (
	"net/http"
	"time"

	"slipway/pipelines"
)

// againWithin is how long after signing in somebody who has no password counts as
// having just done so.
const againWithin = 15 * time.Minute

// Again demands that whoever is signed in shows once more who they are, before it
// changes how they sign in: a browser left open must not be enough, or whoever
// finds it could come back for good. Who has no password has signed in a moment
// ago.
func (s *SignIn) Again(r *http.Request, p pipelines.Principal, password string) error {
	if err := p.Demand(pipelines.Own, pipelines.Where{}); err != nil {
		return err
	}
	stored, err := s.Records.Password(r.Context(), p.UserID)
	if err != nil {
		return err
	}
	if stored != "" {
		return s.CheckPassword(r, p, password)
	}
	mine, err := s.Records.Sessions(r.Context(), p.UserID, s.Env.Now())
	if err != nil {
		return err
	}
	for _, one := range mine {
		if one.ID == p.Credential && s.Env.Now().Sub(one.Created) < againWithin {
			return nil
		}
	}
	return pipelines.Refuse(pipelines.Conflict, "you have no password here, and this takes having signed in within the last %d minutes: sign out, sign in again, and do it then", int(againWithin.Minutes()))
}
