package scripts

import (
	"regexp"
	"strings"
	"testing"
)

// called is how arguments stand in the call, and their values.
func called(text string) (code string, values []string, err error) {
	args, err := powershellArguments(text)
	at := 0
	var parts []string
	for _, arg := range args {
		parts = append(parts, arg.code(&at))
		for _, v := range arg.values {
			values = append(values, v.text)
		}
	}
	return strings.ReplaceAll(strings.Join(parts, " "), "$SlipwayArguments", "$"), values, err
}

func TestPowerShellArguments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, code, values string }{
		{"", "", ""},
		{" \r\n\t ", "", ""},
		{"plain", "($[0])", "plain"},
		{"-Name value", "-Name ($[0])", "value"},
		{"-Name:value", "-Name:($[0])", "value"},
		{"-Name: value", "-Name:($[0])", "value"},
		{"–Name x", "-Name ($[0])", "x"},
		{"-Force", "-Force", ""},
		{"-Force:$false -Other:$TRUE", "-Force:($false) -Other:($true)", "$false|$true"},
		{"$null", "($null)", "$null"},
		{"'$null'", "($[0])", "$null"},
		{"3 -5 0 007 1.5 1234567890 '3'", "(([int] $[0])) (([int] $[1])) (([int] $[2])) ($[3]) ($[4]) ($[5]) ($[6])", "3|-5|0|007|1.5|1234567890|3"},
		{"a,b , 'c d'", "@($[0], $[1], $[2])", "a|b|c d"},
		{"-List 1,x -Last:a,b", "-List @(([int] $[0]), $[1]) -Last:@($[2], $[3])", "1|x|a|b"},
		{`'it''s' "a ""b"" c" ’it‘’s“’`, "($[0]) ($[1]) ($[2])", `it's|a "b" c|it’s“`},
		{"\"a`tb`\"c`$d``\" a`'b", "($[0]) ($[1])", "a\tb\"c$d`|a'b"},
		{"'' \"\"", "($[0]) ($[1])", "|"},
		{"http://x/y?a=b%20 C:\\Temp\\x a@b x#y", "($[0]) ($[1]) ($[2]) ($[3])", `http://x/y?a=b%20|C:\Temp\x|a@b|x#y`},
		{"pre'fix ed'post", "($[0])", "prefix edpost"},
		{"'-Name' -x.y - --", "($[0]) ($[1]) ($[2]) ($[3])", "-Name|-x.y|-|--"},
		{"C:\\x a:b", "($[0]) ($[1])", `C:\x|a:b`},
	} {
		code, values, err := called(c.text)
		if got := strings.Join(values, "|"); err != nil || code != c.code || got != c.values {
			t.Errorf("%q is called as %s with %q, %v\nwant %s with %q", c.text, code, got, err, c.code, c.values)
		}
	}
	for text, want := range map[string]string{
		"$(x)": `'$' outside quotes`, "(x)": `'(' outside`, "a;b": `';' outside`, "@splat": `'@' outside`, "#x": `'#' outside`, "{x}": `'{' outside`, "a|b": `'|' outside`, "$x": `'$' outside`, "$trueish": `'$' outside`,
		`"$x"`: "a $ in double quotes", "'a": "never closed", `"a`: "never closed", "\"a`": "never closed", "a`": "end with a backtick", "'a'b": "directly behind", "a,": "value is missing", ",a": "value is missing", "-Name:": "value is missing", "a,,b": "value is missing",
	} {
		if _, _, err := called(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", text, err, want)
		}
	}
}

// argumentCode is all that arguments can bring into a program.
var argumentCode = regexp.MustCompile(`^(-[\pL_][\pL\pN_]*:?|@?\((\$true|\$false|\$null|\$\[\d+\]|\(\[int\] \$\[\d+\]\)|, )+\)| )*$`)

func FuzzPowerShellArguments(f *testing.F) {
	for _, seed := range []string{"-Name 'a' -List 1,2 $true", "\"`$x\" ’a’", "-a:$false;", "a`"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if code, _, err := called(text); err == nil && !argumentCode.MatchString(code) {
			t.Errorf("%q is called as %s, which holds more than names and places of values", text, code)
		}
	})
}
