package dynamotable

import (
	"context"
	"encoding/base64"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"slipway/runner/table"
)

// Write implements table.Table.
//
// A Put or Remove without a demand, alone in its Write, may be done twice if its answer was lost and somebody else has
// written the item since: it then wins over what they wrote.
func (t *Table) Write(ctx context.Context, changes ...table.Change) error {
	if err := table.CheckWrite(changes); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	switch {
	case len(changes) == 0:
		return nil
	case len(changes) > 1:
		return t.transact(ctx, changes)
	case changes[0].Do == table.Keep:
		return t.demand(ctx, changes[0])
	}
	return t.one(ctx, changes[0])
}

// demand looks whether a demand that stands alone holds: a read, which costs less than a write.
func (t *Table) demand(ctx context.Context, c table.Change) error {
	item, err := t.Get(ctx, c.Key)
	if err != nil && !errors.Is(err, table.ErrNotFound) {
		return err
	}
	if !c.If.Holds(item.Revision) {
		return conflict(c.Key)
	}
	return nil
}

func conflict(keys ...table.Key) error { return &table.ConflictError{Keys: keys} }

// one does a single change.
func (t *Table) one(ctx context.Context, c table.Change) error {
	own := mark()
	ctx, tries := watchTries(ctx)
	used, err := t.call(ctx, t.translate(c, t.now(), own))
	if err == nil {
		countWrite(ctx, used)
		return nil
	}
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return t.trouble(err)
	}
	countRefused(ctx, refused.Item)
	return t.judge(c, own, tries, refused.Item)
}

// call sends one part that stands alone. A refusal brings what is there.
func (t *Table) call(ctx context.Context, p part) (*types.ConsumedCapacity, error) {
	const total, old = types.ReturnConsumedCapacityTotal, types.ReturnValuesOnConditionCheckFailureAllOld
	switch {
	case p.item != nil:
		out, err := t.client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: &t.name, Item: p.item, ConditionExpression: p.condition, ExpressionAttributeValues: p.values,
			ReturnConsumedCapacity: total, ReturnValuesOnConditionCheckFailure: old,
		})
		if err != nil {
			return nil, err
		}
		return out.ConsumedCapacity, nil
	case p.update != nil:
		out, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &t.name, Key: keyOf(p.change.Key), UpdateExpression: p.update, ConditionExpression: p.condition, ExpressionAttributeValues: p.values,
			ReturnConsumedCapacity: total, ReturnValuesOnConditionCheckFailure: old,
		})
		if err != nil {
			return nil, err
		}
		return out.ConsumedCapacity, nil
	}
	out, err := t.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &t.name, Key: keyOf(p.change.Key), ConditionExpression: p.condition, ExpressionAttributeValues: p.values,
		ReturnConsumedCapacity: total, ReturnValuesOnConditionCheckFailure: old,
	})
	if err != nil {
		return nil, err
	}
	return out.ConsumedCapacity, nil
}

// transact does several changes. The token makes a second try find the first.
func (t *Table) transact(ctx context.Context, changes []table.Change) error {
	items := make([]types.TransactWriteItem, len(changes))
	now := t.now()
	for i, c := range changes {
		items[i] = t.inTransaction(t.translate(c, now, nil))
	}
	out, err := t.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: items, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		ClientRequestToken: aws.String(base64.RawURLEncoding.EncodeToString(mark())),
	})
	if err != nil {
		return t.cancelled(ctx, changes, err)
	}
	for i := range out.ConsumedCapacity {
		countWrite(ctx, &out.ConsumedCapacity[i])
	}
	return nil
}

// cancelled names the demands that failed, if it was they who ended the transaction.
func (t *Table) cancelled(ctx context.Context, changes []table.Change, err error) error {
	var refused *types.TransactionCanceledException
	if !errors.As(err, &refused) {
		return t.trouble(err)
	}
	countCancelled(ctx, changes)
	var failed []table.Key
	for i, reason := range refused.CancellationReasons {
		if i < len(changes) && aws.ToString(reason.Code) == "ConditionalCheckFailed" {
			failed = append(failed, changes[i].Key)
		}
	}
	if failed == nil {
		return t.trouble(err)
	}
	return conflict(failed...)
}
