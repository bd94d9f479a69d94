package octostache

import "strings"

// canonicalize brings a URI into the one form in which .NET shows it: a path
// of its own, without steps back, and percent signs where they have to be.
func (u *uri) canonicalize() {
	u.user, u.path = canonicalEscapes(u.user), canonicalEscapes(u.path)
	u.query, u.fragment = canonicalEscapes(u.query), canonicalEscapes(u.fragment)
	if !u.slashes {
		return
	}
	u.path = withoutSteps(strings.ReplaceAll(u.path, "%5C", "/"))
}

// asFile makes a URI of a path on Windows, with a drive or on a share.
func asFile(s string) string {
	switch {
	case len(s) > 2 && s[1] == ':' && isLetter(s[0]) && (s[2] == '\\' || s[2] == '/'):
		return "file:///" + s
	case strings.HasPrefix(s, `\\`):
		return "file:" + strings.ReplaceAll(s, `\`, "/")
	}
	return s
}

// onDrive says whether the URI is a path on a drive of Windows.
func (u uri) onDrive() bool {
	return u.scheme == "file" && len(u.path) > 2 && isLetter(u.path[1]) && u.path[2] == ':'
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// withoutSteps takes `.` and `..` out of a path. It keeps
// empty parts and the slash at the end.
func withoutSteps(p string) string {
	var kept []string
	parts := strings.Split(strings.TrimPrefix(p, "/"), "/")
	for i, part := range parts {
		isLast := i == len(parts)-1
		switch part {
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		case ".":
		default:
			kept = append(kept, part)
			continue
		}
		if isLast {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}

// canonicalEscapes encodes what may not stand in a URI, a lone percent sign
// too, and decodes what needs no encoding.
func canonicalEscapes(s string) string {
	const hex = "0123456789ABCDEF"
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			high, low := hexDigit(s[i+1]), hexDigit(s[i+2])
			if high >= 0 && low >= 0 {
				if decoded := byte(high<<4 | low); strings.IndexByte(unreserved, decoded) >= 0 {
					out = append(out, decoded)
				} else {
					out = append(out, s[i:i+3]...)
				}
				i += 2
				continue
			}
		}
		if strings.IndexByte(unreserved+reserved, c) >= 0 {
			out = append(out, c)
			continue
		}
		out = append(out, '%', hex[c>>4], hex[c&15])
	}
	return string(out)
}

func hexDigit(c byte) int {
	if c < '0' {
		return -1
	}
	return strings.IndexByte("0123456789abcdef", c|0x20)
}
