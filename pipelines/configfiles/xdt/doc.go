// Package xdt changes an XML file as a transform file says, in the language of
// Web.Release.config: elements of the same shape, with xdt:Transform and
// xdt:Locator on them.
//
// It chooses no files and does not judge: warnings and errors are handed back,
// and whether they fail a deployment is decided elsewhere. It loads no custom
// transforms.
//
// The idea to know: there are two passes. First the tree is changed, element
// by element of the transform file in its order, each seeing what those before
// it did. Then white space is put right, but only around what was changed, so
// that every other byte stays.
package xdt
