package xmltree_test

import (
	"strings"
	"testing"

	"slipway/pipelines/configfiles/xmltree"
)

const library = `<lib owner="me" big="2"><shelf n="1"><book id="a" p="1">A</book><book id="b" p="2">B</book><cd id="c">C</cd></shelf>` +
	`<shelf n="2"><book id="d" p="3"> D </book><box><book id="e" p="2">E</book></box></shelf><system.web-x>w</system.web-x></lib>`

// Positions count per step and parent; that is where XPath is easily got wrong.
func TestXPathAsTheStandardHasIt(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse(library)
	if err != nil {
		t.Fatal(err)
	}
	for expression, want := range map[string]string{
		"//book[1]/@id":                                         "a d e",
		"(//book)[1]/@id":                                       "a",
		"(//book)[last()]/@id":                                  "e",
		"//book[last()]/@id":                                    "b d e",
		"//shelf/book[2]/@id":                                   "b",
		"/lib/shelf[2]//book/@id":                               "d e",
		"/lib/shelf[2]//book[1]/@id":                            "d e",
		"//cd/preceding-sibling::book[1]/@id":                   "b",
		"//cd/preceding-sibling::*[2]/@id":                      "a",
		"//book[@id='e']/ancestor::*[1]/@n":                     "",
		"//book[@id='e']/ancestor::*[2]/@n":                     "2",
		"//book[@id='e']/ancestor-or-self::book/@id":            "e",
		"//book[@id='a']/following-sibling::*[1]/@id":           "b",
		"//cd/following::book/@id":                              "d e",
		"//box/preceding::book/@id":                             "a b d",
		"//book[@p>1]/@id":                                      "b d e",
		"//book[@p>1][1]/@id":                                   "b d e",
		"//shelf[book/@p=3]/@n":                                 "2",
		"//book[@p=/lib/@big]/@id":                              "b e",
		"//book[../@n='1']/@id":                                 "a b",
		"//book[position()<2]/@id":                              "a d e",
		"//book[position() mod 2 = 0]/@id":                      "b",
		"//book[count(preceding-sibling::*)=1]/@id":             "b",
		"//shelf[count(book)=2]/@n":                             "1",
		"//*[not(@*)][not(*)]":                                  "w",
		"//book[normalize-space(.)='D']/@id":                    "d",
		"//book[normalize-space()='D']/@id":                     "d",
		"//book[string-length(@id)=1][2]/@id":                   "b",
		"//book[contains(@id,'a') or contains(@id,'b')]/@id":    "a b",
		"//book[translate(@id,'abc','ABC')='A']/@id":            "a",
		"//book[concat(@id,@p)='b2']/@id":                       "b",
		"//book[substring(@id,1,1)='e']/@id":                    "e",
		"//book[substring-after(concat('x=',@id),'=')='a']/@id": "a",
		"//@id[.='c']":                                          "c",
		"//@n":                                                  "1 2",
		"/lib/@*[name()='owner']":                               "me",
		"/lib/shelf/@n | /lib/@owner":                           "me 1 2",
		"//cd | //book[@id='a'] | //cd":                         "A C",
		"/lib/system.web-x":                                     "w",
		"/lib/system.web-x/text()":                              "w",
		"/lib/node()[3]":                                        "w",
		"/descendant::book[3]/@id":                              "d",
		"/lib/descendant::cd/@id":                               "c",
		"/child::lib/child::*/child::cd/attribute::id":          "c",
		"//book[@id = 'a' and @p = '1' and text() = 'A']":       "A",
		"//book[@p - 1 = 1]/@id":                                "b e",
		"//book[@p div 2 = 1.5]/@id":                            "d",
		"//book[@missing]":                                      "",
		"//book[not(@missing) and @id!='a'][1]/@id":             "b d e",
		"//shelf[2]/@n":                                         "2",
		"//shelf[last()-1]/@n":                                  "1",
		"//box/..//book[@id='d']/@id":                           "d",
		"//shelf[.//book[@id='e']]/@n":                          "2",
		"//*[self::cd or self::box]/@id":                        "c",
		"//*[starts-with(name(), 'b')]/@id":                     "a b d e",
		"//*[@id=('a')]":                                        "A",
		"lib/shelf/cd":                                          "C",
		"./lib/@owner":                                          "me",
		"//book[boolean(@p)][number(@p) >= 2]/@id":              "b d e",
		"//shelf[sum(book/@p)=3]/@n":                            "1 2",
		"/lib/*[1]/*[2]/@id":                                    "b",
		"/lib/*/*[2]/@id":                                       "b",
		"//book[true()][false() or @id='d']/@id":                "d",
		"//book[@id='e']/preceding::book[1]/@id":                "d",
		"//book[@id='d']/preceding::node()[1]":                  "C",
		"//cd/@id/..":                                           "C",
		"//cd/@id/following::book[1]/@id":                       "d",
		"//cd/@id/ancestor::lib/@owner":                         "me",
		"//cd/@id/self::node()":                                 "c",
		"(//book | //cd)[3]/@id":                                "c",
		"//book[-1 + 2]/@id":                                    "a d e",
		"//book[- -1]/@id":                                      "a d e",
		"//book[@p = (1 + 1) * 1]/@id":                          "b e",
		"//book[@p eq 2]/@id":                                   "b e",
		"//book[@p gt 1 and @p le 2]/@id":                       "b e",
		"//book[1.0]/@id":                                       "a d e",
		"//book[.5 + .5]/@id":                                   "a d e",
		"//book[1.5]/@id":                                       "",
		"//book['x'][2]/@id":                                    "b",
		"//book['']/@id":                                        "",
		"//book[@p != 2]/@id":                                   "a d",
		"//shelf[book/@p != 1]/@n":                              "1 2",
		"//shelf[not(book/@p = 1)]/@n":                          "2",
		"//shelf[@n = (@n = '1')]/@n":                           "1",
		"//book[round(2.5) = 3 and floor(-1.5) = -2 and ceiling(1.2) = 2][1]/@id":                                                      "a d e",
		"//book[substring('12345', 2, 3) = '234' and substring('12345', 1.5, 2.6) = '234' and substring('12345', 0, 3) = '12'][1]/@id": "a d e",
		"//book[string(1 div 0) = 'Infinity' and string(0 div 0) = 'NaN' and string(1.50) = '1.5' and string(true()) = 'true'][1]/@id": "a d e",
		"//book[number('1e5') = 100000]/@id":                                                  "",
		"//book[upper-case(@id) = 'A' and lower-case('X') = 'x' and ends-with(@id, 'a')]/@id": "a",
		"//book[replace(@id, '[ab]', 'x') = 'x']/@id":                                         "a b",
		"//book[matches(@id, '^A$', 'i')]/@id":                                                "a",
		"//*[local-name(..) = 'box']/@id":                                                     "e",
		"//book[string-length(substring-before('a=b', '=')) = 1][last()]/@id":                 "b d e",
		"id":                           "",
		"/":                            "ABC D Ew",
		"//*:book[1]/@id":              "a d e",
		"//*:shelf[1]/*:book[2]/@*:id": "b",
	} {
		found, err := xmltree.Select(d.Root(), expression, nil)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		var got []string
		for _, f := range found {
			got = append(got, f.Value())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %s, want %s", expression, strings.Join(got, " "), want)
		}
	}
}
