package web

import (
	"strings"
	"testing"
)

// A package may be called like the id of a project: its entries are not the
// project's, and stand in a chain of their own.
func TestAPackageIsNoProject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.own.names["{project}"]
	w.ok(w.as(w.key, "PUT", "/v1/packages/"+id+".1.0.0.nupkg", packed(t, id, "1.0.0", "hello")), 200, nil)
	w.ok(w.as(w.key, "PUT", "/v1/packages/"+id+"/1.0.0/build-information", `{"type": "Git", "repository": "https://example.org/r", "branch": "plover"}`), 200, nil)
	ofAlpha := w.as(w.keyFor("auditor"), "GET", "/v1/audit?limit=1000", "")
	w.ok(ofAlpha, 200, nil)
	if got := ofAlpha.Body.String(); strings.Contains(got, "PackagePushed") || strings.Contains(got, "BuildInformationPushed") {
		t.Errorf("an auditor of Alpha reads of a package that is called %s: %.600s", id, got)
	}
	page := w.as(w.key, "GET", "/audit?kind=PackagePushed", "").Body.String()
	if !strings.Contains(page, `href="/packages/`+id+`"`) || strings.Contains(page, ">Packages/"+id+"<") {
		t.Errorf("the page of all does not lead to the package %s: %s", id, page)
	}
}
