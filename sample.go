// Package newsdesk is the sample's configuration, which explains every key. The
// program is cmd/newsdesk; README.md says where everything else is.
package newsdesk

import _ "embed"

// SampleConfig is config.yaml.
//
//go:embed config.yaml
var SampleConfig string
