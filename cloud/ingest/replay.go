package ingest

import (
	"context"
	"time"

	"osmanthus/wire"
)

const replayEvery = 2 * time.Second

// runReplays puts messages that somebody asked to replay through the checks
// once more: after the gateway was registered, say, or the program mended.
func (in *Ingest) runReplays(ctx context.Context) {
	t := time.NewTicker(replayEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		for ctx.Err() == nil {
			more, err := in.replayOne(ctx)
			if err != nil {
				in.deps.Log.Error("replaying a quarantined message", "error", err)
			}
			if !more || err != nil {
				break
			}
		}
	}
}

// replayOne reports whether there was a message to replay. An error says that
// it waits for another try.
func (in *Ingest) replayOne(ctx context.Context) (bool, error) {
	id, topic, payload, ok, err := in.deps.Quarantine.NextReplay(ctx)
	if err != nil || !ok {
		return false, err
	}
	failure, err := in.replay(ctx, message{topic: topic, payload: payload, at: time.Now()})
	if err != nil {
		return true, err
	}
	in.deps.Log.Info("quarantined message replayed", "id", id, "topic", topic, "failure", failure)
	return true, in.deps.Quarantine.Replayed(ctx, id, failure, time.Now())
}

// replay returns why the message is refused again, or "".
func (in *Ingest) replay(ctx context.Context, m message) (failure string, err error) {
	o, failure, err := in.from(ctx, m)
	if err != nil || failure != "" {
		return failure, err
	}
	switch o.lane {
	case wire.LaneLive, wire.LaneBackfill:
		// It may be settled: it is written all the same. It is not settled now,
		// for the gateway, if it still has the batch, sends it again.
		b := understand(m, o, &seriesBudget{})
		if b.reason != "" {
			return b.reason, nil
		}
		err := in.deps.Readings.Write(ctx, in.deps.Readings.Append(nil, o.site, o.gateway, b.Readings))
		if isRefused(err) {
			return err.Error(), nil
		}
		return "", err
	case wire.LaneAlert:
		a, err := wire.DecodeAlert(m.payload)
		if err != nil {
			return err.Error(), nil
		}
		if reason := insane(a.Alert.At, m.at); reason != "" {
			return reason, nil // it rang when it came
		}
		return "", in.deps.Alarms.Raise(ctx, o.site, o.gateway, a, m.at)
	}
	return "only alerts and telemetry are worth a replay", nil
}
