// Command core: see "core dev --help".
package main

import (
	"os"

	"github.com/dappcore/core-dev/cmd"
)

func main() { os.Exit(cmd.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
