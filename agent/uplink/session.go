package uplink

import (
	"context"
	"errors"
	"fmt"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"osmanthus/wire"
)

// Bounds of telemetry that is handed to the network and not acknowledged by
// the broker. They keep the way short for an alert.
const (
	maxFlying         = 64 << 10 // bytes
	maxFlyingBackfill = 16 << 10 // bytes; more than that and the backlog waits
)

// session is one connection, from CONNACK to its end. Its run owns everything.
type session struct {
	u      *Uplink
	client mqtt.Client

	// in
	arrived chan inbound  // filled by the client's goroutine, which never waits
	lost    chan error    // the connection is gone
	landed  chan landing  // telemetry that the broker acknowledged, or never will
	subbed  chan error    // the answer to the subscription
	flights chan flight   // out, to the goroutine that waits for acknowledgements
	gone    chan struct{} // closed at the end, for the goroutines

	flying      int           // bytes
	unanswered  int           // messages that the broker never acknowledged
	resubscribe time.Time     // when to ask again, zero if nothing is to be asked
	patience    time.Duration // until then, the next time
}

type inbound struct {
	topic   string
	payload []byte
}

type flight struct {
	token mqtt.Token
	bytes int
	due   time.Time // when its acknowledgement is no longer waited for
}

type landing struct {
	bytes    int
	answered bool
}

// A broker may refuse a message by silence, and the lanes must go on. But
// every silence costs the client one of its 65 535 message numbers.
const maxUnanswered = 1000

var errUnanswered = errors.New("the broker acknowledges nothing")

// connect opens a session. Alerts need not wait for the subscriptions.
func (u *Uplink) connect(ctx context.Context) (*session, error) {
	s := &session{
		u:       u,
		arrived: make(chan inbound, 1024), lost: make(chan error, 1),
		landed: make(chan landing, 256), subbed: make(chan error, 1),
		flights: make(chan flight, 256), gone: make(chan struct{}),
	}
	will, err := u.status.as(wire.Offline)
	if err != nil {
		u.log.Error("will cannot be encoded", "error", err)
	}
	lost := func(err error) {
		select {
		case s.lost <- err:
		default:
		}
	}
	s.client = mqtt.NewClient(u.cfg.options(ctx, will, lost, s.arrive))
	if err := wait(ctx, s.client.Connect(), 2*u.cfg.ConnectTimeout); err != nil {
		s.client.Disconnect(0)
		return nil, fmt.Errorf("connecting to %s: %w", u.cfg.Broker, err)
	}
	return s, nil
}

// arrive is called by the client for every message; it must not wait.
func (s *session) arrive(_ mqtt.Client, m mqtt.Message) {
	select {
	case s.arrived <- inbound{m.Topic(), m.Payload()}:
	default:
		s.u.count.overflow.Inc() // the cloud says it again
	}
}

// run serves the connection until it is lost or ctx ends.
func (s *session) run(ctx context.Context) error {
	u := s.u
	u.alerts.begin(time.Now())
	u.telemetry.begin(time.Now())
	u.status.begin()
	u.wg.Go(s.watchFlights)
	defer close(s.gone)
	s.subscribe() // its answer is not waited for
	s.pump(time.Now())
	timer := time.NewTimer(0)
	defer timer.Stop()
	var closed time.Time // since when the client has no connection
	for {
		select {
		case <-ctx.Done():
			s.farewell()
			return nil
		case err := <-s.lost:
			s.client.Disconnect(0) // where it is not gone already
			return err
		case err := <-s.subbed:
			s.subscriptionAnswered(err, time.Now())
		case m := <-s.arrived:
			s.handle(m, time.Now())
		case l := <-s.landed:
			s.flying -= l.bytes
			if !l.answered {
				u.count.unanswered.Inc()
				if s.unanswered++; s.unanswered > maxUnanswered {
					s.client.Disconnect(0)
					return errUnanswered
				}
			}
		case <-u.wake:
			u.status.asked = true
		case <-timer.C:
		}
		now := time.Now()
		if s.client.IsConnectionOpen() {
			closed = time.Time{}
			s.pump(now)
		} else if closed.IsZero() {
			closed = now
		} else if now.Sub(closed) > maxClosed {
			return errStuck
		}
		timer.Reset(max(s.nextDue(now).Sub(now), minTurn))
	}
}

// The client reports a lost connection once all its goroutines have ended. If
// one of them hangs, the session ends without waiting for it.
const (
	maxClosed = 5 * time.Second
	minTurn   = 5 * time.Millisecond
)

var errStuck = errors.New("the connection is closed, and the client does not say so")

// pump sends what may go out now: alerts before live before backlog.
func (s *session) pump(now time.Time) {
	u := s.u
	s.pumpAlerts(now)
	payload, ok, err := u.status.next(now)
	if err != nil {
		u.log.Error("status cannot be encoded", "error", err)
	}
	if ok {
		s.publish(wire.LaneStatus, payload)
	}
	if !s.resubscribe.IsZero() && !now.Before(s.resubscribe) {
		s.resubscribe = time.Time{}
		s.subscribe()
	}
	for s.flying < maxFlying && s.client.IsConnectionOpen() {
		payload, ok := u.telemetry.nextLive(now)
		if !ok {
			break
		}
		s.launch(wire.LaneLive, payload)
		s.pumpAlerts(now)
	}
	for s.flying < maxFlyingBackfill && s.client.IsConnectionOpen() {
		payload, again, ok := u.telemetry.nextBack(now)
		if !ok {
			break
		}
		if again {
			u.count.resent[wire.LaneBackfill].Inc()
		}
		s.launch(wire.LaneBackfill, payload)
		s.pumpAlerts(now)
	}
}

func (s *session) pumpAlerts(now time.Time) {
	for s.client.IsConnectionOpen() {
		payload, again, ok := s.u.alerts.next(now)
		if !ok {
			return
		}
		if again {
			s.u.count.resent[wire.LaneAlert].Inc()
		}
		s.publish(wire.LaneAlert, payload)
	}
}

// publish hands a message to the client. Its token says only that the broker
// took it, so nobody concludes anything from it; but a client that takes
// nothing, as one without a free message number, is of no more use.
func (s *session) publish(l wire.Lane, payload []byte) mqtt.Token {
	s.u.count.published[l].Inc()
	token := s.client.Publish(s.u.cfg.topic(l), 1, false, payload)
	select {
	case <-token.Done():
		if err := token.Error(); err != nil {
			select {
			case s.lost <- fmt.Errorf("publishing: %w", err):
			default:
			}
		}
	default:
	}
	return token
}

// launch publishes telemetry and counts it as flying.
func (s *session) launch(l wire.Lane, payload []byte) {
	patience := s.u.cfg.PingTimeout + s.u.cfg.WriteTimeout
	f := flight{s.publish(l, payload), len(payload), time.Now().Add(patience)}
	select {
	case s.flights <- f:
		s.flying += f.bytes
	default: // so many small ones: they need no brake
	}
}

// watchFlights reports what the broker acknowledged, in order.
func (s *session) watchFlights() {
	for {
		var f flight
		select {
		case <-s.gone:
			return
		case f = <-s.flights:
		}
		answered := s.answered(f)
		select {
		case <-s.gone:
			return
		case s.landed <- landing{f.bytes, answered}:
		}
	}
}

// answered waits for the acknowledgement of one message.
func (s *session) answered(f flight) bool {
	timer := time.NewTimer(time.Until(f.due))
	defer timer.Stop()
	select {
	case <-f.token.Done():
		return true
	case <-timer.C:
	case <-s.gone:
	}
	return false
}

// subscribe asks for receipts and boards; the answer comes to subbed.
func (s *session) subscribe() {
	receipt, command := s.u.cfg.topic(wire.LaneReceipt), s.u.cfg.topic(wire.LaneCommand)
	token := s.client.SubscribeMultiple(map[string]byte{receipt: 1, command: 1}, nil)
	s.u.wg.Go(func() {
		select {
		case <-s.gone:
			return
		case <-token.Done():
		}
		err := token.Error()
		if t, ok := token.(*mqtt.SubscribeToken); ok && err == nil {
			for topic, granted := range t.Result() {
				if granted > 2 {
					err = fmt.Errorf("the broker refuses %s", topic)
				}
			}
		}
		select {
		case s.subbed <- err:
		case <-s.gone:
		}
	})
}

// subscriptionAnswered tries again what the broker refused. Mochi refuses a
// subscription whose packet number it happens to use for a message of its own.
func (s *session) subscriptionAnswered(err error, now time.Time) {
	if err == nil {
		return
	}
	s.patience = min(max(2*s.patience, 100*time.Millisecond), 30*time.Second)
	s.resubscribe = now.Add(s.patience)
	s.u.log.Warn("subscription to receipts and boards refused", "error", err, "retry_in", s.patience)
}

// nextDue returns when pump has something to do though nothing happens; a
// second at the latest.
func (s *session) nextDue(now time.Time) time.Time {
	at := s.u.alerts.due(now.Add(time.Second))
	if status := s.u.status.due(); s.u.status.read != nil && status.Before(at) {
		at = status
	}
	if !s.resubscribe.IsZero() && s.resubscribe.Before(at) {
		at = s.resubscribe
	}
	if s.flying < maxFlyingBackfill {
		at = s.u.telemetry.due(now, at)
	}
	return at
}

// farewell says that the agent stops, and leaves in good order.
func (s *session) farewell() {
	bye, err := s.u.status.as(wire.Stopping)
	if err == nil && bye != nil {
		err = wait(context.Background(), s.publish(wire.LaneStatus, bye), time.Second)
	}
	if err != nil {
		s.u.log.Warn("farewell not delivered", "error", err)
	}
	s.client.Disconnect(250)
}
