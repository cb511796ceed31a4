// Command osmanthus-agent watches one home and calls people.
package main

import (
	"os"

	"osmanthus/agent"
)

func main() {
	os.Exit(agent.Main(os.Args[1:], os.Stdout, os.Stderr))
}
