package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/records"
)

const drawing = `
environments: [Dev]
users: [{ username: editor }, { username: all }, { username: lead }, { username: narrow }]
teams:
  - { name: Editors, members: [editor], roles: [{ role: Project contributor, projects: [Alpha] }] }
  - { name: All, members: [all], roles: [{ role: Project contributor }] }
  - { name: Leads, members: [lead], roles: [{ role: Project lead }] }
  - { name: Narrow, members: [narrow], roles: [{ role: Project lead, projects: [Alpha] }] }
variable-sets:
  - { name: Shared, variables: [{ name: Db, secret: db }] }
  - { name: Hidden, variables: [{ name: Hidden, value: hidden-value-42 }] }
projects:
  - name: Alpha
    variable-sets: [Shared]
    variables: [{ name: Api, secret: api, environments: [Dev] }, { name: Aws, parameter: /prod/token }, { name: Plain, value: x }]
`

// TestWhatAProjectDrawsOn: what it has stays usable; what is new takes the right
// over it.
func TestWhatAProjectDrawsOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	h.onPages(t, root, drawing)
	who := func(name string) pipelines.Principal { return h.principal(t, h.user(t, name).ID) }
	alpha := func(sets, variables string) string {
		return "projects: [{ name: Alpha, variable-sets: [" + sets + "], variables: [" + variables + "] }]"
	}
	const own = "{ name: Api, secret: api }, { name: Aws, parameter: /prod/token }"
	const key, set = "takes the permission SecretEdit", "values of the variable set Hidden, which takes the permission ProjectView"
	for _, c := range []struct {
		who, text, want string // "" is done
	}{
		{"editor", alpha("Shared", own), ""},
		{"editor", alpha("Shared", own+", { name: Again, secret: api }, { name: OfTheSet, secret: db }"), ""},
		{"editor", alpha("", "{ name: Plain, value: y }"), ""},
		{"editor", alpha("Shared", own+", { name: Key, secret: ssh-prod-key }"), "project Alpha newly names the secret ssh-prod-key (variable Key)"},
		{"editor", alpha("Shared", own+", { name: Key, parameter: /prod/other }"), "the parameter /prod/other"},
		{"editor", alpha("Shared", own+", { name: Key, secrets-manager: prod/db }"), "the secret prod/db of Secrets Manager"},
		{"editor", alpha("Shared, Hidden", own), set},
		{"all", alpha("Shared, Hidden", own), ""},
		{"all", alpha("Shared", own+", { name: Key, secret: ssh-prod-key }"), key},
		{"all", "projects: [{ name: New, variables: [{ name: Key, secret: api }] }]", key},
		{"all", "variable-sets: [{ name: Shared, variables: [{ name: Db, secret: db }, { name: Key, secret: ssh-prod-key }] }]", "variable set Shared newly names the secret ssh-prod-key"},
		{"all", "variable-sets: [{ name: Shared, variables: [{ name: Renamed, secret: db }] }]", ""},
		{"narrow", alpha("Shared", own+", { name: Key, secret: ssh-prod-key }"), key},
		{"narrow", alpha("Shared, Hidden", own), set},
		{"lead", alpha("Shared, Hidden", own+", { name: Key, secret: ssh-prod-key }"), ""},
		{"root", alpha("Hidden", "{ name: Key, secret: ssh-prod-key }"), ""},
	} {
		_, err := h.Diff(t.Context(), who(c.who), catalog.Wanted{Nouns: nouns(t, c.text), Owner: pipelines.OwnedByPages})
		if got := fmt.Sprint(err); (err == nil) != (c.want == "") || err != nil && (pipelines.CodeOf(err) != pipelines.Forbidden || !strings.Contains(got, c.want)) {
			t.Errorf("%s wants %s: %v, want %q", c.who, c.text, err, c.want)
		}
	}
	stored := must(h.Records.Project(t.Context(), "Projects-1"))(t)
	more := append(stored.Noun.Variables, pipelines.Variable{Name: "Key", Secret: "ssh-prod-key"})
	err := h.SaveProjectVariables(t.Context(), who("editor"), "Projects-1", catalog.Edit{Revision: stored.Revision, Variables: more})
	wantCode(t, err, pipelines.Forbidden, "ssh-prod-key")
	err = h.SaveSetVariables(t.Context(), who("all"), "VariableSets-1", catalog.Edit{Revision: must(h.Records.Revision(t.Context(), records.VariableSets, "VariableSets-1"))(t), Variables: more})
	wantCode(t, err, pipelines.Forbidden, "takes the permission SecretEdit")
}
