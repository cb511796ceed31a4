// Command osmanthus-cloud stores what the homes measure, calls people, and
// tells the gateways what it has.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"osmanthus/cloud"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	code := cloud.Command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
