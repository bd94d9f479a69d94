package feeds

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// promise is what a feed says of a package's bytes before they come.
type promise struct {
	size      int64  // 0: it does not say
	algorithm string // as the feed writes it
	hash      string
}

// proof compares what came with what was promised, byte by byte.
type proof struct {
	name string
	want []byte
	hash.Hash
}

// proof prepares the comparison; nil when the feed promises no hash, or one of a
// kind that proves nothing today, like MD5.
func (p promise) proof() (*proof, error) {
	if p.hash == "" {
		return nil, nil
	}
	var found *proof
	switch strings.ReplaceAll(strings.ToUpper(p.algorithm), "-", "") {
	case "SHA512", "": // NuGet's own default
		found = &proof{name: "SHA512", Hash: sha512.New()}
	case "SHA256":
		found = &proof{name: "SHA256", Hash: sha256.New()}
	default:
		return nil, nil
	}
	found.want = digest(p.hash, found.Size())
	if found.want == nil && p.algorithm == "" {
		return nil, nil
	}
	if found.want == nil {
		return nil, fmt.Errorf("the feed promises the %s hash %q, which is none: it has another length", found.name, shortened(p.hash))
	}
	return found, nil
}

// digest reads a hash as NuGet writes it (Base64) or as others do (hex).
func digest(s string, size int) []byte {
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
	} {
		if b, err := decode(strings.TrimSpace(s)); err == nil && len(b) == size {
			return b
		}
	}
	return nil
}

// broken says what came instead of what was promised; nil when it is the same.
func (p *proof) broken() error {
	if p == nil {
		return nil
	}
	if got := p.Sum(nil); string(got) != string(p.want) {
		return notAsPromised("the feed promised bytes with the %s hash %.6x… and sent some with %.6x…", p.name, p.want, got)
	}
	return nil
}
