package cli

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"

	"slipway/pipelines"
	"slipway/web/rest"
)

func TestDiffAndApply(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "my folder")
	write(t, filepath.Join(dir, "slipway.yaml"), "environments: [Dev]\nusers:\n  - username: ada\n")
	write(t, filepath.Join(dir, "more.yml"), "teams:\n  - name: Stakeholders\n    members: [ada]\n")
	write(t, filepath.Join(dir, "notes.txt"), "not: [read")
	var heard rest.Configuration
	changes := rest.Changes{Changes: []rest.Change{
		{Do: "add", Kind: "user", Name: "ada", Lines: []string{"+ username: ada"}},
		{Do: "change", Kind: "team", Name: "Stakeholders", Lines: []string{"- members: []", "+ members: [ada]"}},
	}}
	compare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard = rest.Configuration{}
		must(t, json.NewDecoder(r.Body).Decode(&heard))
		writeJSON(w, http.StatusOK, changes)
	})
	s := somebody(t, answers{"POST /v1/diff": compare, "POST /v1/apply": compare})
	s.types("diff", dir).want(t, "diff", 0, "+ user ada\n    + username: ada\n~ team Stakeholders\n    - members: []\n")
	if heard.Folder != "my folder" || len(heard.Environments) != 1 || len(heard.Users) != 1 || len(heard.Teams) != 1 {
		t.Errorf("the server heard %+v, want both files", heard)
	}
	s.types("diff", dir, "--exit-code").want(t, "diff --exit-code", 2, "!slipway:")
	s.types("apply", dir).want(t, "apply without --yes", 1, "+ user ada", "Apply 2 changes? nobody is here to answer: say --yes")
	s.types("apply", dir, "--yes").want(t, "apply", 0, "2 changes applied", "slipway user password ada --password-stdin")
	s.types("apply", filepath.Join(dir, "slipway.yaml"), "--yes").want(t, "apply of a file", 0)
	if len(heard.Users) != 1 || len(heard.Teams) != 0 {
		t.Errorf("the server heard %+v, want the one file", heard)
	}
	changes = rest.Changes{}
	s.types("apply", dir).want(t, "nothing to apply", 0, "nothing to change")
	s.types("diff", dir, "--exit-code").want(t, "no difference", 0)
	s.types("diff", dir+"x").want(t, "no folder", 1, "there is no ")
	s.types("diff", t.TempDir()).want(t, "empty folder", 1, "no file ending in .yaml")
}

// What is wrong is told by file, line and column, whoever found it.
func TestPlaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "slipway.yaml"), "environments: [Dev]\nprojekts: []\nteams:\n  - nam: x\n")
	s := somebody(t, answers{
		"POST /v1/diff": refusal{http.StatusUnprocessableEntity, rest.Error{Code: pipelines.Invalid, Message: "the text cannot be applied", Problems: []pipelines.Problem{
			{Path: "teams[0].members[1]", Message: `there is no user "bob"`}, {Message: "and all is wrong"},
		}}},
	})
	got := s.types("diff", dir)
	got.want(t, "unknown keys", 1, file+":2:1: projekts: ", file+":4:5: teams[0].nam: ", "was not sent: ")
	write(t, file, "teams:\n  - name: x\n    members: [ada, bob]\n")
	s.types("diff", dir).want(t, "found by the server", 1, file+":3:20: teams[0].members[1]: there is no user \"bob\"\nand all is wrong\n", "slipway: "+dir+" was refused: 2 problems\n")
	var e struct{ Problems []located }
	must(t, json.Unmarshal([]byte(s.types("diff", dir, "--json").err), &e))
	if len(e.Problems) != 2 || e.Problems[0].Line != 3 || e.Problems[0].File != file {
		t.Errorf("diff --json: %+v", e)
	}
	write(t, file, "projects:\n  - name: App\n    steps:\n      - name: Say\n        roles: [web]\n        script: { bash: { file: ../../etc/passwd } }\n")
	s.types("diff", dir).want(t, "a file outside of the folder", 1, file+":6:")
}
