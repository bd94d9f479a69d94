package heldmail_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"slipway/runner/heldmail"
	"slipway/runner/mail"
	"slipway/runner/mail/mailtest"
)

func open(t *testing.T, dir string) *heldmail.Box {
	t.Helper()
	b, err := heldmail.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSuite(t *testing.T) {
	t.Parallel()
	mailtest.Run(t, false, func(t *testing.T) (mail.Mail, mailtest.Inbox) {
		b := open(t, t.TempDir())
		return b, func(t *testing.T) (all []mailtest.Arrived) {
			list, err := b.List()
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range slices.Backward(list) {
				k, err := b.Get(k.Key)
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

func TestNewestFirstWithoutBodiesAcrossARestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mails")
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
	list, err := b.List()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range list {
		got = append(got, k.ID)
		if k.Text != "" || k.HTML != "" {
			t.Errorf("List() gives %s with its body", k.ID)
		}
	}
	if want := []string{"a", "c", "b"}; !slices.Equal(got, want) {
		t.Errorf("List() = %v, want %v", got, want)
	}
	k, err := b.Get(heldmail.Key("a"))
	if err != nil || k.Text != "text of a" || !k.Date.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("Get(a) = %+v, %v, want the first mail of that id", k, err)
	}
}

func TestUnknownKeysAreNotFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := open(t, filepath.Join(dir, "mails"))
	if err := os.WriteFile(filepath.Join(dir, "x.mail.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "../x", heldmail.Key("nobody"), "zz"} {
		if _, err := b.Get(key); !errors.Is(err, heldmail.ErrNotFound) {
			t.Errorf("Get(%q) = %v, want ErrNotFound", key, err)
		}
	}
}

func TestOthersCannotReadTheMails(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mails")
	b := open(t, dir)
	if err := b.Send(t.Context(), message("a", noon)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, heldmail.Key("a")+".mail.json")} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has mode %04o", path, mode)
		}
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
	if list, err := b.List(); err != nil || len(list) != 2 {
		t.Errorf("List() = %d mails, %v, want 2", len(list), err)
	}
}
