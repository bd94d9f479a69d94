// Package catalog changes configuration: environments, lifecycles, users,
// teams, targets, feeds, projects, secrets, passwords and API keys.
//
// Each change checks the right, validates the whole, and saves with its audit
// entry. It deploys nothing and shows nothing: that is what requests and views
// are for.
//
// The idea to know: what is wanted is laid over what there is, and only the
// whole is judged, so that a text may bring an environment and the project
// that deploys to it at once. Nothing is written before everything is valid.
package catalog

import (
	"context"
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/textform"
	"slipway/runner/env"
	"slipway/runner/records"
	"slipway/runner/secrets"
)

// Catalog changes configuration.
type Catalog struct {
	Records *records.Records
	Types   plan.Types
	Env     env.Env
	Sealer  secrets.Sealer
	// HashPassword makes the stored form of a password. Its error is the rule
	// that the password breaks, for people.
	HashPassword func(ctx context.Context, password string) (string, error)
	// Arrange is called after an Apply, for what goes by projects without being part
	// of them: the times at which feeds are asked. Nil: there is nothing.
	Arrange func(context.Context) error
}

// Diff says what Apply would change. It demands the same rights and finds the
// same problems.
func (c *Catalog) Diff(ctx context.Context, p pipelines.Principal, wanted Wanted) (Weighed, error) {
	now, err := c.load(ctx)
	if err != nil {
		return Weighed{}, err
	}
	w, err := c.weigh(ctx, p, now, wanted)
	return newWeighed(w.changes), err
}

// Apply makes the configuration what is wanted. Nouns that wanted does not
// name stay as they are, but those of its owner where it is whole; so do ids, what was pinned, and who is an admin. It is
// one write where the table allows as many changes at once; beyond that it is
// several, in an order that leaves a valid configuration after each, and the
// same Apply again does what is left. The error is a *pipelines.Error with all
// problems, whose paths are textform's.
func (c *Catalog) Apply(ctx context.Context, p pipelines.Principal, wanted Wanted) (Weighed, error) {
	told, err := c.apply(ctx, p, func(textform.Nouns) (Wanted, error) { return wanted, nil })
	if err != nil || c.Arrange == nil {
		return told, err
	}
	return told, unarranged(c.Arrange(ctx))
}

// unarranged is what people hear where the configuration is applied, and what
// follows from it is not.
func unarranged(err error) error {
	const say = "the configuration is applied, but not when feeds are asked: apply it again, which does that"
	if code := pipelines.CodeOf(err); code != "" {
		return pipelines.Refuse(code, "%s; %s", say, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", say, err)
	}
	return nil
}

// event makes the audit entry for what a principal did.
func (c *Catalog) event(p pipelines.Principal, category, subject, message string) pipelines.Event {
	return p.Did(c.Env.NewID(), c.Env.Now(), category, subject, message)
}

// The categories of entries, in Octopus's words.
const (
	created  = "Created"
	modified = "Modified"
	deleted  = "Deleted"
)

// stepTypes are the step types as the written form knows them.
func (c *Catalog) stepTypes() textform.StepTypes {
	out := textform.StepTypes{}
	for name, t := range c.Types {
		out[name] = t.Settings
	}
	return out
}
