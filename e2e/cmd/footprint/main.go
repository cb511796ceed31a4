// Command footprint prints what the agent costs in a home of eight residents:
// the size of its program, its memory, its share of a processor, and the bytes
// that it sends, each beside its goal. The modelled house runs in this process
// and the agent in its own, so that the agent is measured alone.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	warm := flag.Duration("warm", time.Minute, "how long the agent runs before the measurement")
	measured := flag.Duration("for", 2*time.Minute, "how long is measured")
	agent := flag.String("agent", "", "`program` to measure in place of the one that is built here")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Stdout, *warm, *measured, *agent)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "footprint:", err)
		os.Exit(1)
	}
}
