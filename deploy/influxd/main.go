// Command osmanthus-influxd is InfluxDB 1.8 as a child of one parent: it starts on a loopback port, makes its database and account, prints its address as one line of JSON, and ends when its standard input closes.
//
// InfluxDB 1.8 is past its end of life. It is bound to loopback and to nothing
// else; a site that wants readings stored on another machine gives the cloud
// the address of an InfluxDB that is still maintained. See README.md.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if err := serveUntilEnd(os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "osmanthus-influxd:", err)
		os.Exit(1)
	}
}

// serveUntilEnd serves until stdin ends or a SIGTERM or SIGINT arrives.
func serveUntilEnd(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	opts, err := parse(args, stderr)
	if err == flag.ErrHelp {
		return nil
	}
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Not waited for: it ends with the process when a signal comes first.
	go func() {
		io.Copy(io.Discard, stdin)
		cancel()
	}()

	db, err := open(opts)
	if err != nil {
		return err
	}
	defer db.close()
	line, err := json.Marshal(db.ready)
	if err != nil {
		return fmt.Errorf("encoding the ready line: %w", err)
	}
	if _, err := fmt.Fprintf(stdout, "%s\n", line); err != nil {
		return fmt.Errorf("printing the ready line: %w", err)
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-db.failed():
		return err
	}
}
