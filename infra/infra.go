// Package infra is the stack on AWS: one plain CloudFormation template, with the
// order in which it is put up.
//
// It makes nothing itself and calls nobody: `make deploy` and people do. The
// idea a newcomer would miss: the template is held to the code by tests. What
// the program may do, reads from its environment and is woken by stands there,
// no more and no less.
package infra

import _ "embed"

//go:embed template.yaml
var template []byte

// Template is the stack as CloudFormation reads it.
func Template() []byte { return append([]byte(nil), template...) }
