package aws

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"slipway/test/emulators/gateway"
	"slipway/test/emulators/lambda"
)

// table gathers what each stage of a test cost.
type table struct {
	stack           *Stack
	calls, web, run int
	rows            []tally
}

// tally is what one stage took.
type tally struct {
	name                            string
	single, transactions, reads     int
	largest                         int // item, in bytes
	units, writeUnits               float64
	puts, gets, hostPuts, hostGets  int
	lists                           int // at the price of puts
	commands, timers, mails         int
	webCalls, runnerCalls           int
	webGBms, runnerGBms, runnerIdle float64 // runnerIdle: started cold
	refused                         []string
}

func (b *table) begin() {
	b.calls, b.web, b.run = b.stack.Ledger.Len(), len(b.stack.Web.Records()), len(b.stack.Runner.Records())
}

func (b *table) end(name string) tally {
	t := count(name, b.stack.Ledger.Since(b.calls), b.stack.Web.Records()[b.web:], b.stack.Runner.Records()[b.run:])
	b.rows = append(b.rows, t)
	return t
}

func count(name string, calls []gateway.Call, web, runner []lambda.Record) tally {
	t := tally{name: name, webCalls: len(web), runnerCalls: len(runner)}
	for _, c := range calls {
		t.add(c)
	}
	for _, r := range web {
		t.webGBms += r.GBms()
	}
	for _, r := range runner {
		t.runnerGBms += r.GBms()
		if r.Cold {
			t.runnerIdle += r.GBms()
		}
	}
	return t
}

func (t *tally) add(c gateway.Call) {
	t.units += c.Units
	if c.ErrorCode != "" || c.Status >= 400 {
		t.refused = append(t.refused, fmt.Sprintf("%s %s %s %d %s", c.Function, c.Service, c.Operation, c.Status, c.ErrorCode))
	}
	switch c.Service + " " + c.Operation {
	case "DYNAMODB PutItem", "DYNAMODB UpdateItem", "DYNAMODB DeleteItem":
		if c.ErrorCode == "" { // a condition that did not hold is listed as refused
			t.single++
		}
		t.writeUnits += c.Units
		t.largest = max(t.largest, c.ItemBytes)
	case "DYNAMODB TransactWriteItems":
		t.transactions++
		t.writeUnits += c.Units
	case "DYNAMODB GetItem", "DYNAMODB Query", "DYNAMODB TransactGetItems":
		t.reads++
	case "SSM SendCommand":
		t.commands++
	case "SCHEDULER CreateSchedule":
		t.timers++
	case "SESV2 SendEmail":
		t.mails++
	}
	if c.Service != "S3" {
		return
	}
	read := c.Operation == "GetObject" || c.Operation == "HeadObject"
	switch {
	case c.Signed && read:
		t.hostGets++
	case c.Signed:
		t.hostPuts++
	case read:
		t.gets++
	case c.Operation == "ListObjectsV2":
		t.lists++
	default:
		t.puts++
	}
}

// engine is what the turns and the runner's calls of one deployment cost, in dollars of us-east-1.
func (t tally) engine() float64 {
	return float64(t.single)*0.625e-6 + float64(t.runnerCalls)*0.2e-6 + t.runnerGBms*13.3334e-9
}

// everything is what all counted requests cost, those of hosts and of the page's function too.
func (t tally) everything() float64 {
	return t.writeUnits*0.625e-6 + (t.units-t.writeUnits)*0.125e-6 + float64(t.puts+t.lists+t.hostPuts)*5e-6 + float64(t.gets+t.hostGets)*0.4e-6 +
		float64(t.runnerCalls+t.webCalls)*0.2e-6 + (t.runnerGBms+t.webGBms)*13.3334e-9 + float64(t.timers)*1e-6 + float64(t.mails)*100e-6
}

// referenceLoad is how many deployments of 12 steps a month prices are quoted for.
const referenceLoad = 18_000

// print shows the measured table.
func (b *table) print(t *testing.T) {
	t.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "%-28s %7s %7s %7s %7s %6s %6s %8s %8s %5s %5s %5s %11s %14s\n", "", "single", "transac", "reads", "units", "S3 put", "S3 get", "host put", "host get", "SSM", "timer", "mail", "web GB-ms", "runner GB-ms")
	for _, r := range b.rows {
		fmt.Fprintf(&out, "%-28s %7d %7d %7d %7.1f %6d %6d %8d %8d %5d %5d %5d %5.1f (%2d) %7.1f (%2d)\n", r.name, r.single, r.transactions, r.reads, r.units, r.puts, r.gets, r.hostPuts, r.hostGets,
			r.commands, r.timers, r.mails, r.webGBms, r.webCalls, r.runnerGBms, r.runnerCalls)
		fmt.Fprintf(&out, "%-28s   engine $%.8f, all counted requests $%.6f; %d such deployments: $%.2f and $%.2f\n", "", r.engine(), r.everything(), referenceLoad, r.engine()*referenceLoad, r.everything()*referenceLoad)
		slices.Sort(r.refused)
		for _, line := range slices.Compact(r.refused) {
			fmt.Fprintf(&out, "%-28s   refused: %s\n", "", line)
		}
	}
	t.Logf("measured:\n%s\ncalls:\n%s", &out, gateway.Table(b.stack.Ledger.Calls(nil)))
}
