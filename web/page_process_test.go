package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"slipway/pipelines"
)

func TestTheProcessNamesItsLines(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.edit(func(p *pipelines.Project) {
		p.Steps = append(p.Steps, pipelines.Step{Name: "Rolling", Roles: []string{"web"}, Window: "1", Steps: []pipelines.Step{
			{Name: "Drain", Action: pipelines.Action{Type: "script", Settings: settingsOf(map[string]string{"bash": "echo drain"})}},
			{Name: "Fill", Action: pipelines.Action{Type: "script", Settings: settingsOf(map[string]string{"bash": "echo fill"})}},
		}})
	})
	got := k.browser("stella").has("/projects/Projects-1/process", http.StatusOK, testid("graph"), testid("source"), "asks Project Stakeholders", "slipway export project", "slipway diff .", "not in Dev")
	source := map[string]string{}
	for _, m := range regexp.MustCompile(`(?s)id="L(\d+)".*?<span class="m">(.*?)</span>`).FindAllStringSubmatch(got.body, -1) {
		source[m[1]] = m[2]
	}
	for _, name := range []string{"Deploy web app to Nginx", "Deployment Sign Off", "Random quotes deployment status", "Rolling", "Drain", "Fill"} {
		m := regexp.MustCompile(`(?s)<b>` + name + `</b>.*?href="#L(\d+)" data-testid="step-line">lines (\d+) to (\d+)<`).FindStringSubmatch(got.body)
		if m == nil || !strings.Contains(source[m[1]], "name: "+name) {
			t.Errorf("step %s leads to %v, line %q", name, m, source[m[1]])
		}
	}
	k.browser("guest").has("/projects/Projects-1/process", http.StatusForbidden)
}
