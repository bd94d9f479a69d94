package oidc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes of the algorithms below
	_ "crypto/sha512"
	"encoding/base64"
	"math/big"
)

// algorithm is one way to sign: kind and hash. "none" and shared secrets are not
// among them, whatever a token or a provider says.
type algorithm struct {
	kind  string // "RSA", "PSS", a curve, or "Ed25519"
	hash  crypto.Hash
	bytes int // of each half of an elliptic signature
}

var algorithms = map[string]algorithm{
	"RS256": {"RSA", crypto.SHA256, 0}, "RS384": {"RSA", crypto.SHA384, 0}, "RS512": {"RSA", crypto.SHA512, 0},
	"PS256": {"PSS", crypto.SHA256, 0}, "PS384": {"PSS", crypto.SHA384, 0}, "PS512": {"PSS", crypto.SHA512, 0},
	"ES256": {"P-256", crypto.SHA256, 32}, "ES384": {"P-384", crypto.SHA384, 48},
	"EdDSA": {"Ed25519", 0, 0},
}

// webKey is one key of an issuer as it publishes them.
type webKey struct {
	Type      string `json:"kty"`
	ID        string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	Curve     string `json:"crv"`
	N         string `json:"n"`
	E         string `json:"e"`
	X         string `json:"x"`
	Y         string `json:"y"`

	public crypto.PublicKey
}

// readable fills in the key itself; false where it is none for signing that we know.
func (k *webKey) readable() bool {
	if k.Use != "" && k.Use != "sig" {
		return false
	}
	switch k.Type {
	case "RSA":
		n, okN := number(k.N)
		e, okE := number(k.E)
		if !okN || !okE || n.BitLen() < 2048 || n.BitLen() > 16384 || !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 {
			return false
		}
		k.public = &rsa.PublicKey{N: n, E: int(e.Int64())}
	case "EC":
		return k.elliptic()
	case "OKP":
		x, err := base64.RawURLEncoding.DecodeString(k.X)
		if err != nil || k.Curve != "Ed25519" || len(x) != ed25519.PublicKeySize {
			return false
		}
		k.public = ed25519.PublicKey(x)
	default:
		return false
	}
	return true
}

func (k *webKey) elliptic() bool {
	curve, size := elliptic.Curve(nil), 0
	switch k.Curve {
	case "P-256":
		curve, size = elliptic.P256(), 32
	case "P-384":
		curve, size = elliptic.P384(), 48
	default:
		return false
	}
	x, err1 := base64.RawURLEncoding.DecodeString(k.X)
	y, err2 := base64.RawURLEncoding.DecodeString(k.Y)
	if err1 != nil || err2 != nil || len(x) != size || len(y) != size {
		return false
	}
	public, err := ecdsa.ParseUncompressedPublicKey(curve, append(append([]byte{4}, x...), y...))
	k.public = public
	return err == nil // a point that is not on the curve is none
}

func number(text string) (*big.Int, bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	return new(big.Int).SetBytes(b), err == nil && len(b) > 0
}

// signed says whether this key signed the token. The kind of key and the
// algorithm must belong together: the token's word alone decides nothing.
func (k *webKey) signed(p parsed) bool {
	a, ok := algorithms[p.header.Algorithm]
	if !ok || k.Algorithm != "" && k.Algorithm != p.header.Algorithm {
		return false
	}
	var digest []byte
	if a.hash != 0 {
		h := a.hash.New()
		h.Write(p.signed)
		digest = h.Sum(nil)
	}
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		if a.kind == "PSS" {
			return rsa.VerifyPSS(public, a.hash, digest, p.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return a.kind == "RSA" && rsa.VerifyPKCS1v15(public, a.hash, digest, p.signature) == nil
	case *ecdsa.PublicKey:
		if a.kind != k.Curve || len(p.signature) != 2*a.bytes {
			return false
		}
		r, s := new(big.Int).SetBytes(p.signature[:a.bytes]), new(big.Int).SetBytes(p.signature[a.bytes:])
		return ecdsa.Verify(public, digest, r, s)
	case ed25519.PublicKey:
		return a.kind == "Ed25519" && ed25519.Verify(public, p.signed, p.signature)
	}
	return false
}
