package infra_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/infra"
)

// faults are changes that make the good template a wrong one, and what must be
// said of it.
var faults = []struct{ name, from, to, says string }{
	{"a property that does not exist", "BillingMode:", "BilingMode:", "BilingMode"},
	{"a type that does not exist", "Type: AWS::Lambda::Url", "Type: AWS::Lambda::Address", "AWS::Lambda::Address"},
	{"a missing property", "      AuthType: NONE\n", "", "authType"},
	{"a value of the wrong kind", "Timeout: 29", "Timeout: soon", `timeout: "soon"`},
	{"a reference to nothing", "Role: !GetAtt WebRole.Arn", "Role: !GetAtt Nobody.Arn", "Nobody"},
	{"an attribute that does not exist", "!GetAtt Table.StreamArn", "!GetAtt Table.RiverArn", "RiverArn"},
	{"an effect that does not exist", "- Sid: ReadObjects\n                Effect: Allow", "- Sid: ReadObjects\n                Effect: Alow", "Alow"},
	{"only a warning: a wrong attribute type", "AttributeType: S", "AttributeType: T", "AttributeType"},
	{"only a warning: a wrong architecture", "Architectures: [arm64]", "Architectures: [arm65]", "arm65"},
	{"a circle", "DependsOn: [BucketMayCallRunner, ", "DependsOn: [Prepare, BucketMayCallRunner, ", "cycle"},
}

// The template keeps to CloudFormation's rules, and the gate bites: each planted
// fault alone is found and named.
func TestTemplateKeepsToCloudFormationsRules(t *testing.T) {
	t.Parallel()
	dir, files := t.TempDir(), []string{}
	write := func(name, text string) {
		files = append(files, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := string(infra.Template())
	write("good.yaml", good)
	for i, f := range faults {
		text := strings.Replace(good, f.from, f.to, 1)
		if text == good {
			t.Fatalf("%s: %q is not in the template: plant it elsewhere", f.name, f.from)
		}
		write(fmt.Sprintf("fault%d.yaml", i), text)
	}
	found := check(t, dir, files)
	if said := found["good.yaml"]; said != "" {
		t.Errorf("our template:\n%s", said)
	}
	for i, f := range faults {
		said := found[fmt.Sprintf("fault%d.yaml", i)]
		if !strings.Contains(said, f.says) {
			t.Errorf("%s: want a finding that speaks of %q, got:\n%s", f.name, f.says, said)
		}
	}
	t.Logf("our template: no findings; %d planted faults: each found", len(faults))
}

// check gives what CloudFormation's rules, as aws-cdk-lib has them, say of each file.
func check(t *testing.T, dir string, files []string) map[string]string {
	t.Helper()
	tools := os.Getenv("SLIPWAY_TOOLS")
	if tools == "" {
		tools = "/var/cache/slipway/tools"
	}
	cdk := filepath.Join(tools, "cdk")
	if _, err := os.Stat(filepath.Join(cdk, "node_modules", "aws-cdk-lib")); err != nil {
		t.Skipf("aws-cdk-lib is not in %s: run infra/install.sh", cdk)
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	script, err := filepath.Abs("check.mjs")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{script}, files...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CDK="+cdk)
	out, err := cmd.CombinedOutput()
	if !strings.Contains(string(out), "findings\n") {
		t.Fatalf("check.mjs: %v\n%s", err, out)
	}
	found := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if file, said, ok := strings.Cut(line, ": "); ok {
			found[file] += said
		}
	}
	return found
}
