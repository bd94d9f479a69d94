package dynamotable

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"slipway/runner/awscalls"
	"slipway/runner/table"
	"slipway/runner/tabletest"
	emulator "slipway/test/emulators/dynamodb"
)

// TestSuite runs with the patience of the product: the suite's crowds on one item are what it is made for.
func TestSuite(t *testing.T) {
	t.Parallel()
	server := emulator.Need(t)
	name := server.Table(t)
	var passed atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	open := func(t *testing.T) table.Table {
		return New(config(t, server), Settings{Table: name, Origin: "runner", Now: now})
	}
	t.Run("all", func(t *testing.T) {
		tabletest.Run(t, open,
			tabletest.Reopen(func(t *testing.T, _ table.Table) table.Table { return open(t) }),
			tabletest.Clock(now, func(d time.Duration) { passed.Add(int64(d)) }))
	})
}

// config is the way to the emulator as the product makes it.
func config(t testing.TB, server *emulator.Server) aws.Config {
	t.Helper()
	env := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_ENDPOINT_URL_DYNAMODB": server.Endpoint()}
	account, err := awscalls.Open(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	return account.For("DYNAMODB")
}

// raw is the item as DynamoDB has it.
func raw(t *testing.T, tb *Table, k table.Key) attributes {
	t.Helper()
	out, err := tb.client.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: &tb.name, Key: keyOf(k), ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}
