package conventions

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"slipway/pipelines/configfiles/substitute"
	"slipway/pipelines/task"
)

const substituteVariables = "Octopus.Action.SubstituteInFiles."

// mostSubstituted bounds a file that is read for substitution.
const mostSubstituted = 256 << 20

// substituteInFiles puts values in place of `#{…}` in the files of a list.
// What has no value stays as it is written there, and is told; whether that is
// a failure is for the project to say.
func (d *deployment) substituteInFiles(ctx context.Context) error {
	list, err := d.lines("substitute-in-files", d.wanted.SubstituteIn, substituteVariables+"TargetFiles")
	if err != nil {
		return err
	}
	encoding, err := d.encoding()
	if err != nil {
		return err
	}
	return d.eachTarget(list, d.values.flag(substituteVariables+"EnableNoMatchWarning", true), func(f *folder, name string) error {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		return d.substituteIn(f, name, encoding)
	})
}

func (d *deployment) substituteIn(f *folder, name, encoding string) error {
	content, was, err := f.read(name, mostSubstituted)
	if large, ok := errors.AsType[*tooLargeError](err); ok && f.looksBinary(name) {
		d.say(task.Warning, f.full(name)+" is left as it is: "+large.Error())
		return nil
	}
	if err != nil {
		return err
	}
	out, report, err := substitute.Substitute(content, d.values.vars, substitute.Options{
		Encoding: encoding, Evaluation: d.values.options,
	})
	if err != nil {
		return err
	}
	if report.UnknownEncoding {
		d.say(task.Warning, encoding+" is not the name of an encoding; "+f.full(name)+" keeps its own")
	}
	if report.Raised {
		d.say(task.Warning, f.full(name)+" is written as UTF-8: its encoding does not have all characters of the values")
	}
	if err := d.leftOver(f.full(name), report); err != nil {
		return err
	}
	if !report.Changed {
		d.note("%s: nothing to substitute", f.full(name))
		return nil
	}
	d.note("%s: variables are substituted", f.full(name))
	d.changed = true
	return f.replace(name, out, was)
}

// encoding is that of the files written; "" keeps each file's own.
func (d *deployment) encoding() (string, error) {
	if name := d.values.setting(substituteVariables + "OutputEncoding"); name != "" {
		return name, nil
	}
	return d.values.Text("output-encoding", d.wanted.SubstituteEncoding)
}

// mostNamed bounds how many left-over expressions of one file are named.
const mostNamed = 10

// leftOver tells of what still looks like an expression.
func (d *deployment) leftOver(path string, r substitute.Report) error {
	if !r.Failed() {
		return nil
	}
	var what []string
	for _, token := range r.Unresolved {
		what = append(what, token+" has no value")
	}
	for _, e := range r.Malformed {
		what = append(what, e.Error())
	}
	if more := len(what) - mostNamed; more > 0 {
		what = append(what[:mostNamed], "and more like these")
	}
	text := path + ": " + strings.Join(what, "; ")
	if d.values.flag("OctopusShouldFailDeploymentOnSubstitutionFails", false) {
		return errors.New(text + ". Define what is missing, or remove OctopusShouldFailDeploymentOnSubstitutionFails")
	}
	d.say(task.Warning, text+"; it stays as it is written")
	return nil
}

// looksBinary looks at a file's beginning for what text never holds.
func (f *folder) looksBinary(name string) bool {
	file, err := f.root.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	var head [8 << 10]byte
	n, _ := file.Read(head[:])
	return bytes.IndexByte(head[:n], 0) >= 0
}
