// Package substitute puts the values of variables in place of the `#{…}` in
// the bytes of one file.
//
// It chooses no files and judges no outcome: whether something unresolved
// fails a deployment is for the caller to say. The idea to know: any text file
// may come here, so nothing in it can be wrong. What does not resolve and what
// does not parse stays as it was, and the Report tells of it.
package substitute

import (
	"bytes"
	"errors"
	"fmt"

	"slipway/pipelines/configfiles/textfile"
	"slipway/pipelines/octostache"
)

// MaxBytes bounds a file that has expressions in it. One without may have any
// size.
const MaxBytes = 32 << 20

// encodingVariable asks for another encoding of all files of a step.
const encodingVariable = "Octopus.Action.SubstituteInFiles.OutputEncoding"

// Options are what a substitution needs besides the variables.
type Options struct {
	Encoding   string             // of the result, by name; empty or unknown: that of the file
	Evaluation octostache.Options // the time and further filters; Continue is understood
}

// EncodingAskedFor is what a step's variables say for Options.Encoding.
func EncodingAskedFor(vars *octostache.Variables, o octostache.Options) (string, error) {
	text, _ := vars.Get(encodingVariable)
	result, err := octostache.Evaluate(text, vars, o)
	if _, malformed := errors.AsType[*octostache.ParseError](err); err != nil && !malformed {
		return "", fmt.Errorf("variable %q: %w", encodingVariable, err)
	}
	return result.Text, nil
}

// Report is what became of a file. Positions in it count lines and characters
// of the file before.
type Report struct {
	Changed         bool                     // the bytes differ from those before
	Unresolved      []string                 // expressions without a value, distinct, in order of first occurrence
	Malformed       []*octostache.ParseError // what looks like an expression and is none; the first hundred of them
	UnknownEncoding bool                     // Options.Encoding is not the name of an encoding
	Raised          bool                     // written as UTF-8, as the encoding lacks some character of the values
}

// Failed says whether something was left that looks like an expression.
func (r *Report) Failed() bool { return len(r.Unresolved) > 0 || len(r.Malformed) > 0 }

// Substitute makes the new bytes of a file. Encoding, byte order mark and line
// endings stay, unless another encoding is asked for by name. The error is one
// of octostache's, like that of a variable that refers to itself, or says that
// the file is too large; it holds no variable's value.
func Substitute(content []byte, vars *octostache.Variables, o Options) ([]byte, Report, error) {
	var r Report
	encoding, known := textfile.Named(o.Encoding)
	r.UnknownEncoding = o.Encoding != "" && !known
	if !known && !mayHoldTokens(content) {
		return content, r, nil
	}
	if len(content) > MaxBytes {
		return content, r, fmt.Errorf("the file has %d MB and expressions in it; variables are put into files of at most %d MB: leave it out of the list, or keep what is filled in a file of its own", len(content)>>20, MaxBytes>>20)
	}
	file := textfile.Decode(content)
	text, result, err := octostache.Append(make([]byte, 0, len(content)+len(content)/4), file.Text, vars, o.Evaluation)
	if err != nil {
		return content, r, err
	}
	r.Unresolved, r.Malformed = result.Unresolved, result.Malformed
	if known {
		file = file.As(encoding)
	}
	var out []byte
	out, r.Raised = file.EncodeBytes(text)
	r.Changed = !bytes.Equal(out, content)
	return out, r, nil
}

// mayHoldTokens says whether `#{` stands in the bytes, in whatever encoding:
// in UTF-16 and UTF-32 there are zero bytes between the two.
func mayHoldTokens(content []byte) bool {
	for {
		at := bytes.IndexByte(content, '#')
		if at < 0 {
			return false
		}
		content = content[at+1:]
		if bytes.HasPrefix(bytes.TrimLeft(content[:min(4, len(content))], "\x00"), []byte("{")) {
			return true
		}
	}
}
