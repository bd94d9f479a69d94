package octostache

// slab hands out the pieces of a tree from chunks, each twice as large as the
// one before: a file has thousands of pieces, a variable one or two.
type slab[T any] struct {
	chunk, free []T
}

const largestChunk = 256

func (s *slab[T]) reserve(n int) {
	if len(s.free) >= n {
		return
	}
	s.chunk = make([]T, max(n, min(2*len(s.chunk), largestChunk)))
	s.free = s.chunk
}

func (s *slab[T]) next() *T {
	s.reserve(1)
	t := &s.free[0]
	s.free = s.free[1:]
	return t
}

// forget makes what was handed out of the last chunk free again.
func (s *slab[T]) forget() { s.free = s.chunk }

// copy is a slice of its own with the same elements.
func (s *slab[T]) copy(from []T) []T {
	n := len(from)
	s.reserve(n)
	to := s.free[:n:n]
	copy(to, from)
	s.free = s.free[n:]
	return to
}
