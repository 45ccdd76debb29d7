// Command cut writes the part of GitHub's public GraphQL schema that the embedded GitHub offers.
// The list says which fields of which types; everything else about them (types, arguments, enum
// values, interfaces, descriptions) is copied, so that the result is a true subset.
//
//	cut PUBLIC.graphql fields.txt schema.graphql
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: cut PUBLIC.graphql FIELDS.txt OUT.graphql")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "cut:", err)
		os.Exit(1)
	}
}

func run(public, list, out string) error {
	schema, err := os.ReadFile(public)
	if err != nil {
		return err
	}
	fields, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	subset, err := Cut(public, string(schema), string(fields))
	if err != nil {
		return err
	}
	return os.WriteFile(out, []byte(subset), 0o644)
}
