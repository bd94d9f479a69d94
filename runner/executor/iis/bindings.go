package iis

import (
	"fmt"
	"strconv"
	"strings"

	"slipway/pipelines/iisconf"
)

// bindingArgs change the bindings from what is there to what is wanted, in one
// command, which is one commit. What is as wanted stays untouched.
func bindingArgs(a iisconf.Action, now iisconf.State) ([]string, error) {
	var there []iisconf.Binding
	for _, site := range now.Sites {
		if strings.EqualFold(site.Name, a.Site) {
			there = site.Bindings
		}
	}
	var args []string
	var change []iisconf.Binding
	for _, b := range there {
		if !contains(a.Bindings, b) {
			args, change = append(args, "/-bindings."+indexer(b, false)), append(change, b)
		}
	}
	for _, b := range a.Bindings {
		if !contains(there, b) {
			args, change = append(args, "/+bindings."+indexer(b, true)), append(change, b)
		}
	}
	for _, b := range change {
		if text := b.Protocol + information(b); strings.ContainsAny(text, "'\"[]") && !strings.HasPrefix(information(b), "[") {
			return nil, fmt.Errorf("binding %s has characters that appcmd cannot be given: change it by hand, then deploy again", b)
		}
	}
	return args, nil
}

func contains(list []iisconf.Binding, b iisconf.Binding) bool {
	for _, other := range list {
		if strings.EqualFold(other.Protocol, b.Protocol) && strings.EqualFold(information(other), information(b)) && sslFlags(other) == sslFlags(b) {
			return true
		}
	}
	return false
}

// indexer names a binding. Its flags belong to what is added only.
func indexer(b iisconf.Binding, flags bool) string {
	text := "[protocol='" + b.Protocol + "',bindingInformation='" + information(b) + "'"
	if n := sslFlags(b); flags && n != 0 {
		text += ",sslFlags='" + strconv.Itoa(n) + "'"
	}
	return text + "]"
}

func sslFlags(b iisconf.Binding) int {
	if b.SNI {
		return b.Flags | 1
	}
	return b.Flags
}

// information is IIS's word for a binding, which has a star for any address.
func information(b iisconf.Binding) string {
	if text := b.Information(); b.Other != "" || !strings.HasPrefix(text, ":") {
		return text
	}
	return "*" + b.Information()
}

// listed are bindings as `add site` takes them.
func listed(bindings []iisconf.Binding) string {
	var all []string
	for _, b := range bindings {
		all = append(all, b.Protocol+"/"+information(b))
	}
	return strings.Join(all, ",")
}
