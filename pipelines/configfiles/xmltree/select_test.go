package xmltree_test

import (
	"strings"
	"testing"

	"slipway/pipelines/configfiles/xmltree"
)

const shop = `<?xml version="1.0"?><!DOCTYPE shop [<!ENTITY x "y">]>
<shop xmlns:p="urn:p" owner="me">
  <item id="1">one</item>
  <item id="2"><![CDATA[two]]></item>
  <p:item id="3">three</p:item>
  <inner xmlns="urn:d"><item id="4">four</item></inner>
  <!--note-->
  <?go now?>
  <?stop?>
  <go/>
</shop>`

func TestSelect(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse(shop)
	if err != nil {
		t.Fatal(err)
	}
	prefixes := map[string]string{"p": "urn:p", "other": "urn:p", "d": "urn:d"}
	for expression, want := range map[string]string{
		"/shop/item":                         `one|two`,
		"//item":                             `one|two`,
		"//*:item":                           `one|two|three|four`,
		"//*:item[3]":                        `three`,
		"(//*:item)[3]":                      `three`,
		"/shop/*:item[last()]":               `three`,
		"//p:item":                           `three`,
		"//other:item":                       `three`,
		"//d:item/@id":                       `4`,
		"//d:*/@*":                           `4`,
		"/shop/@owner":                       `me`,
		"/shop/@*":                           `me`,
		"/shop/item[@id='2']/text()":         `two`,
		"/shop/item[@id=2]":                  `two`,
		"/shop/item[2]":                      `two`,
		"//item[.='one']":                    `one`,
		"//item[. = \"one\" or @id * 2 = 4]": `one|two`,
		"/shop/comment()":                    `note`,
		"/shop/processing-instruction()":     `now|`,
		"/shop/processing-instruction('go')": `now`,
		"/shop/processing-instruction( \"stop\" )": ``,
		"/shop/go":                             ``,
		"//*[local-name()='item' and @id > 2]": `three|four`,
		"//*[namespace-uri()='urn:d']/@id":     `4`,
		"/shop/item/following-sibling::p:item": `three`,
		"//p:item/preceding-sibling::item":     `one|two`,
		"//d:item/ancestor::shop/@owner":       `me`,
		"//item/..//p:item | //item[1]":        `one|three`,
		"//item[position()=2]":                 `two`,
		"child::shop/child::item[1]":           `one`,
		"//item[starts-with(@id,'1')]":         `one`,
		"//item[contains(text(),'w')]":         `two`,
		"//item[matches(@id,'^[12]$')]":        `one|two`,
		"//item[not(@id='1')]":                 `two`,
		"/div":                                 ``,
		"/text()":                              ``,
		"//item[name()='item']/@id":            `1|2`,
	} {
		found, err := xmltree.Select(d.Root(), expression, prefixes)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		var got []string
		for _, f := range found {
			if f.Attribute != nil {
				got = append(got, f.Attribute.Value())
			} else {
				got = append(got, f.Node.Value())
			}
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%s: got %s, want %s", expression, strings.Join(got, "|"), want)
		}
	}
}

func TestSelectRefuses(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse(shop)
	if err != nil {
		t.Fatal(err)
	}
	for _, expression := range []string{
		"", "/", "//", "//item[", "//item[']", "//q:item", "//q:*", "//*:", "$x", "count(//item)", "'text'", "1 + 1",
		"unknown(//item)", "c:\\temp", "https://example.com", "//item]", "//item 'x'", "//item x item", "//item[1)", "//item .", "//item @id", "//item[1", "a:b:c", "//item[matches(.,'(')]", "//p:",
		"processing-instruction(", "processing-instruction(x)", strings.Repeat("(", 5000), "//item = 'one'", "true()", "//item[nope::x]", "count(1)", "//item[concat('a')]", "'a'/b", "1[1]", "//item | 1",
		strings.Repeat("a|", 20_000) + "a", "//item[not()]", "//item[,]", "-", "//item/1", "//item/position()",
	} {
		if found, err := xmltree.Select(d.Root(), expression, nil); err == nil && (expression != "/" || len(found) != 1) {
			t.Errorf("%.30s is an expression: %d found", expression, len(found))
		}
	}
}

func TestSelectFromANode(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse("<a><b><c/></b><c/></a>")
	if err != nil {
		t.Fatal(err)
	}
	b := d.Element().First()
	for expression, want := range map[string]int{"c": 1, ".//c": 1, "//c": 2, "../c": 1, "/a": 1, ".": 1, "self::b": 1, "@x": 0} {
		if found, err := xmltree.Select(b, expression, nil); err != nil || len(found) != want {
			t.Errorf("%s: %d found, %v; want %d", expression, len(found), err, want)
		}
	}
}

func TestSelectGivesUp(t *testing.T) {
	t.Parallel()
	d, err := xmltree.Parse("<a>" + strings.Repeat("<b/>", 5000) + "</a>")
	if err != nil {
		t.Fatal(err)
	}
	_, err = xmltree.Select(d.Root(), "//*[count(//*[//b='x']) = 1]", nil)
	if err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("got %v", err)
	}
}

func FuzzSelect(f *testing.F) {
	for _, e := range []string{"//*:item[@id='1'][2]/text()", "//d:*[position() > 1]|//item", "a/processing-instruction('x')"} {
		f.Add(e)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		d, err := xmltree.Parse(shop)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = xmltree.Select(d.Root(), expression, map[string]string{"d": "urn:d"})
	})
}

func BenchmarkSelect(b *testing.B) {
	d, err := xmltree.Parse("<c><appSettings>" + strings.Repeat("<add key=\"One\" value=\"1\" />", 10_000) + "</appSettings></c>")
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range []string{"/c/appSettings/add[@key='One']", "//*[local-name()='add'][@key='One']/@value", "//add[10000]"} {
		b.Run(e, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if found, err := xmltree.Select(d.Root(), e, nil); err != nil || len(found) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
