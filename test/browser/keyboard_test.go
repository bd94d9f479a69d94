package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"slipway/pipelines"
)

// focused describes what has the focus: whether it is what is looked for, and
// what is wrong with how it shows it.
type focused struct {
	Found bool
	Wrong string
	What  string
}

const describeFocus = `(() => {
	const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect()
	const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none'
	let wrong = ''
	if (e !== document.body) {
		if (!ring) wrong = 'has no visible focus'
		else if (box.bottom < 0 || box.top > innerHeight || box.width === 0) wrong = 'is out of sight'
	}
	return {Found: e.matches(%SELECTOR%), Wrong: wrong, What: e.outerHTML.slice(0, 200)}
})()`

// tabTo goes from where the focus is to an element, by the Tab key alone.
func (b tab) tabTo(selector string) {
	b.t.Helper()
	for range 80 {
		b.do(chromedp.KeyEvent(kb.Tab))
		at := evaluate[focused](b, replaceSelector(describeFocus, selector))
		if at.Wrong != "" {
			b.t.Errorf("%s: what Tab leads to %s: %s", evaluate[string](b, "location.pathname"), at.Wrong, at.What)
		}
		if at.Found {
			return
		}
	}
	b.t.Fatalf("80 times Tab do not lead to %s on %s", selector, b.shown())
}

// enter presses Enter on an element that Tab leads to.
func (b tab) enter(selector string) {
	b.t.Helper()
	b.tabTo(selector)
	b.do(chromedp.KeyEvent(kb.Enter))
}

// Without a mouse: sign in, deploy, approve. The focus can be seen at each stop.
func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := startTutorial(t)
	internal, stella := s.tab(t), s.tab(t)
	signIn := func(b tab, username string) {
		b.open("/signin")
		b.tabTo(".skip")
		b.tabTo(byTestID("field-name"))
		b.do(chromedp.KeyEvent(username))
		b.tabTo(byTestID("field-password"))
		b.do(chromedp.KeyEvent(password + kb.Enter))
		b.until(there("dashboard"))
	}
	signIn(internal, "internaldeployer")
	internal.enter(deployButton("Test"))
	internal.until(there("deploy-form"))
	internal.enter(byTestID("deploy-form") + " button[type=submit].primary")
	test := internal.deployment()
	s.becomes(test, pipelines.Waiting)

	signIn(stella, "stella")
	stella.enter(byTestID("approvals-link"))
	stella.until(there("approval"))
	stella.enter(byTestID("approval") + " a")
	stella.until(there("signoff-form"))
	stella.tabTo(byTestID("signoff-form") + " textarea[name=note]")
	stella.do(chromedp.KeyEvent("no mouse near"))
	stella.enter(byTestID("signoff-form") + ` button[value="approve"]`)
	s.becomes(test, pipelines.Succeeded)
	stella.until(shows("1.0.10 is in Test"))

	// The link past the navigation leads past it.
	stella.open("/")
	stella.enter(".skip")
	if got := evaluate[string](stella, "document.activeElement.id"); got != "main" {
		t.Errorf("the first link leads to %q, want the content", got)
	}
	// A menu opens and closes, and what is in it is reached.
	stella.enter(byTestID("account") + " > summary")
	stella.enter(byTestID("signout"))
	stella.until(there("signin-form"))
}
