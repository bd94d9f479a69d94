package bolttable

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"slipway/runner/table"
)

// BenchmarkWrites shows what the one committer is for: 1 KB writes, alone and by a hundred writers,
// beside the same with a transaction of bbolt for each write.
func BenchmarkWrites(b *testing.B) {
	value := make([]byte, 1<<10)
	for _, writers := range []int{1, 100} {
		b.Run(fmt.Sprintf("table/writers=%d", writers), func(b *testing.B) {
			tb := mustOpen(b, filepath.Join(b.TempDir(), "state.db"), time.Now)
			share(b, writers, func(i int64) error {
				return tb.Write(b.Context(), table.Create(key(fmt.Sprintf("%012d", i)), value))
			})
		})
		b.Run(fmt.Sprintf("bbolt.Update/writers=%d", writers), func(b *testing.B) {
			db, err := bbolt.Open(filepath.Join(b.TempDir(), "plain.db"), 0o600, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			share(b, writers, func(i int64) error {
				return db.Update(func(tx *bbolt.Tx) error {
					items, err := tx.CreateBucketIfNotExists(bucketItems)
					if err != nil {
						return err
					}
					return items.Put(fmt.Appendf(nil, "%012d", i), value)
				})
			})
		})
	}
}

// share has b.N numbered writes done by so many writers.
func share(b *testing.B, writers int, write func(i int64) error) {
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range writers {
		all.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := write(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

// BenchmarkReads reads what a checkpoint has brought into the file, and what lies above it.
func BenchmarkReads(b *testing.B) {
	for _, in := range []string{"file", "overlay"} {
		tb, err := open(filepath.Join(b.TempDir(), "state.db"), time.Now, osDisk{}, rare)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = tb.Close() }()
		for i := range 1000 {
			if err := tb.Write(b.Context(), table.Put(key(fmt.Sprintf("%04d", i)), make([]byte, 1<<10))); err != nil {
				b.Fatal(err)
			}
		}
		if in == "file" {
			tb.checkpoint()
		}
		b.Run("Get/"+in, func(b *testing.B) {
			for b.Loop() {
				if _, err := tb.Get(b.Context(), key("0500")); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Query/"+in+"/items=100", func(b *testing.B) {
			for b.Loop() {
				if _, err := tb.Query(b.Context(), table.Range{Partition: "p", From: "0500", Limit: 100}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
