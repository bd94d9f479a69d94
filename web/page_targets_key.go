package web

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/hosts"
	"slipway/web/pages"
)

// ask has the host that is being added present its key, and puts it into the
// form: nothing is trusted before a person has compared it and saved.
func (f targetForm) ask(r *http.Request, do string, v url.Values) (bool, []pages.Problem) {
	if do != pages.DoHostKey {
		v.Del("presented")
		return false, nil
	}
	at := func(field, text string) (bool, []pages.Problem) {
		return true, []pages.Problem{{Field: field, Text: text}}
	}
	t := reachedBy(v)
	t.Environments = v["environments"]
	switch {
	case t.SSH == nil || t.SSH.Host == "":
		return at("ssh.host", "To be asked for its key, a host needs an address.")
	case f.CheckTarget == nil:
		return at("ssh.host-keys", "This server contacts no hosts: take the key from the host, where it is in /etc/ssh/ssh_host_ed25519_key.pub.")
	}
	if err := catalog.MayCheck(f.SignIn.Principal(r), t); err != nil {
		return at("environments", "Choose first where the target belongs: asking a host takes the right to change targets there.")
	}
	t.SSH.HostKeys, t.SSH.Key = nil, "" // nothing but the key is asked for
	_, err := f.CheckTarget(r.Context(), t)
	untrusted, presented := errors.AsType[*hosts.UntrustedError](err)
	if !presented {
		why := "it presented no key"
		if err != nil {
			why = err.Error()
		}
		return at("ssh.host", toSentence(why))
	}
	v.Set("ssh.host-keys", untrusted.Presented+"\n")
	v.Set("presented", keyFingerprint(untrusted.Presented))
	return true, nil
}

// keyFingerprint of a public key, as ssh-keygen prints it.
func keyFingerprint(key string) string {
	parts := strings.Fields(key)
	if len(parts) < 2 {
		return key
	}
	raw, err := base64.StdEncoding.DecodeString(parts[1])
	if err != nil {
		return key
	}
	sum := sha256.Sum256(raw)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// setTargetKey keeps the private key that opens a target, sealed under the name
// that the target gives.
func (s *site) setTargetKey(w http.ResponseWriter, r *http.Request) {
	p := s.SignIn.Principal(r)
	err := p.Demand(pipelines.SecretEdit, pipelines.Where{})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	t, err := s.Views.Target(r.Context(), p, r.PathValue("target"))
	if err == nil && (t.SSH == nil || t.SSH.Key == "") {
		err = pipelines.Refuse(pipelines.Conflict, "target %s names no key: say one as `key:` in its text first", t.Name)
	}
	if err == nil {
		_, err = s.Catalog.SetSecret(r.Context(), p, catalog.Secret{Name: t.SSH.Key, Value: []byte(typedSecret(r.PostForm.Get("key")))})
	}
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	s.to(w, r, pages.TargetPath(t.ID)+"?now=saved")
}
