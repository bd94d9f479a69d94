// Package cli is the command line: one file for each verb.
//
// But for `serve` and `init` it is a client of the JSON API under /v1 like any
// other; it holds no rule about deployments and reads no data folder. It reads
// no globals either: arguments, environment and streams are handed to Main.
//
// The idea to know: what a verb prints exists twice, as text for people and
// with --json as the very answer of the server. The outcome is also the exit
// code: 0 done, 1 refused or failed, 2 not understood; of a deployment that is
// followed 3 is cancelled and 4 unknown; of a replay 5 is that something would be
// decided otherwise today.
package cli
