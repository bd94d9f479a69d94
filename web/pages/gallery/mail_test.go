package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"

	"slipway/web/pages"
)

// TestLinkInHeldMailOpensThePage follows the link of a sign-off mail out of its
// sandbox: the page behind it must be a page of its own, not one in a frame.
func TestLinkInHeldMailOpensThePage(t *testing.T) {
	t.Parallel()
	opened := make(chan string, 8)
	mail := sampleMail()
	mail.Base = ""
	mux := http.NewServeMux()
	url := serve(t, mux)
	mux.Handle("GET /mail/3", templ.Handler(pages.HeldMailPage(mail)))
	mux.HandleFunc("GET /mail/3/body.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", pages.HeldMailPolicy)
		fmt.Fprint(w, pages.HeldMailHTML(strings.ReplaceAll(sampleMailHTML, "https://slipway.example.org", url)))
	})
	mux.HandleFunc("GET /answer/{token}", func(w http.ResponseWriter, r *http.Request) {
		select {
		case opened <- r.Header.Get("Sec-Fetch-Dest"):
		default: // opened twice, once is enough
		}
		templ.Handler(pages.AnswerPage(sampleAnswer())).ServeHTTP(w, r)
	})

	b := openTab(t)
	b.do(chromedp.EmulateViewport(1280, 1000), chromedp.Navigate(url+"/mail/3"), chromedp.WaitVisible("iframe"))
	left := evaluate[float64](b, `document.querySelector('iframe').getBoundingClientRect().left`)
	top := evaluate[float64](b, `document.querySelector('iframe').getBoundingClientRect().top`)
	for range 30 { // a click before the frame is painted falls through
		b.do(chromedp.MouseClickXY(left+60, top+155))
		select {
		case got := <-opened:
			if got != "document" {
				t.Errorf("the link of a held mail is opened as %q, want as a document of its own", got)
			}
			return
		case <-time.After(time.Second):
		}
	}
	t.Error("the link of a held mail opens nothing")
}
