package sources

import (
	"context"
	"encoding/json"
	"time"

	"slipway/test/emulators/lambda"
)

// give carries a batch to the function until it succeeds or is given up.
//
// "If the function is invoked but returns an error, Lambda retries until the records expire, exceed the maximum age, or reach the
// configured retry quota"; "splitting batches doesn't count towards the retry quota"; what keeps a batch from being given at all, like
// throttling, counts for the age only (Retaining discarded records for a DynamoDB event source in Lambda).
func (s *Stream) give(ctx context.Context, batch []record) {
	for failures := 0; ctx.Err() == nil; {
		if s.MaxAge > 0 && time.Since(batch[0].at) > s.MaxAge {
			s.keep(batch, lambda.Result{}, "RecordAgeExceeded", failures)
			return
		}
		result, err := s.Function.Invoke(ctx, s.event(batch))
		if err != nil {
			wait(ctx, s.Pause)
			continue
		}
		from := s.failedFrom(batch, result)
		if from == len(batch) {
			if s.Twice {
				_, _ = s.Function.Invoke(ctx, s.event(batch))
			}
			return
		}
		if from > 0 {
			// "Lambda uses the lowest sequence number as the checkpoint and retries only the records from there" (Configuring partial batch response).
			batch, failures = batch[from:], 0
		} else if s.Bisect && len(batch) > 1 {
			half := len(batch) / 2
			s.give(ctx, batch[:half])
			s.give(ctx, batch[half:])
			return
		}
		if failures++; s.Retries >= 0 && failures > s.Retries {
			s.keep(batch, result, "RetryAttemptsExhausted", failures)
			return
		}
		wait(ctx, s.Pause)
	}
}

func (s *Stream) event(batch []record) []byte {
	all := make([]json.RawMessage, len(batch))
	for i, r := range batch {
		all[i] = r.raw
	}
	b, _ := json.Marshal(map[string]any{"Records": all})
	return b
}

// failedFrom is the index of the first record to be given again; len(batch) if there is none.
//
// "Lambda treats a batch as a complete success if you return" an empty or null list or nothing; "as a complete failure if you return an empty
// string itemIdentifier" or a bad name (Configuring partial batch response with DynamoDB and Lambda).
func (s *Stream) failedFrom(batch []record, result lambda.Result) int {
	if result.Error != "" {
		return 0
	}
	if !s.Partial {
		return len(batch)
	}
	var said struct {
		BatchItemFailures []struct {
			ItemIdentifier *string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(result.Payload, &said); err != nil {
		return len(batch) // a value that is no object counts as success
	}
	lowest := len(batch)
	for _, f := range said.BatchItemFailures {
		at := -1
		for i, r := range batch {
			if f.ItemIdentifier != nil && *f.ItemIdentifier == r.sequence {
				at = i
			}
		}
		if at < 0 {
			return 0
		}
		lowest = min(lowest, at)
	}
	return lowest
}

// keep writes the record of what was given up: for S3 it holds the whole batch, under
// aws/lambda/<ESM-UUID>/<shardID>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<Random UUID> (Retaining discarded records for a DynamoDB event source in Lambda).
func (s *Stream) keep(batch []record, last lambda.Result, why string, count int) {
	s.Log("stream of %s: %d records given up: %s: %s", s.Table, len(batch), why, last.Payload)
	if s.OnFailure == nil {
		return
	}
	type document map[string]any
	now, first, end := time.Now().UTC(), batch[0], batch[len(batch)-1]
	b, _ := json.Marshal(document{
		"version": "1.0", "timestamp": now.Format("2006-01-02T15:04:05.000Z"),
		"requestContext":  document{"requestId": last.RequestID, "functionArn": s.Function.ARN(), "condition": why, "approximateInvokeCount": count},
		"responseContext": document{"statusCode": 200, "executedVersion": "$LATEST", "functionError": last.Error},
		"DDBStreamBatchInfo": document{
			"shardId": first.shard, "startSequenceNumber": first.sequence, "endSequenceNumber": end.sequence,
			"approximateArrivalOfFirstRecord": first.at.Format(time.RFC3339), "approximateArrivalOfLastRecord": end.at.Format(time.RFC3339),
			"batchSize": len(batch), "streamArn": s.arn,
		},
		"payload": string(s.event(batch)),
	})
	s.OnFailure("aws/lambda/"+s.id+"/"+first.shard+"/"+now.Format("2006/01/02/2006-01-02T15.04.05")+"-"+newID(), b)
}
