package infra_test

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"slipway/infra"
	"slipway/runner/kept"
	"slipway/runner/streamwake"
	"slipway/test/emulators/template"
)

var variable = regexp.MustCompile(`^SLIPWAY_[A-Z_]+$`)

// literals are the texts that stand in a package's code.
func literals(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, dir := range dirs {
		for _, file := range sources(t, dir) {
			ast.Inspect(file.syntax, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					text, _ := strconv.Unquote(l.Value)
					found[text] = file.name
				}
				return true
			})
		}
	}
	return found
}

// Every variable the functions read is set, and every one that is set is read.
func TestVariables(t *testing.T) {
	t.Parallel()
	set := map[string]bool{}
	for _, f := range stack(t, nil).Functions() {
		for name := range f.Environment {
			set[name] = true
		}
	}
	read := map[string]string{}
	for text, where := range literals(t, "../functions/setup", "../functions/lambda", "../functions/slipway") {
		if variable.MatchString(text) {
			read[text] = where
		}
	}
	for _, name := range slices.Sorted(maps.Keys(read)) {
		if !set[name] {
			t.Errorf("%s reads %s, and no function in the template has it", read[name], name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if read[name] == "" {
			t.Errorf("the template sets %s, and nothing reads it", name)
		}
	}
}

func TestTableIsTheOneTheCodeKnows(t *testing.T) {
	t.Parallel()
	r := stack(t, nil).Resources["Table"]
	got, _ := json.Marshal([]any{r.Properties["KeySchema"], r.Properties["TimeToLiveSpecification"], r.Properties["StreamSpecification"], r.Properties["BillingMode"], r.Properties["GlobalSecondaryIndexes"]})
	want := `[[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],{"AttributeName":"x","Enabled":true},{"StreamViewType":"NEW_IMAGE"},"PAY_PER_REQUEST",null]`
	if string(got) != want {
		t.Errorf("table %s\nwant  %s", got, want)
	}
	known := literals(t, "../runner/dynamotable")
	for _, name := range []string{"p", "s", "x", "o"} { // o stands in the stream's filter
		if known[name] == "" {
			t.Errorf("the template speaks of the attribute %s, which runner/dynamotable does not know", name)
		}
	}
}

// What the stream's filter lets through is what runner/streamwake has news in,
// but for what the runner knows by itself.
func TestStreamFilterFitsWhatReadsIt(t *testing.T) {
	t.Parallel()
	source := stack(t, nil).Sources()[0]
	for _, c := range []struct {
		change streamwake.Change
		origin string
		passes bool
	}{
		{streamwake.Change{Event: "INSERT", Partition: "deployment/Deployments-1", Sort: "turn/0000000001"}, "runner", true},
		{streamwake.Change{Event: "INSERT", Partition: "deployment/Deployments-1", Sort: "turn/0000000007"}, "web", true},
		{streamwake.Change{Event: "INSERT", Partition: "deployment/Deployments-1", Sort: "turn/0000000007"}, "runner", false},
		{streamwake.Change{Event: "INSERT", Partition: "place/Projects-1/Environments-1", Sort: "waiting/1"}, "web", true},
		{streamwake.Change{Event: "REMOVE", Partition: "place/Projects-1/Environments-1", Sort: "slot"}, "", true},
	} {
		if (streamwake.Read(c.change) == streamwake.News{}) {
			t.Errorf("%+v is no news to runner/streamwake", c.change)
		}
		record := map[string]any{"eventName": c.change.Event, "dynamodb": map[string]any{
			"Keys": map[string]any{"p": map[string]string{"S": c.change.Partition}, "s": map[string]string{"S": c.change.Sort}}, "NewImage": map[string]any{"o": map[string]string{"S": c.origin}},
		}}
		text, _ := json.Marshal(record)
		if got, err := source.Takes(text); err != nil || got != c.passes {
			t.Errorf("%+v by %q passes: %v, %v; want %v", c.change, c.origin, got, err, c.passes)
		}
	}
}

// The bucket tells of the places that the functions look at, and of no other:
// each event costs a call.
func TestBucketTellsOfWhatTheFunctionsKnow(t *testing.T) {
	t.Parallel()
	s := stack(t, nil)
	known := literals(t, "../functions/lambda")
	var toRunner []string
	for _, n := range s.Notifications() {
		if n.To == s.Functions()["Runner"].ARN {
			toRunner = append(toRunner, n.Prefix)
			if known[n.Prefix] == "" {
				t.Errorf("the bucket tells the runner of %s, which functions/lambda does not know", n.Prefix)
			}
		} else if n.Prefix != kept.Folder {
			t.Errorf("the bucket tells %s of %s; only kept events are told to others", n.To, n.Prefix)
		}
	}
	slices.Sort(toRunner)
	if want := []string{"packages/", "store/reports/"}; !slices.Equal(toRunner, want) {
		t.Errorf("the bucket tells the runner of %q, want %q", toRunner, want)
	}
}

// A rule's events are recognised by functions/lambda as those of commands.
func TestRulesAreForEventsTheFunctionsKnow(t *testing.T) {
	t.Parallel()
	for _, rule := range stack(t, nil).Rules() {
		var pattern struct {
			Source []string `json:"source"`
			Types  []string `json:"detail-type"`
		}
		if err := json.Unmarshal(rule.Pattern, &pattern); err != nil {
			t.Fatal(err)
		}
		for _, kind := range pattern.Types {
			if !slices.Equal(pattern.Source, []string{"aws.ssm"}) || !strings.HasPrefix(kind, "EC2 Command ") || !strings.HasSuffix(kind, "Status-change Notification") {
				t.Errorf("rule %s sends %q of %v, which functions/lambda does not recognise", rule.ID, kind, pattern.Source)
			}
		}
	}
}

// What is needed for a while only goes by itself, under the names that the code
// gives it.
func TestShortLivedObjectsGo(t *testing.T) {
	t.Parallel()
	text, _ := json.Marshal(stack(t, nil).Resources["Bucket"].Properties["LifecycleConfiguration"])
	var rules struct {
		Rules []struct {
			Prefix, Status   string
			ExpirationInDays int
		}
	}
	if err := json.Unmarshal(text, &rules); err != nil {
		t.Fatal(err)
	}
	goes := map[string]int{}
	for _, r := range rules.Rules {
		if r.Status == "Enabled" && r.ExpirationInDays > 0 {
			goes[r.Prefix] = r.ExpirationInDays
		}
	}
	want := map[string]int{"store/errands/": 2, "store/replies/": 2, "store/answers/": 1, "store/begun/": 30, "store/reports/": 30, kept.Folder: 90}
	if !maps.Equal(goes, want) {
		t.Errorf("removed after days: %v, want %v", goes, want)
	}
	known := literals(t, "../runner", "../runner/hosts/ssmhosts", "../runner/kept", "../functions/setup")
	for prefix := range goes {
		if name := strings.TrimPrefix(prefix, "store/"); known[name] == "" {
			t.Errorf("the bucket's rules speak of %s, which no code does", prefix)
		}
	}
}

// The net under both kinds of invocation: what fails for good is kept, where
// runner/kept looks for it.
func TestWhatFailsForGoodIsKept(t *testing.T) {
	t.Parallel()
	s := stack(t, nil)
	const bucket = "arn:aws:s3:::slipway-123456789012-us-east-1"
	for _, source := range s.Sources() {
		if source.OnFailure != bucket || !source.Partial || source.Retries != 5 || source.MaxAge != 3600 || source.BatchSize != 10 || source.Window != 0 || source.Wide != 10 {
			t.Errorf("source: %+v", source)
		}
	}
	asyncs := s.Asyncs()
	if len(asyncs) != 1 || asyncs[0].OnFailure != bucket || asyncs[0].Function != "slipway-runner" {
		t.Errorf("asynchronous invocations: %+v", asyncs)
	}
	if !s.Allows(s.Functions()["Runner"].Role, "s3:PutObject", bucket+"/"+kept.Folder+"async/x", nil) {
		t.Errorf("Lambda cannot write below %s", kept.Folder)
	}
}

// A stack that nobody uses must cost its storage only, so what is billed by the
// hour or the month is made only if somebody asks for it.
func TestNothingThatCostsWhileIdleIsThereByDefault(t *testing.T) {
	t.Parallel()
	free := []string{
		"AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::Lambda::Url", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping",
		"AWS::Logs::LogGroup", "AWS::IAM::Role", "AWS::Events::Rule", "AWS::Scheduler::ScheduleGroup", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::CloudFormation::CustomResource",
	}
	for id, r := range stack(t, nil).Resources {
		if !slices.Contains(free, r.Type) {
			t.Errorf("%s is a %s, which is not known to cost nothing while idle: make it a parameter, off by default", id, r.Type)
		}
		for _, costs := range []string{"ProvisionedConcurrencyConfig", "ProvisionedThroughput", "ScheduleExpression", "VpcConfig"} {
			if _, ok := r.Properties[costs]; ok {
				t.Errorf("%s has %s, which costs while idle", id, costs)
			}
		}
	}
}

// Anchors are locked if somebody asks for it, by the rule of a bucket of their own,
// which both functions are told of.
func TestAnchorsAreLockedIfAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		given map[string]string
		rule  string
		where string
	}{
		{nil, "", ""},
		{map[string]string{"AuditLockDays": "0", "AuditLockMode": "COMPLIANCE"}, "", ""},
		{map[string]string{"AuditLockDays": "30"}, `{"Days":30,"Mode":"GOVERNANCE"}`, "slipway-AnchorBucket"},
		{map[string]string{"AuditLockDays": "400", "AuditLockMode": "COMPLIANCE"}, `{"Days":400,"Mode":"COMPLIANCE"}`, "slipway-AnchorBucket"},
	} {
		s := stack(t, c.given)
		bucket, there := s.Resources["AnchorBucket"]
		if there != (c.rule != "") {
			t.Errorf("%v: the bucket is there: %v", c.given, there)
		}
		if there {
			text, _ := json.Marshal(bucket.Properties["ObjectLockConfiguration"])
			rule := strings.ReplaceAll(string(text), `"`+c.given["AuditLockDays"]+`"`, c.given["AuditLockDays"]) // a parameter is a text
			if want := `{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":` + c.rule + `}}`; rule != want || bucket.Properties["ObjectLockEnabled"] != true {
				t.Errorf("%v: the rule is %s, want %s", c.given, rule, want)
			}
		}
		for name, f := range s.Functions() {
			if f.Environment["SLIPWAY_ANCHORS"] != c.where {
				t.Errorf("%v: %s keeps anchors in %q, want %q", c.given, name, f.Environment["SLIPWAY_ANCHORS"], c.where)
			}
		}
	}
}

// What holds people's data outlives the stack.
func TestDataOutlivesTheStack(t *testing.T) {
	t.Parallel()
	text := string(infra.Template())
	for _, id := range []string{"Bucket", "Table", "Key", "AnchorBucket"} {
		_, part, _ := strings.Cut(text, "\n  "+id+":\n")
		part, _, _ = strings.Cut(part, "    Properties:\n")
		if !strings.Contains(part, "DeletionPolicy: Retain") || !strings.Contains(part, "UpdateReplacePolicy: Retain") {
			t.Errorf("%s goes when the stack goes", id)
		}
	}
}

// Both halves of the address's permission are needed, and nothing else may call
// the function without being asked who it is.
func TestOnlyTheAddressIsPublic(t *testing.T) {
	t.Parallel()
	for _, s := range []*template.Stack{stack(t, nil), stack(t, map[string]string{"DomainName": "deploy.example.com"})} {
		var public []string
		for _, r := range s.Of("AWS::Lambda::Permission") {
			p := r.Properties
			if p["Principal"] != "*" {
				if p["SourceArn"] == nil {
					t.Errorf("%v may call %v from any account", p["Principal"], p["FunctionName"])
				}
				continue
			}
			if p["FunctionName"] != "slipway-web" || p["FunctionUrlAuthType"] == nil && p["InvokedViaFunctionUrl"] != true {
				t.Errorf("anybody may call: %v", p)
			}
			public = append(public, p["Action"].(string))
		}
		slices.Sort(public)
		if want := []string{"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}; !slices.Equal(public, want) {
			t.Errorf("public: %v, want %v", public, want)
		}
	}
}
