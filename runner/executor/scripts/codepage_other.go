//go:build !windows

package scripts

// hostCodePage reads bytes that are no UTF-8; nil: there is nothing to guess.
var hostCodePage func([]byte) []byte
