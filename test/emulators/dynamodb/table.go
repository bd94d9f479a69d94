package dynamodb

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// shared is the emulator of this test process.
var shared = sync.OnceValues(func() (*Server, error) { return Start(context.Background(), "") })

// tables counts the tables made here, to tell them apart.
var tables atomic.Int64

// Need is the emulator of this test process, started with the first call. Where there is none the test is skipped with
// the reason; with CI=true it fails instead.
func Need(t testing.TB) *Server {
	t.Helper()
	if err := Missing(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// Table makes a table for this test and takes it away at its end. It returns the name.
func (s *Server) Table(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("%.180s-%d", unfit.ReplaceAllString(t.Name(), "-"), tables.Add(1))
	if err := s.CreateTable(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A killed emulator has no table to take away any more; the test's own context has ended.
		_, _ = s.client().DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name})
	})
	return name
}

// CreateTable makes a table as the stack has it: keys p and s, a stream of new images, expiry by x.
func (s *Server) CreateTable(ctx context.Context, name string) error {
	client := s.client()
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("p"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("s"), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("p"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("s"), KeyType: types.KeyTypeRange},
		},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage},
	})
	if err != nil {
		return fmt.Errorf("table %s: %w", name, err)
	}
	_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &name, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("x"), Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("expiry of table %s: %w", name, err)
	}
	return nil
}

func (s *Server) client() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(s.Endpoint()),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
		// The emulator's error bodies carry a wrong checksum.
		DisableValidateResponseChecksum: true,
	})
}
