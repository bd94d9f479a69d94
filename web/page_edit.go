package web

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
	"slipway/web/pages"
)

// nounForm is how one kind of nouns is edited by page. All else is the same for
// every kind: the form, the text it becomes, saving it, and what stands against
// that. What was typed goes through all of it as the values of the form, so that
// nothing is lost on the way, be it right or wrong.
type nounForm interface {
	// open is the noun that a request is about, for somebody who may change it;
	// without an id it is a new one.
	open(r *http.Request, id string) (openNoun, error)
	// values are those of the form that shows the noun.
	values(noun any) url.Values
	// read makes a noun of the values, on the one that is there (what the form does
	// not show stays), and finds what is no noun at all.
	read(values url.Values, now any) (noun any, problems []pages.Problem)
	// fields are the inside of the form.
	fields(o openNoun, values url.Values, problems []pages.Problem) templ.Component
}

// rearranger is a form with buttons of its own, like the one that adds a phase:
// they change what is typed and save nothing.
type rearranger interface {
	rearrange(do string, values url.Values) bool
}

// asker is a form that asks elsewhere for what it lacks, by a button of its own:
// what it hears goes into what is typed, and nothing is saved.
type asker interface {
	ask(r *http.Request, do string, values url.Values) (asked bool, problems []pages.Problem)
}

// locator is a form that shows itself where a problem stands in what was typed.
type locator interface {
	locate(values url.Values, found []pipelines.Problem) []pages.Problem
}

// openNoun is a noun that somebody is about to edit.
type openNoun struct {
	kind     records.Kind
	id       string // "" for a new one
	noun     any    // by value
	revision int64
	owner    string
	what     string      // "lifecycle Dev, Test, and Prod", "environment" for a new one
	path     string      // of the form
	home     string      // where saving leads, and giving up
	list     string      // where a removal leads
	frame    pages.Frame // around the form, which it names
	removal  *pages.Removal
	choices  any // what the fields offer, as the form's own kind knows it
	// added says how another one is made, where pages make none: of such a kind
	// what was typed is given back to be read, not to be saved.
	added string
	wide  bool // the form is a text, as wide as the page
	// made is where saving a new one leads, if not home.
	made func(r *http.Request, noun any) string
}

// nounPage shows the form of the noun whose id stands in the address as key.
func (s *site) nounPage(form nounForm, key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		o, err := form.open(r, r.PathValue(key))
		if err != nil {
			s.fail(w, r, unseen(err))
			return
		}
		s.showNoun(w, r, http.StatusOK, form, o, form.values(o.noun), pages.EditNoun{})
	}
}

// saveNoun takes that form: it shows what would change, saves it, or gives the
// form back with what stands against it.
func (s *site) saveNoun(form nounForm, key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		typed := typedValues(r.PostForm)
		o, gone, err := reopen(r, form, r.PathValue(key))
		switch {
		case err != nil:
			s.fail(w, r, unseen(err))
		case gone:
			s.showGone(w, r, form, o, typed)
		default:
			s.takeNoun(w, r, form, o, typed)
		}
	}
}

// reopen is the noun as it is by now, or a new one where somebody has removed
// what was being edited.
func reopen(r *http.Request, form nounForm, id string) (o openNoun, gone bool, err error) {
	o, err = form.open(r, id)
	if id != "" && pipelines.CodeOf(err) == pipelines.NotFound && r.PostForm.Get("do") != pages.DoRemove {
		o, err = form.open(r, "")
		return o, true, err
	}
	return o, false, err
}

// showGone gives the form back as that of a new noun.
func (s *site) showGone(w http.ResponseWriter, r *http.Request, form nounForm, o openNoun, typed url.Values) {
	then := "and saving adds it again."
	if o.added != "" {
		then = "but cannot be saved: " + o.added
	}
	s.showNoun(w, r, http.StatusConflict, form, o, typed, pages.EditNoun{Only: o.added != "", Problems: []pages.Problem{{
		Text: "There is nothing of the kind any more at this address: somebody has removed it. What you typed is still here, " + then,
	}}})
}

// typedValues are the values of the form alone, with ends of lines as we write
// them.
func typedValues(f url.Values) url.Values {
	out := url.Values{}
	for name, all := range f {
		switch name {
		case "do", "revision", "take-over":
			continue
		}
		for _, v := range all {
			out.Add(name, strings.ReplaceAll(v, "\r\n", "\n"))
		}
	}
	return out
}

func (s *site) takeNoun(w http.ResponseWriter, r *http.Request, form nounForm, o openNoun, typed url.Values) {
	do := r.PostForm.Get("do")
	edit := catalog.NounEdit{Kind: o.kind, ID: o.id, Remove: do == pages.DoRemove, TakeOver: r.PostForm.Get("take-over") != ""}
	if o.id != "" {
		var err error
		if edit.Revision, err = strconv.ParseInt(r.PostForm.Get("revision"), 10, 64); err != nil {
			s.fail(w, r, errBadForm)
			return
		}
	}
	back := pages.EditNoun{TakeOver: edit.TakeOver}
	if buttons, ok := form.(rearranger); ok && buttons.rearrange(do, typed) {
		s.showNoun(w, r, http.StatusOK, form, o.at(edit.Revision), typed, back)
		return
	}
	if elsewhere, ok := form.(asker); ok {
		var asked bool
		if asked, back.Problems = elsewhere.ask(r, do, typed); asked {
			s.showNoun(w, r, http.StatusOK, form, o.at(edit.Revision), typed, back)
			return
		}
	}
	if edit.Remove {
		typed = form.values(o.noun)
	} else {
		edit.Noun, back.Problems = form.read(typed, o.noun)
	}
	switch {
	case do == pages.DoChange:
		back.Problems = nil
		s.showNoun(w, r, http.StatusOK, form, o.at(edit.Revision), typed, back)
		return
	case len(back.Problems) > 0:
		s.showNoun(w, r, http.StatusUnprocessableEntity, form, o.at(edit.Revision), typed, back)
		return
	}
	p := s.SignIn.Principal(r)
	if do == pages.DoSave || edit.Remove {
		if _, err := s.Catalog.SaveNoun(r.Context(), p, edit); err != nil {
			s.notSavedNoun(w, r, form, o, typed, edit, err)
			return
		}
		s.to(w, r, o.after(r, edit))
		return
	}
	shown, err := s.Catalog.PreviewNoun(r.Context(), p, edit)
	if err != nil {
		s.notSavedNoun(w, r, form, o, typed, edit, err)
		return
	}
	s.show(w, r, http.StatusOK, pages.EditPreviewPage(o.preview(shown, typed, edit)))
}

// at is the noun as it was read before: saving goes by that, so that a change
// made since is noticed, however often the form has come and gone.
func (o openNoun) at(revision int64) openNoun {
	if o.id != "" {
		o.revision = revision
	}
	return o
}

// after is where saving leads.
func (o openNoun) after(r *http.Request, edit catalog.NounEdit) string {
	switch {
	case edit.Remove:
		return o.list + "?now=removed"
	case edit.ID == "" && o.made != nil:
		return o.made(r, edit.Noun) + "?now=saved"
	}
	return o.home + "?now=saved"
}

// preview is the page that shows what an edit becomes.
func (o openNoun) preview(shown catalog.Weighed, typed url.Values, edit catalog.NounEdit) pages.EditPreview {
	v := pages.EditPreview{Frame: o.frame, Path: o.path, Saves: "Save " + o.what}
	v.Title = "What changes"
	if o.id == "" {
		v.Saves = "Add this " + o.what
	}
	if o.wide {
		v.Back = "Back to the text"
	}
	v.Sentence = "Nothing is saved yet."
	for _, c := range shown.Changes {
		for _, line := range c.Lines {
			v.Lines = append(v.Lines, differing(line))
		}
		if folder, ok := pipelines.OwningFolder(c.Taken); ok {
			v.Notes = append(v.Notes, "It is taken over from the folder "+folder+": from then on it is changed on these pages.")
		}
	}
	if len(v.Lines)+len(v.Notes) == 0 {
		v.Saves, v.Sentence = "", "Nothing changes: it stands like this already."
	}
	v.Carried = append(v.Carried, pages.Hidden{Name: "revision", Value: strconv.FormatInt(edit.Revision, 10)})
	if edit.TakeOver {
		v.Carried = append(v.Carried, pages.Hidden{Name: "take-over", Value: "yes"})
	}
	names := make([]string, 0, len(typed))
	for name := range typed {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range typed[name] {
			v.Carried = append(v.Carried, pages.Hidden{Name: name, Value: value})
		}
	}
	return v
}

// notSavedNoun gives the form back with what stands against saving it: somebody
// else's version, or what is wrong.
func (s *site) notSavedNoun(w http.ResponseWriter, r *http.Request, form nounForm, o openNoun, typed url.Values, edit catalog.NounEdit, why error) {
	if !forPerson(why) {
		s.fail(w, r, why)
		return
	}
	o, gone, err := reopen(r, form, o.id)
	switch {
	case err != nil:
		s.fail(w, r, unseen(err))
		return
	case gone:
		s.showGone(w, r, form, o, typed)
		return
	}
	back := pages.EditNoun{TakeOver: edit.TakeOver}
	if o.id != "" && o.revision != edit.Revision {
		conflict := conflictOf(why)
		conflict.Saving = "saving it now puts yours in place of theirs."
		if edit.Remove {
			conflict.Saving = "look at it as it is now before you remove it."
		}
		back.Conflict = &conflict
		s.showNoun(w, r, http.StatusConflict, form, o, typed, back)
		return
	}
	back.Problems = nounProblems(form, typed, why, edit)
	s.showNoun(w, r, formStatus(why), form, o, typed, back)
}

var lastIndex = regexp.MustCompile(`\[\d+\]$`)

// nounProblems puts what is wrong at its field: a path like
// lifecycles[0].phases[1].environments[2] at the field phases[1].environments.
func nounProblems(form nounForm, typed url.Values, why error, edit catalog.NounEdit) []pages.Problem {
	refused, ok := errors.AsType[*pipelines.Error](why)
	if text, locates := form.(locator); ok && locates && len(refused.Problems) > 0 {
		return text.locate(typed, refused.Problems)
	}
	found := problemsOf(why, nil)
	for i, p := range found {
		_, field, _ := strings.Cut(p.Field, "[0].")
		found[i].Field = lastIndex.ReplaceAllString(field, "")
	}
	if len(found) == 1 && pipelines.CodeOf(why) == pipelines.Conflict && !edit.TakeOver && !edit.Remove {
		found[0].Field = "take-over" // a folder has it
	}
	return found
}

func (s *site) showNoun(w http.ResponseWriter, r *http.Request, status int, form nounForm, o openNoun, values url.Values, v pages.EditNoun) {
	v.Frame, v.Path, v.Home, v.What, v.Removal, v.Wide = o.frame, o.path, o.home, o.what, o.removal, o.wide
	v.Revision, v.Folder = strconv.FormatInt(o.revision, 10), folderOf(o.owner)
	fields := form.fields(o, values, v.Problems)
	var text strings.Builder
	if err := fields.Render(r.Context(), &text); err != nil {
		s.fail(w, r, err)
		return
	}
	for i, p := range v.Problems { // a link leads only to what is there
		if p.Field != "take-over" && !strings.Contains(text.String(), `id="`+p.Field+`"`) {
			v.Problems[i].Field = ""
		}
	}
	v.Fields = templ.Raw(text.String())
	s.show(w, r, status, pages.EditNounPage(v))
}

// conflictOf shows the difference that a conflict tells.
func conflictOf(err error) pages.Conflict {
	var out pages.Conflict
	refused, ok := errors.AsType[*pipelines.Error](err)
	if !ok {
		return out
	}
	for _, p := range refused.Problems {
		out.Lines = append(out.Lines, differing(p.Message))
	}
	return out
}

// differing is one line of a difference, as textform writes it.
func differing(text string) pages.DifferingLine {
	if sign, rest, ok := strings.Cut(text, " "); ok && (sign == "+" || sign == "-") {
		return pages.DifferingLine{Sign: sign, Text: rest}
	}
	return pages.DifferingLine{Text: text}
}
