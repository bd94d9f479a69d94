package main

// subjects says who checks the cases of which file. A new subject is one line
// here and one file `subject.go` with its handler; the handler knows the form
// of its cases and returns what differs.
var subjects = map[string]func(raw []byte) error{
	"octostache": checkOctostache,
}
