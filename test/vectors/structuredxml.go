package main

import "slipway/pipelines/configfiles/xmlfile"

func checkStructuredXML(raw []byte) error { return checkConfigFile(raw, xmlfile.Replace) }
