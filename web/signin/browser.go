package signin

import (
	"net/http"
	"sync"
	"time"

	"slipway/pipelines"
	"slipway/web/credentials"
)

// browserLasts is how long a browser keeps the mark by which the brake knows it again.
const browserLasts = 90 * 24 * time.Hour

// browserName is the cookie of a browser in which somebody has signed in. It opens
// nothing: the brake counts wrong passwords of that name there by themselves.
func (s *SignIn) browserName() string { return s.prefix() + "slipway-browser" }

// place is where a try for the name comes from.
func (s *SignIn) place(r *http.Request, username string) place {
	from := place{address: s.Address(r)}
	if mark := cookieOf(r, s.browserName()); s.browsers.knows(username, mark) {
		from.known = mark
	}
	return from
}

// remember marks the browser as one in which the name has signed in. The mark is new
// each time: one that somebody else knows, or has planted, is worth nothing then.
func (s *SignIn) remember(w http.ResponseWriter, r *http.Request, username string) error {
	mark, _, err := credentials.NewSession(s.Env.Random)
	if err != nil {
		return err
	}
	s.browsers.renew(username, cookieOf(r, s.browserName()), mark)
	http.SetCookie(w, s.cookie(s.browserName(), mark, s.Env.Now().Add(browserLasts)))
	return nil
}

// browsers are the marks of those in which a name has signed in. They are in memory
// like the brake's counts, and are forgotten with them.
type browsers struct {
	mu    sync.Mutex
	marks map[string]map[string]bool // by mark: the names
}

func (b *browsers) knows(username, mark string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.marks[mark][nameKey(username)]
}

// renew gives a browser another mark, and one name more. It keeps at most mostCounted
// browsers, and the names of a few people for each.
func (b *browsers) renew(username, before, mark string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.marks == nil {
		b.marks = map[string]map[string]bool{}
	}
	names := b.marks[before]
	delete(b.marks, before)
	if names == nil || len(names) >= mostNames {
		names = map[string]bool{}
	}
	names[nameKey(username)] = true
	b.marks[mark] = names
	for other := range b.marks {
		if len(b.marks) <= mostCounted {
			return
		}
		if other != mark {
			delete(b.marks, other)
		}
	}
}

const mostNames = 20

func nameKey(username string) string { return pipelines.NameKey(shortened(username)) }
