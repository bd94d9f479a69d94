package iis

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// placeOf is where a program is. appcmd's folder is not in PATH, and for the
// others Windows's own are meant, whatever PATH leads to.
func placeOf(name string) string {
	system, err := windows.GetSystemDirectory()
	if err != nil {
		system = filepath.Join(os.Getenv("windir"), "system32")
	}
	switch name {
	case Appcmd:
		return filepath.Join(system, "inetsrv", "appcmd.exe")
	case Netsh:
		return filepath.Join(system, "netsh.exe")
	case Powershell:
		return filepath.Join(system, "WindowsPowerShell", "v1.0", "powershell.exe")
	}
	return name
}

// readable makes UTF-8 of what a program wrote into a pipe: UTF-8, UTF-16 with
// its mark, or the code page of the system's consoles.
func readable(out []byte) string {
	if rest, ok := bytes.CutPrefix(out, []byte{0xFF, 0xFE}); ok {
		units := make([]uint16, len(rest)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(rest[2*i:])
		}
		return string(utf16.Decode(units))
	}
	if len(out) == 0 || utf8.Valid(out) {
		return string(out)
	}
	const oem = 1 // CP_OEMCP
	n, err := windows.MultiByteToWideChar(oem, 0, &out[0], int32(len(out)), nil, 0)
	if err != nil || n <= 0 {
		return string(bytes.ToValidUTF8(out, []byte("\uFFFD")))
	}
	units := make([]uint16, n)
	if n, err = windows.MultiByteToWideChar(oem, 0, &out[0], int32(len(out)), &units[0], n); err != nil {
		return string(bytes.ToValidUTF8(out, []byte("\uFFFD")))
	}
	return string(utf16.Decode(units[:n]))
}

// installedVersion is IIS's version as its setup has written it down.
func installedVersion() string {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SOFTWARE\Microsoft\InetStp`, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer key.Close()
	major, _, err := key.GetIntegerValue("MajorVersion")
	if err != nil {
		return ""
	}
	minor, _, err := key.GetIntegerValue("MinorVersion")
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d.%d", major, minor)
}
