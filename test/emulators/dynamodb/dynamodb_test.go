package dynamodb

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestTableIsTheStacks looks at a table as the infrastructure template describes it.
func TestTableIsTheStacks(t *testing.T) {
	t.Parallel()
	s := Need(t)
	name := s.Table(t)
	about, err := s.client().DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	stream := about.Table.StreamSpecification
	if stream == nil || !aws.ToBool(stream.StreamEnabled) || stream.StreamViewType != types.StreamViewTypeNewImage {
		t.Errorf("the stream is %+v, want new images", stream)
	}
	expiry, err := s.client().DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil || aws.ToString(expiry.TimeToLiveDescription.AttributeName) != "x" {
		t.Errorf("expiry is %+v (%v), want it by x", expiry, err)
	}
	if again := Need(t); again != s {
		t.Error("the second Need started a second emulator")
	}
}

// TestFolderOutlivesKill kills an emulator in its work and starts it again.
func TestFolderOutlivesKill(t *testing.T) {
	t.Parallel()
	Need(t)
	s, err := Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.CreateTable(t.Context(), "kept"); err != nil {
		t.Fatal(err)
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.Again(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Again(t.Context()); err == nil {
		t.Error("Again of a running emulator: got no error")
	}
	about, err := s.client().DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("kept")})
	if err != nil || about.Table.TableStatus != types.TableStatusActive {
		t.Errorf("the table after the kill: %+v, %v", about, err)
	}
}
