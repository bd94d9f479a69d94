package iismodel

// Behaviour is something that the model does, and who says that IIS does so.
type Behaviour struct {
	ID     string
	What   string // what the model does
	Says   string // the sentence that it follows, in our words
	Source string // the page that has it
}

// Sources are pages of Microsoft's documentation where there is one. Where
// there is none, it is a report of what somebody has seen on a real host.
const (
	gettingStarted  = "Getting Started with AppCmd.exe (learn.microsoft.com/iis/get-started/getting-started-with-iis/getting-started-with-appcmdexe)"
	bindingPage     = "Binding <binding> (learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/bindings/binding)"
	sitePage        = "Site <site> (learn.microsoft.com/iis/configuration/system.applicationhost/sites/site)"
	appPage         = "Application <application> (learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/application)"
	dirPage         = "Virtual Directory <virtualDirectory> (learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/application/virtualdirectory)"
	poolPage        = "Adding Application Pools <add> (learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add)"
	poolDefaults    = "Application Pool Defaults <applicationPoolDefaults> (learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/applicationpooldefaults)"
	processPage     = "Process Model Settings for an Application Pool <processModel> (learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/processmodel)"
	anonymousPage   = "Anonymous Authentication <anonymousAuthentication> (learn.microsoft.com/iis/configuration/system.webserver/security/authentication/anonymousauthentication)"
	basicPage       = "Basic Authentication <basicAuthentication> (learn.microsoft.com/iis/configuration/system.webserver/security/authentication/basicauthentication)"
	windowsPage     = "Windows Authentication <windowsAuthentication> (learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication)"
	lockingPage     = "How to Use Locking in IIS Configuration (learn.microsoft.com/iis/get-started/planning-for-security/how-to-use-locking-in-iis-configuration)"
	poolControl     = "Start or Stop an Application Pool (IIS 7) (learn.microsoft.com, cc732742)"
	poolRecycle     = "Recycle an Application Pool on Demand (IIS 7) (learn.microsoft.com, cc770764)"
	startupPage     = "Use AppCmd.exe to Configure IIS at Startup (msdn.microsoft.com, hh974418)"
	netshPage       = "netsh http (learn.microsoft.com/windows-server/administration/windows-commands/netsh-http)"
	netshOld        = "Netsh Commands for Hypertext Transfer Protocol (learn.microsoft.com, cc725882)"
	systemCodes     = "System Error Codes (learn.microsoft.com/windows/win32/debug/system-error-codes)"
	configCommand   = "Understanding appcmd.exe [list|set] config (blogs.iis.net/eokim)"
	volodarskyStop  = "Caution when stopping and starting an IIS application pool with appcmd (mvolo.com)"
	azureScript     = "seen: scripts of Azure Pipelines' task IIS Web App Manage (github.com/microsoft/azure-pipelines-tasks, azure-pipelines-extensions)"
	seenListing     = "seen: real listings in tests of tools that read them (clio, ninjs-iis on GitHub and npm)"
	seenModuleNames = "by analogy with SITE.NAME and APP.NAME: no page shows the XML of `list module`"
)

// Behaviours are all that the model knows, in the order of README.md.
var Behaviours = []Behaviour{
	{"appcmd.list", "`list site|app|vdir|apppool|module` prints all objects, or the one that is named.", "LIST shows the objects of the machine; an identifier picks one; plural words for objects are used in the examples.", gettingStarted},
	{"appcmd.set", "`set OBJECT ID /property:value` changes properties and says `… object \"ID\" changed`.", "SET puts values of properties on the object that the identifier names, which is required.", gettingStarted},
	{"appcmd.delete", "`delete OBJECT ID` removes the object and says `… object \"ID\" deleted`.", "DELETE removes the one object that the identifier names.", gettingStarted},
	{"args.must-begin", "A second word that is no option ends with an error and 87.", "What is no identifier must begin with / or -, else the input cannot be processed (HRESULT 80070057).", "AppCmd 80070057 errors when configuring site-level settings (geekybob.com)"},
	{"args.indexer", "A collection indexer that is not closed is an error.", "The words of the error name the format of an indexer.", "seen: github.com/MicrosoftDocs/iis-docs issue 539"},
	{"args.in", "`/in` or `-` reads objects as XML from stdin.", "Read XML from standard input and work on it; meant for what another call wrote with /xml.", gettingStarted + "; general help of appcmd"},
	{"list.line", "Without an output option each object is one line: kind, identifier, a few properties.", "By default every object is on a line of its own with its identifier and its important properties.", gettingStarted},
	{"list.xml", "`/xml` prints an <appcmd> element with one element for each object.", "XML output is a well-formed result set that another command can read.", gettingStarted + "; " + seenListing},
	{"list.config", "`/config` adds the configuration that is set, as XML below the object.", "The config parameter shows an object's raw XML configuration; by default only what is set explicitly.", gettingStarted},
	{"list.config-all", "`/config:*` adds inherited and default values.", "With /config:* effective configuration is shown, with inherited and default values.", gettingStarted},
	{"list.text", "`/text:property` prints just that property, a line for each object.", "With text:PROPERTY only this property of every object is displayed.", gettingStarted},
	{"list.filter", "`/property:value` keeps the objects that have the value, all of them together.", "Any number of property-value pairs can be given, and the objects satisfy all.", gettingStarted},
	{"list.nothing", "A list of nothing ends with exit code 1, and with /xml is an empty <appcmd>.", "A backup script takes exit code 1 of `list … /config /xml` for none defined; a tool's tests have the empty element.", "seen: scripts on GitHub that check ERRORLEVEL 1 after `list apppool /config /xml`"},
	{"errors.form", "Errors are printed on stdout as `ERROR ( message:… )` or `ERROR ( hresult:…, message:… )`, and the exit code is the system's error code.", "The exit codes of AppCmd are those of winerror.h; a failed command shows its error on stdout and nothing on stderr.", startupPage + "; seen: github.com/sous-chefs/iis issue 100"},
	{"missing.site", "An unknown site is an error with 1168.", "Cannot find SITE object with identifier …; the process ends with 1168.", "seen: github.com/sous-chefs/iis issue 307; test of a tool on GitHub"},
	{"missing.app", "An unknown application is an error with 1168.", "Cannot find APP object with identifier ….", "seen: matchers of ElectricFlow's IIS plugin on GitHub"},
	{"missing.vdir", "An unknown virtual directory is an error with 1168.", "As for sites and applications, with the name of the object.", "by analogy with missing.site and missing.app"},
	{"missing.apppool", "An unknown pool is an error with 1168.", "As for sites and applications, with the name of the object.", "by analogy with missing.site and missing.app"},
	{"element.missing", "Taking away or changing a binding that is not there is an error with 4312.", "Cannot find requested collection element; a set on one that is not there returned 4312.", "seen: github.com/microsoft/PTVS pull request 1597; github.com/sous-chefs/iis issue 89"},
	{"duplicate.name", "A second object of a name is an error with 183, and names count without regard to case.", "Failed to add duplicate collection element …; errorlevel 183 is what comes of adding what exists.", startupPage + "; seen: github.com/sous-chefs/iis issue 100"},
	{"duplicate.binding", "The same protocol and information twice in one site is an error with 183.", "Cannot add duplicate collection entry of type 'binding' with combined key attributes 'protocol, bindingInformation'; exit code 183.", "seen: github.com/microsoft/azure-pipelines-extensions pull request 677"},
	{"duplicate.id", "A site id that is taken is an error with 183.", "A duplicate collection entry of type 'site' with unique keys 'name, id' cannot be added.", "seen: github.com/jexuswebserver/JexusManager issue 158"},

	{"site.add", "`add site /name:` makes a site, and says what it added.", "The name must be given to create a Web site; each object that is made is printed as added.", gettingStarted},
	{"site.name", "A site has a name, which is unique.", "The name is a friendly name that identifies a site uniquely.", sitePage},
	{"site.id", "`/id:` is the number of the new site.", "The id is the numeric identifier of a site.", sitePage},
	{"site.next-id", "Without /id: it is the next one.", "The id is optional; without it AppCmd makes the next available one.", gettingStarted},
	{"site.physical-path", "`/physicalPath:` makes the root application and its root directory, too.", "This short form creates a site with a root application and a root virtual directory on the path.", gettingStarted},
	{"site.autostart", "A new site starts by itself, unless serverAutoStart is false.", "serverAutoStart says whether the site starts by itself; its default is true.", sitePage},
	{"site.start", "`start site ID` starts a site; one that runs stays so.", "The Site object has the commands START and STOP.", gettingStarted},
	{"site.stop", "`stop site ID` stops a site.", "The Site object has the commands START and STOP.", gettingStarted},
	{"start.taken", "Starting a site on an address on which another one runs is an error with 183.", "The start of such a site says that a file cannot be created when it already exists, and returns 183.", "seen: github.com/sous-chefs/iis issue 277"},
	{"stop.stopped", "Stopping what is stopped is an error with 1062.", "AppCmd throws an error if what is to be stopped is stopped already; it exits with 1062.", "seen: github.com/microsoft/azure-pipelines-tasks issues 9596 and 12490"},
	{"start.started", "Starting a pool that runs is an error with 1056.", "The state has to be checked before start and stop alike; ERROR_SERVICE_ALREADY_RUNNING is 1056.", "seen: github.com/microsoft/azure-pipelines-extensions pull request 615; " + systemCodes},
	{"bindings.list", "`/bindings:` replaces all bindings by protocol/IP:PORT:HOST between commas, without flags.", "bindings has the form protocol/bindingInformation, for HTTP IP:PORT:HOSTHEADER; several stand between commas.", gettingStarted},
	{"bindings.add", "`/+bindings.[protocol='…',bindingInformation='…']` adds one; several options of one call are one change.", "A plus sign adds an element with the keys that the indexer gives; several properties in one call are several edits.", gettingStarted},
	{"bindings.remove", "`/-bindings.[…]` takes one away.", "A minus sign before the collection removes the element that the indexer names.", azureScript + "; puppet-iis on GitHub"},
	{"bindings.sslflags", "sslFlags is 0 or 1 and only on https; it can be given with the keys or set by `/bindings.[…].sslFlags:`.", "sslFlags 1 means that host name and port choose the certificate (SNI), 0 an address and port; only for https, default 0.", bindingPage + "; " + azureScript},
	{"bindings.taken", "Of two sites with one address only the one that runs keeps running; a site that gets or is made with its binding is stopped, and the command succeeds.", "A site whose prefix cannot be registered because the binding is in use is deactivated; IIS shuts down the site that newly has a binding of another one.", "seen: event W3SVC 1007; serverfault.com/questions/348144"},
	{"app.add", "`add app /site.name: /path:` makes an application; with /physicalPath: also its root directory.", "path and site.name are required; physicalPath is short for a root virtual directory.", gettingStarted},
	{"app.pool", "applicationPool says in which pool an application runs; DefaultAppPool if nothing does. The pool need not exist.", "An application says in which pool it runs, or it runs in the default one.", gettingStarted},
	{"app.attributes", "enabledProtocols of an application.", "The protocols that an application answers; http by default.", appPage},
	{"vdir.add", "`add vdir /app.name: /path: /physicalPath:` makes a virtual directory.", "path is the virtual path, app.name the application it belongs to, physicalPath where it is.", gettingStarted},
	{"vdir.path", "`set vdir ID /physicalPath:` changes what is served. The folder need not exist.", "physicalPath is the folder of a virtual directory.", dirPage},
	{"vdir.attributes", "userName, password, logonMethod and allowSubDirConfig of a virtual directory.", "Attributes of a virtual directory with their defaults.", dirPage},

	{"pool.add", "`add apppool /name:` makes a pool.", "An example creates a pool by its name and prints it as added.", gettingStarted},
	{"pool.name", "A pool has a name, which is unique.", "The name is a required attribute and identifies a pool.", poolPage},
	{"pool.runtime", "managedRuntimeVersion is v4.0 for new pools; empty is no managed code.", "The defaults of a server set v4.0; an empty value loads no CLR.", poolDefaults},
	{"pool.autostart", "A new pool runs, unless autoStart is false.", "autoStart says whether a pool starts by itself; its default is true.", poolPage},
	{"pool.attributes", "queueLength, enable32BitAppOnWin64, managedPipelineMode, startMode and others of <processModel>.", "Attributes of a pool with their defaults.", poolPage},
	{"pool.identity", "processModel.identityType is one of five, ApplicationPoolIdentity by default.", "identityType says the account: ApplicationPoolIdentity, LocalService, LocalSystem, NetworkService or SpecificUser.", processPage},
	{"pool.user", "processModel.userName and .password are those of a SpecificUser. Nobody checks them.", "For a custom account the credentials are given by userName and password.", processPage},
	{"pool.password-shown", "An administrator who lists pools with their configuration sees the passwords.", "`list apppool NAME /text:processModel.password` prints it; with /config it is in the XML that /in imports elsewhere.", "seen: scripts of penetration testers on GitHub"},
	{"pool.start", "`start apppool ID` starts a pool.", "appcmd start apppool /apppool.name: starts an application pool.", poolControl},
	{"pool.stop", "`stop apppool ID` stops a pool and keeps its autoStart; its sites stay started.", "AppCmd only tells the running service; it does not change autoStart. Applications of a stopped pool answer 503.", volodarskyStop + "; " + poolControl},
	{"pool.recycle", "`recycle apppool ID` leaves it running.", "appcmd recycle apppool /apppool.name: recycles a pool.", poolRecycle},
	{"module.list", "`list module /xml` has an element MODULE for each module.", "Module is one of the objects that AppCmd lists.", gettingStarted + "; " + seenModuleNames},

	{"config.list", "`list config PATH /section:NAME` shows what holds for the path.", "LIST of the Config object displays the effective configuration at a URL level.", gettingStarted},
	{"config.xml", "With /xml it is a CONFIG element with section, path, overrideMode and locked, and in it the section with - for /.", "The element CONFIG has CONFIG.SECTION and path; the section's own element has dashes for slashes.", "SymProxy installation (learn.microsoft.com/windows-hardware/drivers/debugger); seen: tests of a Chef cookbook for request filtering"},
	{"config.section", "A section is named in full or by its last part.", "The section parameter says which section is meant; examples use full names and short ones.", gettingStarted},
	{"config.set", "`set config PATH /section:NAME /attribute:value` changes a section for a path and says what it applied where.", "SET of the Config object changes the properties of a section at the configuration path.", gettingStarted + "; seen: github.com/microsoft/azure-pipelines-tasks issue 18901"},
	{"config.commit", "`/commit:apphost` writes into a location of applicationHost.config, also for locked sections.", "apphost writes at the server level; locked sections are set so.", gettingStarted},
	{"config.locked", "Without it a locked section is an error with 33 (0x80070021).", "By default most sections are locked at the server level; setting them lower down returns a lock violation.", gettingStarted + "; " + lockingPage},
	{"config.unlock", "`unlock config /section:` lets lower levels override a section.", "UNLOCK lets a section be configured at lower levels.", gettingStarted},
	{"config.lock", "`lock config /section:` takes that back.", "LOCK locks a section.", gettingStarted},
	{"config.clear", "`clear config PATH /section: /commit:apphost` removes what is set for the path.", "AppCmd can clear configuration; the examples name path, section and commit.", gettingStarted + "; " + configCommand},
	{"config.anonymous", "anonymousAuthentication: enabled (true), userName (IUSR), password, logonMethod (ClearText).", "Anonymous authentication is on by default, for the account IUSR.", anonymousPage},
	{"config.basic", "basicAuthentication: enabled (false), realm, defaultLogonDomain, logonMethod.", "Basic authentication is off by default.", basicPage},
	{"config.windows", "windowsAuthentication: enabled (false) and its other attributes.", "Windows authentication is off by default.", windowsPage},

	{"sslcert.show", "`netsh http show sslcert` lists what http.sys answers TLS with; ipport= or hostnameport= picks one.", "Lists the server certificate bindings for an address and port or a host name and port.", netshPage},
	{"sslcert.add", "`netsh http add sslcert ipport=|hostnameport= certhash= appid= certstorename=` adds one.", "Adds a server certificate binding for an address or a host name with port.", netshPage},
	{"sslcert.delete", "`netsh http delete sslcert ipport=|hostnameport=` deletes one.", "Deletes the server certificate bindings of an address and port.", netshOld},
	{"sslcert.store", "hostnameport= needs certstorename=; ipport= without it means MY.", "The store's name is required for host names and is MY for addresses if left out.", netshPage},
	{"sslcert.null", "An entry that was added without a store is listed with `(null)`.", "A listing shows (null) as the store's name of such an entry.", "seen: installation page of Watson on GitHub"},
	{"sslcert.parameter", "A hash that is not 40 hex digits, or an id that is no GUID in braces, is `The parameter is incorrect.`", "certhash is a hash of 20 bytes in hex, appid a GUID; a wrong one is said so.", netshPage + "; seen: github.com/dotnet/docs issue 5173"},
	{"sslcert.taken", "An address that has an entry is error 183.", "SSL Certificate add failed, Error: 183: the port has a certificate bound, which has to be unbound first.", "Error: Cannot Create a File When That File Already Exists (Netwrix knowledge base)"},
	{"sslcert.no-key", "A certificate that is not in the store, or has no private key, is error 1312.", "If the private key is missing, adding results in error 1312, A specified logon session does not exist.", "Error 1312 when you add a certificate (learn.microsoft.com, KB 981506); seen: installation pages on GitHub"},
	{"sslcert.missing", "Showing or deleting an entry that is not there says that the file cannot be found.", "Deleting a binding that does not exist gives: SSL Certificate deletion failed, Error: 2, The system cannot find the file specified.", "The RestPS book (github.com/jpsider)"},
	{"netsh.exit", "Whatever netsh fails with, it ends with 1, and says the error's number on stdout.", "Scripts take a non-zero ERRORLEVEL of show sslcert for no certificate; the error's number is in the words.", "seen: backup scripts and Chef runs on GitHub"},
	{"sslcert.language", "In a German Windows labels and sentences are German.", "The labels are translated: IP:Port, Zertifikathash, Anwendungs-ID, Zertifikatspeichername.", "seen: notes about ScriptRunner and tests of a tool on GitHub"},

	{"powershell.identity", "A script that goes through Microsoft.Web.Administration sets user and password of a pool that is there.", "ServerManager.ApplicationPools has the pools by name; ProcessModel has UserName, Password and IdentityType; CommitChanges writes them.", "Microsoft.Web.Administration: ServerManager, ApplicationPoolProcessModel (learn.microsoft.com/dotnet/api/microsoft.web.administration)"},

	{"fault.busy", "Injected: the commit fails with 32 after the change has been said.", "VDIR object \"…\" changed, then ERROR ( hresult:80070020, message:Failed to commit configuration changes. ) about a file used by another process; exit code 32.", "seen: github.com/jexuswebserver/JexusManager issue 164; azure-pipelines-extensions issue 520"},
	{"fault.locked", "Injected: the commit fails with 33 because a part of the file is locked.", "ERROR_LOCK_VIOLATION is 33.", systemCodes},
	{"fault.changed", "Injected: the commit fails because the file has changed on disk.", "Cannot commit configuration changes because the file has changed on disk; seen where several update at once.", "seen: github.com/win-acme/win-acme issues 601 and 871"},
	{"fault.denied", "Injected: no rights to the configuration, 5.", "Without elevation: Cannot read configuration file due to insufficient permissions; errorlevel 5 is access denied.", "Updating IIS application pools using appcmd (robertwray.co.uk); " + startupPage},
	{"fault.rpc", "Injected: the service does not answer, 1726.", "ERROR ( hresult:800706be, message:… ) with exit code 1726, which passes when tried again.", "seen: tests of a hosting tool on GitHub"},
	{"fault.unknown", "Injected: the service does not know the object yet, 4312.", "Right after a pool was made its start fails with 800710d8 and 4312.", "seen: github.com/sous-chefs/iis issue 114"},
	{"fault.small", "Injected: a listing fails because a site has too many bindings, 122.", "A site with 129 bindings: ERROR ( hresult:8007007a, message:Failed to generate item output. … ).", "seen: github.com/microsoft/azure-pipelines-extensions pull request 677"},
}

var byID = func() map[string]Behaviour {
	all := map[string]Behaviour{}
	for _, b := range Behaviours {
		all[b.ID] = b
	}
	return all
}()

func behaviour(id string) (Behaviour, bool) {
	b, ok := byID[id]
	return b, ok
}
