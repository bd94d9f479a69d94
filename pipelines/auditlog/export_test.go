package auditlog

// HasWords says whether the table of words knows a category.
func HasWords(category string) bool { return words[category] != "" }
