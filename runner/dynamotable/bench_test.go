package dynamotable

import (
	"fmt"
	"testing"
	"time"

	"slipway/runner/table"
	emulator "slipway/test/emulators/dynamodb"
)

// BenchmarkTable measures our side and the emulator's together; AWS answers faster, and further away.
func BenchmarkTable(b *testing.B) {
	server := emulator.Need(b)
	tb := New(config(b, server), Settings{Table: server.Table(b), Origin: "runner", Now: time.Now})
	value := make([]byte, 800)
	n := 0
	next := func() table.Key { n++; return table.Key{Partition: "bench", Sort: fmt.Sprintf("%09d", n)} }
	for range 100 {
		must(b, tb.Write(b.Context(), table.Create(next(), value)))
	}
	for name, do := range map[string]func() error{
		"Create": func() error { return tb.Write(b.Context(), table.Create(next(), value)) },
		"Put": func() error {
			return tb.Write(b.Context(), table.Put(table.Key{Partition: "bench", Sort: "put"}, value))
		},
		"Transaction/12": func() error { return tb.Write(b.Context(), twelve(next, value)...) },
		"Get": func() error {
			_, err := tb.Get(b.Context(), table.Key{Partition: "bench", Sort: "000000050"})
			return err
		},
		"Query/100": func() error {
			page, err := tb.Query(b.Context(), table.Range{Partition: "bench", Before: "000000101"})
			if len(page.Items) != 100 {
				return fmt.Errorf("%d items, %w", len(page.Items), err)
			}
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(b, do())
			}
		})
	}
}

func twelve(next func() table.Key, value []byte) []table.Change {
	var changes []table.Change
	for range 12 {
		changes = append(changes, table.Create(next(), value))
	}
	return changes
}
