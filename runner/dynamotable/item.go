package dynamotable

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"slipway/runner/table"
)

// attributes are an item, or a part of one, in the SDK's form.
type attributes = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func binary(b []byte) types.AttributeValue {
	if b == nil {
		b = []byte{} // nil would be no value at all
	}
	return &types.AttributeValueMemberB{Value: b}
}

func keyOf(k table.Key) attributes { return attributes{"p": text(k.Partition), "s": text(k.Sort)} }

// decode makes an item of what DynamoDB holds. Nothing gives an item of revision 0.
func decode(a attributes) (table.Item, error) {
	if len(a) == 0 {
		return table.Item{}, nil
	}
	var item table.Item
	p, _ := a["p"].(*types.AttributeValueMemberS)
	s, _ := a["s"].(*types.AttributeValueMemberS)
	v, _ := a["v"].(*types.AttributeValueMemberB)
	if p == nil || s == nil {
		return item, fmt.Errorf("an item without the key attributes p and s: the table is not ours")
	}
	item.Key = table.Key{Partition: p.Value, Sort: s.Value}
	revision, ok := numberIn(a, "n")
	if v == nil || !ok || revision < 1 {
		return item, fmt.Errorf("the item %s is damaged: it lacks a value or a revision", item.Key)
	}
	item.Value, item.Revision = v.Value, revision
	if a["x"] != nil {
		second, ok := numberIn(a, "x")
		if !ok {
			return item, fmt.Errorf("the item %s is damaged: its expiry is no number", item.Key)
		}
		item.Expires = time.Unix(second, 0).UTC()
	}
	return item, nil
}

func numberIn(a attributes, name string) (int64, bool) {
	n, _ := a[name].(*types.AttributeValueMemberN)
	if n == nil {
		return 0, false
	}
	i, err := strconv.ParseInt(n.Value, 10, 64)
	return i, err == nil
}

func expired(item table.Item, now time.Time) bool {
	return !item.Expires.IsZero() && item.Expires.Unix() <= now.Unix()
}
