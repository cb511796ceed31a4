package cloud

import (
	"context"
	"log/slog"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/alarm"
	"osmanthus/wire"
)

// refused raises a technical alarm where an alert could not be read as it was
// sent: it may have been a fall. One for each gateway, until a person closes it.
type refused struct {
	alarms *alarm.Service
	log    *slog.Logger
	news   chan refusal
}

type refusal struct {
	site    care.SiteID
	gateway care.GatewayID
	reason  string
	at      time.Time
}

// tell is what ingest calls; it does not block. What does not fit in is one
// more refusal of many.
func (r *refused) tell(site care.SiteID, gateway care.GatewayID, lane wire.Lane, reason string, at time.Time) {
	if lane != wire.LaneAlert || gateway == "" {
		return
	}
	select {
	case r.news <- refusal{site, gateway, reason, at}:
	default:
	}
}

const refusedRule = "refused_alert/1"

func (r *refused) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-r.news:
			if err := r.raise(ctx, n); err != nil {
				r.log.Error("refused alert not raised", "gateway", n.gateway, "reason", n.reason, "error", err)
			}
		}
	}
}

func (r *refused) raise(ctx context.Context, n refusal) error {
	open, err := r.alarms.Select(ctx, alarm.Filter{Gateway: n.gateway, OpenOnly: true})
	if err != nil {
		return err
	}
	for _, a := range open {
		if a.Alert.Evidence.Rule == refusedRule {
			return nil
		}
	}
	at := n.at.UTC().Truncate(time.Millisecond)
	source := care.SourceID(n.gateway)
	return r.alarms.Report(ctx, n.site, n.gateway, care.Alert{
		Episode: care.NewEpisode(care.Implausible, "", source, 0, at),
		Kind:    care.Implausible, State: care.Confirmed, Priority: care.Medium, Source: source,
		Onset: at, At: at, Confidence: 1, Evidence: care.Evidence{Rule: refusedRule},
	}, at)
}
