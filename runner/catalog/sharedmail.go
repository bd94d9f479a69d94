package catalog

import (
	"fmt"
	"strings"

	"slipway/pipelines"
)

// sharedMail refuses a mail address that another person has: whoever reads it
// could answer and set a password for both. Two that had one before may stay as
// they are, and what closed and service accounts have is nobody's way in.
func sharedMail(now, all []pipelines.User, wanted pipelines.User) []pipelines.Problem {
	if wanted.Mail == "" || wanted.Disabled || wanted.Service {
		return nil
	}
	for _, u := range now {
		if pipelines.SameName(u.Username, wanted.Username) && strings.EqualFold(u.Mail, wanted.Mail) {
			return nil
		}
	}
	for _, u := range all {
		if !u.Disabled && !u.Service && strings.EqualFold(u.Mail, wanted.Mail) && !pipelines.SameName(u.Username, wanted.Username) && (u.ID == "" || u.ID != wanted.ID) {
			return []pipelines.Problem{{Path: "mail", Message: fmt.Sprintf("%s has this mail address already: each person has their own", u.Username)}}
		}
	}
	return nil
}
