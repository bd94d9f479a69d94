package web

import (
	"net/http"
	"strings"
	"testing"

	"slipway/pipelines"
)

// built tells where a version comes from.
func (k *pageKit) built(b pipelines.BuildInformation) {
	k.t.Helper()
	b.Package = "RandomQuotes"
	_, _, err := k.requests.TakeBuildInformation(k.t.Context(), k.admin, b)
	must(k.t, err)
}

func TestWhereAReleaseComesFrom(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	const sha = "4f1c9e2d07a55c6e8b13f9a0d4472c9e6b8a1f03"
	k.built(pipelines.BuildInformation{Version: "1.0.1", Commit: "aaaaaaaaaaaaaaaaaaaa", Commits: []pipelines.Commit{{ID: "aaaaaaaaaaaaaaaaaaaa", Message: "first of all"}}})
	first := k.push("1.0.1")
	k.built(pipelines.BuildInformation{
		Version: "1.0.2", Commit: sha, Branch: "main", Repository: "https://github.com/o/r.git", BuildNumber: "118", BuildURL: "https://ci.example.org/118",
		Commits: []pipelines.Commit{{ID: sha, Message: "larger type\n\nfor <b>all</b>", Author: "Ada <script>"}},
	})
	k.push("1.0.2")
	// Only the versions between are new to who has 1.0.1.
	k.built(pipelines.BuildInformation{Version: "1.0.3", Type: pipelines.TFVC, Changeset: "4711", Repository: "$/RandomQuotes"})
	third := k.push("1.0.3")
	deployed := k.deployTo("Test", "1.0.1")
	stella := k.browser("stella")
	stella.post("/approvals/"+deployed.ID+".1", map[string][]string{"answer": {"approve"}})
	k.until(deployed.ID, pipelines.Succeeded)

	admin := k.browser("admin")
	release := admin.has("/projects/Projects-1/releases/1.0.3", http.StatusOK, testid("changes"), "which is in Test", "larger type", "4711", "Changeset")
	if strings.Contains(release.body, "first of all") || strings.Contains(release.body, "<script>") || strings.Contains(release.body, "<b>all") {
		t.Errorf("the changes hold what is in Test already, or markup: %s", release.text())
	}
	admin.has("/projects/Projects-1/releases/1.0.3/deploy/Test", http.StatusOK, testid("changes"), "larger type")
	admin.has("/packages/RandomQuotes/1.0.2", http.StatusOK, testid("build-facts"), sha, "https://github.com/o/r/commit/"+sha, "https://ci.example.org/118", `rel="noreferrer"`, testid("commits"))
	admin.has("/packages/RandomQuotes/9.9.9", http.StatusNotFound)
	admin.has("/deployments/"+third.ID, http.StatusOK, "Changeset", "4711", "/packages/RandomQuotes/1.0.3")
	admin.has("/deployments/"+first.ID, http.StatusOK, "aaaaaaaa")
	admin.has("/packages/RandomQuotes/1.0.2", http.StatusOK, "4f1c9e2d")
}
