package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"slipway/web/rest"
)

func TestValues(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{"GET /v1/deployments/Deployments-7/values": rest.ValuesUsed{
		Deployment: "Deployments-7", Project: "Random Quotes", Release: "1.0.7", Channel: "Default", Environment: "Test", Plan: "abc123", Given: map[string]string{"Why": "so"},
		Variables: []rest.ValueUsed{{Name: "Key", Secret: "key@3"}, {Name: "Port", Value: "80"}, {Name: "Port", Value: "8080", Step: "Deploy", Target: "web-1"}},
		System:    []rest.ValueUsed{{Name: "Octopus.Environment.Name", Value: "Test"}},
		Texts:     []rest.TextUsed{{Step: "Deploy", Path: "body", Text: "echo 1\necho 2"}},
	}})
	got := s.types("values", "Deployments-7")
	got.want(t, "values", 0, "Deployments-7  Random Quotes 1.0.7 to Test, channel Default\nplan abc123\ngiven Why = \"so\"\n\nNAME  VALUE                STEP    TARGET\n",
		"Key   ●●●● (secret key@3)\n", `Port  "8080"               Deploy  web-1`, "STEP    TEXT  AS IT CAME OUT\nDeploy  body  ")
	if strings.Contains(got.out, "Octopus.") {
		t.Errorf("without --system: %s", got.out)
	}
	s.types("values", "Deployments-7", "--system").want(t, "--system", 0, "Octopus.Environment.Name  \"Test\"")
	var back rest.ValuesUsed
	if err := json.Unmarshal([]byte(s.types("values", "Deployments-7", "--json").out), &back); err != nil || len(back.Variables) != 3 || len(back.System) != 1 {
		t.Errorf("values --json = %+v, %v", back, err)
	}
}
