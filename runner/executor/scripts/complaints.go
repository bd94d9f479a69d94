package scripts

import "bytes"

// complaints tells whether a script wrote to its error output: any line with
// something in it counts, unless it is a service message or all of the output
// is blank.
type complaints struct {
	head   []byte // of the present line, as far as it matters
	lines  bool
	spoken bool
}

const unspoken = "##octopus"

func (c *complaints) write(b []byte) {
	c.spoken = c.spoken || len(bytes.TrimSpace(b)) > 0
	for line := range bytes.Lines(b) {
		text, ended := bytes.CutSuffix(line, []byte("\n"))
		c.head = append(c.head, text[:min(len(text), len(unspoken)+1-len(c.head))]...)
		if ended {
			c.endLine()
		}
	}
}

func (c *complaints) endLine() {
	head := bytes.TrimRight(c.head, "\r")
	if len(head) > 0 && !bytes.HasPrefix(head, []byte(unspoken)) {
		c.lines = true
	}
	c.head = c.head[:0]
}

func (c *complaints) any() bool {
	c.endLine()
	return c.lines && c.spoken
}
