// Command main runs the NuGet feed of the tests by itself, for the demo and for
// scripts. Packages that are named are in it from the start.
//
//	go run ./test/feedserver/main -listen localhost:8041 -user admin -password password some.nupkg
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"

	"slipway/test/feedserver"
)

func main() {
	var o feedserver.Options
	address := flag.String("listen", "localhost:8041", "host:port to listen on")
	flag.StringVar(&o.Repository, "repository", "NuGet", "name of the repository")
	flag.StringVar(&o.User, "user", "", "user who may read and push; empty for everybody")
	flag.StringVar(&o.Password, "password", "", "the user's password")
	flag.IntVar(&o.PageSize, "page", 80, "entries of a page")
	flag.BoolVar(&o.MayOverwrite, "overwrite", false, "let a push replace a version")
	fault := flag.String("fault", "", "how to fail, in the words of the package, like \"answers 500\"")
	flag.Parse()
	o.Log = os.Stderr
	if err := run(*address, o, feedserver.Fault(*fault), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(address string, o feedserver.Options, f feedserver.Fault, files []string) error {
	s, stop, err := feedserver.Listen(address, o)
	if err != nil {
		return err
	}
	defer stop()
	for _, file := range files {
		nupkg, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := s.Add(nupkg); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	s.Fail(f)
	fmt.Println(s.URL)
	end := make(chan os.Signal, 1)
	signal.Notify(end, os.Interrupt)
	<-end
	return nil
}
