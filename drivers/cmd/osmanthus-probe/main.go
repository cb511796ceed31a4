// Command osmanthus-probe lists the drivers and reads sensors.
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
	status := probe.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
