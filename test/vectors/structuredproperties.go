package main

import "slipway/pipelines/configfiles/propertiesfile"

func checkStructuredProperties(raw []byte) error {
	return checkConfigFile(raw, propertiesfile.Replace)
}
