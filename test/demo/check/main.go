// Command check does the whole Ruby tutorial without a person, on a real host,
// and looks at each stage from outside: by HTTP, mail, the host's own files
// and the API. It prints a line for each stage with its time, and ends with 1
// and the reason at the first that is not right.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	d := &demo{}
	flag.StringVar(&d.slipway, "slipway", "bin/slipway", "the program to check")
	flag.StringVar(&d.folder, "demo", "bin/demo-check", "folder for everything this run keeps")
	flag.StringVar(&d.listen, "listen", "127.0.0.1:8489", "where the server listens")
	flag.StringVar(&d.host, "host", "slipway-check", "name of the target host")
	flag.Parse()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		d.cleanUp()
		os.Exit(1)
	}()
	os.Exit(run(d))
}

func run(d *demo) (code int) {
	began := time.Now()
	defer func() {
		d.cleanUp()
		if problem := recover(); problem != nil {
			broken, ok := problem.(failure)
			if !ok {
				panic(problem)
			}
			fmt.Printf("FAILED  %s\n", broken)
			code = 1
			return
		}
		fmt.Printf("all of it: %.1f s\n", time.Since(began).Seconds())
	}()
	for _, stage := range []struct {
		name string
		do   func() string
	}{
		{"a real host boots", d.bootHost},
		{"the server starts", d.startServer},
		{"the example is applied", d.configure},
		{"the target is checked", d.checkTarget},
		{"upload to Dev answers", d.pushAndDev},
		{"the same bytes again, other bytes", d.pushAgain},
		{"Prod before Test is refused", d.prodTooEarly},
		{"Test asks the stakeholders", d.deployTest},
		{"a GET decides nothing, the code does", d.approveTest},
		{"the status mail tells what happened", d.statusMail},
		{"Prod, approved by mail", d.prod},
		{"three environments on one host", d.threeAtOnce},
		{"the host is as it should be", d.hostFiles},
		{"one package from first to last", d.onePackage},
		{"an older release says so", d.older},
		{"three kills, each payload once", d.kills},
		{"the server at rest", d.idle},
	} {
		start := time.Now()
		d.at = stage.name
		said := stage.do()
		fmt.Printf("ok  %5.1f s  %-38s %s\n", time.Since(start).Seconds(), stage.name, said)
	}
	return 0
}
