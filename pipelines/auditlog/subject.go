package auditlog

import "strings"

// Ids of nouns are ours. A package is called as its maker likes, and a file in a
// bucket, too: Projects-1, say. So these chains say what they are about.
const (
	ofPackage = "Packages/"
	ofArrival = "Arrivals/"
)

// PackageSubject is what an entry about a package is about.
func PackageSubject(id string) string { return ofPackage + id }

// ArrivalSubject is what an entry about a file in the bucket is about.
func ArrivalSubject(key string) string { return ofArrival + key }

// PackageOf is the package that a subject stands for.
func PackageOf(subject string) (id string, ok bool) { return strings.CutPrefix(subject, ofPackage) }

// Called is how a subject is called that has no other name: "" where its id says it.
func Called(subject string) string {
	for _, prefix := range []string{ofPackage, ofArrival} {
		if name, ok := strings.CutPrefix(subject, prefix); ok {
			return name
		}
	}
	return ""
}
