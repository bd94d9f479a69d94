package catalog

import (
	"context"
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/textform"
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
	return c.save(ctx, p, edit, func() (place, error) {
		stored, err := c.Records.Project(ctx, id)
		project := stored.Noun
		wanted := project
		wanted.Variables = edit.Variables
		return place{
			kind: "project", name: project.Name, owner: project.Owner, revision: stored.Revision, variables: project.Variables,
			nouns: textform.Nouns{Projects: []pipelines.Project{wanted}}, edit: pipelines.ProjectEdit, where: pipelines.Where{Project: project.Name},
		}, err
	})
}

// SaveSetVariables saves the variables of a variable set likewise.
func (c *Catalog) SaveSetVariables(ctx context.Context, p pipelines.Principal, id string, edit Edit) error {
	return c.save(ctx, p, edit, func() (place, error) {
		stored, err := c.Records.VariableSet(ctx, id)
		set := stored.Noun
		wanted := set
		wanted.Variables = edit.Variables
		return place{
			kind: "variable set", name: set.Name, owner: set.Owner, revision: stored.Revision, variables: set.Variables,
			nouns: textform.Nouns{VariableSets: []pipelines.VariableSet{wanted}}, edit: pipelines.ProjectEdit,
		}, err
	})
}

// place is where variables are saved, as it stands.
type place struct {
	kind, name, owner string
	revision          int64
	variables         []pipelines.Variable
	nouns             textform.Nouns // with what is wanted
	edit              pipelines.Permission
	where             pipelines.Where
}

func (c *Catalog) save(ctx context.Context, p pipelines.Principal, edit Edit, read func() (place, error)) error {
	_, err := c.apply(ctx, p, func(textform.Nouns) (Wanted, error) {
		now, err := read()
		if err != nil {
			return Wanted{}, err
		}
		if err := p.Demand(now.edit, now.where); err != nil {
			return Wanted{}, err
		}
		if now.revision != edit.Revision {
			return Wanted{}, edited(now, edit)
		}
		if err := pipelines.MayEdit(now.kind, now.name, now.owner, pipelines.OwnedByPages); err != nil && !edit.TakeOver {
			return Wanted{}, err
		}
		return Wanted{Nouns: now.nouns, Owner: pipelines.OwnedByPages, TakeOver: edit.TakeOver}, nil
	})
	return err
}

// edited tells the second of two people what the first has left, against what
// they wanted themselves.
func edited(now place, edit Edit) error {
	e := pipelines.Refuse(pipelines.Conflict, "%s", fmt.Sprintf("%s %s was changed by somebody else since you read it (you have revision %d, it is at %d): nothing was saved. The lines with - are there now, those with + are yours", now.kind, now.name, edit.Revision, now.revision))
	for _, line := range textform.VariableLines(now.variables, edit.Variables) {
		e.Problems = append(e.Problems, pipelines.Problem{Message: line})
	}
	return e
}
