package dynamotable

import (
	"bytes"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"slipway/pipelines"
	"slipway/runner/table"
)

// judge says what a refused condition of a single change means, by what is there now. Mostly that somebody else was
// faster. But after a try whose answer was lost it may have been that try: then our mark is on the item. And where
// neither our mark nor what the demand asked for is left, nobody can tell any more.
func (t *Table) judge(c table.Change, own []byte, tries *tries, there attributes) error {
	if w, _ := there["w"].(*types.AttributeValueMemberB); w != nil && bytes.Equal(w.Value, own) {
		return nil
	}
	if !tries.unsure || surelyNotOurs(c, there) {
		return conflict(c.Key)
	}
	return pipelines.Refuse(pipelines.Unavailable, "the table %s did not answer in time, and %s has changed since: look at what is there and try again", t.name, c.Key)
}

// surelyNotOurs says whether what is there shows that no try of the change took effect: it is as the demand asked (and
// has expired), or the one revision on that the change would have made, without its mark. A RemoveAt that took effect
// would have left no item, or one that counts from 1 again.
func surelyNotOurs(c table.Change, there attributes) bool {
	revision, ok := numberIn(there, "n")
	if c.Do == table.Delete {
		return ok && revision >= c.If.Revision
	}
	return ok && (revision == c.If.Revision || revision == c.If.Revision+1)
}
