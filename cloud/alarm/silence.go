package alarm

import (
	"context"
	"time"

	"osmanthus/care"
)

// SilentAfter is how long a gateway may say nothing: three of its reports.
const SilentAfter = 90 * time.Second

// Silent raises the alarm that a gateway is lost, once for each silence.
func (s *Service) Silent(ctx context.Context, site care.SiteID, gateway care.GatewayID, lastHeard, now time.Time) error {
	open, err := s.lost(ctx, gateway)
	if err != nil || len(open) > 0 {
		return err
	}
	onset := lastHeard.UTC().Truncate(time.Millisecond)
	now = now.UTC().Truncate(time.Millisecond)
	alert := care.Alert{
		Episode: care.NewEpisode(care.GatewayLost, "", care.SourceID(gateway), 0, onset),
		Kind:    care.GatewayLost, State: care.Confirmed, Priority: care.High, Source: care.SourceID(gateway),
		Onset: onset, At: now, Confidence: 1,
		Evidence: care.Evidence{Rule: "gateway_lost/1", Value: now.Sub(onset).Seconds(), Limit: SilentAfter.Seconds()},
	}
	return s.Report(ctx, site, gateway, alert, now)
}

// Report records what the cloud itself noticed about a gateway.
func (s *Service) Report(ctx context.Context, site care.SiteID, gateway care.GatewayID, alert care.Alert, at time.Time) error {
	return s.raise(ctx, site, gateway, alert, Event{What: whatOf(alert.State), At: at, Actor: "cloud", By: System})
}

// Heard ends the alarm that a gateway is lost, if there is one.
func (s *Service) Heard(ctx context.Context, gateway care.GatewayID, now time.Time) error {
	open, err := s.lost(ctx, gateway)
	if err != nil {
		return err
	}
	for _, a := range open {
		alert := a.Alert
		alert.State, alert.At = care.Cleared, now.UTC().Truncate(time.Millisecond)
		if err := s.Report(ctx, a.Site, gateway, alert, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) lost(ctx context.Context, gateway care.GatewayID) ([]Alarm, error) {
	open, err := s.Select(ctx, Filter{Gateway: gateway, OpenOnly: true})
	if err != nil {
		return nil, err
	}
	var out []Alarm
	for _, a := range open {
		if a.Alert.Kind == care.GatewayLost {
			out = append(out, a)
		}
	}
	return out, nil
}
