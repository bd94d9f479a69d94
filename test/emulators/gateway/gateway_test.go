package gateway_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	realdb "slipway/test/emulators/dynamodb"
	"slipway/test/emulators/gateway"
	reals3 "slipway/test/emulators/s3"
)

func open(t *testing.T, s gateway.Settings) *gateway.Gateway {
	t.Helper()
	s.Function, s.Region, s.Account, s.Role = "runner", "eu-central-1", "123456789012", "slipway-RunnerRole"
	g, err := gateway.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func config(g *gateway.Gateway, attempts int) aws.Config {
	return aws.Config{Region: "eu-central-1", BaseEndpoint: aws.String(g.URL()), RetryMaxAttempts: attempts,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: reals3.AccessKey, SecretAccessKey: reals3.SecretKey}, nil
		})}
}

// nobody is a service that answers everything with an empty object.
func nobody(calls *atomic.Int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "{}")
	})
}

func TestARefusalIsTheServicesOwn(t *testing.T) {
	t.Parallel()
	none := func(gateway.Need) bool { return false }
	for service, c := range map[string]struct {
		call func(*gateway.Gateway) error
		code string
		want string
	}{
		"DYNAMODB": {func(g *gateway.Gateway) error {
			_, err := dynamodb.NewFromConfig(config(g, 1)).TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
				{ConditionCheck: &types.ConditionCheck{TableName: aws.String("t"), ConditionExpression: aws.String("x"), Key: map[string]types.AttributeValue{}}}}})
			return err
		}, "AccessDeniedException", "dynamodb:ConditionCheckItem on resource: arn:aws:dynamodb:eu-central-1:123456789012:table/t because"},
		"S3": {func(g *gateway.Gateway) error {
			_, err := s3.NewFromConfig(config(g, 1), path).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("store/a b"), Body: strings.NewReader("x")})
			return err
		}, "AccessDenied", `s3:PutObject on resource: "arn:aws:s3:::b/store/a b" because`},
		"SSM": {func(g *gateway.Gateway) error {
			_, err := ssm.NewFromConfig(config(g, 1)).SendCommand(t.Context(), &ssm.SendCommandInput{DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{"mi-1"}})
			return err
		}, "AccessDeniedException", "ssm:SendCommand on resource: arn:aws:ssm:eu-central-1::document/AWS-RunShellScript because"},
		"SCHEDULER": {func(g *gateway.Gateway) error {
			_, err := scheduler.NewFromConfig(config(g, 1)).CreateSchedule(t.Context(), &scheduler.CreateScheduleInput{Name: aws.String("n"), GroupName: aws.String("slipway"), ScheduleExpression: aws.String("at(2026-01-01T00:00:00)"),
				FlexibleTimeWindow: &schedulertypes.FlexibleTimeWindow{Mode: "OFF"}, Target: &schedulertypes.Target{Arn: aws.String("arn:x"), RoleArn: aws.String("arn:aws:iam::123456789012:role/r")}})
			return err
		}, "AccessDeniedException", "scheduler:CreateSchedule on resource: arn:aws:scheduler:eu-central-1:123456789012:schedule/slipway/n because"},
	} {
		var calls atomic.Int64
		g := open(t, gateway.Settings{Service: service, Handler: nobody(&calls), May: none})
		err := c.call(g)
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != c.code || !strings.Contains(api.ErrorMessage(), c.want) || calls.Load() != 0 {
			t.Errorf("%s: %v after %d calls of the service, want %s with %q and no call", service, err, calls.Load(), c.code, c.want)
		}
	}
}

func path(o *s3.Options) { o.UsePathStyle = true }

func TestTroubleStrikesAsOrdered(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	ledger := &gateway.Ledger{}
	g := open(t, gateway.Settings{Service: "DYNAMODB", Handler: nobody(&calls), Ledger: ledger})
	get := func(attempts int) error {
		_, err := dynamodb.NewFromConfig(config(g, attempts)).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("t"), Key: map[string]types.AttributeValue{}})
		return err
	}
	for _, c := range []struct {
		fault gateway.Fault
		want  string
		calls int64 // of the service, by the first call
	}{
		{gateway.Fault{Kind: gateway.Throttle, Times: 1}, "ThrottlingException", 0},
		{gateway.Fault{Kind: gateway.Broken, Times: 1}, "InternalServerError", 0},
		{gateway.Fault{Kind: gateway.Lost, Times: 1}, "EOF", 0},
		{gateway.Fault{Kind: gateway.Cut, Times: 1}, "EOF", 1},
	} {
		calls.Store(0)
		g.Add(c.fault)
		if err := get(1); err == nil || !strings.Contains(err.Error(), c.want) || calls.Load() != c.calls {
			t.Errorf("%s: %v and %d calls, want %s and %d", c.fault.Kind, err, calls.Load(), c.want, c.calls)
		}
		if err := get(1); err != nil {
			t.Errorf("after %s: %v", c.fault.Kind, err)
		}
	}
	g.Add(gateway.Fault{Kind: gateway.Throttle, Operation: "PutItem"})
	g.Add(gateway.Fault{Kind: gateway.Throttle, Operation: "GetItem", After: 1, Times: 1})
	before := ledger.Len()
	if err := errors.Join(get(1), get(3)); err != nil {
		t.Errorf("the client does not get over one throttled call: %v", err)
	}
	if n := len(ledger.Since(before)); n != 3 {
		t.Errorf("%d calls written down, want 3", n)
	}
	g.Calm()
	g.Add(gateway.Fault{Kind: gateway.Skewed, Delay: 20 * time.Minute})
	if err := get(1); err == nil || !strings.Contains(err.Error(), "InvalidSignatureException") {
		t.Errorf("a clock that is behind: %v", err)
	}
}

// TestRealServicesBehindIt shows that signatures hold and that counts are the services' own.
func TestRealServicesBehindIt(t *testing.T) {
	t.Parallel()
	bucket, db := reals3.Need(t), realdb.Need(t)
	ledger := &gateway.Ledger{}
	may := func(n gateway.Need) bool { return n.Action != "s3:ListBucket" }
	objects := open(t, gateway.Settings{Service: "S3", Backend: bucket.URL(), Ledger: ledger, May: may})
	client := s3.NewFromConfig(config(objects, 1), path)
	key := aws.String("store/a b+c/ü")
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket.Name, Key: key, Body: strings.NewReader("bytes"), IfNoneMatch: aws.String("*")}); err != nil {
		t.Fatal(err)
	}
	signed, err := s3.NewPresignClient(client).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket.Name, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(signed.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); string(b) != "bytes" {
		t.Errorf("by the signed address = %s %s", res.Status, b)
	}
	var api smithy.APIError
	if _, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket.Name, Key: aws.String("store/absent")}); !errors.As(err, &api) || api.ErrorCode() != "AccessDenied" {
		t.Errorf("an absent object without s3:ListBucket = %v, want AccessDenied", err)
	}

	table := db.Table(t)
	items := open(t, gateway.Settings{Service: "DYNAMODB", Backend: db.Endpoint(), Ledger: ledger})
	if _, err := dynamodb.NewFromConfig(config(items, 1)).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, ReturnConsumedCapacity: "TOTAL",
		Item: map[string]types.AttributeValue{"p": &types.AttributeValueMemberS{Value: "1"}, "s": &types.AttributeValueMemberS{Value: "2"}, "v": &types.AttributeValueMemberB{Value: make([]byte, 1500)}}}); err != nil {
		t.Fatal(err)
	}
	// A call is written down once its answer has gone out.
	for deadline := time.Now().Add(2 * time.Minute); len(ledger.Calls(nil)) < 4 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	var got []string
	for _, c := range ledger.Calls(nil) {
		who := c.Operation
		if c.Signed {
			who += " signed"
		}
		got = append(got, who)
		if c.Operation == "PutItem" && (c.Units != 2 || c.ItemBytes != 1505 || c.Items != 1) {
			t.Errorf("put = %+v, want 2 units and one item of 1505 bytes", c)
		}
	}
	if want := "PutObject, GetObject signed, GetObject, PutItem"; strings.Join(got, ", ") != want {
		t.Errorf("calls = %v, want %s", got, want)
	}
	if table := gateway.Table(ledger.Calls(nil)); !strings.Contains(table, "2.0 units  runner") {
		t.Errorf("table:\n%s", table)
	}
}

func TestWhatACallNeeds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ method, path, operation, action string }{
		{"GET", "/b?list-type=2&prefix=x", "ListObjectsV2", "s3:ListBucket arn:aws:s3:::b"},
		{"GET", "/b/k?versionId=1", "GetObject", "s3:GetObjectVersion arn:aws:s3:::b/k"},
		{"HEAD", "/b/k", "HeadObject", "s3:GetObject arn:aws:s3:::b/k"},
		{"POST", "/b/k?uploads", "CreateMultipartUpload", "s3:PutObject arn:aws:s3:::b/k"},
		{"PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart", "s3:PutObject arn:aws:s3:::b/k"},
		{"DELETE", "/b/k?uploadId=u", "AbortMultipartUpload", "s3:AbortMultipartUpload arn:aws:s3:::b/k"},
		{"DELETE", "/b/k", "DeleteObject", "s3:DeleteObject arn:aws:s3:::b/k"},
	} {
		ledger, needed := &gateway.Ledger{}, ""
		var calls atomic.Int64
		g := open(t, gateway.Settings{Service: "S3", Handler: nobody(&calls), Ledger: ledger, May: func(n gateway.Need) bool {
			if needed == "" {
				needed = n.Action + " " + n.Resource
			}
			return true
		}})
		req := httptest.NewRequest(c.method, c.path, nil)
		g.ServeHTTP(httptest.NewRecorder(), req)
		if all := ledger.Calls(nil); len(all) != 1 || all[0].Operation != c.operation || needed != c.action {
			t.Errorf("%s %s = %+v needing %q, want %s needing %q", c.method, c.path, all, needed, c.operation, c.action)
		}
	}
}
