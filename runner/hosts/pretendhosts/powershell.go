package pretendhosts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines/task"
)

// powershell plays one line of a PowerShell script and says whether it is a
// command that means something here. Names are as PowerShell reads them, without
// regard to case; what bash has too (echo, sleep, exit) is left to command.
//
//	Write-Host TEXT, Write-Output TEXT    prints TEXT
//	Write-Warning TEXT                    prints it as a warning
//	Write-Error TEXT                      prints it to stderr
//	Start-Sleep 2, -Seconds 2, -Milliseconds 300
//	1..100                                prints the numbers
//	throw TEXT                            fails the script
//	Set-OctopusVariable NAME VALUE        sets an output variable, also -name, -value
func (p *player) powershell(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(verb) {
	case "write-host", "write-output":
		p.print(task.Stdout, unquote(rest))
	case "write-warning":
		p.print(task.Warning, unquote(rest))
	case "write-error":
		p.print(task.Stderr, unquote(rest))
	case "throw":
		p.print(task.Stderr, unquote(rest))
		p.finish(task.Failed, 1, "script ended with exit code 1")
	case "start-sleep":
		return p.startSleep(rest)
	case "set-octopusvariable":
		words := words(rest)
		name, value := named(words, "name", 0), named(words, "value", 1)
		p.output(name, value)
	default:
		from, to, isRange := strings.Cut(line, "..")
		if first, err := strconv.Atoi(from); err == nil && isRange {
			if last, err := strconv.Atoi(to); err == nil {
				p.counted(line, fmt.Sprint(first, " ", last))
				return true
			}
		}
		return false
	}
	return true
}

func (p *player) startSleep(rest string) bool {
	unit, words := time.Second, words(rest)
	if len(words) == 2 && isParameter(words[0], "milliseconds") {
		unit, words = time.Millisecond, words[1:]
	} else if len(words) == 2 && isParameter(words[0], "seconds") {
		words = words[1:]
	}
	if len(words) != 1 {
		return false
	}
	n, err := strconv.ParseFloat(words[0], 64)
	if err != nil || n < 0 || n > (24*time.Hour).Seconds()*1000 {
		return false
	}
	p.now = p.now.Add(time.Duration(n * float64(unit)))
	return true
}

var oneWord = regexp.MustCompile(`"[^"]*"|'[^']*'|\S+`)

// words are the arguments of a command, without their quotes.
func words(text string) []string {
	all := oneWord.FindAllString(text, -1)
	for i := range all {
		all[i] = unquote(all[i])
	}
	return all
}

// named is an argument by its parameter or, without one, by its place.
func named(words []string, parameter string, place int) string {
	for i, word := range words {
		if isParameter(word, parameter) && i+1 < len(words) {
			return words[i+1]
		}
	}
	if place < len(words) && !strings.HasPrefix(words[0], "-") {
		return words[place]
	}
	return ""
}

// isParameter: PowerShell takes the beginning of a parameter's name for it.
func isParameter(word, name string) bool {
	short, ok := strings.CutPrefix(strings.ToLower(word), "-")
	return ok && short != "" && strings.HasPrefix(name, short)
}
