package iis

import (
	"encoding/base64"
	"encoding/xml"
	"strings"

	"slipway/pipelines/iisconf"
)

// addPool creates a pool. One that runs as a user is read from stdin, as a list
// that appcmd has printed would be: there the password is no argument.
func addPool(p iisconf.Pool) command {
	if p.Identity != specificUser {
		return command{Program: Appcmd, Args: []string{"add", "apppool", "/name:" + p.Name}}
	}
	var x strings.Builder
	x.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<appcmd><APPPOOL APPPOOL.NAME=\"")
	attribute(&x, p.Name)
	x.WriteString("\"><add name=\"")
	attribute(&x, p.Name)
	x.WriteString("\"><processModel identityType=\"SpecificUser\" userName=\"")
	attribute(&x, p.User)
	x.WriteString("\" password=\"")
	attribute(&x, p.Password)
	x.WriteString("\" /></add></APPPOOL></appcmd>\r\n")
	return command{Program: Appcmd, Args: []string{"add", "apppool", "/in"}, Input: x.String()}
}

func attribute(x *strings.Builder, value string) {
	// A strings.Builder never fails.
	_ = xml.EscapeText(x, []byte(value))
}

// setIdentity lets a pool run as somebody else. Where it is nobody with a
// password any more, a former one is not left behind.
func setIdentity(p iisconf.Pool, now iisconf.State) command {
	if p.Identity != specificUser {
		args := []string{"set", "apppool", "/apppool.name:" + p.Name, "/processModel.identityType:" + p.Identity}
		if there, _ := poolOf(now, p.Name); there.User != p.User {
			args = append(args, "/processModel.userName:"+p.User, "/processModel.password:")
		}
		return command{Program: Appcmd, Args: args}
	}
	lines := make([]string, 3)
	for i, text := range []string{p.Name, p.User, p.Password} {
		lines[i] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	return command{
		Program: Powershell,
		Args:    []string{"-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-Command", passwordScript},
		Input:   strings.Join(lines, "\n") + "\n",
	}
}

// passwordScript gives a pool that is there a user and a password. It is the
// same text for everybody, so neither a list of processes nor PowerShell's own
// log of scripts has anything to hide; what is secret comes over stdin.
const passwordScript = `$ErrorActionPreference = 'Stop'; ` +
	`try { $l = @($input | ForEach-Object { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($_.Trim())) }); ` +
	`Add-Type -Path (Join-Path $env:windir 'System32\inetsrv\Microsoft.Web.Administration.dll'); ` +
	`$m = New-Object Microsoft.Web.Administration.ServerManager; ` +
	`$p = $m.ApplicationPools[$l[0]]; if ($p -eq $null) { throw 'there is no such application pool' }; ` +
	`$p.ProcessModel.UserName = $l[1]; $p.ProcessModel.Password = $l[2]; $p.ProcessModel.IdentityType = 'SpecificUser'; ` +
	`$m.CommitChanges() } catch { [Console]::Error.WriteLine($_.Exception.Message); exit 1 }`
