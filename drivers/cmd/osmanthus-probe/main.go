// Command osmanthus-probe lists the drivers, reads sensors and decodes what
// devices send.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"osmanthus/drivers/probe"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := probe.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, probe.Messages{Telemetry: telemetry, SenML: pack})
	stop()
	os.Exit(status)
}
