package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"slipway/pipelines"
)

// maxSecret bounds what is read from stdin where one value is expected.
const maxSecret = 1 << 20

// isTerminal says whether a person sits at the other end of a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth is how many letters fit beside each other, 0 for what is no
// terminal.
func terminalWidth(stream any) int {
	f, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// secretValue reads one secret value: typed without echo at a terminal, all of
// stdin otherwise. The newline that `echo` puts behind a single line is not
// part of it; a text of several lines is taken as it is.
func (p *program) secretValue(prompt string) (string, error) {
	if f, ok := p.stdin.(*os.File); ok && isTerminal(f) {
		fmt.Fprint(p.stderr, prompt+": ")
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(p.stderr)
		return string(b), err
	}
	b, err := io.ReadAll(io.LimitReader(p.stdin, maxSecret+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxSecret {
		return "", pipelines.Refuse(pipelines.Invalid, "%s: stdin holds more than %d bytes", prompt, maxSecret)
	}
	if bytes.Count(b, []byte("\n")) == 1 {
		b = bytes.TrimRight(b, "\r\n")
	}
	if len(b) == 0 {
		return "", pipelines.Refuse(pipelines.Invalid, "%s: stdin is empty", prompt)
	}
	return string(b), nil
}

// line reads one line, asked for with a prompt.
func (p *program) line(prompt string) (string, error) {
	fmt.Fprint(p.stderr, prompt)
	text, err := bufio.NewReader(p.stdin).ReadString('\n')
	if err == io.EOF {
		err = nil
	}
	return strings.TrimSpace(text), err
}

// agree asks a person; where nobody can answer, flag is the way to say yes.
func (p *program) agree(question, flag string) error {
	if !isTerminal(p.stdin) {
		return pipelines.Refuse(pipelines.Invalid, "%s nobody is here to answer: say %s", question, flag)
	}
	answer, err := p.line(question + " [y/N] ")
	if err != nil {
		return err
	}
	if a := strings.ToLower(answer); a != "y" && a != "yes" {
		return pipelines.Refuse(pipelines.Invalid, "nothing was changed")
	}
	return nil
}
