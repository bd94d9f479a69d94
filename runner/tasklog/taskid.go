package tasklog

import "fmt"

// TaskID is how the output names a deployment's task with this number.
func TaskID(number int) string { return fmt.Sprintf("t%d", number) }

// TaskNumber reads what TaskID wrote: the number, or -1.
func TaskNumber(id string) int {
	var number int
	if _, err := fmt.Sscanf(id, "t%d", &number); err != nil {
		return -1
	}
	return number
}
