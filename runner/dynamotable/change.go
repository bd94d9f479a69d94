package dynamotable

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"slipway/runner/table"
)

// part is one change in DynamoDB's terms.
type part struct {
	change    table.Change
	item      attributes // the whole new item, where its revision is known beforehand
	update    *string    // else, how the item that is there becomes the new one
	condition *string
	values    attributes // what update and condition name
}

// translate leaves mark on the item if there is one.
func (t *Table) translate(c table.Change, now time.Time, mark []byte) part {
	p := part{change: c, values: attributes{}}
	switch {
	case c.If.Absent:
		// An expired item counts as absent although DynamoDB may have it for days.
		p.demand("attribute_not_exists(p) OR x <= :now")
		p.values[":now"] = number(now.Unix())
	case c.If.Revision != 0:
		p.demand("n = :at AND (attribute_not_exists(x) OR x > :now)")
		p.values[":at"], p.values[":now"] = number(c.If.Revision), number(now.Unix())
	}
	if c.Do == table.Set {
		t.set(&p, mark)
	}
	if len(p.values) == 0 {
		p.values = nil // DynamoDB takes none for an empty set
	}
	return p
}

func (p *part) demand(condition string) { p.condition = &condition }

// set adds the new item: whole if the demand says which revision it gets, else as an update that counts on.
func (t *Table) set(p *part, mark []byte) {
	c := p.change
	if c.If != (table.Condition{}) {
		p.item = keyOf(c.Key)
		p.item["v"], p.item["o"], p.item["n"] = binary(c.Value), text(t.origin), number(max(c.If.Revision, 0)+1)
		if !c.Expires.IsZero() {
			p.item["x"] = number(table.ExpirySecond(c.Expires))
		}
		if mark != nil {
			p.item["w"] = binary(mark)
		}
		return
	}
	set := "SET v = :v, o = :o, n = if_not_exists(n, :zero) + :one"
	p.values[":v"], p.values[":o"], p.values[":zero"], p.values[":one"] = binary(c.Value), text(t.origin), number(0), number(1)
	if mark != nil {
		set += ", w = :w"
		p.values[":w"] = binary(mark)
		p.demand("attribute_not_exists(w) OR w <> :w") // a second try must not count twice
	}
	if c.Expires.IsZero() {
		set += " REMOVE x"
	} else {
		set += ", x = :x"
		p.values[":x"] = number(table.ExpirySecond(c.Expires))
	}
	p.update = &set
}

// inTransaction is the part as one of several.
func (t *Table) inTransaction(p part) types.TransactWriteItem {
	switch {
	case p.item != nil:
		return types.TransactWriteItem{Put: &types.Put{
			TableName: &t.name, Item: p.item, ConditionExpression: p.condition, ExpressionAttributeValues: p.values,
		}}
	case p.update != nil:
		return types.TransactWriteItem{Update: &types.Update{
			TableName: &t.name, Key: keyOf(p.change.Key), UpdateExpression: p.update, ExpressionAttributeValues: p.values,
		}}
	case p.change.Do == table.Delete:
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: &t.name, Key: keyOf(p.change.Key), ConditionExpression: p.condition, ExpressionAttributeValues: p.values,
		}}
	}
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &t.name, Key: keyOf(p.change.Key), ConditionExpression: p.condition, ExpressionAttributeValues: p.values,
	}}
}
