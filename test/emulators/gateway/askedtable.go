package gateway

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
)

// tableCall is what we need of a call of DynamoDB.
type tableCall struct {
	TableName     string
	Item          map[string]value
	TransactItems []map[string]struct { // by kind: Put, Update, Delete, ConditionCheck, Get
		TableName string
		Item      map[string]value
		Key       map[string]value
	}
	RequestItems map[string]json.RawMessage
	StreamArn    string
}

// value is an attribute in DynamoDB's JSON.
type value map[string]json.RawMessage

// askedTable: a transaction takes the permission of each action in it (Amazon DynamoDB Developer Guide, DynamoDB transactions: "Permissions for
// Put, Update, Delete, and Get actions are governed by the permissions used for the underlying operations").
func (s Settings) askedTable(r *http.Request, body []byte) asked {
	var in tableCall
	_ = json.Unmarshal(body, &in)
	a := asked{operation: target(r), resource: in.TableName}
	need := func(operation, table string) {
		resource := s.arn("dynamodb", "table/"+table)
		if table == "" {
			resource = "*"
		}
		a.needs = append(a.needs, Need{Action: "dynamodb:" + operation, Resource: resource})
	}
	switch a.operation {
	case "TransactWriteItems", "TransactGetItems":
		kinds := map[string]string{"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem", "Get": "GetItem"}
		for _, one := range in.TransactItems {
			for kind, what := range one {
				need(kinds[kind], what.TableName)
				a.resource = what.TableName
				a.note(what.Item)
			}
		}
	case "BatchGetItem", "BatchWriteItem":
		for table := range in.RequestItems {
			need(a.operation, table)
			a.resource = table
		}
	default:
		need(a.operation, in.TableName)
		a.note(in.Item)
	}
	return a
}

// note counts an item that is written.
func (a *asked) note(item map[string]value) {
	if item == nil {
		return
	}
	a.items++
	a.itemBytes = max(a.itemBytes, size(item))
}

// size: "An item size is the sum of the size of its attributes (attribute names and values)" (DynamoDB item sizes and formats). Numbers
// take "approximately 1 byte per two significant digits plus 1 byte".
func size(item map[string]value) int {
	n := 0
	for name, v := range item {
		n += len(name)
		for kind, raw := range v {
			var text string
			_ = json.Unmarshal(raw, &text)
			switch kind {
			case "S":
				n += len(text)
			case "N":
				n += len(text)/2 + 2
			case "B":
				b, _ := base64.StdEncoding.DecodeString(text)
				n += len(b)
			default:
				n += len(raw)
			}
		}
	}
	return n
}
