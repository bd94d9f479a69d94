package template_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"slipway/infra"
	"slipway/test/emulators/template"
)

func read(t *testing.T, more map[string]string) *template.Stack {
	t.Helper()
	given := map[string]string{"CodeBucket": "code", "CodeKey": "slipway/abc.zip"}
	for name, value := range more {
		given[name] = value
	}
	s, err := template.Read(infra.Template(), template.Given{Stack: "slipway", Parameters: given})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFunctionsOfOurTemplate(t *testing.T) {
	t.Parallel()
	f := read(t, nil).Functions()
	web, runner := f["Web"], f["Runner"]
	if web.Name != "slipway-web" || runner.Name != "slipway-runner" || web.Role == runner.Role || runner.URL != "" {
		t.Errorf("functions: %+v", f)
	}
	if want := "https://" + strings.Split(web.URL, "/")[2]; runner.Environment["SLIPWAY_BASE_URL"] != want {
		t.Errorf("the runner's base address is %q, want %q", runner.Environment["SLIPWAY_BASE_URL"], want)
	}
	if got, want := runner.Environment["SLIPWAY_RUNNER_ARN"], runner.ARN; got != want {
		t.Errorf("SLIPWAY_RUNNER_ARN = %q, want %q", got, want)
	}
	if got := web.Environment["SLIPWAY_SECRETS"]; got != "parameter:/slipway/slipway" {
		t.Errorf("SLIPWAY_SECRETS = %q", got)
	}
}

func TestParametersChangeTheStack(t *testing.T) {
	t.Parallel()
	s := read(t, map[string]string{"OwnKey": "yes", "DomainName": "deploy.example.com", "AlarmMail": "a@example.com", "SubnetIds": "subnet-1,subnet-2", "SecurityGroupIds": "sg-1"})
	if got := s.Functions()["Runner"].Environment["SLIPWAY_SECRETS"]; !strings.HasPrefix(got, "kms:arn:aws:kms:") {
		t.Errorf("SLIPWAY_SECRETS = %q", got)
	}
	if got := s.Outputs["Url"]; got != "https://deploy.example.com" {
		t.Errorf("Url = %q", got)
	}
	vpc, _ := json.Marshal(s.Resources["Runner"].Properties["VpcConfig"])
	if string(vpc) != `{"SecurityGroupIds":["sg-1"],"SubnetIds":["subnet-1","subnet-2"]}` {
		t.Errorf("VpcConfig = %s", vpc)
	}
	if len(s.Of("AWS::CloudWatch::Alarm")) != 2 || len(read(t, nil).Of("AWS::CloudWatch::Alarm")) != 0 {
		t.Error("alarms are there exactly if there is an address for them")
	}
}

// A wrong name in a template is told with what there is.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Ref Nobody}", "no parameter or resource Nobody"},
		{"Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !GetAtt B.Colour}\n  B:\n    Type: AWS::SNS::Topic", "attribute Colour of B"},
		{"Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Sub '${B.TopicName}'}\n  B:\n    Type: AWS::SNS::Topic\n    DependsOn: A", "circular dependency between resources: A needs B needs A"},
		{"Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Condition: Never", "no condition Never"},
		{"Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Base64 x}", "!Base64 is not known"},
		{"Resources:\n  A:\n    Type: X\n    Type: Y", "already defined"},
		{"Parameters:\n  P: {Type: String}\nResources: {}", "parameter P has no default"},
		{"Conditions: {No: !Equals [a, b]}\nResources:\n  A:\n    Type: AWS::SNS::Topic\n    Condition: No\n  B:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Ref A}", "its condition No is false"},
		{"Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Sub 'x${AWS::Region'}", "is not closed"},
	} {
		_, err := template.Read([]byte(c.text), template.Given{Stack: "s"})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Read(%q): %v, want %q", c.text, err, c.want)
		}
	}
}

func TestAllows(t *testing.T) {
	t.Parallel()
	s := read(t, nil)
	f := s.Functions()
	instance := "arn:aws:ec2:us-east-1:123456789012:instance/i-1"
	bucket := "arn:aws:s3:::slipway-123456789012-us-east-1"
	for _, c := range []struct {
		role, action, resource string
		context                map[string]string
		want                   bool
	}{
		{"Web", "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:123456789012:table/slipway-Table", nil, true},
		{"Web", "dynamodb:putitem", "arn:aws:dynamodb:us-east-1:123456789012:table/slipway-Table", nil, true},
		{"Web", "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:123456789012:table/other", nil, false},
		{"Web", "dynamodb:DeleteTable", "arn:aws:dynamodb:us-east-1:123456789012:table/slipway-Table", nil, false},
		{"Web", "s3:PutObject", bucket + "/store/plans/x", nil, true},
		{"Web", "s3:PutObject", bucket + "/aws/lambda/x", nil, false},
		{"Web", "ssm:SendCommand", instance, map[string]string{"ssm:resourceTag/slipway": "slipway"}, false},
		{"Web", "ssm:GetParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/slipway/slipway/open", nil, false},
		{"Runner", "ssm:GetParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/slipway/slipway/open", nil, true},
		{"Runner", "ssm:SendCommand", instance, nil, false},
		{"Runner", "ssm:SendCommand", instance, map[string]string{"ssm:resourceTag/slipway": "other"}, false},
		{"Runner", "ssm:SendCommand", instance, map[string]string{"ssm:resourceTag/slipway": "slipway"}, true},
		{"Runner", "ssm:SendCommand", "arn:aws:ssm:us-east-1::document/AWS-RunShellScript", nil, true},
		{"Runner", "ssm:SendCommand", "arn:aws:ssm:us-east-1::document/AWS-RunRemoteScript", nil, false},
		{"Runner", "ses:SendEmail", "arn:aws:ses:us-east-1:123456789012:identity/example.com", map[string]string{"ses:FromAddress": ""}, false},
		{"Runner", "kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/x", nil, false},
	} {
		if got := s.Allows(f[c.role].Role, c.action, c.resource, c.context); got != c.want {
			t.Errorf("%s may %s on %s with %v: %v, want %v", c.role, c.action, c.resource, c.context, got, c.want)
		}
	}
}

func TestDenyWins(t *testing.T) {
	t.Parallel()
	r := template.Role{Statements: []template.Statement{
		{Effect: "Allow", Actions: []string{"s3:*"}, Resources: []string{"*"}},
		{Effect: "Deny", Actions: []string{"s3:Delete*"}, Resources: []string{"arn:aws:s3:::kept/?x/*"}},
	}}
	for _, c := range []struct {
		action, resource string
		want             bool
	}{
		{"s3:GetObject", "arn:aws:s3:::kept/ax/1", true},
		{"s3:DeleteObject", "arn:aws:s3:::kept/ax/1", false},
		{"s3:DeleteObject", "arn:aws:s3:::kept/x/1", true},
		{"ec2:RunInstances", "*", false},
	} {
		if got := r.Allows(c.action, c.resource, nil); got != c.want {
			t.Errorf("Allows(%s, %s) = %v, want %v", c.action, c.resource, got, c.want)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, event string
		want           bool
	}{
		{`{"a": ["x", "y"]}`, `{"a": "y", "b": 1}`, true},
		{`{"a": ["x"]}`, `{"a": "z"}`, false},
		{`{"a": ["x"]}`, `{}`, false},
		{`{"a": ["x"]}`, `{"a": ["w", "x"]}`, true},
		{`{"a": {"b": [1]}}`, `{"a": {"b": 1}}`, true},
		{`{"a": {"b": [1]}}`, `{"a": "b"}`, false},
		{`{"a": [null]}`, `{"a": null}`, true},
		{`{"a": [null]}`, `{}`, false},
		{`{"a": [{"prefix": "turn/"}]}`, `{"a": "turn/1"}`, true},
		{`{"a": [{"prefix": "turn/"}]}`, `{"a": 7}`, false},
		{`{"a": [{"suffix": ".zip"}]}`, `{"a": "x.zip"}`, true},
		{`{"a": [{"equals-ignore-case": "FAILED"}]}`, `{"a": "Failed"}`, true},
		{`{"a": [{"wildcard": "a*c?"}]}`, `{"a": "abbc?"}`, true},
		{`{"a": [{"wildcard": "a*c?"}]}`, `{"a": "abbcd"}`, false},
		{`{"a": [{"exists": true}]}`, `{"a": null}`, true},
		{`{"a": [{"exists": false}]}`, `{"a": "x"}`, false},
		{`{"a": [{"exists": false}]}`, `{"b": "x"}`, true},
		{`{"a": {"b": [{"exists": false}]}}`, `{}`, true},
		{`{"a": [{"anything-but": "web"}]}`, `{"a": "runner"}`, true},
		{`{"a": [{"anything-but": ["web", "x"]}]}`, `{"a": "web"}`, false},
		{`{"a": [{"anything-but": "web"}]}`, `{}`, false},
		{`{"a": [{"anything-but": {"prefix": "w"}}]}`, `{"a": "web"}`, false},
		{`{"a": [{"numeric": [">", 0, "<=", 5]}]}`, `{"a": 5}`, true},
		{`{"a": [{"numeric": [">", 0, "<=", 5]}]}`, `{"a": 5.1}`, false},
		{`{"a": [{"numeric": ["=", 0]}]}`, `{"a": "x"}`, false},
		{`{"a": [{"cidr": "10.0.0.0/8"}]}`, `{"a": "10.1.2.3"}`, true},
		{`{"$or": [{"a": ["x"]}, {"b": [1]}]}`, `{"b": 1}`, true},
		{`{"$or": [{"a": ["x"]}, {"b": [1]}]}`, `{"b": 2}`, false},
	} {
		got, err := template.Match([]byte(c.pattern), []byte(c.event))
		if err != nil || got != c.want {
			t.Errorf("Match(%s, %s) = %v, %v; want %v", c.pattern, c.event, got, err, c.want)
		}
	}
	for _, pattern := range []string{`{"a": "x"}`, `{"a": [{"colour": "red"}]}`, `{"a": [{"numeric": [">"]}]}`, `[`} {
		if _, err := template.Match([]byte(pattern), []byte(`{"a": "x"}`)); err == nil {
			t.Errorf("Match(%s) takes a pattern that AWS refuses", pattern)
		}
	}
}

func TestStreamWakesTheRunnerOnlyForWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	sources := read(t, nil).Sources()
	if len(sources) != 1 || sources[0].Function != "slipway-runner" || !sources[0].Partial || !sources[0].Bisect || sources[0].Retries != 5 || sources[0].Start != "TRIM_HORIZON" {
		t.Fatalf("sources: %+v", sources)
	}
	for _, c := range []struct {
		what, name, sort, origin string
		want                     bool
	}{
		{"first turn, of the runner", "INSERT", "turn/0000000001", "runner", true},
		{"later turn, of the runner", "INSERT", "turn/0000000002", "runner", false},
		{"later turn, of the pages", "INSERT", "turn/0000000002", "web", true},
		{"a place is waited for", "INSERT", "waiting/0001", "runner", true},
		{"a place became free", "REMOVE", "slot", "", true},
		{"a place is taken", "INSERT", "slot", "web", false},
		{"a turn expired", "REMOVE", "turn/0000000001", "", false},
		{"a changed turn", "MODIFY", "turn/0000000001", "web", false},
		{"an audit entry of the pages", "INSERT", "entry/1", "web", false},
	} {
		record := map[string]any{"eventName": c.name, "dynamodb": map[string]any{"Keys": map[string]any{"p": map[string]string{"S": "deployment/1"}, "s": map[string]string{"S": c.sort}}}}
		if c.origin != "" {
			record["dynamodb"].(map[string]any)["NewImage"] = map[string]any{"o": map[string]string{"S": c.origin}}
		}
		text, _ := json.Marshal(record)
		if got, err := sources[0].Takes(text); err != nil || got != c.want {
			t.Errorf("%s: taken = %v, %v; want %v", c.what, got, err, c.want)
		}
	}
}

func TestEventsOfOurTemplate(t *testing.T) {
	t.Parallel()
	s := read(t, nil)
	var to []string
	for _, n := range s.Notifications() {
		to = append(to, n.Prefix+" "+n.To)
	}
	slices.Sort(to)
	runner := s.Functions()["Runner"].ARN
	want := []string{"aws/lambda/ arn:aws:sns:us-east-1:123456789012:slipway-alarms", "packages/ " + runner, "store/reports/ " + runner}
	if !slices.Equal(to, want) {
		t.Errorf("notifications %q, want %q", to, want)
	}
	rules := s.Rules()
	if len(rules) != 1 || !slices.Equal(rules[0].Targets, []string{runner}) {
		t.Fatalf("rules: %+v", rules)
	}
	for status, want := range map[string]bool{"Failed": true, "TimedOut": true, "Cancelled": true, "Undeliverable": true, "Success": false, "InProgress": false, "Cancelling": false} {
		event := `{"source": "aws.ssm", "detail-type": "EC2 Command Invocation Status-change Notification", "detail": {"command-id": "c", "document-name": "AWS-RunShellScript", "instance-id": "i-1", "status": "` + status + `"}}`
		if got, err := template.Match(rules[0].Pattern, []byte(event)); err != nil || got != want {
			t.Errorf("status %s wakes the runner: %v, %v; want %v", status, got, err, want)
		}
	}
	if a := s.Asyncs(); len(a) != 1 || a[0].Retries != 2 || a[0].OnFailure != "arn:aws:s3:::slipway-123456789012-us-east-1" {
		t.Errorf("asynchronous invocations: %+v", a)
	}
}
