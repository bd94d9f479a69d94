package ledger

// syncDir does nothing: NTFS journals its directories, and a directory cannot
// be flushed through an ordinary handle.
func syncDir(string) error { return nil }
