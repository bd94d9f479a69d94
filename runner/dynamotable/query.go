package dynamotable

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"slipway/runner/table"
)

// Query implements table.Table. DynamoDB counts to a limit before we leave out what has expired, and may answer with
// nothing although more follows: then we go on, since only the end of a range has an empty page.
func (t *Table) Query(ctx context.Context, r table.Range) (table.Page, error) {
	if err := r.Check(); err != nil {
		return table.Page{}, err
	}
	if err := ctx.Err(); err != nil {
		return table.Page{}, err
	}
	in, some := t.ask(r)
	for some {
		out, err := t.client.Query(ctx, in)
		if err != nil {
			return table.Page{}, t.trouble(err)
		}
		countRead(ctx, out.ConsumedCapacity)
		page, err := t.page(r, out)
		if err != nil || len(page.Items) > 0 || len(out.LastEvaluatedKey) == 0 {
			return page, err
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
	return table.Page{}, nil
}

// page is what of an answer is in the range and lives.
func (t *Table) page(r table.Range, out *dynamodb.QueryOutput) (table.Page, error) {
	var page table.Page
	now := t.now()
	for _, a := range out.Items {
		item, err := decode(a)
		if err != nil {
			return table.Page{}, err
		}
		if r.Contains(item.Key.Sort) && !expired(item, now) {
			page.Items = append(page.Items, item)
		}
	}
	if last, _ := out.LastEvaluatedKey["s"].(*types.AttributeValueMemberS); last != nil {
		page.Next = last.Value
	}
	return page, nil
}

// ask is the range as DynamoDB is asked for it; false if nothing can be in it.
func (t *Table) ask(r table.Range) (*dynamodb.QueryInput, bool) {
	if r.Before != "" && r.From >= r.Before {
		return nil, false
	}
	in := &dynamodb.QueryInput{
		TableName: &t.name, ConsistentRead: aws.Bool(true), ScanIndexForward: aws.Bool(!r.Descending),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal, ExpressionAttributeValues: attributes{":p": text(r.Partition)},
	}
	condition := "p = :p"
	name := func(as, value string) { in.ExpressionAttributeValues[as] = text(value) }
	switch {
	case r.Prefix != "":
		condition += " AND begins_with(s, :prefix)"
		name(":prefix", r.Prefix)
	case r.From != "" && r.Before != "":
		// There is no half-open span. The item at its end, if there is one, is left out when it comes.
		condition += " AND s BETWEEN :from AND :before"
		name(":from", r.From)
		name(":before", r.Before)
	case r.From != "":
		condition += " AND s >= :from"
		name(":from", r.From)
	case r.Before != "":
		condition += " AND s < :before"
		name(":before", r.Before)
	}
	in.KeyConditionExpression = &condition
	if r.Limit > 0 {
		in.Limit = aws.Int32(int32(min(r.Limit, 1<<20)))
	}
	start, some := startOf(r)
	if start != "" {
		in.ExclusiveStartKey = keyOf(table.Key{Partition: r.Partition, Sort: start})
	}
	return in, some
}

// startOf is the key beyond which to begin, "" for the range's own beginning; false if nothing is left beyond it.
// DynamoDB refuses a start that lies outside of the range or that leaves nothing of it.
func startOf(r table.Range) (start string, some bool) {
	if r.After == "" {
		return "", true
	}
	lowest := max(r.From, r.Prefix)
	above := r.Before != "" && r.After >= r.Before || r.After > r.Prefix && !strings.HasPrefix(r.After, r.Prefix)
	switch {
	case r.Descending && r.After <= lowest, !r.Descending && above:
		return "", false
	case r.Descending && above, !r.Descending && r.After < lowest:
		return "", true
	}
	return r.After, true
}
