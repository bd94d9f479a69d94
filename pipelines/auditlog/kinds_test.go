package auditlog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

// TestEveryCategoryIsOfOneKind: what the code can write is found by exactly one of
// the kinds that people choose from.
func TestEveryCategoryIsOfOneKind(t *testing.T) {
	t.Parallel()
	written := writtenCategories(t)
	for _, known := range []string{"Modified", "LoginFailed", "DeploymentSucceeded", "DeploymentTookOver", "APIKeyUsed", "MailTested", "InterruptionTaken", auditlog.Anchored, auditlog.Refused} {
		if !slices.Contains(written, known) {
			t.Errorf("%s was not found in the code: %v", known, written)
		}
	}
	for _, category := range written {
		var kinds []string
		for _, k := range auditlog.Kinds {
			if (auditlog.Filter{Kind: k.Name}).Matches(pipelines.Event{Category: category}) {
				kinds = append(kinds, k.Name)
			}
		}
		if len(kinds) != 1 {
			t.Errorf("%s is of %d kinds: %v", category, len(kinds), kinds)
		}
		if !auditlog.HasWords(category) {
			t.Errorf("%s has no words that people read: it is shown as %q", category, auditlog.Words(category))
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for category, want := range map[string]string{
		"": "", "Refused": "Refused", "DeploymentQueued": "Deployment queued", "APIKeyUsed": "API key used", "TaskCanceled": "Cancel asked for", "SomeNewThing": "Some new thing", "UsesAPI": "Uses API", "a": "a", "ÄBc": "Ä bc",
	} {
		if got := auditlog.Words(category); got != want {
			t.Errorf("Words(%q) = %q, want %q", category, got, want)
		}
	}
}

// TestADecisionIsSaidAsWhatWasDecided, not as that something was.
func TestADecisionIsSaidAsWhatWasDecided(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{"approved Sign off of Shop 1.0 to Test": "Approved", "rejected Sign off": "Rejected", "chose ignore for First": "Decided", "": "Decided"} {
		e := pipelines.Event{Category: "InterruptionSubmitted", Message: message}
		if got := auditlog.What(e); got != want {
			t.Errorf("%q is said as %q, want %q", message, got, want)
		}
		if !(auditlog.Filter{Text: want}).Matches(e) {
			t.Errorf("%q is not found by the text %q, which people read", message, want)
		}
	}
}

// writtenCategories are all categories that the code gives to entries: in their
// literals, and as the argument of whatever has a parameter `category`.
func writtenCategories(t *testing.T) []string {
	t.Helper()
	s := source{t: t, set: token.NewFileSet(), constants: map[string]map[string]ast.Expr{}, found: map[string]bool{}}
	for _, top := range []string{"../../pipelines", "../../runner", "../../web", "../../functions"} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
				return err
			}
			f, err := parser.ParseFile(s.set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatalf("the code cannot be read now: %v", err)
			}
			s.files = append(s.files, f)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.learn()
	for _, f := range s.files {
		if readsOnly[f.Name.Name] {
			continue
		}
		for _, d := range f.Decls {
			s.declared(f.Name.Name, d)
		}
	}
	return slices.Sorted(maps.Keys(s.found))
}

// readsOnly are the packages that write no entry.
var readsOnly = map[string]bool{"auditlog": true, "views": true}

// source is the code, as far as it tells of categories.
type source struct {
	t         *testing.T
	set       *token.FileSet
	files     []*ast.File
	constants map[string]map[string]ast.Expr // by package
	takes     map[string]int                 // functions with a parameter `category`, by package and name, and its place
	found     map[string]bool
}

// learn looks for constants, and for functions that are told a category.
func (s *source) learn() {
	s.takes = map[string]int{}
	for _, f := range s.files {
		pkg := f.Name.Name
		if s.constants[pkg] == nil {
			s.constants[pkg] = map[string]ast.Expr{}
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.CONST {
						for i, name := range v.Names {
							if i < len(v.Values) {
								s.constants[pkg][name.Name] = v.Values[i]
							}
						}
					}
				}
			case *ast.FuncDecl:
				if place := parameter(d.Type, "category"); place >= 0 {
					key := pkg + "." + d.Name.Name
					if d.Name.Name == "Did" { // of a principal, called from everywhere
						key = d.Name.Name
					}
					s.takes[key] = place
				}
			}
		}
	}
}

// parameter is the place of a parameter, -1 if there is none of this name.
func parameter(of *ast.FuncType, name string) int {
	place := 0
	for _, field := range of.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return place
			}
			place++
		}
	}
	return -1
}

// declared looks for entries in one declaration.
func (s *source) declared(pkg string, d ast.Decl) {
	fn, _ := d.(*ast.FuncDecl)
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := ""
			switch called := n.Fun.(type) {
			case *ast.Ident:
				name = called.Name
			case *ast.SelectorExpr:
				name = called.Sel.Name
			}
			place, ok := s.takes[pkg+"."+name]
			if !ok {
				place, ok = s.takes[name]
			}
			if ok && place < len(n.Args) {
				s.category(pkg, fn, n.Args[place])
			}
		case *ast.CompositeLit:
			if !isEvent(n.Type) {
				return true
			}
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Category" {
						s.category(pkg, fn, kv.Value)
					}
				}
			}
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				if field, ok := to.(*ast.SelectorExpr); ok && field.Sel.Name == "Category" && i < len(n.Rhs) {
					s.category(pkg, fn, n.Rhs[i])
				}
			}
		}
		return true
	})
}

func isEvent(kind ast.Expr) bool {
	switch kind := kind.(type) {
	case *ast.Ident:
		return kind.Name == "Event"
	case *ast.SelectorExpr:
		from, ok := kind.X.(*ast.Ident)
		return ok && from.Name == "pipelines" && kind.Sel.Name == "Event"
	}
	return false
}

// category notes what an expression can be.
func (s *source) category(pkg string, fn *ast.FuncDecl, e ast.Expr) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err != nil {
			s.t.Fatal(err)
		}
		s.found[text] = true
		return
	case *ast.SelectorExpr:
		if from, ok := e.X.(*ast.Ident); ok && s.constants[from.Name][e.Sel.Name] != nil {
			s.category(from.Name, nil, s.constants[from.Name][e.Sel.Name])
			return
		}
	case *ast.BinaryExpr: // "Deployment" and how it ended
		if of, ok := e.Y.(*ast.CallExpr); ok {
			if code, ok := of.Fun.(*ast.SelectorExpr); ok && code.Sel.Name == "Code" {
				for _, end := range []pipelines.Status{pipelines.Succeeded, pipelines.Failed, pipelines.Cancelled, pipelines.Unknown, pipelines.Skipped} {
					s.found["Deployment"+end.Code()] = true
				}
				return
			}
		}
	case *ast.Ident:
		if value := s.constants[pkg][e.Name]; value != nil {
			s.category(pkg, nil, value)
			return
		}
		if fn != nil && (s.assigned(pkg, fn, e.Name) || parameter(fn.Type, "category") >= 0 && e.Name == "category") {
			return // a parameter is noted where it is given
		}
	}
	s.t.Errorf("%s: which category this is cannot be read from the code: write it as a text or a constant", s.set.Position(e.Pos()))
}

// assigned notes what a variable of a function can be, and says whether there is
// anything.
func (s *source) assigned(pkg string, fn *ast.FuncDecl, name string) bool {
	some := false
	ast.Inspect(fn, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, to := range a.Lhs {
			if v, ok := to.(*ast.Ident); ok && v.Name == name && len(a.Lhs) == len(a.Rhs) {
				some = true
				s.category(pkg, fn, a.Rhs[i])
			}
		}
		return true
	})
	return some
}

func TestAKindIsAskedForByItsNameOrAsItIsShown(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{"deployment": "deployment", "Deployments": "deployment", "approvals and decisions": "decision", "loginfailed": "LoginFailed"} {
		if got, err := auditlog.ReadKind(asked); err != nil || got != want {
			t.Errorf("ReadKind(%q) = %q, %v, want %q", asked, got, err, want)
		}
	}
	if _, err := auditlog.ReadKind("nonsense"); err == nil || !strings.Contains(err.Error(), `no kind "nonsense"`) || !strings.Contains(err.Error(), "sign-in, configuration") {
		t.Errorf("a kind that is none is told as %v", err)
	}
}
