package scripts

import (
	"unicode/utf16"

	"golang.org/x/sys/windows"
)

const codePageUTF8 = 65001

// hostCodePage reads the OEM code page, in which programs of the console write.
var hostCodePage = oemReader()

func oemReader() func([]byte) []byte {
	page, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetOEMCP").Call()
	if page == 0 || page == codePageUTF8 {
		return nil
	}
	return func(b []byte) []byte { return fromCodePage(uint32(page), b) }
}

// fromCodePage gives back what it got where Windows does not know the page.
func fromCodePage(page uint32, b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	units := make([]uint16, len(b)) // no page makes more of a byte than one
	n, err := windows.MultiByteToWideChar(page, 0, &b[0], int32(len(b)), &units[0], int32(len(units)))
	if err != nil || n <= 0 {
		return b
	}
	return []byte(string(utf16.Decode(units[:n])))
}
