package auditlog_test

import (
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

// TestNoCellOfATableIsAFormula, whatever somebody is called.
func TestNoCellOfATableIsAFormula(t *testing.T) {
	t.Parallel()
	message := -1
	for i, name := range auditlog.Columns() {
		if name == "message" {
			message = i
		}
	}
	for cell, want := range map[string]string{
		"":                      "",
		" ":                     " ",
		"deployed":              "deployed",
		"a=b":                   "a=b",
		"1-2":                   "1-2",
		"'=1":                   "'=1",
		"Ö+":                    "Ö+",
		"=1+1":                  "'=1+1",
		"+1":                    "'+1",
		"-1":                    "'-1",
		"@SUM(A1)":              "'@SUM(A1)",
		"＝1+1":                  "'＝1+1",
		"＋1":                    "'＋1",
		"－1":                    "'－1",
		"＠SUM(A1)":              "'＠SUM(A1)",
		"﹦1":                    "'﹦1",
		"−1":                    "'−1",
		"\t=1":                  "'\t=1",
		"\ta":                   "'\ta",
		"\r=1":                  "'\r=1",
		"\ra":                   "'\ra",
		"\n=1":                  "'\n=1",
		"  =1":                  "'  =1",
		"\u00a0=1":              "'\u00a0=1",
		"\u3000＝1":              "'\u3000＝1",
		"\ufeff=1":              "'\ufeff=1",
		"\u200b\u202e=1":        "'\u200b\u202e=1",
		"\x00=1":                "'\x00=1",
		" \t":                   "' \t",
		"=HYPERLINK(\"//x\",1)": "'=HYPERLINK(\"//x\",1)",
	} {
		if got := auditlog.Row(pipelines.Event{At: noon, Message: cell}, auditlog.Names{})[message]; got != want {
			t.Errorf("a cell of %q = %q, want %q", cell, got, want)
		}
	}
	evil := pipelines.Event{
		ID: "=1", At: noon, Category: "=1", Subject: "=1", UserID: "=1", Username: "=1", Via: "=1", From: "=1", Message: "=1", Project: "=1", Environment: "=1",
		Related: []string{"=1"}, Details: map[string]string{"=1": ""}, Previous: "=1", Hash: "=1",
	}
	for i, cell := range auditlog.Row(evil, auditlog.Names{Project: "=1", Environment: "=1", Subject: "=1"}) {
		if cell != "" && cell[0] == '=' {
			t.Errorf("column %s is %q", auditlog.Columns()[i], cell)
		}
	}
}
