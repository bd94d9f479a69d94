// Package textform is the written form of configuration: YAML to nouns with
// file, line and key of everything, nouns to canonical YAML, and the
// difference between two sets of nouns.
//
// It reads no files (they are handed in), stores nothing and does not judge
// what the nouns mean: their own Check methods do, and Document.Locate puts
// what they find to its place in the text.
//
// The idea to know: there is one tree between YAML and Go. Reading makes it
// from YAML and fills structs by their json tags; printing makes it from
// structs and lays it out. So what a struct can hold, its text can say, and
// there is no second list of keys.
package textform
