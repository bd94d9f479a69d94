package main

// subjects says who checks the cases of which file. A new subject is one line
// here and one file `subject.go` with its handler; the handler knows the form
// of its cases and returns what differs.
var subjects = map[string]func(raw []byte) error{
	"structured-dispatch":   checkStructuredDispatch,
	"config-transforms":     checkConfigTransforms,
	"properties-parser":     checkPropertiesParser,
	"structured-json":       checkStructuredJSON,
	"structured-properties": checkStructuredProperties,
	"transform-locator":     checkTransformLocator,
	"service-messages":      checkServiceMessages,
	"octostache":            checkOctostache,
	"substitute-in-files":   checkSubstituteInFiles,
	"structured-xml":        checkStructuredXML,
	"structured-yaml":       checkStructuredYAML,
	"config-variables":      checkConfigVariables,
	"packaged-scripts":      checkPackagedScripts,
	"install-path":          checkInstallPath,
	"retention":             checkRetention,
	"package-filename":      checkPackageFileName,
	"version-parse":         checkVersionParse,
	"version-compare":       checkVersionCompare,
	"nginx":                 checkNginx,
}
