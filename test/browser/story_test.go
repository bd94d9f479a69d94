package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"slipway/pipelines"
)

// deployButton is the link on the dashboard that leads to the page which asks.
func deployButton(environment string) string {
	return `a[data-testid="deploy"][aria-label$="to ` + environment + `"]`
}

// offered are the deploy buttons that a page has.
func (b tab) offered() string {
	b.t.Helper()
	return strings.Join(evaluate[[]string](b, `[...document.querySelectorAll('[data-testid="deploy"]')].map(e => e.getAttribute('aria-label')).sort()`), ", ")
}

// deploys goes from the dashboard through the page that asks to the deployment.
func (b tab) deploys(environment string) string {
	b.t.Helper()
	b.open("/")
	b.press(deployButton(environment))
	b.until(there("deploy-form"))
	b.press(byTestID("deploy-form") + " button[type=submit].primary")
	return b.deployment()
}

// answers a sign-off on the deployment's page, found from the approvals.
func (b tab) answers(deployment, with, note string) {
	b.t.Helper()
	b.open("/approvals")
	b.press(byTestID("approval") + ` a[href$="/deployments/` + deployment + `"]`)
	b.until(there("signoff-form"))
	b.do(chromedp.SendKeys(byTestID("signoff-form")+" textarea[name=note]", note))
	b.press(byTestID("signoff-form") + ` button[value="` + with + `"]`)
	b.until(`document.querySelector('` + byTestID("signoff-form") + `') === null`)
}

// The second tutorial, from signing in to Prod: who may deploy where sees the
// buttons for it and no others, and a stakeholder signs off.
func TestTutorialInABrowser(t *testing.T) {
	t.Parallel()
	s := startTutorial(t)
	internal, production, stella := s.tab(t), s.tab(t), s.tab(t)

	internal.signIn("internaldeployer")
	internal.until(there("dashboard"))
	if got := internal.offered(); got != "Deploy 1.0.10 to Dev, Deploy 1.0.10 to Test" {
		t.Errorf("internaldeployer is offered %q", got)
	}
	dev := internal.deploys("Dev")
	internal.until(shows("1.0.10 is in Dev") + " && " + there("news-over"))
	s.becomes(dev, pipelines.Succeeded)

	production.signIn("productiondeployer")
	production.until(there("dashboard"))
	if got := production.offered(); got != "" {
		t.Errorf("before Test productiondeployer is offered %q, want nothing", got)
	}

	test := internal.deploys("Test")
	internal.until(there("signoff"))
	if internal.is(there("signoff-form")) {
		t.Error("who deploys is offered to sign off")
	}
	stella.signIn("stella")
	stella.until(there("approvals-count"))
	if got := stella.offered(); got != "" {
		t.Errorf("a stakeholder is offered %q, want nothing", got)
	}
	stella.answers(test, "approve", "meets all the requirements")
	internal.until(shows("1.0.10 is in Test") + " && " + there("news-over"))
	s.becomes(test, pipelines.Succeeded)

	production.open("/")
	if got := production.offered(); got != "Deploy 1.0.10 to Prod" {
		t.Errorf("after Test productiondeployer is offered %q", got)
	}
	prod := production.deploys("Prod")
	production.until(there("signoff"))
	stella.answers(prod, "approve", "go")
	production.until(shows("1.0.10 is in Prod") + " && " + there("news-over"))
	s.becomes(prod, pipelines.Succeeded)
	if text := s.letter("deployment status"); !strings.Contains(text, "Deployment to") {
		t.Errorf("the mail after it says %q", text)
	}
}

// On a phone: from the link in the mail, with the code in it, without signing in.
func TestApproverOnAPhone(t *testing.T) {
	t.Parallel()
	s := startTutorial(t)
	test := s.deploy("Test")
	s.becomes(test, pipelines.Waiting)
	link, code := s.asked("Random Quotes")
	b := s.tab(t)
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch), chromedp.Navigate(s.url+link))
	b.until(there("answer-form"))
	if wide := evaluate[int](b, "document.documentElement.scrollWidth"); wide > 390 {
		t.Errorf("the page is %d px wide on a phone of 390", wide)
	}
	// What is decided about stands before the first field, in sight.
	if !b.is(`document.querySelector('` + byTestID("title") + `').getBoundingClientRect().bottom < 844`) {
		t.Error("the title is out of sight")
	}
	const small = `[...document.querySelectorAll('main button, main input:not([type=hidden]), main textarea')].filter(e => e.offsetHeight > 0 && e.getBoundingClientRect().height < 40).map(e => e.outerHTML).join("\n")`
	if got := evaluate[string](b, small); got != "" {
		t.Errorf("too small for a thumb: %s", got)
	}
	b.do(chromedp.SendKeys(byTestID("field-code"), "wrong1"), chromedp.Click(byTestID("approve")))
	b.until(there("problems"))
	b.do(chromedp.SetValue(byTestID("field-code"), code), chromedp.SendKeys(byTestID("field-note"), "from the train"), chromedp.Click(byTestID("approve")))
	b.until(there("answer-approved"))
	s.becomes(test, pipelines.Succeeded)
	b.open(link)
	b.until(`document.querySelector('` + byTestID("answer-form") + `') === null`) // once
}

// With scripts off the same pages do the same.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	s := startTutorial(t)
	internal, stella := s.tab(t), s.tab(t)
	internal.withoutScripts()
	stella.withoutScripts()
	internal.signIn("internaldeployer")
	if internal.is(`typeof htmx !== "undefined"`) {
		t.Fatal("scripts are not off")
	}
	test := internal.deploys("Test")
	s.becomes(test, pipelines.Waiting)
	stella.signIn("stella")
	stella.answers(test, "approve", "read it all")
	s.becomes(test, pipelines.Succeeded)
	internal.open("/deployments/" + test)
	internal.until(shows("1.0.10 is in Test") + " && " + shows("read it all"))
}
