//go:build !linux

package install

// ReachDisk leaves it to the system when files reach the disk.
func ReachDisk(string) error { return nil }
