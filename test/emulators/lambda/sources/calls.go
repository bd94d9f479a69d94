package sources

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// calls speaks with the stream as it is on the wire: its records have the very form in which a function gets them.
type calls struct{ endpoint, region string }

func (c calls) do(ctx context.Context, target string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", target)
	// The emulator takes anybody, but wants the form of a signature.
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=EVENTSOURCE/20260101/"+c.region+"/dynamodb/aws4_request, SignedHeaders=host, Signature=00")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", target, res.Status, b)
	}
	return json.Unmarshal(b, out)
}

const streams = "DynamoDBStreams_20120810."

type shard struct{ ShardId, ParentShardId string }

// shards are all of the table's stream now.
func (s *Stream) shards(ctx context.Context) ([]shard, error) {
	if s.arn == "" {
		var about struct {
			Table struct{ LatestStreamArn string }
		}
		if err := s.calls.do(ctx, "DynamoDB_20120810.DescribeTable", map[string]string{"TableName": s.Table}, &about); err != nil {
			return nil, err
		}
		s.arn = about.Table.LatestStreamArn
	}
	var out struct{ StreamDescription struct{ Shards []shard } }
	err := s.calls.do(ctx, streams+"DescribeStream", map[string]string{"StreamArn": s.arn}, &out)
	return out.StreamDescription.Shards, err
}

// iterator begins after the last record, or at the oldest: StartingPosition TRIM_HORIZON.
func (s *Stream) iterator(ctx context.Context, shard, last string) (string, error) {
	in := map[string]string{"StreamArn": s.arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
	if last != "" {
		in["ShardIteratorType"], in["SequenceNumber"] = "AFTER_SEQUENCE_NUMBER", last
	}
	var out struct{ ShardIterator string }
	err := s.calls.do(ctx, streams+"GetShardIterator", in, &out)
	return out.ShardIterator, err
}

func (s *Stream) records(ctx context.Context, shard, iterator string) ([]record, string, error) {
	var out struct {
		Records           []map[string]any
		NextShardIterator string
	}
	if err := s.calls.do(ctx, streams+"GetRecords", map[string]any{"ShardIterator": iterator, "Limit": 1000}, &out); err != nil {
		return nil, "", err
	}
	var all []record
	for _, fields := range out.Records {
		fields["eventSourceARN"], fields["awsRegion"] = s.arn, s.Region
		change, _ := fields["dynamodb"].(map[string]any)
		sequence, _ := change["SequenceNumber"].(string)
		seconds, _ := change["ApproximateCreationDateTime"].(float64)
		raw, err := json.Marshal(fields)
		if err != nil {
			return nil, "", err
		}
		all = append(all, record{raw: raw, sequence: sequence, shard: shard, at: time.Unix(int64(seconds), 0).UTC()})
	}
	return all, out.NextShardIterator, nil
}
