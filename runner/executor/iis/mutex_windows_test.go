package iis

import (
	"context"
	"errors"
	"sync"
	"testing"
)

func TestMutexIsHeldByOne(t *testing.T) {
	t.Parallel()
	inside := 0
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				leave, err := holdMutex(context.Background(), mutexName)
				if err != nil {
					t.Error(err)
					return
				}
				if inside++; inside != 1 {
					t.Errorf("%d are inside", inside)
				}
				inside--
				// The one who leaves may be on another thread than the one who came.
				done := make(chan struct{})
				go func() { leave(); close(done) }()
				<-done
			}
		})
	}
	all.Wait()
}

func TestMutexWaitEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("stopped")
	cancel(why)
	leave, err := holdMutex(ctx, mutexName) // free, or held by the other test: then the wait ends
	if err != nil && !errors.Is(err, why) {
		t.Errorf("holdMutex = %v", err)
	}
	if err == nil {
		leave()
	}
}
