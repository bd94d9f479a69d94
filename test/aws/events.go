package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"slipway/test/emulators/lambda"
	"slipway/test/emulators/lambda/sources"
	"slipway/test/emulators/template"
)

// wireEvents connects stream, bucket and bus with the functions, as the template says.
func (s *Stack) wireEvents() {
	s.T.Helper()
	s.wireBus()
	s.wireBucket()
	for _, source := range s.Template.Sources() {
		s.wireStream(source)
	}
}

func (s *Stack) wireBus() {
	for _, rule := range s.Template.Rules() {
		r := sources.BusRule{Matches: func(event []byte) (bool, error) { return template.Match(rule.Pattern, event) }}
		for _, target := range rule.Targets {
			r.To = append(r.To, s.mustFunction("rule "+rule.ID, target))
		}
		s.Bus.Rules = append(s.Bus.Rules, r)
	}
}

func (s *Stack) wireBucket() {
	s.Bucket = &sources.Bucket{}
	for _, n := range s.Template.Notifications() {
		if f, ok := s.functions[n.To]; ok {
			s.Bucket.Rules = append(s.Bucket.Rules, sources.BucketRule{Prefix: n.Prefix, Suffix: n.Suffix, To: f})
		}
	}
	if len(s.Bucket.Rules) == 0 {
		s.T.Fatal("the template's bucket tells no function anything")
	}
	if s.variant.Bridge {
		// What somebody sets up who has other plans for the bucket's own notifications.
		s.Bucket.Bridge = &sources.Bus{Log: s.logf}
		for _, r := range s.Bucket.Rules {
			pattern := fmt.Sprintf(`{"source":["aws.s3"],"detail-type":["Object Created"],"detail":{"bucket":{"name":[%q]},"object":{"key":[{"prefix":%q}]}}}`, s.BucketName, r.Prefix)
			s.Bucket.Bridge.Rules = append(s.Bucket.Bridge.Rules, sources.BusRule{To: []sources.Function{r.To},
				Matches: func(event []byte) (bool, error) { return template.Match([]byte(pattern), event) }})
		}
		s.Bucket.Rules = nil
	}
	s.S3.Notify(s.BucketName, nil, s.Bucket.Tell)
}

// wireStream polls with the function's role, as Lambda does.
func (s *Stack) wireStream(source template.Source) {
	about := s.function("runner")
	f := s.functions[about.ARN]
	if source.Function != about.Name && source.Function != about.ARN {
		s.T.Fatalf("the stream wakes %s, want the runner", source.Function)
	}
	for _, action := range []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"} {
		if !s.Template.Allows(about.Role, action, source.From, nil) {
			s.T.Fatalf("the runner's role may not %s on %s: the mapping could not be made", action, source.From)
		}
	}
	stream := &sources.Stream{
		Endpoint: s.DB.Endpoint(), Table: s.Table, Region: region, Account: account, Function: f,
		Takes: source.Takes, BatchSize: source.BatchSize, Wide: source.Wide, Retries: source.Retries, MaxAge: time.Duration(source.MaxAge) * time.Second,
		Bisect: source.Bisect, Partial: source.Partial, Twice: s.variant.StreamTwice, OnFailure: s.keep(about), Log: s.logf,
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- stream.Run(ctx) }()
	s.T.Cleanup(func() { stop(); <-ended })
}

func (s *Stack) mustFunction(who, arn string) *lambda.Function {
	s.T.Helper()
	f, ok := s.functions[arn]
	if !ok {
		s.T.Fatalf("%s sends to %s, which is no function of the stack", who, arn)
	}
	return f
}

// prepare sends the custom resource's event and waits for the answer at its ResponseURL, as CloudFormation does: it calls the function
// asynchronously and waits for a PUT.
func (s *Stack) prepare(request string) {
	s.T.Helper()
	answered := make(chan []byte, 4)
	door := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if r.Method == http.MethodPut {
			answered <- b
		}
	}))
	defer door.Close()
	for id, r := range s.Template.Of("AWS::CloudFormation::CustomResource") {
		token, _ := r.Properties["ServiceToken"].(string)
		event, err := json.Marshal(map[string]any{
			"RequestType": request, "ResponseURL": door.URL + "/answer?signed=yes", "StackId": "arn:aws:cloudformation:" + region + ":" + account + ":stack/slipway/1",
			"RequestId": "r-1", "LogicalResourceId": id, "ResourceType": "AWS::CloudFormation::CustomResource", "ResourceProperties": r.Properties,
		})
		must(s.T, err)
		begun := time.Now()
		_, err = s.mustFunction(id, token).InvokeAsync(event)
		must(s.T, err)
		var answer struct{ Status, Reason string }
		select {
		case b := <-answered:
			must(s.T, json.Unmarshal(b, &answer))
		case <-time.After(60 * time.Second):
			s.T.Fatalf("%s was not answered within a minute", id)
		}
		if s.Prepared = time.Since(begun); answer.Status != "SUCCESS" {
			s.T.Fatalf("%s is %s: %s", id, answer.Status, answer.Reason)
		}
	}
}

// Upgrade runs other bytes from now on and has the stack prepared again, as a deployment of a new version does.
func (s *Stack) Upgrade(bootstrap string) {
	s.T.Helper()
	s.Web.Update(bootstrap)
	s.Runner.Update(bootstrap)
	s.prepare("Update")
}
