package awscalls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"slipway/pipelines"
	"slipway/runner/spend"
)

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env    []string
		region string
	}{
		{[]string{"AWS_REGION", "eu-central-1", "AWS_ACCESS_KEY_ID", "a"}, "eu-central-1"},
		{[]string{"AWS_DEFAULT_REGION", "eu-west-1", "AWS_ACCESS_KEY_ID", "a"}, "eu-west-1"},
		{[]string{"AWS_REGION", "eu-central-1"}, ""},
		{[]string{"AWS_ACCESS_KEY_ID", "a"}, ""},
	} {
		account, err := Open(env(c.env...))
		if c.region == "" {
			if pipelines.CodeOf(err) != pipelines.Invalid || !strings.Contains(err.Error(), "AWS_REGION") {
				t.Errorf("Open(%q): got %v, want a refusal that names AWS_REGION", c.env, err)
			}
			continue
		}
		if err != nil || account.Region() != c.region {
			t.Errorf("Open(%q): got %v, want the region %s", c.env, err, c.region)
		}
	}
}

func TestForTakesTheEndpointOfTheService(t *testing.T) {
	t.Parallel()
	account, err := Open(env("AWS_REGION", "r", "AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "b", "AWS_SESSION_TOKEN", "c",
		"AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1/", "AWS_ENDPOINT_URL_S3", "", "AWS_ENDPOINT_URL", "http://127.0.0.1:2"))
	if err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string]string{"DYNAMODB": "http://127.0.0.1:1", "S3": "http://127.0.0.1:2", "SSM": "http://127.0.0.1:2"} {
		if got := aws.ToString(account.For(service).BaseEndpoint); got != want {
			t.Errorf("For(%s): the endpoint is %q, want %q", service, got, want)
		}
	}
	who, err := account.For("S3").Credentials.Retrieve(t.Context())
	if err != nil || who.AccessKeyID != "a" || who.SecretAccessKey != "b" || who.SessionToken != "c" {
		t.Errorf("the credentials are %+v (%v)", who, err)
	}
	plain, err := Open(env("AWS_REGION", "r", "AWS_ACCESS_KEY_ID", "a"))
	if err != nil || plain.For("S3").BaseEndpoint != nil {
		t.Errorf("without a variable there is an endpoint (%v)", err)
	}
}

// says answers every request with one status and body.
type says struct {
	status int
	body   string
}

// RoundTrip implements http.RoundTripper.
func (s says) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.body)), ContentLength: int64(len(s.body)), Request: r}, nil
}

// config is an account's, with a service that says one thing.
func config(t *testing.T, service says) aws.Config {
	t.Helper()
	account, err := Open(env("AWS_REGION", "eu-central-1", "AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "b"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := account.For("ANY")
	cfg.HTTPClient = &http.Client{Transport: service}
	cfg.RetryMaxAttempts = 1
	return cfg
}

func TestDeniedNamesTheStatement(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:dynamodb:eu-central-1:1:table/slipway"
	get := func(ctx context.Context, cfg aws.Config) error {
		_, err := dynamodb.NewFromConfig(cfg).DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String("slipway")})
		return err
	}
	list := func(ctx context.Context, cfg aws.Config) error {
		_, err := s3.NewFromConfig(cfg).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("bucket")})
		return err
	}
	for name, c := range map[string]struct {
		call func(context.Context, aws.Config) error
		says says
		want string // "" if it is no lack of a permission
	}{
		"both named": {get, says{400, `{"__type":"x#AccessDeniedException","message":"User: arn:aws:sts::1:assumed-role/r/f is not authorized to perform: dynamodb:DeleteTable on resource: ` + arn + ` because no identity-based policy allows it"}`},
			`"Action": "dynamodb:DeleteTable", "Resource": "` + arn + `"`},
		"quoted": {get, says{400, `{"__type":"x#AccessDeniedException","message":"not authorized to perform: dynamodb:DeleteTable on resource: \"` + arn + `\""}`},
			`"Action": "dynamodb:DeleteTable", "Resource": "` + arn + `"`},
		"none named": {list, says{403, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`},
			`"Action": "s3:ListBucket", "Resource": "*"`},
		"another error": {get, says{400, `{"__type":"x#ResourceNotFoundException","message":"no"}`}, ""},
	} {
		err := c.call(t.Context(), config(t, c.says))
		var denied *DeniedError
		if is := errors.As(err, &denied); is != (c.want != "") {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		if c.want == "" {
			continue
		}
		refusal, ok := errors.AsType[*pipelines.Error](fmt.Errorf("read: %w", err))
		if !ok || refusal.Code != pipelines.Unavailable || !strings.Contains(refusal.Message, c.want) {
			t.Errorf("%s: for people it is %v, want unavailable with %s", name, refusal, c.want)
		}
		if trouble := Trouble("the table", err); !errors.As(trouble, &denied) || trouble.Error() != err.Error() {
			t.Errorf("%s: Trouble changed it to %v", name, trouble)
		}
	}
}

func TestActionOf(t *testing.T) {
	t.Parallel()
	for call, want := range map[[2]string]string{
		{"S3", "ListObjectsV2"}: "s3:ListBucket", {"S3", "HeadObject"}: "s3:GetObject", {"S3", "UploadPart"}: "s3:PutObject", {"S3", "GetObject"}: "s3:GetObject",
		{"DynamoDB", "Query"}: "dynamodb:Query", {"SESv2", "SendEmail"}: "ses:SendEmail", {"Secrets Manager", "GetSecretValue"}: "secretsmanager:GetSecretValue",
		{"SSM", "SendCommand"}: "ssm:SendCommand", {"Scheduler", "CreateSchedule"}: "scheduler:CreateSchedule", {"KMS", "Decrypt"}: "kms:Decrypt",
	} {
		if got := actionOf(call[0], call[1]); got != want {
			t.Errorf("actionOf(%q, %q) = %s, want %s", call[0], call[1], got, want)
		}
	}
}

// TestCallsAreCounted counts calls, the failed ones too: they are paid for.
func TestCallsAreCounted(t *testing.T) {
	t.Parallel()
	meter := &spend.Meter{}
	ctx := spend.With(t.Context(), meter)
	client := s3.NewFromConfig(config(t, says{404, ""}))
	_, _ = client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
	_, _ = client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
	_, _ = client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("x")})
	_, _ = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
	if got := fmt.Sprint(meter.Take()); got != "map[blob-get:2 blob-put:1]" {
		t.Errorf("counted %s, want two gets and one put", got)
	}
	for call, want := range map[[2]string]spend.Kind{
		{"KMS", "Decrypt"}: spend.KeyRequest, {"Secrets Manager", "GetSecretValue"}: spend.SecretRequest, {"SSM", "GetParameter"}: spend.ParameterCall,
		{"SSM", "SendCommand"}: spend.HostCommand, {"SESv2", "SendEmail"}: spend.MailSent, {"S3", "ListObjectsV2"}: spend.BlobPut,
		{"DynamoDB", "PutItem"}: "",
	} {
		if got, ok := billed(call[0], call[1]); got != want || ok != (want != "") {
			t.Errorf("billed(%q, %q) = %q, %t, want %q", call[0], call[1], got, ok, want)
		}
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	if err := Trouble("x", nil); err != nil {
		t.Errorf("Trouble of no error is %v", err)
	}
	throttled := &smithy.GenericAPIError{Code: "ThrottlingException", Message: "too fast"}
	for _, c := range []struct {
		err  error
		says string // "" if it is not said to people
	}{
		{throttled, "the bucket b cannot be used at this moment (ThrottlingException): try again in a minute"},
		{&retry.MaxAttemptsError{Attempt: 5, Err: errors.New("TransactionConflict")}, "the bucket b cannot be used at this moment (no answer): try again in a minute"},
		{&aws.RequestCanceledError{Err: context.Canceled}, ""},
		{&smithy.GenericAPIError{Code: "NoSuchBucket"}, ""},
		{errors.New("ours"), ""},
	} {
		err := Trouble("the bucket b", c.err)
		refusal, ok := errors.AsType[*pipelines.Error](err)
		if ok != (c.says != "") || ok && (refusal.Message != c.says || refusal.Code != pipelines.Unavailable) {
			t.Errorf("Trouble(%v): for people it is %v, want %q", c.err, refusal, c.says)
		}
		if !errors.Is(err, c.err) || !strings.HasPrefix(err.Error(), "the bucket b: ") {
			t.Errorf("Trouble(%v) = %v, which lost its cause or its thing", c.err, err)
		}
	}
}
