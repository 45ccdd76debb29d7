// Package schema holds the JSON Schemas of what core dev prints with --json.
package schema

import "embed"

// Files are the schemas, a file a shape: inventory.json, epics.json ...
//
//go:embed *.json
var Files embed.FS
