// Command osmanthus-demo runs a home of eight modelled residents with a real
// agent, broker, InfluxDB, cloud and nurse station, and ends them on Ctrl-C.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"osmanthus/care"
	"osmanthus/deploy/demo"
)

func main() {
	o := demo.Opts{Out: os.Stdout, Play: map[care.ResidentID]string{}}
	flag.StringVar(&o.Dir, "dir", "demo-data", "the only folder that the demo writes to; it is emptied at the start")
	flag.StringVar(&o.Bin, "bin", "bin", "folder of the other programs")
	flag.StringVar(&o.HTTP, "http", "127.0.0.1:8470", "address of the nurse station; another port is taken when it is busy")
	flag.Uint64Var(&o.Seed, "seed", 1, "seed of the models")
	flag.StringVar(&o.Language, "lang", language(), "language of this terminal: zh-CN or en")
	flag.Func("play", "`RESIDENT=FILE.csv`: a recording (t,ax,ay,az[,gx,gy,gz] or t,ir[,red]) in place of a model, after half a minute", func(s string) error {
		resident, file, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("%q is not RESIDENT=FILE.csv", s)
		}
		o.Play[care.ResidentID(resident)] = file
		return nil
	})
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demo.Run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func language() string {
	if strings.HasPrefix(os.Getenv("LANG"), "zh") {
		return "zh-CN"
	}
	return "en"
}
