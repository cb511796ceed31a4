// Command osmanthus-eval prints how the detectors fare on the recordings
// beside the project. It is no part of what runs in a home.
package main

import (
	"os"

	"osmanthus/agent/eval"
)

func main() {
	os.Exit(eval.Main(os.Args[1:], os.Stdout, os.Stderr))
}
