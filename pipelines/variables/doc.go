// Package variables chooses the one value of each variable that holds for a
// place (environment, channel, target, step), and says why it won, what it
// reaches, and what has changed.
//
// It evaluates no `#{…}`: what it hands on are the texts as written; what they
// read it takes from the texts themselves (references.go).
//
// The weights are Octopus's: a stronger kind of scope beats any number of weaker
// ones, and how many names a scope lists does not matter. Where Octopus leaves
// a tie undefined, we refuse it and name both values: for certain ones before a
// release is made (ties.go), for those that depend on targets when a deployment
// is planned.
package variables
