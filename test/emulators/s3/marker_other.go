//go:build !linux

package s3

// freeName is needed here too, but not to be had: deleted names stay taken.
func (s *Server) freeName(string, string) {}
