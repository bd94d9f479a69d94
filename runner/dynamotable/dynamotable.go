// Package dynamotable keeps a table in one DynamoDB table.
// It adds no meaning to keys or values, makes no table, and has no index but the key.
//
// A Write of one change is one call on one item, since that costs half of a transaction; several changes are one
// transaction. Calls are repeated when they go wrong, so a conditional write may meet its own first try, whose answer
// was lost. A transaction is told apart by its token, and a single item by a mark that every such write leaves on it.
//
// Reads are strongly consistent, and of single items: while a transaction is being done, a Query may see one of its
// items new and another old. Once Write has returned, all of it is seen.
//
// The attributes: p and s are the key, v the value, n our revision, x the second of expiry (there is none if the item
// stays), o who wrote last ("web" or "runner"), w the mark of the last single write.
package dynamotable

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"slipway/runner/awscalls"
	"slipway/runner/table"
)

// Settings are what a Table needs beside the way to AWS.
type Settings struct {
	Table  string           // the name of the DynamoDB table
	Origin string           // who writes: "web" or "runner"; the table's stream is filtered by it
	Now    func() time.Time // expiry goes by it
}

// Table is a table.Table in DynamoDB.
type Table struct {
	client *dynamodb.Client
	name   string
	origin string
	now    func() time.Time
}

var _ table.Table = (*Table)(nil)

// New makes a Table over a table that exists. It calls nobody.
func New(cfg aws.Config, s Settings) *Table { return open(cfg, s, patient) }

func open(cfg aws.Config, s Settings, p patience) *Table {
	return &Table{client: dynamodb.NewFromConfig(cfg, p.apply), name: s.Table, origin: s.Origin, now: s.Now}
}

// Get implements table.Table.
func (t *Table) Get(ctx context.Context, k table.Key) (table.Item, error) {
	if err := k.Check(); err != nil {
		return table.Item{}, err
	}
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.name, Key: keyOf(k), ConsistentRead: aws.Bool(true), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return table.Item{}, t.trouble(err)
	}
	countRead(ctx, out.ConsumedCapacity)
	item, err := decode(out.Item)
	if err != nil {
		return table.Item{}, err
	}
	if item.Revision == 0 || expired(item, t.now()) {
		return table.Item{}, fmt.Errorf("%s: %w", k, table.ErrNotFound)
	}
	return item, nil
}

// trouble is an error of a call that no rule of the table explains.
func (t *Table) trouble(err error) error { return awscalls.Trouble("the table "+t.name, err) }

// mark tells one write apart from all others.
func mark() []byte {
	b := make([]byte, 12)
	_, _ = rand.Read(b) // never fails
	return b
}
