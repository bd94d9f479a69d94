package bolttable

import (
	"encoding/binary"
	"errors"
)

// The body of a log's record is a row of changes: the length of the key, the key, the length of the record, the record
// as the file has it. The length 0 says that the item is removed.

// appendSet adds to a body that the item under key becomes r.
func appendSet(body, key []byte, r record) []byte {
	var head [2 * binary.MaxVarintLen64]byte
	h := r.appendHead(head[:0])
	body = appendBytes(body, key)
	body = binary.AppendUvarint(body, uint64(len(h)+len(r.value)))
	body = append(body, h...)
	return append(body, r.value...)
}

// appendRemove adds to a body that the item under key goes.
func appendRemove(body, key []byte) []byte {
	return append(appendBytes(body, key), 0)
}

func appendBytes(body, b []byte) []byte {
	return append(binary.AppendUvarint(body, uint64(len(b))), b...)
}

var errBody = errors.New("its changes cannot be read")

// eachChange calls do with the changes of a body; a removed item has a nil value. Both point into body.
func eachChange(body []byte, do func(key, value []byte)) error {
	for len(body) > 0 {
		key, rest, ok := cutBytes(body)
		if !ok || len(key) == 0 {
			return errBody
		}
		value, rest, ok := cutBytes(rest)
		if !ok {
			return errBody
		}
		if len(value) == 0 {
			value = nil
		}
		do(key, value)
		body = rest
	}
	return nil
}

// cutBytes takes a length and so many bytes from the beginning of b.
func cutBytes(b []byte) (cut, rest []byte, ok bool) {
	length, n := binary.Uvarint(b)
	if n <= 0 || length > uint64(len(b)-n) {
		return nil, nil, false
	}
	end := n + int(length)
	return b[n:end:end], b[end:], true
}
