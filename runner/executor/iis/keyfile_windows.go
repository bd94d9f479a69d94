package iis

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	ncrypt               = windows.NewLazySystemDLL("ncrypt.dll")
	ncryptGetProperty    = ncrypt.NewProc("NCryptGetProperty")
	ncryptFreeObject     = ncrypt.NewProc("NCryptFreeObject")
	advapi32             = windows.NewLazySystemDLL("advapi32.dll")
	cryptGetProvParam    = advapi32.NewProc("CryptGetProvParam")
	keyFoldersBelow      = []string{`Microsoft\Crypto\Keys`, `Microsoft\Crypto\RSA\MachineKeys`, `Microsoft\Crypto\SystemKeys`}
	errKeyFileNotOnADisk = errors.New("its private key is in no file of this machine (a smart card or a security module may hold it): give the pool's identity the right there")
)

const (
	ppUniqueContainer = 36         // PP_UNIQUE_CONTAINER
	ncryptKey         = 0xFFFFFFFF // CERT_NCRYPT_KEY_SPEC
	fullControl       = windows.GENERIC_ALL
	ncryptUniqueName  = "Unique Name" // NCRYPT_UNIQUE_NAME_PROPERTY
	mostName          = 4096          // bytes of a key's name
)

// keyFile is the file that holds a certificate's private key. Its rights are
// the key's.
func keyFile(c *windows.CertContext) (string, error) {
	var handle windows.Handle
	var spec uint32
	var free bool
	flags := uint32(windows.CRYPT_ACQUIRE_SILENT_FLAG | windows.CRYPT_ACQUIRE_PREFER_NCRYPT_KEY_FLAG)
	if err := windows.CryptAcquireCertificatePrivateKey(c, flags, nil, &handle, &spec, &free); err != nil {
		return "", fmt.Errorf("its private key cannot be opened: %w", err)
	}
	name, err := "", error(nil)
	if spec == ncryptKey {
		if free {
			defer ncryptFreeObject.Call(uintptr(handle))
		}
		name, err = ncryptName(handle)
	} else {
		if free {
			defer windows.CryptReleaseContext(handle, 0)
		}
		name, err = containerName(handle)
	}
	if err != nil {
		return "", err
	}
	for _, folder := range keyFoldersBelow {
		path := filepath.Join(os.Getenv("ProgramData"), folder, filepath.Base(name))
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errKeyFileNotOnADisk
}

func ncryptName(key windows.Handle) (string, error) {
	property, err := windows.UTF16PtrFromString(ncryptUniqueName)
	if err != nil {
		return "", err
	}
	var name [mostName / 2]uint16
	var size uint32
	status, _, _ := ncryptGetProperty.Call(uintptr(key), uintptr(unsafe.Pointer(property)),
		uintptr(unsafe.Pointer(&name[0])), uintptr(len(name)*2), uintptr(unsafe.Pointer(&size)), 0)
	if status != 0 {
		return "", fmt.Errorf("its private key has no name: %w", windows.Errno(status))
	}
	return windows.UTF16ToString(name[:]), nil
}

func containerName(provider windows.Handle) (string, error) {
	var name [mostName]byte
	size := uint32(len(name))
	ok, _, err := cryptGetProvParam.Call(uintptr(provider), ppUniqueContainer, uintptr(unsafe.Pointer(&name[0])), uintptr(unsafe.Pointer(&size)), 0)
	if ok == 0 {
		return "", fmt.Errorf("its private key has no name: %w", err)
	}
	return windows.ByteSliceToString(name[:]), nil
}

// grantFile adds full control for an account to the rights of a file.
func grantFile(path string, sid *windows.SID) error {
	was, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return err
	}
	dacl, _, err := was.DACL()
	if err != nil {
		return err
	}
	entry := windows.EXPLICIT_ACCESS{
		AccessPermissions: fullControl, AccessMode: windows.GRANT_ACCESS, Inheritance: windows.NO_INHERITANCE,
		Trustee: windows.TRUSTEE{TrusteeForm: windows.TRUSTEE_IS_SID, TrusteeType: windows.TRUSTEE_IS_UNKNOWN, TrusteeValue: windows.TrusteeValueFromSID(sid)},
	}
	next, err := windows.ACLFromEntries([]windows.EXPLICIT_ACCESS{entry}, dacl)
	if err != nil {
		return err
	}
	return windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION, nil, nil, next, nil)
}
