//go:build !linux

package install

// reachDisk leaves it to the system when files reach the disk.
func reachDisk(string) error { return nil }
