package auditlog

import "strings"

// Ids of nouns are ours. A package is called as its maker likes, and a file in a
// bucket, too: Projects-1, say. So these chains say what they are about.
const (
	ofPackage = "Packages/"
	ofArrival = "Arrivals/"
	ofMail    = "Mails/"
)

// PackageSubject is what an entry about a package is about.
func PackageSubject(id string) string { return ofPackage + id }

// ArrivalSubject is what an entry about a file in the bucket is about.
func ArrivalSubject(key string) string { return ofArrival + key }

// MailSubject is what an entry about a kept mail is about.
func MailSubject(key string) string { return ofMail + key }

// MailOf is the kept mail that a subject stands for.
func MailOf(subject string) (key string, ok bool) { return strings.CutPrefix(subject, ofMail) }

// PackageOf is the package that a subject stands for.
func PackageOf(subject string) (id string, ok bool) { return strings.CutPrefix(subject, ofPackage) }

// Called is how a subject is called that has no other name: "" where its id says it.
func Called(subject string) string {
	if _, ok := MailOf(subject); ok {
		return "kept mail"
	}
	for _, prefix := range []string{ofPackage, ofArrival} {
		if name, ok := strings.CutPrefix(subject, prefix); ok {
			return name
		}
	}
	return ""
}
