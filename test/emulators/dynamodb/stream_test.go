package dynamodb

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streams "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// TestStreamTells reads what the stack's filter goes by: kind of change, sort key, and origin in the new image.
func TestStreamTells(t *testing.T) {
	t.Parallel()
	s := Need(t)
	name := s.Table(t)
	key := map[string]types.AttributeValue{"p": &types.AttributeValueMemberS{Value: "place"}, "s": &types.AttributeValueMemberS{Value: "slot"}}
	item := map[string]types.AttributeValue{"p": key["p"], "s": key["s"], "o": &types.AttributeValueMemberS{Value: "web"}}
	put := &dynamodb.PutItemInput{TableName: &name, Item: item}
	for range 2 { // the same item again is no change, and the stream does not tell of it
		if _, err := s.client().PutItem(t.Context(), put); err != nil {
			t.Fatal(err)
		}
	}
	item["v"] = &types.AttributeValueMemberB{Value: []byte("new")}
	if _, err := s.client().PutItem(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client().DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &name, Key: key}); err != nil {
		t.Fatal(err)
	}
	want := []string{"INSERT slot web", "MODIFY slot web", "REMOVE slot -"}
	var told []string
	for deadline := time.Now().Add(2 * time.Minute); len(told) < len(want) && time.Now().Before(deadline); {
		told = stream(t, s, name)
	}
	if !slices.Equal(told, want) {
		t.Errorf("the stream tells %q, want %q", told, want)
	}
}

// stream reads all that the stream of a table tells so far.
func stream(t *testing.T, s *Server, table string) []string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	client := dynamodbstreams.New(dynamodbstreams.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(s.Endpoint()),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
	about, err := s.client().DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	must(err)
	arn := about.Table.LatestStreamArn
	shards, err := client.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	must(err)
	var told []string
	for _, shard := range shards.StreamDescription.Shards {
		from, err := client.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{
			StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: streams.ShardIteratorTypeTrimHorizon,
		})
		must(err)
		out, err := client.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: from.ShardIterator})
		must(err)
		for _, r := range out.Records {
			sort, _ := r.Dynamodb.Keys["s"].(*streams.AttributeValueMemberS)
			origin, ok := r.Dynamodb.NewImage["o"].(*streams.AttributeValueMemberS)
			if !ok {
				origin = &streams.AttributeValueMemberS{Value: "-"}
			}
			told = append(told, fmt.Sprint(r.EventName, " ", sort.Value, " ", origin.Value))
		}
	}
	return told
}
