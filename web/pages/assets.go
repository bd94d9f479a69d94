package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
)

//go:embed static
var embedded embed.FS

// ContentSecurityPolicy is what every page here is written for; handlers send it
// with each of them.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// StaticPath is where handlers serve Static, below the base path.
const StaticPath = "/static/"

// Static holds the style sheet, htmx with its licence, and the icon.
func Static() fs.FS {
	sub, err := fs.Sub(embedded, "static")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// fingerprints tell browsers a changed asset from one they hold already.
var fingerprints = fingerprint(Static())

func fingerprint(files fs.FS) map[string]string {
	prints := map[string]string{}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		b, err := fs.ReadFile(files, e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b)
		prints[e.Name()] = hex.EncodeToString(sum[:6])
	}
	return prints
}

// asset is the path of an embedded file; it changes when its bytes do, so it may
// be cached for good.
func asset(name string) string { return StaticPath + name + "?v=" + fingerprints[name] }

// Fingerprint tells the bytes of an asset from all others.
func Fingerprint(name string) string { return fingerprints[name] }
