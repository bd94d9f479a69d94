package octostache

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"
	"unicode/utf16"
)

// hashed makes a filter of a hash: its options are a number of bytes to keep
// and the encoding of the input, each at most once.
func hashed(newHash func() hash.Hash) func(call) (string, bool, error) {
	return func(c call) (string, bool, error) {
		size, encoding, ok := hashOptions(c.args)
		if !ok {
			return "", false, nil
		}
		data, ok := encodeAs(c.in, encoding)
		if !ok {
			return "", false, nil
		}
		h := newHash()
		h.Write(data)
		sum := h.Sum(nil)
		if size > 0 {
			sum = sum[:min(size, len(sum))]
		}
		return hex.EncodeToString(sum), true, nil
	}
}

func hashOptions(args []string) (size int, encoding string, ok bool) {
	for _, arg := range args {
		n, err := strconv.ParseInt(strings.TrimSpace(arg), 10, 32)
		switch {
		case err == nil && n > 0 && size == 0:
			size = int(n)
		case err != nil && encoding == "" && arg != "":
			encoding = arg
		default:
			return 0, "", false
		}
	}
	return size, encoding, true
}

// encodeAs is the text's bytes in an encoding; false for one that we do not
// know or a text that is not in it.
func encodeAs(s, encoding string) ([]byte, bool) {
	switch strings.ToLower(encoding) {
	case "", "utf8", "utf-8":
		return []byte(s), true
	case "unicode":
		return utf16Bytes(s), true
	case "base64":
		data, err := decodeBase64(s)
		return data, err == nil
	}
	return nil, false
}

func utf16Bytes(s string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

func utf16Text(data []byte) string {
	units := make([]uint16, 0, len(data)/2)
	for ; len(data) >= 2; data = data[2:] {
		units = append(units, binary.LittleEndian.Uint16(data))
	}
	return string(utf16.Decode(units))
}

// decodeBase64 ignores white space, as .NET does.
func decodeBase64(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, s))
}

func toBase64(c call) (string, bool, error) {
	encoding, ok := base64Encoding(c.args)
	if !ok {
		return "", false, nil
	}
	data, ok := encodeAs(c.in, encoding)
	return base64.StdEncoding.EncodeToString(data), ok, nil
}

func fromBase64(c call) (string, bool, error) {
	encoding, ok := base64Encoding(c.args)
	if !ok {
		return "", false, nil
	}
	data, err := decodeBase64(c.in)
	if err != nil {
		return "", false, err
	}
	if encoding == "unicode" {
		return utf16Text(data), true, nil
	}
	return strings.ToValidUTF8(string(data), "\uFFFD"), true, nil
}

// base64Encoding is the one option of the Base64 filters.
func base64Encoding(args []string) (string, bool) {
	if len(args) == 0 {
		return "utf8", true
	}
	encoding := strings.ToLower(args[0])
	known := encoding == "utf8" || encoding == "utf-8" || encoding == "unicode"
	return encoding, known && len(args) == 1
}
