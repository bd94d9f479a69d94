package infra_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/infra"
)

// fakeAWS stands in for the AWS command line. It notes each call, knows what
// the files in its folder say is there, and answers as the real one would.
const fakeAWS = `#!/bin/bash
echo "$*" >>"$FAKE/calls"
case "$1 $2" in
"sts get-caller-identity") [ -e "$FAKE/signed-out" ] && { echo "Unable to locate credentials" >&2; exit 253; }; echo 123456789012 ;;
"configure get") [ -e "$FAKE/region" ] && cat "$FAKE/region" || exit 1 ;;
"s3api head-bucket")
	case "$*" in *-code-*) there=bucket ;; *) there=stack ;; esac
	[ -e "$FAKE/$there" ] || { echo "An error occurred (404) when calling the HeadBucket operation: Not Found" >&2; exit 254; } ;;
"s3api create-bucket") touch "$FAKE/bucket" ;;
"s3api put-public-access-block") ;;
"s3api head-object") [ -e "$FAKE/object" ] || exit 254 ;;
"s3 cp") touch "$FAKE/object" ;;
"s3 sync") [ -e "$FAKE/stack" ] || { echo "fatal error: NoSuchBucket" >&2; exit 1; }; for f in "$5"/*; do echo "brings ${f##*/}" >>"$FAKE/calls"; done ;;
"cloudformation deploy") [ -e "$FAKE/broken" ] && { echo "Failed to create/update the stack" >&2; exit 255; }; touch "$FAKE/stack" ;;
"cloudformation describe-stack-events") printf 'Bucket\tslipway-1-x already exists\n' ;;
"cloudformation describe-stacks")
	case "$*" in
	*Url*) echo https://abc.lambda-url.eu-central-1.on.aws ;;
	*Runner*) echo slipway-runner ;;
	*Bucket*) echo slipway-123456789012-eu-central-1 ;;
	esac ;;
*) echo "the fake does not know: $*" >&2; exit 252 ;;
esac
`

// fakeSlipway stands in for the build of this machine.
const fakeSlipway = `#!/bin/bash
[ -e "$FAKE/bare" ] && { echo "this slipway carries no programs for hosts" >&2; exit 1; }
[ "$1 $2" = "infra executors" ] && echo program >"$3/a1b2.gz"
`

// account is a machine with an AWS command line that is signed in.
type account struct {
	t                 *testing.T
	dir, zip, slipway string
	env               []string
}

func newAccount(t *testing.T, there ...string) *account {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string, mode os.FileMode) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return at
	}
	put("aws", fakeAWS, 0o755)
	slipway := put("slipway", fakeSlipway, 0o755)
	for _, name := range there {
		put(name, "", 0o600)
	}
	// Of this machine only what the script needs, so that its own aws is not met.
	for _, name := range []string{"bash", "cat", "cut", "dirname", "mktemp", "rm", "sha256sum", "touch"} {
		at, err := exec.LookPath(name)
		if err == nil {
			err = os.Symlink(at, filepath.Join(dir, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return &account{t: t, dir: dir, zip: put("lambda.zip", "a zip", 0o600), slipway: slipway}
}

// deploys runs the script, and gives its exit code, what it said, and the calls it made.
func (a *account) deploys(args ...string) (code int, said string, calls []string) {
	a.t.Helper()
	cmd := exec.CommandContext(a.t.Context(), "./deploy.sh", args...)
	cmd.Env = append([]string{"FAKE=" + a.dir, "PATH=" + a.dir, "SLIPWAY=" + a.slipway, "TMPDIR=" + a.dir}, a.env...)
	out, err := cmd.CombinedOutput()
	if exit, failed := errors.AsType[*exec.ExitError](err); failed {
		code = exit.ExitCode()
	} else if err != nil {
		a.t.Fatal(err)
	}
	text, _ := os.ReadFile(filepath.Join(a.dir, "calls"))
	_ = os.Remove(filepath.Join(a.dir, "calls"))
	return code, string(out), strings.Split(strings.TrimSpace(string(text)), "\n")
}

func called(calls []string, what string) string {
	i := slices.IndexFunc(calls, func(c string) bool { return strings.HasPrefix(c, what) })
	if i < 0 {
		return ""
	}
	return calls[i]
}

func TestDeployFromNothing(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.env = []string{"AWS_REGION=eu-central-1"}
	code, said, calls := a.deploys(a.zip, "MailFrom=slipway@example.com", "Hosts=all")
	if code != 0 {
		t.Fatalf("code %d: %s", code, said)
	}
	const bucket = "slipway-code-123456789012-eu-central-1"
	if got, want := called(calls, "s3api create-bucket"), "s3api create-bucket --bucket "+bucket+" --create-bucket-configuration LocationConstraint=eu-central-1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if called(calls, "s3api put-public-access-block --bucket "+bucket) == "" {
		t.Error("the bucket is not closed to the public")
	}
	deploy := called(calls, "cloudformation deploy")
	for _, part := range []string{"--stack-name slipway ", "--capabilities CAPABILITY_IAM ", "CodeBucket=" + bucket + " ", " MailFrom=slipway@example.com Hosts=all"} {
		if !strings.Contains(deploy, part) {
			t.Errorf("%q lacks %q", deploy, part)
		}
	}
	_, object, _ := strings.Cut(called(calls, "s3 cp"), "s3://"+bucket+"/")
	if !strings.HasPrefix(object, "slipway/") || !strings.Contains(deploy, "CodeKey="+object+" ") {
		t.Errorf("uploaded %q, deployed by %q", object, deploy)
	}
	for _, part := range []string{"Slipway is at https://abc.lambda-url.eu-central-1.on.aws\n", "s3://slipway-123456789012-eu-central-1/packages/", "aws lambda invoke --region eu-central-1 --function-name slipway-runner", `'{"slipway":"first-admin"}'`} {
		if !strings.Contains(said, part) {
			t.Errorf("it does not say %q:\n%s", part, said)
		}
	}
	_, _, again := a.deploys(a.zip)
	if called(again, "s3api create-bucket")+called(again, "s3 cp") != "" || called(again, "cloudformation deploy") == "" {
		t.Errorf("the second time: %q", again)
	}
	if err := os.WriteFile(a.zip, []byte("another zip"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, calls := a.deploys(a.zip); strings.Contains(called(calls, "s3api head-object"), object) {
		t.Error("another program has the same key: CloudFormation would not see a new version")
	}
}

// The programs for hosts are in the bucket before a version asks for them, and
// when the stack is made, as soon as there is a bucket.
func TestDeployBringsProgramsForHosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		there        []string
		first, after string
	}{
		{"a new stack", nil, "cloudformation deploy", "s3 sync"},
		{"an update", []string{"bucket", "stack"}, "s3 sync", "cloudformation deploy"},
	} {
		a := newAccount(t, c.there...)
		a.env = []string{"AWS_REGION=eu-central-1"}
		code, said, calls := a.deploys(a.zip)
		at := func(what string) int {
			return slices.IndexFunc(calls, func(c string) bool { return strings.HasPrefix(c, what) })
		}
		if code != 0 || at(c.first) < 0 || at(c.first) > at(c.after) || at("brings a1b2.gz") < 0 {
			t.Errorf("%s: code %d, calls %q, want %s, then %s\n%s", c.name, code, calls, c.first, c.after, said)
		}
		if sync := called(calls, "s3 sync"); !strings.HasPrefix(sync, "s3 sync --size-only --only-show-errors ") || !strings.HasSuffix(sync, " s3://slipway-123456789012-eu-central-1/store/executors/") {
			t.Errorf("%s: %q", c.name, sync)
		}
		if left, _ := filepath.Glob(filepath.Join(a.dir, "tmp.*")); len(left) > 0 {
			t.Errorf("%s: left behind: %q", c.name, left)
		}
	}
}

// The oldest region's name may not be said to S3.
func TestDeployInTheOldestRegion(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.env = []string{"AWS_DEFAULT_REGION=us-east-1", "STACK=team-a"}
	code, said, calls := a.deploys(a.zip)
	if got := called(calls, "s3api create-bucket"); code != 0 || got != "s3api create-bucket --bucket team-a-code-123456789012-us-east-1" {
		t.Errorf("code %d, %q\n%s", code, got, said)
	}
}

func TestDeployRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		there []string
		env   []string
		args  []string
		code  int
		says  string
		call  string // the one that must not be made
	}{
		{name: "no zip", args: []string{"nowhere.zip"}, code: 2, says: "usage: deploy.sh ZIP", call: "sts"},
		{name: "no parameter", args: []string{"ZIP", "hosts"}, code: 2, says: `"hosts" is no parameter`, call: "sts"},
		{name: "a name that no bucket can have", env: []string{"STACK=My_Stack"}, args: []string{"ZIP"}, code: 2, says: "cannot be the stack's name", call: "sts"},
		{name: "a build without programs", there: []string{"bare"}, args: []string{"ZIP"}, code: 2, says: "carries no programs for hosts\ndeploy.sh: ", call: "sts"},
		{name: "no build", env: []string{"SLIPWAY=nowhere"}, args: []string{"ZIP"}, code: 2, says: "nowhere does not give the programs for hosts: make build", call: "sts"},
		{name: "signed out", there: []string{"signed-out"}, args: []string{"ZIP"}, code: 3, says: "not signed in: aws configure", call: "s3api"},
		{name: "no region", args: []string{"ZIP"}, code: 3, says: "no region is chosen", call: "s3api"},
		{name: "the stack fails", there: []string{"broken"}, env: []string{"AWS_REGION=eu-central-1"}, args: []string{"ZIP"}, code: 255, says: "Bucket\tslipway-1-x already exists", call: "cloudformation describe-stacks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t, c.there...)
			a.env = c.env
			for i, arg := range c.args {
				c.args[i] = strings.ReplaceAll(arg, "ZIP", a.zip)
			}
			code, said, calls := a.deploys(c.args...)
			if code != c.code || !strings.Contains(said, c.says) || called(calls, c.call) != "" {
				t.Errorf("code %d, calls %q, want %d and no %q; said, want %q:\n%s", code, calls, c.code, c.call, c.says, said)
			}
		})
	}
}

func TestDeployWithoutAWS(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	if err := os.Remove(filepath.Join(a.dir, "aws")); err != nil {
		t.Fatal(err)
	}
	code, said, _ := a.deploys(a.zip)
	if code != 3 || !strings.Contains(said, "needs the AWS command line") {
		t.Errorf("code %d: %s", code, said)
	}
}

// CloudFormation takes a template of that size without a bucket for it.
func TestTemplateIsSmallEnoughToBeSent(t *testing.T) {
	t.Parallel()
	if n := len(infra.Template()); n > 51200 {
		t.Errorf("the template has %d bytes, 51,200 can be sent", n)
	}
}
