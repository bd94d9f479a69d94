package cli

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"slipway/pipelines/auditlog"
)

// longestAuditLine is more than an entry ever has.
const longestAuditLine = 1 << 20

// auditLines hands over a file's lines without their ends. foreign says that a
// program has made other line ends of them, which change nothing.
func auditLines(from io.Reader, take func(line []byte)) (foreign bool, err error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 64<<10), longestAuditLine)
	lines.Split(wholeLines)
	for first := true; lines.Scan(); first = false {
		line := lines.Bytes()
		if first {
			if isTable(line) {
				return false, errors.New("this is an export as CSV, which is for tables and cannot be checked: export as JSON lines, which `slipway audit export` does without --format")
			}
			foreign = bytes.HasSuffix(line, []byte("}\r"))
		}
		if foreign {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		take(line)
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return foreign, errors.New("a line is longer than any entry: this is no export of an audit log")
	}
	return foreign, lines.Err()
}

// isTable says whether a file begins as an export as CSV does, also where a program
// for tables has saved it again.
func isTable(first []byte) bool {
	text := strings.TrimPrefix(string(first), "\ufeff")
	for _, between := range []string{",", ";", "\t"} {
		if strings.HasPrefix(strings.ReplaceAll(text, `"`, ""), strings.Join(auditlog.Columns()[:3], between)) {
			return true
		}
	}
	return false
}

// wholeLines is bufio.ScanLines that takes no carriage return off: a file is
// checked as it is.
func wholeLines(data []byte, atEnd bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEnd && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

func (p *program) openAudit(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.stdin), nil
	}
	return os.Open(name)
}
