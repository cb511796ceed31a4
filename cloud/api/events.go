package api

import (
	"context"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2/sse"
)

// Hello is the first event of every stream. A page that sees another version
// than its own must reload.
type Hello struct {
	Now     time.Time `json:"now"`
	Version string    `json:"version"`
	Site    string    `json:"site"`
}

// Ping comes every three seconds; a page that hears nothing for ten has lost
// the link and says so.
type Ping struct {
	Now time.Time `json:"now"`
}

// VitalsEvent carries the latest values of one resident.
type VitalsEvent struct {
	Resident    string  `json:"resident"`
	Vitals      []Vital `json:"vitals" nullable:"false"`
	Signs       []Vital `json:"signs" nullable:"false"`
	BedOccupied *bool   `json:"bed_occupied"`
}

// events names what the stream carries.
func events() map[string]any {
	return map[string]any{"hello": Hello{}, "ping": Ping{}, "alarm": Alarm{}, "vitals": VitalsEvent{}, "gateway": Gateway{}}
}

const (
	pingEvery = 3 * time.Second
	backlog   = 256 // events that a slow page may be behind before it is cut
)

// feed gives every event to every open page. A page that cannot follow is cut:
// it connects again and reads the board anew, so it never shows the past.
type feed struct {
	mu    sync.Mutex
	pages map[chan any]struct{}
	ended bool
}

func newFeed() *feed { return &feed{pages: map[chan any]struct{}{}} }

func (f *feed) join() chan any {
	c := make(chan any, backlog)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		close(c)
		return c
	}
	f.pages[c] = struct{}{}
	return c
}

func (f *feed) leave(c chan any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.pages, c)
}

func (f *feed) publish(event any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.pages {
		select {
		case c <- event:
		default:
			close(c)
			delete(f.pages, c)
		}
	}
}

// EndEvents ends every stream, and those that begin later at once, so that the
// server can stop.
func (a *API) EndEvents() {
	f := a.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	for c := range f.pages {
		close(c)
	}
	clear(f.pages)
}

// AlarmChanged tells every open page the new state of an alarm.
func (a *API) AlarmChanged(now Alarm) { a.feed.publish(now) }

// GatewayChanged tells every open page that a gateway came or went.
func (a *API) GatewayChanged(g Gateway) { a.feed.publish(g) }

// VitalsChanged tells every open page the latest values of a resident.
func (a *API) VitalsChanged(resident string, readings []Reading, now time.Time) {
	a.feed.publish(VitalsEvent{Resident: resident, Vitals: vitals(readings, now), Signs: signs(readings, now), BedOccupied: bedOccupied(readings, now)})
}

// Pages returns how many pages follow the events.
func (a *API) Pages() int {
	a.feed.mu.Lock()
	defer a.feed.mu.Unlock()
	return len(a.feed.pages)
}

// follow sends events until the page leaves, its session ends or it cannot
// keep up. There is no replay: after any interruption a page reads the board.
func (a *API) follow(ctx context.Context, _ *none, send sse.Sender) {
	c := a.feed.join()
	defer a.feed.leave(c)
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	if send.Data(Hello{Now: time.Now().UTC(), Version: a.opts.Version, Site: a.opts.Site}) != nil {
		return
	}
	token := callerOf(ctx).token
	for {
		var event any
		select {
		case <-ctx.Done():
			return
		case e, ok := <-c:
			if !ok {
				return
			}
			event = e
		case now := <-tick.C:
			if _, ok, err := a.deps.Sessions.Session(ctx, token); err == nil && !ok {
				return // logged out or disabled meanwhile
			}
			event = Ping{Now: now.UTC()}
		}
		if send.Data(event) != nil {
			return
		}
	}
}
