package heldmail_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/runner/blobs"
	"slipway/runner/diskblobs"
	"slipway/runner/heldmail"
	"slipway/runner/mail"
	"slipway/runner/mail/mailtest"
)

func store(t *testing.T, dir string) *diskblobs.Store {
	t.Helper()
	s, err := diskblobs.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t *testing.T, dir string) *heldmail.Box {
	t.Helper()
	return heldmail.New(store(t, dir))
}

func TestSuite(t *testing.T) {
	t.Parallel()
	mailtest.Run(t, false, func(t *testing.T) (mail.Mail, mailtest.Inbox) {
		b := open(t, t.TempDir())
		return b, func(t *testing.T) (all []mailtest.Arrived) {
			list, err := b.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range slices.Backward(list) {
				k, err := b.Get(t.Context(), k.Key)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, mailtest.Arrived{MessageID: k.MessageID(), From: k.From, ReplyTo: k.ReplyTo, To: k.To, Subject: k.Subject, Text: k.Text, HTML: k.HTML, Date: k.Date})
			}
			return all
		}
	})
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func message(id string, at time.Time) mail.Message {
	return mail.Message{ID: id, From: "s@example.org", To: []string{"i@example.org"}, Subject: id, Text: "text of " + id, HTML: "<p>", Date: at}
}

func ids(t *testing.T, b *heldmail.Box) []string {
	t.Helper()
	list, err := b.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, k := range list {
		all = append(all, k.ID)
		if k.Text != "" || k.HTML != "" {
			t.Errorf("List() gives %s with its body", k.ID)
		}
	}
	return all
}

func TestNewestFirstWithoutBodiesAcrossARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := open(t, dir)
	for i, id := range []string{"b", "c", "a"} {
		if err := b.Send(t.Context(), message(id, noon.Add(time.Duration(i)*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	b = open(t, dir)
	if err := b.Send(t.Context(), message("a", noon.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	if got, want := ids(t, b), []string{"a", "c", "b"}; !slices.Equal(got, want) {
		t.Errorf("List() = %v, want %v", got, want)
	}
	k, err := b.Get(t.Context(), heldmail.Key("a"))
	if err != nil || k.Text != "text of a" || !k.Date.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("Get(a) = %+v, %v, want the first mail of that id", k, err)
	}
}

func TestGoesOnAfterAFullPage(t *testing.T) {
	t.Parallel()
	b := heldmail.New(crowded{store(t, t.TempDir())})
	if err := b.Send(t.Context(), message("a", noon)); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, b); !slices.Equal(got, []string{"a"}) {
		t.Errorf("List() = %v, want the mail on the second page", got)
	}
}

// crowded is a store where a whole page of other blobs comes before the mails.
type crowded struct{ blobs.Blobs }

func (c crowded) List(ctx context.Context, prefix, after string, limit int) ([]blobs.Info, error) {
	if after != "" {
		return c.Blobs.List(ctx, prefix, after, limit)
	}
	page := make([]blobs.Info, limit)
	for i := range page {
		page[i].Name = fmt.Sprintf("%s-%09d", prefix, i) // a dash sorts before all keys
	}
	return page, nil
}

func TestUnknownKeysAreNotFound(t *testing.T) {
	t.Parallel()
	s := store(t, t.TempDir())
	if _, err := s.Put(t.Context(), "x", strings.NewReader("{}")); err != nil {
		t.Fatal(err)
	}
	b := heldmail.New(s)
	for _, key := range []string{"", "../x", heldmail.Key("nobody"), "zz"} {
		if _, err := b.Get(t.Context(), key); !errors.Is(err, heldmail.ErrNotFound) {
			t.Errorf("Get(%q) = %v, want ErrNotFound", key, err)
		}
	}
}

func TestAStoreInTroubleMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := open(t, t.TempDir()).Send(ctx, message("a", noon)); !errors.Is(err, mail.ErrTryAgain) {
		t.Errorf("Send with an ended context = %v, want ErrTryAgain", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b := open(t, t.TempDir())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, id := range []string{"a", "b"} {
				if err := b.Send(t.Context(), message(id, noon)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := ids(t, b); len(got) != 2 {
		t.Errorf("List() = %v, want 2 mails", got)
	}
}

// TestAdoptsTheFilesOfEarlierVersions has files as version 0.2 wrote them.
func TestAdoptsTheFilesOfEarlierVersions(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mail")
	b := open(t, t.TempDir())
	if err := b.Adopt(t.Context(), dir); err != nil {
		t.Fatalf("Adopt of no folder: %v", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"old", "here already"} {
		text, err := json.MarshalIndent(message(id, noon.Add(time.Duration(i)*time.Minute)), "", "  ")
		if err := errors.Join(err, os.WriteFile(filepath.Join(dir, heldmail.Key(id)+".mail.json"), text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Send(t.Context(), message("here already", noon.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	if err := b.Adopt(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if got, want := ids(t, b), []string{"here already", "old"}; !slices.Equal(got, want) {
		t.Errorf("List() = %v, want %v", got, want)
	}
	if k, err := b.Get(t.Context(), heldmail.Key("old")); err != nil || k.Text != "text of old" || k.HTML != "<p>" {
		t.Errorf("Get(old) = %+v, %v", k, err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Adopt(t.Context(), dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "notes.txt")); err != nil {
		t.Errorf("somebody's own file is gone: %v", err)
	}
}
