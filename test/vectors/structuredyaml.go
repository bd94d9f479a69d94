package main

import "slipway/pipelines/configfiles/yamlfile"

func checkStructuredYAML(raw []byte) error { return checkConfigFile(raw, yamlfile.Replace) }
