package catalog

import (
	"context"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// NounEdit is one noun as somebody wants it saved, made from what was read at
// Revision.
type NounEdit struct {
	Kind     records.Kind
	ID       string // "" for a new one
	Revision int64
	Noun     any // by value, like a pipelines.Lifecycle; not looked at where it is removed
	Remove   bool
	TakeOver bool // also where a folder of text has it
}

// SaveNoun saves or removes one noun as the pages' own. What text does not say
// of a noun stays as it is, and so does its name, by which others refer to it.
// If somebody has changed it since it was read, nothing is saved, and the error
// holds the difference.
func (c *Catalog) SaveNoun(ctx context.Context, p pipelines.Principal, edit NounEdit) (Weighed, error) {
	told, err := c.apply(ctx, p, func(now textform.Nouns) (Wanted, error) { return c.edited(ctx, p, now, edit, nil) })
	if err != nil || c.Arrange == nil {
		return told, err
	}
	return told, unarranged(c.Arrange(ctx))
}

// PreviewNoun says what SaveNoun would change, with the same rights and
// problems.
func (c *Catalog) PreviewNoun(ctx context.Context, p pipelines.Principal, edit NounEdit) (Weighed, error) {
	now, err := c.load(ctx)
	if err != nil {
		return Weighed{}, err
	}
	wanted, err := c.edited(ctx, p, now, edit, nil)
	if err != nil {
		return Weighed{}, err
	}
	w, err := c.weigh(ctx, p, now, wanted)
	return newWeighed(w.changes), err
}

// edited is what an edit makes of the configuration as it stands. Where remake
// is given, it makes the noun of the one there is.
func (c *Catalog) edited(ctx context.Context, p pipelines.Principal, now textform.Nouns, edit NounEdit, remake func(now any) any) (Wanted, error) {
	kind, ok := editables[edit.Kind]
	if !ok {
		return Wanted{}, pipelines.Refuse(pipelines.Invalid, "%s are not edited one by one", edit.Kind)
	}
	wanted := Wanted{Owner: pipelines.OwnedByPages, TakeOver: edit.TakeOver}
	if edit.ID == "" {
		// That a name is taken is told to nobody who may not add it.
		var alone textform.Nouns
		if err := kind.put(&alone, edit.Noun); err != nil {
			return Wanted{}, err
		}
		if err := mayChange(p, alone, textform.Change{Do: textform.Remove, Kind: kind.noun(), Name: kind.nameOf(edit.Noun)}); err != nil {
			return Wanted{}, err
		}
		if name := kind.nameOf(edit.Noun); kind.named(now, name) {
			return Wanted{}, refused([]pipelines.Problem{{Path: path(kind.noun(), 0) + ".name", Message: fmt.Sprintf("there is a %s %q already: choose another name", kind.called(), name)}})
		}
		return wanted, kind.put(&wanted.Nouns, edit.Noun)
	}
	old, name, owner, ok := kind.stored(now, edit.ID)
	if !ok {
		return Wanted{}, pipelines.Refuse(pipelines.NotFound, "there is no %s %q any more: somebody has removed it", kind.called(), edit.ID)
	}
	// What stands there is told to nobody who may not change it.
	if err := mayChange(p, now, textform.Change{Do: textform.Remove, Kind: kind.noun(), Name: name}); err != nil {
		return Wanted{}, err
	}
	if remake != nil {
		edit.Noun = remake(old)
	}
	revision, err := c.revision(ctx, edit.Kind, edit.ID)
	if err != nil {
		return Wanted{}, err
	}
	if revision != edit.Revision {
		return Wanted{}, c.overtakenBy(kind, old, name, revision, edit)
	}
	if err := pipelines.MayEdit(kind.called(), name, owner, pipelines.OwnedByPages); err != nil && !edit.TakeOver {
		return Wanted{}, err
	}
	if edit.Remove {
		wanted.gone = func(k records.Kind, id string) bool { return k == edit.Kind && id == edit.ID }
		return wanted, nil
	}
	if now := kind.nameOf(edit.Noun); !pipelines.SameName(now, name) {
		return Wanted{}, refused([]pipelines.Problem{{Path: path(kind.noun(), 0) + ".name", Message: fmt.Sprintf("%s %q keeps its name, by which others refer to it; got %q", kind.called(), name, now)}})
	}
	return wanted, kind.put(&wanted.Nouns, edit.Noun)
}

// overtakenBy tells the second of two people what the first has left, against
// what they wanted themselves.
func (c *Catalog) overtakenBy(kind editable, now any, name string, revision int64, edit NounEdit) error {
	e := pipelines.Refuse(pipelines.Conflict, "%s %s was changed by somebody else since you read it (you have revision %d, it is at %d): nothing was saved. The lines with - are there now, those with + are yours", kind.called(), name, edit.Revision, revision)
	if edit.Remove {
		return e
	}
	for _, line := range kind.differs(now, edit.Noun, c.stepTypes()) {
		e.Problems = append(e.Problems, pipelines.Problem{Message: line})
	}
	return e
}

// editable is a kind of nouns that is edited one at a time, whatever its type.
type editable interface {
	noun() string   // as in paths, "variable-set"
	called() string // as people say it, "variable set"
	nameOf(noun any) string
	named(now textform.Nouns, name string) bool
	stored(now textform.Nouns, id string) (noun any, name, owner string, ok bool)
	put(into *textform.Nouns, noun any) error
	count(n textform.Nouns) int
	first(n textform.Nouns) any // of at least one
	differs(before, after any, types textform.StepTypes) []string
}

// edits makes one editable of a kind and of where its nouns stand.
type edits[T any] struct {
	kind kind[T]
	list func(*textform.Nouns) *[]T
}

var editables = map[records.Kind]editable{
	records.Environments: edits[pipelines.Environment]{environments, func(n *textform.Nouns) *[]pipelines.Environment { return &n.Environments }},
	records.Lifecycles:   edits[pipelines.Lifecycle]{lifecycles, func(n *textform.Nouns) *[]pipelines.Lifecycle { return &n.Lifecycles }},
	records.Users:        edits[pipelines.User]{users, func(n *textform.Nouns) *[]pipelines.User { return &n.Users }},
	records.UserRoles:    edits[pipelines.UserRole]{userRoles, func(n *textform.Nouns) *[]pipelines.UserRole { return &n.UserRoles }},
	records.Teams:        edits[pipelines.Team]{teams, func(n *textform.Nouns) *[]pipelines.Team { return &n.Teams }},
	records.Targets:      edits[pipelines.Target]{targets, func(n *textform.Nouns) *[]pipelines.Target { return &n.Targets }},
	records.Feeds:        edits[pipelines.Feed]{feeds, func(n *textform.Nouns) *[]pipelines.Feed { return &n.Feeds }},
	records.VariableSets: edits[pipelines.VariableSet]{variableSets, func(n *textform.Nouns) *[]pipelines.VariableSet { return &n.VariableSets }},
	records.Projects:     edits[pipelines.Project]{projects, func(n *textform.Nouns) *[]pipelines.Project { return &n.Projects }},
}

func (e edits[T]) noun() string   { return e.kind.word }
func (e edits[T]) called() string { return strings.ReplaceAll(e.kind.word, "-", " ") }

func (e edits[T]) nameOf(noun any) string {
	n, ok := noun.(T)
	if !ok {
		return ""
	}
	return e.kind.name(n)
}

func (e edits[T]) named(now textform.Nouns, name string) bool {
	for _, n := range *e.list(&now) {
		if pipelines.SameName(e.kind.name(n), name) {
			return true
		}
	}
	return false
}

func (e edits[T]) stored(now textform.Nouns, id string) (noun any, name, owner string, ok bool) {
	for _, n := range *e.list(&now) {
		if e.kind.id(n) == id {
			return n, e.kind.name(n), *e.kind.owner(&n), true
		}
	}
	return nil, "", "", false
}

func (e edits[T]) put(into *textform.Nouns, noun any) error {
	n, ok := noun.(T)
	if !ok {
		return fmt.Errorf("edit a %s: got a %T", e.kind.word, noun)
	}
	list := e.list(into)
	*list = append(*list, n)
	return nil
}

func (e edits[T]) differs(before, after any, types textform.StepTypes) []string {
	a, wasOne := before.(T)
	b, isOne := after.(T)
	if !wasOne || !isOne {
		return nil
	}
	change, _ := textform.CompareOne(e.kind.word, a, b, e.kind.name, types)
	return change.Lines
}

// TextOf is a noun as it is written in a folder, by itself.
func (c *Catalog) TextOf(of records.Kind, noun any) (string, error) {
	kind, ok := editables[of]
	if !ok {
		return "", fmt.Errorf("%s have no text", of)
	}
	var one textform.Nouns
	if err := kind.put(&one, noun); err != nil {
		return "", err
	}
	return string(textform.Print(one, c.stepTypes())), nil
}
