package simulation

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
)

// trouble is a set of what can go wrong at a point.
type trouble uint16

// What can go wrong. A point before a call can crash, stall or fail; one after
// it can crash or lose the answer; one on a way can be late, come twice, or drop
// what is on it.
const (
	crash trouble = 1 << iota
	stall
	fail   // the call is not carried out, and may be later
	lose   // it was carried out, and looks as if it had not been
	late   // what is on its way arrives later
	twice  // and once more
	drop   // and never
	down   // the host is out of reach for a time
	killed // a process of the host dies
	power  // the host loses power for a time
)

var troubleNames = map[trouble]string{
	crash: "crash", stall: "stall", fail: "fail", lose: "lose", late: "late", twice: "twice", drop: "drop", down: "down", killed: "killed", power: "power",
}

func (t trouble) String() string { return troubleNames[t] }

// meanings says in full what a kind of trouble is, by its name.
var meanings = map[string]string{
	"crash": "crash: the server died in the middle", "stall": "stall: the server stood still", "fail": "fail: a store or a mail server refused for a time",
	"lose": "lose: what was done looked as if it had not been", "late": "late: a message came late", "twice": "twice: a message came twice",
	"drop": "drop: a message never came", "down": "down: a host was out of reach", "killed": "killed: a process died on a host", "power": "power: a host lost its power",
}

// Fault is one thing that goes wrong, at a numbered point of a run.
type Fault struct {
	Point int
	Kind  trouble
	Wait  time.Duration // how long, for kinds that last
}

// String is the form that ParseFaults reads.
func (f Fault) String() string {
	if f.Wait == 0 {
		return fmt.Sprintf("%d:%s", f.Point, f.Kind)
	}
	return fmt.Sprintf("%d:%s:%s", f.Point, f.Kind, f.Wait)
}

// FormatFaults writes faults as one word for a command line; none is "none".
func FormatFaults(all []Fault) string {
	if len(all) == 0 {
		return "none"
	}
	words := make([]string, len(all))
	for i, f := range all {
		words[i] = f.String()
	}
	return strings.Join(words, ",")
}

// ParseFaults reads what FormatFaults wrote.
func ParseFaults(text string) ([]Fault, error) {
	out := []Fault{}
	if text == "none" {
		return out, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		f, ok := parseFault(word)
		if !ok {
			return nil, pipelines.Refuse(pipelines.Invalid, "%q is no fault: one is written like 12:crash or 40:stall:30s", word)
		}
		out = append(out, f)
	}
	return out, nil
}

func parseFault(word string) (Fault, bool) {
	parts := strings.SplitN(word, ":", 3)
	if len(parts) < 2 {
		return Fault{}, false
	}
	at, err := strconv.Atoi(parts[0])
	f := Fault{Point: at}
	for kind, name := range troubleNames {
		if name == parts[1] {
			f.Kind = kind
		}
	}
	if err == nil && len(parts) == 3 {
		f.Wait, err = time.ParseDuration(parts[2])
	}
	return f, err == nil && f.Kind != 0
}

// injector says what goes wrong: by chance, or as planned.
type injector struct {
	planned map[int]Fault // nil: by chance
	rand    *rand.Rand
	rate    int  // faults in a thousand points
	left    int  // how many may still come
	harsh   bool // they may last so long that what the deployments come to is another
	kinds   trouble

	points int
	can    []trouble // what could have gone wrong at each point, where that is kept
	keep   bool
	met    []Fault
	last   Fault // of the newest point
	hard   bool  // something lasted so long
	mails  int   // mails that failed: not so many that their step gives up
}

const (
	gentleWait = 30 * time.Second
	harshWait  = 24 * time.Hour
)

// next is what goes wrong at the next point, the zero Fault if nothing does.
func (i *injector) next(can trouble) Fault {
	at := i.points
	i.points++
	if i.keep {
		i.can = append(i.can, can)
	}
	f := i.decide(at, can)
	i.last = f
	if f.Kind != 0 {
		i.met = append(i.met, f)
		i.hard = i.hard || f.Wait > gentleWait || f.Kind == drop || f.Kind >= killed
	}
	return f
}

func (i *injector) decide(at int, can trouble) Fault {
	if i.planned != nil {
		f := i.planned[at]
		if f.Kind&can == 0 {
			return Fault{}
		}
		return f
	}
	if can &= i.kinds; can == 0 || i.left == 0 || i.rand.IntN(1000) >= i.rate {
		return Fault{}
	}
	var kinds []trouble
	for k := crash; k <= power; k <<= 1 {
		if can&k != 0 && (k < drop || k == down || i.harsh) {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) == 0 {
		return Fault{}
	}
	i.left--
	f := Fault{Point: at, Kind: kinds[i.rand.IntN(len(kinds))]}
	switch f.Kind {
	case stall, late, down, crash, power:
		f.Wait = i.wait()
	}
	return f
}

// wait is as often short as long.
func (i *injector) wait() time.Duration {
	d := time.Second << i.rand.IntN(5)
	if i.harsh && i.rand.IntN(3) == 0 {
		d = time.Minute << i.rand.IntN(11)
		d += time.Duration(i.rand.Int64N(int64(d)))
	}
	return min(d, harshWait)
}
