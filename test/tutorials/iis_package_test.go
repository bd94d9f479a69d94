package tutorials

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

const aspnetSource = "randomquotes-aspnet"

// octoPacked is the application as OctoPack packs it on Windows: parts of the Open Packaging Conventions, a nuspec, and the compiler that
// the nuspec adds, under names with backslashes.
func octoPacked(t *testing.T, version string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, content []byte) {
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write(content)
		must(t, err)
	}
	put("_rels/.rels", []byte(`<?xml version="1.0" encoding="utf-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>`))
	put("RandomQuotes.nuspec", fmt.Appendf(nil, `<?xml version="1.0"?>
<package xmlns="http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd">
  <metadata>
    <id>RandomQuotes</id>
    <version>%s</version>
    <authors>admin</authors>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <description>RandomQuotes deployment package</description>
  </metadata>
</package>`, version))
	files, err := os.ReadDir(aspnetSource)
	must(t, err)
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(aspnetSource, f.Name()))
		must(t, err)
		put(f.Name(), content)
	}
	put(`bin\roslyn\csc.exe`, []byte("MZ, the compiler"))
	put(`bin\roslyn\csc.exe.config`, []byte("<configuration/>"))
	put("package/services/metadata/core-properties/0f5e.psmdcp", []byte("<coreProperties/>"))
	put("[Content_Types].xml", []byte("<Types/>"))
	must(t, z.Close())
	return out.Bytes()
}

// nugetPush sends a package as the task of Azure DevOps does, with a key, and gives the answer's status.
func nugetPush(t *testing.T, url, key string, nupkg []byte) int {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("package", "package.nupkg")
	must(t, err)
	_, err = part.Write(nupkg)
	must(t, err)
	must(t, form.Close())
	req, err := http.NewRequest(http.MethodPut, url, &body)
	must(t, err)
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("X-NuGet-ApiKey", key)
	answer, err := http.DefaultClient.Do(req)
	must(t, err)
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

func sha256Of(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
