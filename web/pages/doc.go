// Package pages draws what people see in a browser: templ components and the
// view models they take.
//
// It reads nothing and decides nothing. A view model holds what is shown, already
// formatted ("4 min ago" beside the exact time); who may press a button was
// decided before the model was made: no link in the model, no button on the page.
//
// The idea a newcomer would miss: the same component draws a part for the whole
// page and for the live fragment, so a page without JavaScript and a page that
// htmx keeps current are the same page. Nothing here needs an inline script or
// style; ContentSecurityPolicy says so to the browser.
package pages
