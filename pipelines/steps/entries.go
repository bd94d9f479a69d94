package steps

import "slices"

const onTargets = "On each enabled target of the environment that has one of its roles."

// installing are the settings of every step that installs a package.
var installing = []Setting{
	{Key: "script-syntax", What: "The language of the three scripts: bash, powershell or python. Left out it is bash, on IIS powershell."},
	{Key: "pre-deploy", What: "A script that runs before the files are made ready: the text, or { file: … }."},
	{Key: "deploy", What: "A script that runs once they are ready."},
	{Key: "post-deploy", What: "A script that runs at the end, when the new version is in its place."},
	{Key: "substitute-in-files", What: "Files in which #{…} is replaced, as patterns like **/*.conf."},
	{Key: "output-encoding", What: "The encoding those files are written in. Left out, each keeps its own."},
	{Key: "config-transforms", What: "XDT transforms of .NET configuration files."},
	{Key: "config-transforms.automatic", What: "Runs X.Release.config and X.<Environment>.config."},
	{Key: "config-transforms.files", What: "Further ones: transform, or transform => target."},
	{Key: "config-transforms.ignore-errors", What: "A transform that fails does not fail the step."},
	{Key: "config-transforms.warnings-as-errors", What: "A warning fails the step; true unless it says false."},
	{Key: "config-variables", What: "Puts variables into .NET’s appSettings, connectionStrings and applicationSettings."},
	{Key: "structured-variables", What: "JSON, YAML, XML and properties files whose values are replaced by variables of the same path."},
	{Key: "install-directory", What: "A folder the files are copied to. Left out, each version has a folder of its own."},
	{Key: "purge", What: "Empties that folder first."},
	{Key: "purge-except", What: "What of it stays, as patterns."},
	{Key: "skip-if-installed", What: "Does nothing where the same version was installed last."},
	{Key: "packaged-scripts", What: "Runs PreDeploy.sh and its kin of the package; true unless it says false."},
	{Key: "fail-on-error-output", What: "Text on a script’s error output fails the step."},
}

func with(own []Setting) []Setting { return append(slices.Clone(own), installing...) }

var nginxEntry = Entry{
	Name: "nginx", Title: "Deploy to NGINX", Runs: onTargets,
	What:  "Installs a package on Linux hosts and lets NGINX serve it: files, a process behind a socket or a port, or both. The configuration is tested before NGINX takes it, and put back where something fails.",
	Words: []string{"web", "site", "website", "linux", "proxy", "reverse", "ruby", "node", "php", "static", "https", "tls", "certificate", "service", "systemd", "port", "binding"},
	Settings: with([]Setting{
		{Key: "package", Required: true, What: "The package; the release chooses its version."},
		{Key: "feed", What: "The feed it comes from. Left out, the built-in one."},
		{Key: "config-name", What: "Base name of the configuration files. Left out, project and environment."},
		{Key: "host-name", What: "NGINX’s server_name. Left out, any name."},
		{Key: "config-directory", What: "Where they go; /etc/nginx/conf.d if left out."},
		{Key: "bindings", Required: true, What: "What the site listens on; at least one."},
		{Key: "bindings.protocol", What: "http or https."},
		{Key: "bindings.address", What: "An address of the host. Left out, all."},
		{Key: "bindings.port", Required: true, What: "1 to 65535, or an expression like #{NGINX Port}."},
		{Key: "bindings.certificate", What: "Path of the certificate on the host, with https."},
		{Key: "bindings.certificate-key", What: "Path of its key."},
		{Key: "bindings.tls-versions", What: "Like [TLSv1.2, TLSv1.3]. Left out, NGINX’s own choice."},
		{Key: "locations", Required: true, What: "What is served where; at least one for / or = /."},
		{Key: "locations.path", Required: true, What: "Like /, = /, @app or ~ \\.php$."},
		{Key: "locations.directives", What: "NGINX directives in their order, each a mapping of one key."},
		{Key: "locations.proxy", What: "Where requests are passed on to."},
		{Key: "locations.headers", What: "Headers set on requests that are passed on."},
		{Key: "services", What: "systemd units that have to be active for 5 s afterwards."},
	}),
	Sample: `- name: Deploy web app to Nginx
  roles: [web]
  nginx:
    package: RandomQuotes
    bindings: [{ port: 8081 }]
    locations:
      - path: /
        directives: [{ root: "#{Octopus.Action.Package.InstallationDirectoryPath}/lib/public" }, { try_files: "$uri @app" }]
      - { path: "@app", proxy: "http://127.0.0.1:3000" }
    post-deploy: systemctl restart random-quotes
`,
}

var iisEntry = Entry{
	Name: "iis", Title: "Deploy to IIS", Runs: onTargets,
	What:  "Installs a package on Windows hosts and lets IIS serve it: a web site with its application pool and bindings, an application below a site, or a virtual directory. What is changed in IIS is shown first, and put back where something fails.",
	Words: []string{"web", "site", "website", "windows", "asp.net", "aspnet", ".net", "internet information services", "app pool", "application pool", "https", "certificate", "port", "binding"},
	Settings: with([]Setting{
		{Key: "package", Required: true, What: "The package; the release chooses its version."},
		{Key: "feed", What: "The feed it comes from. Left out, the built-in one."},
		{Key: "site", What: "A web site. At least one of site, application and virtual-directory is there."},
		{Key: "site.name", Required: true, What: "Its name in IIS, as it is written."},
		{Key: "site.web-root", What: "A folder of the package. Left out, the whole of it."},
		{Key: "site.pool", Required: true, What: "Its application pool."},
		{Key: "site.pool.name", Required: true, What: "The pool’s name."},
		{Key: "site.pool.framework", What: "v4.0, v2.0 or No Managed Code."},
		{Key: "site.pool.identity", What: "Who it runs as; ApplicationPoolIdentity if left out."},
		{Key: "site.pool.user", What: "The user, with SpecificUser."},
		{Key: "site.pool.password", What: "An expression that names a secret."},
		{Key: "site.pool.start", What: "false leaves it stopped."},
		{Key: "site.bindings", What: "What the site listens on."},
		{Key: "site.bindings.protocol", What: "http or https."},
		{Key: "site.bindings.address", What: "An address of the host. Left out, all."},
		{Key: "site.bindings.port", Required: true, What: "1 to 65535, or an expression like #{IIS Port}."},
		{Key: "site.bindings.host", What: "A host name."},
		{Key: "site.bindings.thumbprint", What: "A certificate that is on the host already."},
		{Key: "site.bindings.certificate", What: "A variable that holds a certificate to bring there."},
		{Key: "site.bindings.require-sni", What: "Asks for Server Name Indication."},
		{Key: "site.bindings.enabled", What: "false, or an expression, leaves the binding out."},
		{Key: "site.existing-bindings", What: "replace, or merge to keep those that are there."},
		{Key: "site.authentication", Required: true, What: "How callers may show who they are; what is not said is off."},
		{Key: "site.authentication.anonymous", What: "Everybody."},
		{Key: "site.authentication.basic", What: "With name and password."},
		{Key: "site.authentication.windows", What: "With a Windows account."},
		{Key: "site.start", What: "false leaves the site stopped."},
		{Key: "application", What: "An application below a site that is there already."},
		{Key: "application.site", Required: true, What: "The site’s name."},
		{Key: "application.path", Required: true, What: "Like /shop/admin."},
		{Key: "application.root", What: "A folder. Left out, the installation."},
		{Key: "application.pool", Required: true, What: "Its application pool, as that of a site."},
		{Key: "virtual-directory", What: "A virtual directory below a site that is there already."},
		{Key: "virtual-directory.site", Required: true, What: "The site’s name."},
		{Key: "virtual-directory.path", Required: true, What: "Like /pictures."},
		{Key: "virtual-directory.root", What: "A folder. Left out, the installation."},
		{Key: "offline", What: "Puts app_offline.htm there while the version is switched."},
		{Key: "keep-new-path", What: "Keeps the new path also where something fails after the switch."},
		{Key: "change-retries", What: "How often a change of IIS is tried again; 5 if left out."},
		{Key: "change-pause", What: "The pause before each, like 2s."},
	}),
	Sample: `- name: Deploy web app to IIS
  roles: [web]
  iis:
    package: RandomQuotes
    feed: Artifactory
    site:
      name: "RandomQuotes-#{Octopus.Environment.Name}"
      pool: { name: "RandomQuotes-#{Octopus.Environment.Name}" }
      bindings: [{ port: 8081 }]
      authentication: { anonymous: true }
    config-transforms: { automatic: true }
    config-variables: true
`,
}

var packageEntry = Entry{
	Name: "package", Title: "Deploy a package", Runs: onTargets,
	What:  "Installs a package on each target: unpacks it, puts values into its files, runs scripts around that, and keeps earlier versions for the way back.",
	Words: []string{"install", "unpack", "files", "folder", "nupkg", "zip", "tar", "nuget", "service", "console", "application"},
	Settings: with([]Setting{
		{Key: "id", Required: true, What: "The package; the release chooses its version."},
		{Key: "feed", What: "The feed it comes from. Left out, the built-in one."},
	}),
	Sample: `- name: Install the worker
  roles: [worker]
  package:
    id: RandomQuotes
    structured-variables: [appsettings.json]
    post-deploy: systemctl restart random-quotes-worker
`,
}

var scriptEntry = Entry{
	Name: "script", Title: "Run a script", Runs: onTargets,
	What:  "Runs a script on each target, in bash, PowerShell or Python. It may set output variables and keep artifacts.",
	Words: []string{"bash", "powershell", "python", "shell", "command", "run", "migrate", "database", "smoke test"},
	Settings: []Setting{
		{Key: "syntax", What: "bash, powershell or python."},
		{Key: "body", Required: true, What: "The script: the text, or { file: … }."},
		{Key: "parameters", What: "What stands behind the script’s name, as on a command line."},
		{Key: "fail-on-error-output", What: "Text on the error output fails the step."},
	},
	Sample: `- name: Smoke test
  roles: [web]
  script:
    body: curl --fail --silent "http://localhost:8081/"
`,
}

var approvalEntry = Entry{
	Name: "approval", Title: "Ask for a sign-off", Runs: "On the server. Nothing runs, and nothing is spent, while it waits.",
	What:  "The deployment waits until people approve or reject, on a page, by mail or by command. A rejection fails the step.",
	Words: []string{"manual intervention", "sign off", "signoff", "approve", "reject", "gate", "wait", "people", "team"},
	Settings: []Setting{
		{Key: "instructions", Required: true, What: "What to look at before deciding."},
		{Key: "teams", What: "Whose members may answer. Left out, whoever may deploy there."},
		{Key: "approvals", What: "How many different people have to approve; one if left out."},
		{Key: "not-requester", What: "Whoever asked for the deployment cannot answer."},
		{Key: "blocks", What: "Whether the deployment keeps its place while it waits."},
		{Key: "timeout", What: "After that on-timeout counts, like 48h."},
		{Key: "on-timeout", What: "reject or approve."},
		{Key: "remind", What: "Those asked are mailed again, as often."},
	},
	Sample: `- name: Deployment Sign Off
  skip-environments: [Dev]
  approval:
    instructions: Open the application and confirm it meets all the requirements.
    teams: [Project Stakeholders]
`,
}

var emailEntry = Entry{
	Name: "email", Title: "Send a mail", Runs: "On the server.",
	What:  "Sends a mail, usually at the end whatever became of the deployment. A mail that cannot be sent is tried again and is then a warning.",
	Words: []string{"e-mail", "message", "notify", "notification", "smtp", "status"},
	Settings: []Setting{
		{Key: "to", Required: true, What: "Addresses with commas between them."},
		{Key: "subject", Required: true, What: "One line; may hold #{…}."},
		{Key: "body", What: "The text, or { file: … }; may hold #{…}."},
		{Key: "html", What: "The body is HTML."},
	},
	Sample: `- name: Random quotes deployment status
  run: always
  email:
    to: team@example.org
    subject: "Random Quotes #{Octopus.Release.Number} to #{Octopus.Environment.Name}"
    body: "See #{Octopus.Web.DeploymentLink}"
`,
}
