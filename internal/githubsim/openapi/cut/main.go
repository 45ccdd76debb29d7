// Command cut writes the part of GitHub's OpenAPI description that the embedded GitHub is judged by.
//
//	cut api.github.com.json github.json.gz
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"

	"github.com/dappcore/core-dev/internal/githubsim/openapi"
	"github.com/dappcore/core-dev/internal/githubsim/rest"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cut:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want two files: GitHub's description, and the one to write")
	}
	full, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	part, err := openapi.Cut(full, rest.Operations())
	if err != nil {
		return err
	}
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if _, err := z.Write(part); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(args[1], out.Bytes(), 0o644)
}
