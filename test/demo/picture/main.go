// Command picture signs in to a running server with a browser and takes a
// picture of a page: how the picture in the README is made, and how a page is
// looked at.
//
//	go run ./test/demo/picture -password-file bin/demo/password -page /deployments/Deployments-1 -out page.png
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func main() {
	base := flag.String("base", "http://127.0.0.1:8480", "where the server is")
	user := flag.String("user", "admin", "who signs in")
	passwordFile := flag.String("password-file", "bin/demo/password", "file that holds the password")
	path := flag.String("page", "/", "the page, from the base on")
	out := flag.String("out", "page.png", "the picture")
	width := flag.Int("width", 1280, "width of the window")
	height := flag.Int("height", 800, "height of the window")
	dark := flag.Bool("dark", false, "in the dark")
	flag.Parse()
	password, err := os.ReadFile(*passwordFile)
	if err == nil {
		err = take(*base, *user, strings.TrimSpace(string(password)), *path, *out, *width, *height, *dark)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func take(base, user, password, path, out string, width, height int, dark bool) error {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(width, height))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	err := chromedp.Do(ctx,
		chromedp.EmulateViewport(int64(width), int64(height)),
		emulateScheme(dark),
		chromedp.Navigate(base+"/signin"),
		chromedp.SendKeys(`input[name="name"]`, user),
		chromedp.SendKeys(`input[name="password"]`, password),
		chromedp.Submit(`input[name="password"]`),
		signedIn,
		chromedp.Navigate(base+path),
		chromedp.WaitReady(`body`),
		chromedp.Sleep(500*time.Millisecond),
	)
	if err != nil {
		return err
	}
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	return os.WriteFile(out, picture, 0o644)
}

// signedIn waits until another page than the one for it is there.
func signedIn(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
	for ctx.Err() == nil {
		// An error is a page that is just being left.
		if in, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!location.pathname.startsWith("/signin")`)); err == nil && in {
			return chromedp.Void{}, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return chromedp.Void{}, ctx.Err()
}

// emulateScheme makes the browser prefer light or dark.
func emulateScheme(dark bool) chromedp.Action[chromedp.Void] {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return chromedp.Void{}, err
	}
}
