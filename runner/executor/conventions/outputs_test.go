package conventions

import (
	"os"
	"strings"
	"testing"

	"slipway/pipelines/task"
)

func TestSensitiveOutputsOfTheSameStep(t *testing.T) {
	t.Parallel()
	for _, key := range [][]byte{nil, make([]byte, 32)} {
		b := newBench(t, map[string]string{"a.txt": "#{Token} #{Octopus.Action[" + shop + "].Output.Token} #{Octopus.Action[" + shop + "].Output[web-1].Token}"})
		b.job.Order.OutputKey = key
		b.want.SubstituteIn = []string{"a.txt"}
		b.want.Scripts = task.Scripts{PreDeploy: "set_octopusvariable Token 's3cret-#{Part}' -sensitive; set_octopusvariable Plain p", Deploy: "echo the token is #{Token}"}
		b.set("Part", "##{x}")
		done := b.succeed()
		const token = "s3cret-#{x}"
		if got := b.read(installation + "/a.txt"); got != token+" "+token+" "+token {
			t.Errorf("a.txt is %q", got)
		}
		if b.said() != "the token is ********" || done.Outputs["Token"] != "" || done.Outputs["Plain"] != "p" {
			t.Errorf("scripts said %q, outputs %v", b.said(), done.Outputs)
		}
		if warned := strings.Contains(b.log.all(), "is not passed on"); warned == (key != nil) || (done.Sensitive["Token"] == token) == (key == nil) {
			t.Errorf("key %v: sensitive outputs %v, log:\n%s", key != nil, done.Sensitive, b.log.all())
		}
	}
}

func TestArtifactsAreKept(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"report.txt": "all fine"})
	b.want.Scripts.Deploy = `new_octopusartifact report.txt "The report"
echo gone > gone.txt; new_octopusartifact gone.txt; rm gone.txt
mkdir folder; new_octopusartifact "$PWD/folder"
truncate -s 200M huge; new_octopusartifact huge
echo done`
	done := b.succeed()
	if len(done.Artifacts) != 1 || done.Artifacts[0].Name != "The report" || done.Artifacts[0].Size != 8 || len(done.Artifacts[0].SHA256) != 64 {
		t.Fatalf("artifacts = %+v\n%s", done.Artifacts, b.log.all())
	}
	if got := b.read("artifacts/" + done.Artifacts[0].SHA256); got != "all fine" {
		t.Errorf("kept is %q", got)
	}
	if n := strings.Count(b.log.all(), "is not kept"); n != 3 {
		t.Errorf("%d warnings, want 3:\n%s", n, b.log.all())
	}
	entries, _ := os.ReadDir(b.path("artifacts"))
	if len(entries) != 1 {
		t.Errorf("artifacts folder holds %v", entries)
	}
}

func TestArtifactsOfATaskAreBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a": "b"})
	b.want.Scripts.Deploy = "truncate -s 90M big; for i in 1 2 3 4 5 6; do new_octopusartifact big big-$i; done"
	done := b.succeed()
	if len(done.Artifacts) != 5 || strings.Count(b.log.all(), "together may have 500 MB") != 1 {
		t.Errorf("%d artifacts:\n%s", len(done.Artifacts), b.log.all())
	}
}

func TestPrintVariables(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a": "b"})
	b.set("Greeting", "hello #{Name}")
	b.set("Name", "you")
	b.secret("Pin", "12")
	b.set("OctopusPrintVariables", "True")
	b.set("OctopusPrintEvaluatedVariables", "True")
	b.succeed()
	for _, text := range []string{"note: Greeting = hello #{Name}", "note: Greeting is hello you", "note: Pin = ********"} {
		if !strings.Contains(b.log.all(), text) {
			t.Errorf("log has no %q:\n%s", text, b.log.all())
		}
	}
	if strings.Contains(b.log.all(), "Pin is 12") {
		t.Errorf("a short secret is printed:\n%s", b.log.all())
	}
}
