//go:build !windows

package iis

import "errors"

// MachineCertificates are the certificates of this host: here there are no
// stores for them.
func MachineCertificates() Certificates { return noStores{} }

type noStores struct{}

var errNoStores = errors.New("the stores of certificates that IIS uses are on Windows, and this host is something else")

func (noStores) Find(string) (string, bool, error)     { return "", false, errNoStores }
func (noStores) Import([]byte, string) (string, error) { return "", errNoStores }
func (noStores) Grant(string, string, string) error    { return errNoStores }
