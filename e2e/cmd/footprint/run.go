package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"time"

	"osmanthus/cloud/api"
	"osmanthus/deploy/demo"
	"osmanthus/e2e/lab"
)

// Goals, of the requirements' row Q2 and of the first issue that asked for them.
const (
	goalSize = 16e6     // bytes of program
	goalRSS  = 32 << 20 // bytes resident
	goalCPU  = 10.0     // per cent of one core
	goalWire = 1.5      // MB a resident and day
)

const beds = 8

func run(ctx context.Context, out io.Writer, warm, measured time.Duration, agent string) error {
	b := &bench{}
	return b.do(func() error {
		dir := b.TempDir()
		for _, arch := range []string{"arm64", "arm"} {
			n, err := size(ctx, dir, arch)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "program, linux/%-15s %8.2f MB        goal %s\n", map[string]string{"arm64": "arm64", "arm": "arm (v7)"}[arch], float64(n)/1e6, goal(float64(n) <= goalSize, "16 MB"))
		}
		return measure(ctx, b, out, warm, measured, agent)
	})
}

func goal(met bool, text string) string {
	if met {
		return text + ": met"
	}
	return text + ": MISSED"
}

// state is everything that is counted, at one moment.
type state struct {
	at       time.Time
	cpu      time.Duration
	sent     int64
	received int64
	metrics  map[string]float64
}

func look(pid int, road *lab.Road) (s state, err error) {
	if s.metrics, err = metrics(road.AgentURL("/metrics")); err != nil {
		return s, err
	}
	s.at, s.sent, s.received = time.Now(), road.Link.Sent(), road.Link.Received()
	s.cpu, err = cpu(pid)
	return s, err
}

func measure(ctx context.Context, b *bench, out io.Writer, warm, measured time.Duration, agent string) error {
	road := lab.NewRoad(b, demo.Calm(8).Plain())
	road.LogIn("nurse")
	pid, err := road.BareAgent(b, agent)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nagent with %d residents at true rates: each with an IMU at 50 Hz, PPG at 100 Hz, a bed pad and a call point;\nMosquitto behind TLS; on %s/%s; %v to warm up, then %v are measured …\n", beds, runtime.GOOS, runtime.GOARCH, warm, measured)
	if err := sleep(ctx, warm); err != nil {
		return err
	}
	busy := load()
	first, err := look(pid, road)
	if err != nil {
		return err
	}
	var mem map[string]int64
	var most int64
	for range int(measured / time.Second) {
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
		if mem, err = memory(pid); err != nil {
			return err
		}
		most = max(most, mem["VmRSS"])
	}
	last, err := look(pid, road)
	if err != nil {
		return err
	}
	if err := alive(road); err != nil {
		return err
	}
	print(out, first, last, mem, most)
	fmt.Fprintf(out, "load of this machine            %8s          (%s at the beginning)\n", load(), busy)
	return nil
}

func print(out io.Writer, first, last state, mem map[string]int64, most int64) {
	span := last.at.Sub(first.at)
	share := 100 * (last.cpu - first.cpu).Seconds() / span.Seconds()
	mib := func(n int64) float64 { return float64(n) / (1 << 20) }
	// What one resident costs in a day, in MB.
	daily := func(n float64) float64 { return n / beds * (24 * time.Hour).Seconds() / span.Seconds() / 1e6 }
	diff := func(name string) float64 { return last.metrics[name] - first.metrics[name] }
	peak := max(most, mem["VmHWM"]) // the kernel keeps the latter up only now and then
	wire := daily(float64(last.sent - first.sent))

	fmt.Fprintf(out, "resident memory                 %8.1f MiB       goal %s (%.1f MiB of it the program's own pages)\n", mib(most), goal(most <= goalRSS, "32 MiB"), mib(mem["RssFile"]))
	fmt.Fprintf(out, "resident memory, peak           %8.1f MiB       goal %s (since the start)\n", mib(peak), goal(peak <= goalRSS, "32 MiB"))
	fmt.Fprintf(out, "processor                       %8.2f %%         goal %s of one core of this machine\n", share, goal(share <= goalCPU, "10 %"))
	fmt.Fprintf(out, "on the wire, to the cloud       %8.3f MB/bed/day goal %s (MQTT and TLS, without TCP and IP headers)\n", wire, goal(wire <= goalWire, "1.5 MB"))
	fmt.Fprintf(out, "on the wire, from the cloud     %8.3f MB/bed/day (receipts, acknowledgements)\n", daily(float64(last.received-first.received)))
	readings := diff("osmanthus_agent_readings_total")
	fmt.Fprintf(out, "telemetry alone                 %8.3f MB/bed/day (%.0f batches of %.1f readings, %.1f bytes a reading)\n",
		daily(diff("osmanthus_agent_batch_bytes_total")), diff("osmanthus_agent_batches_total"), readings/diff("osmanthus_agent_batches_total"), diff("osmanthus_agent_batch_bytes_total")/readings)
	fmt.Fprintf(out, "sensed                          %8.0f samples/s (%.0f times some were lost, %.0f faults of a bus)\n",
		diff("osmanthus_agent_sense_samples_total")/span.Seconds(), diff("osmanthus_agent_sense_gaps_total"), diff("osmanthus_agent_sense_faults_total"))
}

// alive checks that the agent did its work: every resident is watched, and
// every one has fresh vital signs in the cloud.
func alive(road *lab.Road) error {
	var board api.Board
	if err := road.Call(http.MethodGet, "/board", nil, &board); err != nil {
		return err
	}
	if len(board.Residents) != beds {
		return fmt.Errorf("%d residents on the board", len(board.Residents))
	}
	for _, r := range board.Residents {
		if !r.Watched.Protected || len(r.Vitals) < 3 {
			return fmt.Errorf("resident %s: watched %v (%s), %d vital signs: the figures would not count", r.ID, r.Watched.Protected, r.Watched.Reason, len(r.Vitals))
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
