package records

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/table"
)

// Claims are what all projects hold on all targets.
func (r *Records) Claims(ctx context.Context) ([]pipelines.Holder, error) {
	held, err := r.holdings(ctx)
	return holders(held), err
}

// holdings are what is stored of all holders. A row that cannot be read hides
// nobody else's: its key says whose it is, and nothing what they hold.
func (r *Records) holdings(ctx context.Context) ([]holding, error) {
	var out []holding
	for item, err := range table.All(ctx, r.table, table.Range{Partition: "claims"}) {
		if err != nil {
			return nil, err
		}
		var h holding
		if decode(item, &h) != nil {
			h = holding{damaged: true}
			h.ProjectID, h.EnvironmentID, _ = strings.Cut(item.Key.Sort, "/")
		}
		out = append(out, h)
	}
	return out, nil
}

func holders(held []holding) []pipelines.Holder {
	var out []pipelines.Holder
	for _, h := range held {
		out = append(out, h.Holder)
	}
	return out
}

// Clash says what somebody else has come to hold since the plan was made, "" if
// nothing. The changes go with the turn that starts the deployment: of two that
// start at once and claim anything, one starts over and sees the other. What is
// taken from others by a step's leave, and was not when the plan told of it, goes
// into the audit log with them.
func (r *Records) Clash(ctx context.Context, d pipelines.Deployment, p plan.Plan, at time.Time) (string, Also, error) {
	if len(p.Claims) == 0 || len(p.Blocked()) > 0 {
		return "", Also{}, nil
	}
	pin, revision, holders, err := r.pinned(ctx)
	if err != nil {
		return "", Also{}, err
	}
	var taken []string
	for _, c := range p.Claims {
		holder, _, clash := c.Clash(p.ProjectID, p.EnvironmentID, holders)
		if !clash {
			continue
		}
		name := holder.Project + "/" + holder.Environment
		what := fmt.Sprintf("%s %s is held by %s since this deployment was asked for", c.Kind, c.Value, name)
		if !c.Allowed {
			return what + ": give one of them another value", Also{}, nil
		}
		if c.Holder != name {
			taken = append(taken, fmt.Sprintf("%s, and step %s allows that: it takes it over", what, c.Step))
		}
	}
	next := encode(claimsPin{N: pin.N + 1, ProjectID: d.ProjectID, EnvironmentID: d.EnvironmentID, By: d.ID})
	also := Also{Changes: []Change{table.Create(pinKey, next)}}
	if revision > 0 {
		also.Changes = []Change{table.Replace(pinKey, next, revision)}
	}
	if len(taken) > 0 {
		also.Told = append(also.Told, tookOver(d, at, pin.N+1, taken))
	}
	return "", also, nil
}

// tookOver is the audit entry of a deployment that takes what others have come to
// hold after its plan was made, so that the plan says nothing of it.
func tookOver(d pipelines.Deployment, at time.Time, pin int, taken []string) pipelines.Event {
	by := pipelines.System("runner")
	return pipelines.Event{
		ID: fmt.Sprintf("%s-DeploymentTookOver-%d", d.ID, pin), At: at, Category: "DeploymentTookOver", Subject: d.ID,
		UserID: by.UserID, Username: by.Username, Via: by.Via,
		Message: d.Project + " " + d.Release + " to " + d.Environment + " takes what others hold: " + strings.Join(taken, "; "),
		Project: d.ProjectID, Environment: d.EnvironmentID, Related: []string{d.ProjectID, d.ReleaseID, d.EnvironmentID}, Details: map[string]string{"allowed": strings.Join(taken, "\n")},
	}
}

// claimsPin is renewed by whoever comes to hold anything. It says who was last,
// since a store may show the pin of a write before its other items.
type claimsPin struct {
	N             int    `json:"n"`
	ProjectID     string `json:"projectId"`
	EnvironmentID string `json:"environmentId"`
	By            string `json:"by"`
}

// UnmarshalJSON reads the number that the pin once was, too.
func (p *claimsPin) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &p.N) == nil {
		return nil
	}
	type plain claimsPin
	return json.Unmarshal(b, (*plain)(p))
}

var pinKey = key("meta", "claims")

// pinIn is the number of the pin that is among the changes, 0 if none is.
func pinIn(changes []Change) int {
	for _, c := range changes {
		var pin claimsPin
		if c.Key == pinKey && json.Unmarshal(c.Value, &pin) == nil {
			return pin.N
		}
	}
	return 0
}

// pinned reads the pin and what everybody holds, not older than the pin. A pin that
// stands still while what it speaks of never appears is one whose write left nothing
// else, as writes of former versions could: it hides nothing.
func (r *Records) pinned(ctx context.Context) (pin claimsPin, revision int64, held []pipelines.Holder, err error) {
	var first int64
	for tried := range 100 {
		if pin, revision, _, err = orNone[claimsPin](ctx, r, pinKey); err != nil {
			return pin, 0, nil, err
		}
		if tried == 0 {
			first = revision
		}
		held, err := r.holdings(ctx)
		if err != nil {
			return pin, revision, nil, err
		}
		if pin.shows(held) || tried == 99 && revision == first {
			return pin, revision, holders(held), nil
		}
	}
	return pin, 0, nil, pipelines.Refuse(pipelines.Unavailable, "what projects hold changes too fast at this moment: try again")
}

// shows says whether the newest holder is among those that were read.
func (p claimsPin) shows(held []holding) bool {
	return p.By == "" || slices.ContainsFunc(held, func(h holding) bool {
		same := h.ProjectID == p.ProjectID && h.EnvironmentID == p.EnvironmentID
		return same && (h.damaged || h.Pin >= p.N || h.Pin == 0 && numberOf(h.By) >= numberOf(p.By))
	})
}

// holding is what is stored of a holder.
type holding struct {
	pipelines.Holder
	// Last is the deployment that wrote it; By is the newest one that ever did.
	Last string `json:"last,omitempty"`
	Pin  int    `json:"pin,omitempty"` // the newest of its pins

	damaged bool
}

// claims says what the deployment's project and environment hold from when it
// takes or leaves its place. While it runs, and after anything but success, that
// is what they held before and what this plan wants: nobody knows which of the
// two is on the hosts. Success leaves the plan's. Whoever renews the pin leaves
// its number here, also when nothing has come to be held: without it nobody would
// ever again find what the pin speaks of.
func (r *Records) claims(ctx context.Context, p plan.Plan, d pipelines.Deployment, head graph.Head, pin int) ([]Change, error) {
	touchedNothing := head.Blocked || head.Started.IsZero() || neverRan(head)
	if touchedNothing && pin == 0 {
		return nil, nil
	}
	old, _, _, err := orNone[holding](ctx, r, claimsKey(d))
	if err != nil {
		return nil, err
	}
	if touchedNothing {
		return []Change{table.Put(claimsKey(d), r.packed(encode(old.pinned(d, pin))))}, nil
	}
	held := wanted(p)
	if d.Status != pipelines.Succeeded {
		for _, c := range old.Claims {
			if !slices.ContainsFunc(held, func(h pipelines.Claim) bool { return sameClaim(h, c) }) {
				held = append(held, c)
			}
		}
	}
	return []Change{table.Put(claimsKey(d), r.packed(encode(old.next(d, held, pin))))}, nil
}

// wanted are the plan's claims, without what the plan found about them.
func wanted(p plan.Plan) []pipelines.Claim {
	out := slices.Clone(p.Claims)
	for i := range out {
		out[i].Holder = ""
	}
	return out
}

// next is what follows when d has come to hold the claims.
func (h holding) next(d pipelines.Deployment, held []pipelines.Claim, pin int) holding {
	out := holding{Last: d.ID, Pin: max(h.Pin, pin), Holder: pipelines.Holder{
		ProjectID: d.ProjectID, Project: d.Project, EnvironmentID: d.EnvironmentID, Environment: d.Environment, Claims: held, By: d.ID,
	}}
	if numberOf(h.By) > numberOf(d.ID) {
		out.By = h.By
	}
	return out
}

// pinned is the same with a newer pin: d has renewed it and holds nothing more.
func (h holding) pinned(d pipelines.Deployment, pin int) holding {
	h.ProjectID, h.Project, h.EnvironmentID, h.Environment = d.ProjectID, d.Project, d.EnvironmentID, d.Environment
	h.Pin = pin
	return h
}

// settledClaims says what is held when a deployment succeeds that had given its
// place up before: the plan's, if nobody came after it.
func (r *Records) settledClaims(ctx context.Context, p plan.Plan, d pipelines.Deployment) ([]Change, error) {
	if d.Status != pipelines.Succeeded {
		return nil, nil
	}
	old, revision, there, err := orNone[holding](ctx, r, claimsKey(d))
	if err != nil || !there || old.Last != d.ID {
		return nil, err
	}
	return []Change{table.Replace(claimsKey(d), r.packed(encode(old.next(d, wanted(p), 0))), revision)}, nil
}

// FreeClaims is the change after which a project, or an environment, holds
// nothing any more.
func (r *Records) FreeClaims(ctx context.Context, projectOrEnvironment string) ([]Change, error) {
	holders, err := r.Claims(ctx)
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, h := range holders {
		if h.ProjectID == projectOrEnvironment || h.EnvironmentID == projectOrEnvironment {
			out = append(out, table.Remove(claimsKey(pipelines.Deployment{ProjectID: h.ProjectID, EnvironmentID: h.EnvironmentID})))
		}
	}
	pin, revision, there, err := orNone[claimsPin](ctx, r, pinKey)
	if there && (pin.ProjectID == projectOrEnvironment || pin.EnvironmentID == projectOrEnvironment) {
		// Nobody would ever find the holder that this pin speaks of.
		out = append(out, table.Replace(pinKey, encode(claimsPin{N: pin.N}), revision))
	}
	return out, err
}

func sameClaim(a, b pipelines.Claim) bool {
	return a.Same(b) && slices.Equal(a.Targets, b.Targets)
}
