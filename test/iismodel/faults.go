package iismodel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// fault is a failure that a test asks for: which calls, how, and how often.
type fault struct {
	selectors [][2]string
	kind      string
	left      int // -1 is for ever
}

// kinds are the ways to fail, with the behaviour that has the words; "" are
// those of a program that dies.
var kinds = map[string]string{
	"busy": "fault.busy", "locked": "fault.locked", "changed": "fault.changed", "denied": "fault.denied", "rpc": "fault.rpc",
	"unknown": "fault.unknown", "small": "fault.small", "before": "", "after": "", "garbage": "",
}

// Inject asks for failures: rules between semicolons, each `SELECTORS:KIND` or
// `SELECTORS:KIND=TIMES`, selectors between plus signs. TIMES is 1 if left out,
// and `*` is always. An example: `call=7:locked; verb=set+object=site:busy=2`.
func (m *Machine) Inject(rules string) error {
	for rule := range strings.SplitSeq(rules, ";") {
		if rule = strings.TrimSpace(rule); rule == "" {
			continue
		}
		f, err := parseFault(rule)
		if err != nil {
			return err
		}
		m.faults = append(m.faults, f)
	}
	return nil
}

func parseFault(rule string) (fault, error) {
	i := strings.LastIndexByte(rule, ':')
	if i < 0 {
		return fault{}, fmt.Errorf("fault %q: want SELECTORS:KIND, like call=7:locked", rule)
	}
	f := fault{left: 1}
	kind, times, counted := strings.Cut(rule[i+1:], "=")
	if f.kind = kind; counted {
		n, err := strconv.Atoi(times)
		if times == "*" {
			n, err = -1, nil
		}
		if err != nil || n == 0 {
			return fault{}, fmt.Errorf("fault %q: how often is a number or *", rule)
		}
		f.left = n
	}
	if _, ok := kinds[kind]; !ok {
		return fault{}, fmt.Errorf("fault %q: unknown kind %q", rule, kind)
	}
	for one := range strings.SplitSeq(rule[:i], "+") {
		k, v, ok := strings.Cut(one, "=")
		if !ok || !slices.Contains([]string{"call", "from", "write", "program", "verb", "object", "match"}, k) {
			return fault{}, fmt.Errorf("fault %q: want call=N, from=N, write=N, program=, verb=, object= or match=", rule)
		}
		f.selectors = append(f.selectors, [2]string{k, v})
	}
	return f, nil
}

// Call is one call of a program.
type Call struct {
	Number  int
	Write   int // its number among the calls that change something, 0 for others
	Program string
	Args    []string
	Fault   string
	Exit    int
	after   config
}

// fits says whether a call is one that is to fail.
func (f *fault) fits(c Call) bool {
	verb, object := "", ""
	if len(c.Args) > 1 {
		verb, object = c.Args[0], c.Args[1]
		if c.Program == "netsh" {
			verb, object = c.Args[1], "sslcert"
		}
	}
	for _, s := range f.selectors {
		has := map[string]string{"call": strconv.Itoa(c.Number), "write": strconv.Itoa(c.Write), "program": c.Program, "verb": verb, "object": object}
		ok := equal(has[s[0]], s[1])
		switch s[0] {
		case "match":
			ok = strings.Contains(strings.Join(c.Args, " "), s[1])
		case "from":
			first, err := strconv.Atoi(s[1])
			ok = err == nil && c.Number >= first
		}
		if !ok {
			return false
		}
	}
	return true
}

// due is the fault of a call, "" for none; it is spent by that.
func (m *Machine) due(c Call) string {
	for i := range m.faults {
		if f := &m.faults[i]; f.left != 0 && f.fits(c) {
			if f.left > 0 {
				f.left--
			}
			return f.kind
		}
	}
	return ""
}

// died is the exit code of a program that was ended from outside.
const died = 3

// call runs a command as one program run: with the fault that is due, all or
// nothing changed, and noted.
func (m *Machine) call(program string, args []string, do func() (outcome, error)) Result {
	c := Call{Number: len(m.calls) + 1, Program: program, Args: slices.Clone(args)}
	if changes(program, args) {
		c.Write = 1
		for _, before := range m.calls {
			c.Write = max(c.Write, before.Write+1)
		}
	}
	c.Fault = m.due(c)
	r := m.run(c, do)
	c.Exit, c.after = r.Exit, m.config
	m.calls = append(m.calls, c)
	return r
}

func changes(program string, args []string) bool {
	at := 0
	if program == "netsh" {
		at = 1
	}
	if program == "powershell" {
		return true
	}
	return len(args) > at && !equal(args[at], "list") && !equal(args[at], "show")
}

func (m *Machine) run(c Call, do func() (outcome, error)) Result {
	kind := c.Fault
	if kind == "before" {
		return Result{Exit: died}
	}
	o, err := do()
	if err != nil {
		return m.answer("", err) // its own mistakes come first
	}
	switch says := kinds[kind]; {
	case kind == "" || kind == "after" || kind == "garbage":
		if o.next != nil {
			before := m.config
			m.config = *o.next
			m.settle(before)
		}
		switch kind {
		case "after":
			return Result{Exit: died}
		case "garbage":
			return Result{Stdout: o.out[:len(o.out)/2], Exit: o.exit}
		}
	case c.Program == "powershell":
		return Result{Stderr: "The process cannot access the file because it is being used by another process.\r\n", Exit: 1}
	case c.Program == "netsh":
		return m.netshFault(kind, c.Args[1])
	case o.next == nil || kind == "rpc" || kind == "unknown":
		return m.answer("", words(says))
	default:
		// What was changed is said before the commit fails.
		return m.answer(o.out, words(says))
	}
	return Result{Stdout: o.out, Exit: o.exit}
}

func (m *Machine) netshFault(kind, verb string) Result {
	what, code := "add", 32
	if equal(verb, "delete") {
		what = "deletion"
	}
	if kind == "denied" {
		code = 5
	}
	o := m.netshFailed(what, code)
	return Result{Stdout: o.out, Exit: o.exit}
}
