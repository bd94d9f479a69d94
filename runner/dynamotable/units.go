package dynamotable

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"slipway/runner/spend"
	"slipway/runner/table"
)

func countRead(ctx context.Context, used *types.ConsumedCapacity) {
	if used != nil {
		spend.Add(ctx, spend.TableRead, aws.ToFloat64(used.CapacityUnits))
	}
}

// countWrite counts what a write used. A transaction that was met again is answered by reads, and says so.
func countWrite(ctx context.Context, used *types.ConsumedCapacity) {
	switch {
	case used == nil:
	case used.WriteCapacityUnits == nil && used.ReadCapacityUnits == nil:
		spend.Add(ctx, spend.TableWrite, aws.ToFloat64(used.CapacityUnits))
	default:
		for kind, n := range map[spend.Kind]float64{spend.TableWrite: aws.ToFloat64(used.WriteCapacityUnits), spend.TableRead: aws.ToFloat64(used.ReadCapacityUnits)} {
			if n > 0 {
				spend.Add(ctx, kind, n)
			}
		}
	}
}

// countRefused counts a refused write, whose answer names no units: those of the item that is there, at least one.
func countRefused(ctx context.Context, there attributes) {
	size := 0
	for name, value := range there {
		size += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			size += len(v.Value)
		case *types.AttributeValueMemberB:
			size += len(v.Value)
		case *types.AttributeValueMemberN:
			size += len(v.Value)/2 + 2
		}
	}
	spend.Add(ctx, spend.TableWrite, units(size))
}

// countCancelled counts a cancelled transaction, whose answer names no units either: two for each KB of each change.
func countCancelled(ctx context.Context, changes []table.Change) {
	total := 0.0
	for _, c := range changes {
		total += 2 * units(len(c.Key.Partition)+len(c.Key.Sort)+len(c.Value))
	}
	spend.Add(ctx, spend.TableWrite, total)
}

func units(size int) float64 { return float64(max(1, (size+1023)/1024)) }
