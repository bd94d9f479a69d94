package catalog

import (
	"context"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// Edit is a list of variables as somebody wants it saved: all of them, made
// from what was read at Revision.
type Edit struct {
	Revision  int64
	Variables []pipelines.Variable
	TakeOver  bool // also where a folder of text has them
}

// SaveProjectVariables saves a project's variables. If somebody has changed the
// project since they were read, nothing is saved, and the error holds the
// difference.
func (c *Catalog) SaveProjectVariables(ctx context.Context, p pipelines.Principal, id string, edit Edit) error {
	return c.saveVariables(ctx, p, records.Projects, id, edit, func(now any) any {
		project := now.(pipelines.Project)
		project.Variables = edit.Variables
		return project
	})
}

// SaveSetVariables saves the variables of a variable set likewise.
func (c *Catalog) SaveSetVariables(ctx context.Context, p pipelines.Principal, id string, edit Edit) error {
	return c.saveVariables(ctx, p, records.VariableSets, id, edit, func(now any) any {
		set := now.(pipelines.VariableSet)
		set.Variables = edit.Variables
		return set
	})
}

// saveVariables changes nothing of the noun but what remake does.
func (c *Catalog) saveVariables(ctx context.Context, p pipelines.Principal, kind records.Kind, id string, edit Edit, remake func(now any) any) error {
	_, err := c.apply(ctx, p, func(now textform.Nouns) (Wanted, error) {
		return c.edited(ctx, p, now, NounEdit{Kind: kind, ID: id, Revision: edit.Revision, TakeOver: edit.TakeOver}, remake)
	})
	return err
}
