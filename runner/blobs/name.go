package blobs

import (
	"fmt"
	"strings"
)

// Limits of names, in bytes. MaxSegment leaves file systems room for a suffix.
const (
	MaxName    = 900
	MaxSegment = 200
)

// CheckName says what is wrong with a name, as an ErrInvalid. A name is one or more segments with slashes between
// them. A segment has letters, digits and any of "-_.+~=@" and neither begins nor ends with a dot, so that it is
// the same on every file system, in every URL, and never means a folder above.
// Names that differ in case are different names, but do not lean on it: there are file systems that disagree.
func CheckName(name string) error {
	if name == "" {
		return fmt.Errorf("%w: the name is empty", ErrInvalid)
	}
	if len(name) > MaxName {
		return fmt.Errorf("%w: the name %.40q… has %d bytes, the most is %d", ErrInvalid, name, len(name), MaxName)
	}
	for segment := range strings.SplitSeq(name, "/") {
		if why := wrong(segment); why != "" {
			return fmt.Errorf("%w: the name %q: %s", ErrInvalid, name, why)
		}
	}
	return nil
}

func wrong(segment string) string {
	switch {
	case segment == "":
		return "a segment is empty"
	case len(segment) > MaxSegment:
		return fmt.Sprintf("a segment has %d bytes, the most is %d", len(segment), MaxSegment)
	case segment[0] == '.' || segment[len(segment)-1] == '.':
		return fmt.Sprintf("the segment %q begins or ends with a dot", segment)
	}
	for i := range len(segment) {
		if !allowed(segment[i]) {
			return fmt.Sprintf("%q may not stand in a segment; letters, digits and -_.+~=@ may", segment[i:i+1])
		}
	}
	return ""
}

func allowed(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.+~=@", c) >= 0
}
