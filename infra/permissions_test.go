package infra_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"slipway/infra"
	"slipway/test/emulators/template"
)

// uses says which function has which adapter. A new adapter must be put here.
var uses = map[string][]string{
	"runner/dynamotable":     {"Web", "Runner"},
	"runner/s3blobs":         {"Web", "Runner"},
	"runner/kmssecrets":      {"Web", "Runner"},
	"runner/rootsecrets":     {"Web", "Runner"},
	"runner/schedulertimers": {"Runner"},
	"runner/secretsources":   {"Runner"},
	"runner/sesmail":         {"Runner"},
	"runner/hosts/ssmhosts":  {"Runner"},
	"functions/setup":        {"Web", "Runner"},
}

// without are calls that stand in an adapter and that the function never makes.
var without = map[string]map[string]string{
	"Web": {
		"kms:Decrypt":         "it seals and does not open",
		"ssm:PutParameter":    "the root key is made by the runner's prepare step",
		"s3:GetObjectVersion": "arrivals are taken by the runner",
	},
}

// besides are permissions that no call of ours needs.
var besides = map[string]map[string]string{
	"Web": {
		"logs:CreateLogStream": "Lambda writes the function's log with its role",
		"logs:PutLogEvents":    "Lambda writes the function's log with its role",
	},
	"Runner": {
		"logs:CreateLogStream":           "Lambda writes the function's log with its role",
		"logs:PutLogEvents":              "Lambda writes the function's log with its role",
		"dynamodb:DescribeStream":        "Lambda reads the stream with the function's role",
		"dynamodb:GetRecords":            "Lambda reads the stream with the function's role",
		"dynamodb:GetShardIterator":      "Lambda reads the stream with the function's role",
		"dynamodb:ListStreams":           "Lambda reads the stream with the function's role",
		"ec2:CreateNetworkInterface":     "Lambda puts the function into a VPC with its role",
		"ec2:DescribeNetworkInterfaces":  "Lambda puts the function into a VPC with its role",
		"ec2:DescribeSubnets":            "Lambda puts the function into a VPC with its role",
		"ec2:DeleteNetworkInterface":     "Lambda puts the function into a VPC with its role",
		"ec2:AssignPrivateIpAddresses":   "Lambda puts the function into a VPC with its role",
		"ec2:UnassignPrivateIpAddresses": "Lambda puts the function into a VPC with its role",
	},
}

// stacks are the template with what is off by default, and with all of it on:
// between them they hold every statement.
func stacks(t *testing.T) []*template.Stack {
	t.Helper()
	return []*template.Stack{
		stack(t, nil),
		stack(t, map[string]string{"OwnKey": "yes", "MailFrom": "slipway@example.com", "AlarmMail": "a@example.com", "DomainName": "deploy.example.com", "SubnetIds": "subnet-1", "SecurityGroupIds": "sg-1", "Hosts": "all", "AuditLockDays": "400"}),
	}
}

func stack(t *testing.T, more map[string]string) *template.Stack {
	t.Helper()
	given := map[string]string{"CodeBucket": "code", "CodeKey": "slipway/abc.zip"}
	maps.Copy(given, more)
	s, err := template.Read(infra.Template(), template.Given{Stack: "slipway", Parameters: given})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func granted(t *testing.T, function string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, s := range stacks(t) {
		roles, err := s.Roles()
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range roles[s.Functions()[function].Role].Statements {
			for _, action := range statement.Actions {
				all[action] = true
			}
		}
	}
	return all
}

// needed are the permissions that the function's adapters need.
func needed(t *testing.T, function string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, adapter := range adapters(t) {
		if slices.Contains(uses[adapter], function) {
			maps.Copy(all, callsOf(t, "../"+adapter).actions())
		}
	}
	return all
}

func TestEveryAdapterIsKnown(t *testing.T) {
	t.Parallel()
	for _, adapter := range adapters(t) {
		if uses[adapter] == nil {
			t.Errorf("%s uses the SDK: say in uses which function has it", adapter)
		}
	}
}

// What the code calls, the role may; what the role may, the code calls.
func TestRolesMayWhatTheCodeCallsAndNoMore(t *testing.T) {
	t.Parallel()
	for _, function := range []string{"Web", "Runner"} {
		may, needs := granted(t, function), needed(t, function)
		if len(needs) < 10 {
			t.Errorf("%s: only %d permissions were found in the code, which cannot be", function, len(needs))
		}
		for _, action := range slices.Sorted(maps.Keys(needs)) {
			if reason := without[function][action]; !may[action] && reason == "" {
				t.Errorf("%s may not %s, which %s needs: add it to the role, or to without with the reason", function, action, needs[action])
			} else if may[action] && reason != "" {
				t.Errorf("%s may %s, and without says it does not need it: %s", function, action, reason)
			}
		}
		for _, action := range slices.Sorted(maps.Keys(may)) {
			if _, called := needs[action]; !called && besides[function][action] == "" {
				t.Errorf("%s may %s, which no code of its calls: take it away, or add it to besides with the reason", function, action)
			}
		}
		for action := range without[function] {
			if needs[action] == "" {
				t.Errorf("without %s of %s is out of date: no code calls it", action, function)
			}
		}
		for action := range besides[function] {
			if !may[action] || needs[action] != "" {
				t.Errorf("besides %s of %s is out of date", action, function)
			}
		}
		t.Logf("%s: %d permissions, %d of them for calls of ours, %d for AWS's own work", function, len(may), len(may)-len(besides[function]), len(besides[function]))
	}
}

// A permission stands for certain things. "*" is for actions that AWS lets
// nobody narrow down.
func TestPermissionsAreForOurThingsOnly(t *testing.T) {
	t.Parallel()
	everything := []string{
		"dynamodb:ListStreams", "ssm:GetCommandInvocation",
		"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
	}
	for _, s := range stacks(t) {
		roles, err := s.Roles()
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range roles {
			for _, st := range role.Statements {
				for _, action := range st.Actions {
					if strings.Contains(action, "*") {
						t.Errorf("%s: %s names no action", role.ID, action)
					}
					if slices.Contains(st.Resources, "*") && !slices.Contains(everything, action) {
						t.Errorf("%s: %s is for everything in the account", role.ID, action)
					}
				}
			}
		}
	}
}

// What each function may and may not do to what it meets, both ways.
func TestWhoMayWhat(t *testing.T) {
	t.Parallel()
	own := stack(t, map[string]string{"OwnKey": "yes", "MailFrom": "slipway@example.com"})
	plain := stack(t, nil)
	locked := stack(t, map[string]string{"AuditLockDays": "400"})
	at := func(service, what string) string { return "arn:aws:" + service + ":us-east-1:123456789012:" + what }
	const bucket, anchors = "arn:aws:s3:::slipway-123456789012-us-east-1", "arn:aws:s3:::slipway-AnchorBucket"
	key := at("kms", "key/00000000-0000-4000-8000-000000000000")
	for _, c := range []struct {
		stack            *template.Stack
		action, resource string
		context          map[string]string
		web, runner      bool
	}{
		{plain, "dynamodb:ConditionCheckItem", at("dynamodb", "table/slipway-Table"), nil, true, true},
		{plain, "dynamodb:Scan", at("dynamodb", "table/slipway-Table"), nil, false, false},
		{plain, "dynamodb:GetRecords", at("dynamodb", "table/slipway-Table/stream/2026-01-01T00:00:00.000"), nil, false, true},
		{plain, "s3:GetObject", bucket + "/packages/Shop.1.0.0.zip", nil, true, true},
		{plain, "s3:GetObjectVersion", bucket + "/packages/Shop.1.0.0.zip", nil, false, true},
		{plain, "s3:PutObject", bucket + "/store/plans/x", nil, true, true},
		{plain, "s3:PutObject", bucket + "/packages/Shop.1.0.0.zip", nil, true, false},
		{plain, "s3:GetObject", bucket + "/aws/lambda/async/x", nil, true, true},
		{plain, "s3:PutObject", bucket + "/aws/lambda/async/x", nil, false, true},
		{plain, "s3:DeleteObject", bucket + "/aws/lambda/async/x", nil, true, true},
		{plain, "s3:DeleteObject", bucket + "/store/plans/x", nil, false, true},
		{plain, "s3:DeleteObject", bucket + "/packages/Shop.1.0.0.zip", nil, false, false},
		{plain, "s3:DeleteObjectVersion", bucket + "/store/plans/x", nil, false, false},
		{plain, "s3:ListBucket", bucket, nil, true, true},
		{plain, "s3:GetObject", "arn:aws:s3:::another/store/x", nil, false, false},
		{locked, "s3:PutObject", anchors + "/anchors/x", nil, true, true},
		{locked, "s3:PutObject", anchors + "/x", nil, false, false},
		{locked, "s3:DeleteObject", anchors + "/anchors/x", nil, false, false},
		{locked, "s3:DeleteObjectVersion", anchors + "/anchors/x", nil, false, false},
		{locked, "s3:PutObjectRetention", anchors + "/anchors/x", nil, false, false},
		{locked, "s3:BypassGovernanceRetention", anchors + "/anchors/x", nil, false, false},
		{locked, "s3:PutBucketObjectLockConfiguration", anchors, nil, false, false},
		{plain, "s3:PutObject", anchors + "/anchors/x", nil, false, false},
		{plain, "lambda:InvokeFunction", at("lambda", "function:slipway-runner"), nil, true, true},
		{plain, "lambda:InvokeFunction", at("lambda", "function:another"), nil, false, false},
		{plain, "ssm:GetParameter", at("ssm", "parameter/slipway/slipway/seal"), nil, true, true},
		{plain, "ssm:GetParameter", at("ssm", "parameter/slipway/slipway/open"), nil, false, true},
		{plain, "ssm:PutParameter", at("ssm", "parameter/slipway/slipway/open"), nil, false, true},
		{plain, "ssm:GetParameter", at("ssm", "parameter/slipway-values/db"), nil, false, true},
		{plain, "ssm:GetParameter", at("ssm", "parameter/another"), nil, false, false},
		{plain, "secretsmanager:GetSecretValue", at("secretsmanager", "secret:slipway-values/db-AbCdEf"), nil, false, true},
		{plain, "secretsmanager:GetSecretValue", at("secretsmanager", "secret:another-AbCdEf"), nil, false, false},
		{plain, "ssm:SendCommand", at("ec2", "instance/i-1"), map[string]string{"ssm:resourceTag/slipway": "slipway"}, false, true},
		{plain, "ssm:SendCommand", at("ssm", "managed-instance/mi-1"), map[string]string{"ssm:resourceTag/slipway": "slipway"}, false, true},
		{plain, "ssm:SendCommand", at("ec2", "instance/i-1"), map[string]string{"ssm:resourceTag/slipway": "another"}, false, false},
		{stack(t, map[string]string{"Hosts": "all"}), "ssm:SendCommand", at("ec2", "instance/i-1"), nil, false, true},
		{plain, "ssm:SendCommand", "arn:aws:ssm:us-east-1::document/AWS-RunPowerShellScript", nil, false, true},
		{plain, "ssm:SendCommand", at("ssm", "document/Mine"), nil, false, false},
		{plain, "scheduler:CreateSchedule", at("scheduler", "schedule/slipway/x"), nil, false, true},
		{plain, "scheduler:CreateSchedule", at("scheduler", "schedule/default/x"), nil, false, false},
		{plain, "iam:PassRole", "arn:aws:iam::123456789012:role/slipway-ScheduleRole", map[string]string{"iam:PassedToService": "scheduler.amazonaws.com"}, false, true},
		{plain, "iam:PassRole", "arn:aws:iam::123456789012:role/slipway-ScheduleRole", map[string]string{"iam:PassedToService": "lambda.amazonaws.com"}, false, false},
		{plain, "iam:PassRole", "arn:aws:iam::123456789012:role/admin", map[string]string{"iam:PassedToService": "scheduler.amazonaws.com"}, false, false},
		{plain, "ses:SendEmail", at("ses", "identity/example.com"), map[string]string{"ses:FromAddress": "slipway@example.com"}, false, false},
		{own, "ses:SendEmail", at("ses", "identity/example.com"), map[string]string{"ses:FromAddress": "slipway@example.com"}, false, true},
		{own, "ses:SendEmail", at("ses", "identity/example.com"), map[string]string{"ses:FromAddress": "boss@example.com"}, false, false},
		{own, "kms:GenerateDataKey", key, nil, true, true},
		{own, "kms:Decrypt", key, nil, false, true},
		{own, "ssm:GetParameter", at("ssm", "parameter/slipway/slipway/open"), nil, false, false},
	} {
		for function, want := range map[string]bool{"Web": c.web, "Runner": c.runner} {
			if got := c.stack.Allows(c.stack.Functions()[function].Role, c.action, c.resource, c.context); got != want {
				t.Errorf("%s may %s on %s with %v: %v, want %v", function, c.action, c.resource, c.context, got, want)
			}
		}
	}
}
