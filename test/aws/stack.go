// Package aws brings up the whole stack on this machine: the infrastructure template says what there is and who may do what, the built
// zip's program runs as its two functions, and emulators stand for the services.
//
// It checks nothing about deployments; the tests beside it do, with the real command line and real hosts. The idea a newcomer would miss:
// nothing is wired by hand. Which function gets which event, with which filter and retries, what its variables and rights are, is read
// from the file that people deploy, so a line missing there is a failing test here.
package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/infra"
	"slipway/runner/executor/carried"
	"slipway/test/emulators/dynamodb"
	"slipway/test/emulators/gateway"
	"slipway/test/emulators/kms"
	"slipway/test/emulators/lambda"
	"slipway/test/emulators/lambda/sources"
	"slipway/test/emulators/parameters"
	s3server "slipway/test/emulators/s3"
	"slipway/test/emulators/scheduler"
	"slipway/test/emulators/secretsmanager"
	"slipway/test/emulators/ses"
	"slipway/test/emulators/ssm"
	"slipway/test/emulators/template"
	"slipway/test/hosts"
)

const (
	account  = "123456789012"
	region   = s3server.Region
	mailFrom = "slipway@example.org"
)

// Variant is what is different from a plain stack.
type Variant struct {
	KillAfterEach bool                        // the process, after each event
	KillAt        func(nth int) time.Duration // see lambda.Settings
	Bridge        bool                        // the bucket tells through EventBridge
	StreamTwice   bool                        // each batch of the stream comes twice
	Own           bool                        // services that nobody else uses, to be killed
	Host          *hosts.Host                 // a host on whose network signed addresses must be reachable
	Parameters    map[string]string           // of the template
	Unprepared    bool                        // the custom resource is not called
}

// Stack is the stack that is up.
type Stack struct {
	T        testing.TB
	Template *template.Stack
	Zip      Zip
	Web      *lambda.Function
	Runner   *lambda.Function
	URL      string // of the pages, on this machine
	Domain   string // that AWS would have given it

	Table, BucketName string
	DB                *dynamodb.Server
	S3                *s3server.Server
	Objects           *s3.Client // as the account's owner, past all gateways
	SSM               *ssm.Fake
	Mails             *ses.Server
	Timers            *scheduler.Server
	Parameters        *parameters.Server
	Bucket            *sources.Bucket
	Bus               *sources.Bus
	Ledger            *gateway.Ledger
	Gates             map[string]*gateway.Gateway // by "web S3", "runner DYNAMODB", …

	Prepared time.Duration // from the custom resource's event to its answer

	variant   Variant
	said      *words
	functions map[string]*lambda.Function // by ARN
	roles     map[string]template.Role
	hostsMu   sync.Mutex
	hosts     map[string]*hosts.Host   // by instance
	windows   map[string]*WindowsAgent // by instance
}

var stacks atomic.Int64

// Up brings a stack up and waits until it is prepared; it goes with the test. Where an emulator is missing the test is skipped, with
// CI=true it fails.
func Up(t testing.TB, v Variant) *Stack {
	t.Helper()
	s := &Stack{T: t, variant: v, said: &words{}, Ledger: &gateway.Ledger{}, Gates: map[string]*gateway.Gateway{}, functions: map[string]*lambda.Function{}, hosts: map[string]*hosts.Host{}, windows: map[string]*WindowsAgent{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("events:\n%s\nwhat the functions said:\n%s", s.Story(), s.said)
		}
	})
	s.startServices()
	var err error
	if s.Zip, err = Build(); err != nil {
		t.Fatal(err)
	}
	s.readTemplate()
	s.makeResources()
	s.putExecutors()
	s.startFunctions()
	s.wireEvents()
	if !v.Unprepared {
		s.prepare("Create")
	}
	return s
}

// putExecutors does what `make deploy` does beside the stack.
func (s *Stack) putExecutors() {
	s.T.Helper()
	for _, platform := range carried.Platforms() {
		goos, arch, _ := strings.Cut(platform, "-")
		hash, packed, err := carried.Packed(goos, arch)
		must(s.T, err)
		key := "store/executors/" + hash + ".gz"
		_, err = s.Objects.PutObject(s.T.Context(), &s3.PutObjectInput{Bucket: &s.BucketName, Key: &key, Body: bytes.NewReader(packed)})
		must(s.T, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// startServices starts what is a process of its own, or takes the one that is shared.
func (s *Stack) startServices() {
	s.T.Helper()
	if _, err := os.Stat(s3server.Tool()); err != nil {
		missing(s.T, "no S3 server: versitygw is not at "+s3server.Tool()+"; test/emulators/s3/install.sh puts it there")
	}
	if err := dynamodb.Missing(); err != nil {
		missing(s.T, err.Error())
	}
	if s.variant.Own {
		var err error
		s.DB, err = dynamodb.Start(s.T.Context(), s.T.TempDir())
		must(s.T, err)
		s.T.Cleanup(func() { _ = s.DB.Stop() })
	} else {
		s.DB = dynamodb.Need(s.T)
	}
	// Its own, always: what it tells goes to this stack.
	dir, err := os.MkdirTemp("", "s3-")
	must(s.T, err)
	s.S3, err = s3server.Start(s3server.Settings{Dir: dir, Log: s.logf})
	must(s.T, err)
	s.T.Cleanup(func() {
		_ = s.S3.Stop()
		_ = os.RemoveAll(dir)
	})
	s.Objects = s3.NewFromConfig(s.S3.Config(), func(o *s3.Options) { o.UsePathStyle = true })
}

func missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

func (s *Stack) readTemplate() {
	s.T.Helper()
	given := map[string]string{"CodeBucket": "code", "CodeKey": "slipway-1.zip", "MailFrom": mailFrom}
	for name, value := range s.variant.Parameters {
		given[name] = value
	}
	var err error
	s.Template, err = template.Read(infra.Template(), template.Given{Stack: fmt.Sprintf("slipway-%d-%d", os.Getpid(), stacks.Add(1)), Region: region, Account: account, Parameters: given})
	must(s.T, err)
	s.roles, err = s.Template.Roles()
	must(s.T, err)
}

// function is the template's with that role in its environment.
func (s *Stack) function(role string) template.Function {
	s.T.Helper()
	for _, f := range s.Template.Functions() {
		if f.Environment["SLIPWAY_ROLE"] == role {
			return f
		}
	}
	s.T.Fatalf("the template has no function with SLIPWAY_ROLE %s", role)
	return template.Function{}
}

// makeResources makes the table and the bucket, and the services that live in this process.
func (s *Stack) makeResources() {
	s.T.Helper()
	runner := s.function("runner")
	s.Table, s.BucketName = runner.Environment["SLIPWAY_TABLE"], runner.Environment["SLIPWAY_BUCKET"]
	must(s.T, s.DB.CreateTable(s.T.Context(), s.Table))
	must(s.T, s.S3.MakeBucket(s.T.Context(), s.BucketName))
	s.Bus = &sources.Bus{Log: s.logf}
	s.SSM = ssm.New(ssm.Options{Account: account, Region: region, Events: s.Bus.Put, Run: s.runOnHost})
	s.Parameters = parameters.New(s.SSM)
	s.Mails = ses.New(ses.Options{Verified: []string{mailFrom}})
	s.Timers = scheduler.New(scheduler.Options{Invoke: s.ring, Precision: time.Millisecond, Groups: []string{runner.Environment["SLIPWAY_SCHEDULE_GROUP"]}})
	s.T.Cleanup(s.Timers.Close)
}

// ring calls a timer's target with the role it was lent.
func (s *Stack) ring(_ context.Context, i scheduler.Invocation) error {
	if !s.Template.Allows(i.RoleARN, "lambda:InvokeFunction", i.TargetARN, nil) {
		return fmt.Errorf("the role %s may not call %s", i.RoleARN, i.TargetARN)
	}
	f, ok := s.functions[i.TargetARN]
	if !ok {
		return fmt.Errorf("there is no function %s", i.TargetARN)
	}
	_, err := f.InvokeAsync(i.Input)
	return err
}

// startFunctions makes both functions, each with its own ways to the services.
func (s *Stack) startFunctions() {
	s.T.Helper()
	for role, into := range map[string]**lambda.Function{"web": &s.Web, "runner": &s.Runner} {
		about := s.function(role)
		settings := lambda.Settings{
			Name: about.Name, Bootstrap: s.Zip.Bootstrap, Memory: about.MemoryMB, Timeout: time.Duration(about.TimeoutSecs) * time.Second,
			Region: region, Account: account, Env: s.environment(role, about), Log: s.said,
			KillAfterEach: s.variant.KillAfterEach, KillAt: s.variant.KillAt, OnFailure: s.keep(about),
		}
		for _, a := range s.Template.Asyncs() {
			if a.Function == about.Name {
				pause := 300 * time.Millisecond
				if s.variant.Own {
					pause = 20 * time.Second // Lambda's minutes outlast a service that begins again
				}
				settings.Retries = slices.Repeat([]time.Duration{pause}, a.Retries)
			}
		}
		if role == "web" {
			settings.Timeout *= 4 // its seconds are those of Lambda's processors, which no other test keeps busy
		}
		f := lambda.New(settings)
		*into = f
		s.functions[f.ARN()] = f
		s.T.Cleanup(f.Close)
	}
	s.Domain = strings.Trim(strings.TrimPrefix(s.function("web").URL, "https://"), "/")
	front := httptest.NewServer(s.Web.URL(s.Domain))
	s.T.Cleanup(front.Close)
	s.URL = front.URL
}

// environment is the template's, and what Lambda adds: credentials, and where the emulated services are.
func (s *Stack) environment(role string, about template.Function) map[string]string {
	env := map[string]string{"AWS_ACCESS_KEY_ID": s3server.AccessKey, "AWS_SECRET_ACCESS_KEY": s3server.SecretKey}
	for name, value := range about.Environment {
		env[name] = value
	}
	functions := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { lambda.API(s.Web, s.Runner).ServeHTTP(w, r) })
	behind := map[string]gateway.Settings{
		"DYNAMODB": {Backend: s.DB.Endpoint()}, "S3": {Backend: s.S3.URL(), Address: s.reachable()}, "SSM": {Handler: s.Parameters}, "SESV2": {Handler: s.Mails},
		"SCHEDULER": {Handler: s.Timers}, "LAMBDA": {Handler: functions}, "KMS": {Handler: kms.New("arn:aws:kms:" + region + ":" + account + ":key/00000000-0000-4000-8000-000000000000")}, "SECRETS_MANAGER": {Handler: secretsmanager.New()},
	}
	for service, settings := range behind {
		settings.Function, settings.Service, settings.Region, settings.Account = role, service, region, account
		settings.Role, settings.Ledger = filepath.Base(about.Role), s.Ledger
		settings.May = func(n gateway.Need) bool { return s.may(about.Role, n) }
		g, err := gateway.Open(settings)
		must(s.T, err)
		s.T.Cleanup(func() { _ = g.Close() })
		s.Gates[role+" "+service] = g
		env["AWS_ENDPOINT_URL_"+service] = g.URL()
	}
	return env
}

// may asks the role of the template; instances bear the tag that the docs tell people to give them.
func (s *Stack) may(role string, n gateway.Need) bool {
	keys := map[string]string{}
	for name, value := range n.Keys {
		keys[name] = value
	}
	if keys["instance"] != "" {
		keys["ssm:resourceTag/slipway"] = s.function("runner").Environment["SLIPWAY_SCHEDULE_GROUP"] // the stack's name
	}
	return s.roles[role].Allows(n.Action, n.Resource, keys)
}

// reachable is where a gateway must listen so that the host can use a signed address: the host's network ends at this machine's .1.
func (s *Stack) reachable() string {
	if s.variant.Host == nil {
		return ""
	}
	ip := net.ParseIP(s.variant.Host.Addr).To4()
	return net.JoinHostPort(net.IPv4(ip[0], ip[1], ip[2], 1).String(), "0")
}

// keep puts the record of a failed event into the bucket, as Lambda does with the function's own role.
func (s *Stack) keep(about template.Function) func(key string, record []byte) {
	return func(key string, record []byte) {
		if !s.Template.Allows(about.Role, "s3:PutObject", "arn:aws:s3:::"+s.BucketName+"/"+key, nil) {
			s.T.Errorf("%s may not put %s: the event is lost", about.Role, key)
			return
		}
		if _, err := s.Objects.PutObject(context.Background(), &s3.PutObjectInput{Bucket: &s.BucketName, Key: &key, Body: bytes.NewReader(record)}); err != nil {
			s.logf("on-failure record: %v", err)
		}
	}
}

// SendOwn calls the runner with a payload of ours and decodes its answer.
func (s *Stack) SendOwn(payload, into any) {
	s.T.Helper()
	b, err := json.Marshal(payload)
	must(s.T, err)
	result, err := s.Runner.Invoke(s.T.Context(), b)
	must(s.T, err)
	if result.Error != "" {
		s.T.Fatalf("%s = %s", b, result.Payload)
	}
	must(s.T, json.Unmarshal(result.Payload, into))
}

func (s *Stack) logf(format string, args ...any) {
	fmt.Fprintf(s.said, "emulation: "+format+"\n", args...)
}

// words is a log that can be read while it is written.
type words struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// Story is every event that a function had but for pages that were shown, a line each, in the order they began.
func (s *Stack) Story() string {
	all := append(s.Web.Records(), s.Runner.Records()...)
	slices.SortFunc(all, func(a, b lambda.Record) int { return a.At.Compare(b.At) })
	var out strings.Builder
	for _, r := range all {
		if r.Error == "" && strings.Contains(string(r.Event), `"method":"GET"`) {
			continue
		}
		answer := ""
		if r.Error != "" {
			answer = fmt.Sprintf(" = %s %.300s", r.Error, r.Answer)
		}
		fmt.Fprintf(&out, "%s %-7s cold=%-5t init %6.1f ms, event %8.1f ms, %3d MB: %.160s%s\n", r.At.Format("15:04:05.000"), s.short(r.Function), r.Cold,
			float64(r.Init.Microseconds())/1000, float64(r.Duration.Microseconds())/1000, r.MaxRSS>>20, r.Event, answer)
	}
	return out.String()
}

// short is web or runner.
func (s *Stack) short(name string) string {
	if name == s.Web.Name() {
		return "web"
	}
	return "runner"
}

// Said is what the functions wrote to their logs so far.
func (s *Stack) Said() string { return s.said.String() }
