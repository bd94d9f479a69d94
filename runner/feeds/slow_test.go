package feeds

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// The slowest pages there are end with the question's deadline: a tag of two
// million attributes is read in one go, for seconds.
func TestAHostilePageEndsInTime(t *testing.T) {
	t.Parallel()
	const one = "a='b' "
	body := []byte("<feed " + strings.Repeat(one, largestPage/len(one)) + "/>")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	from := time.Now()
	_, err := readAtom(ctx, body, mustParse(t, "http://asked/nuget"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("readAtom = %v, want the end of the time", err)
	}
	if took := time.Since(from); took > 3*time.Second {
		t.Errorf("readAtom went on for %v", took)
	}
}
