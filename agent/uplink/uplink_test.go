package uplink

import (
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

func TestE5_AnAlertIsSentUntilTheCloudHasIt(t *testing.T) {
	addr := freeAddr(t)
	startBroker(t, addr)
	c := newCloud(t, addr)
	g := start(t, config(addr))
	c.status("the birth", online)
	g.alerts.putAlert(t)
	g.Wake()
	isAlert := func(m message) bool { return m.lane == wire.LaneAlert }
	for range 4 { // the broker acknowledged each of them, the cloud says nothing
		if seq := c.next("the alert, again", isAlert).seq(t); seq != 1 {
			t.Fatalf("alert %d", seq)
		}
	}
	if g.alerts.waiting() != 1 {
		t.Fatal("deleted without a receipt")
	}
	c.receipt(wire.Receipt{Alerts: []wire.AlertReceipt{{Boot: boot, Seq: 1}}})
	g.alerts.empty(t)
	g.alerts.putAlert(t)
	g.Wake()
	if seq := c.next("the next alert", func(m message) bool { return isAlert(m) && m.seq(t) != 1 }).seq(t); seq != 2 {
		t.Fatalf("alert %d", seq)
	}
}

func TestG2_TheWatermarkBringsBackWhatWasLost(t *testing.T) {
	addr := freeAddr(t)
	startBroker(t, addr)
	c := newCloud(t, addr)
	g := start(t, config(addr))
	c.status("the birth", online)
	const n = 60
	g.telemetry.putTelemetry(t, n)
	g.Wake()
	// The way to the cloud loses every message at first, then two of three.
	var b books
	first := map[uint64]bool{}
	dropped := 0
	for len(b.written) < n {
		m := c.next("telemetry", func(m message) bool { return m.lane != wire.LaneStatus })
		seq := m.seq(t)
		if m.lane == wire.LaneLive && first[seq] {
			t.Errorf("batch %d is sent again as live", seq)
		}
		first[seq] = true
		if len(first) < n/2 || seq%3 > 0 && dropped < 2*n {
			dropped++
			continue
		}
		if b.write(seq); len(b.written)%7 == 0 {
			c.receipt(b.watermark())
		}
	}
	c.receipt(b.watermark())
	g.telemetry.empty(t)
	if len(b.written) != n || b.top != n {
		t.Errorf("%d batches up to %d", len(b.written), b.top)
	}
}

func TestG3_AlertsBeforeLiveBeforeBacklog(t *testing.T) {
	addr := freeAddr(t)
	startBroker(t, addr)
	c := newCloud(t, addr)
	g := &gatewayUnderTest{alerts: newQueue(), telemetry: newQueue(), boards: make(chan wire.Board, 1)}
	g.status = wire.Status{Boot: boot}
	const backlog = 100_000
	batch := telemetry(t, 1)
	for range backlog {
		g.telemetry.put(batch)
	}
	g.alerts.putAlert(t)
	cfg := config(addr)
	cfg.Window, cfg.AlertResend = 1<<20, time.Hour
	g.run(t, cfg)
	notStatus := func(m message) bool { return m.lane != wire.LaneStatus }
	if m := c.next("anything", notStatus); m.lane != wire.LaneAlert {
		t.Fatalf("first of all came %s", m.lane)
	}
	for range 100 {
		if m := c.next("backlog", notStatus); m.lane != wire.LaneBackfill {
			t.Fatalf("%s among the backlog", m.lane)
		}
	}
	// In the middle of it somebody falls, and life goes on.
	began := time.Now()
	g.telemetry.put(telemetry(t, backlog+1))
	g.alerts.putAlert(t)
	g.Wake()
	between, live := 0, -1
	for {
		m := c.next("the alert", notStatus)
		if m.lane == wire.LaneAlert {
			break
		}
		if between++; m.lane == wire.LaneLive {
			live = between
		}
	}
	took := time.Since(began)
	if live < 0 {
		c.next("the live batch", func(m message) bool { return m.lane == wire.LaneLive })
	}
	t.Logf("alert after %v, behind %d batches of the backlog", took, between)
	if took > 200*time.Millisecond && between > 400 {
		t.Errorf("the alert took %v behind %d batches", took, between)
	}
}

func TestG3_TheBacklogIsRateLimited(t *testing.T) {
	l := telemetryLanes{queue: newQueue(), after: time.Hour, rate: 50, window: 1 << 20}
	q := l.queue.(*fakeQueue)
	for range 1000 {
		q.put(nil)
	}
	now := time.Unix(0, 0)
	l.begin(now)
	sent := 0
	for end := now.Add(10 * time.Second); now.Before(end); now = l.due(now, now.Add(time.Second)) {
		for {
			if _, _, ok := l.nextBack(now); !ok {
				break
			}
			sent++
		}
	}
	if sent < 490 || sent > 510 {
		t.Errorf("%d batches in 10 s at 50 a second", sent)
	}
}

func TestTelemetryWithoutAWatermarkIsSentAgainEverMoreRarely(t *testing.T) {
	q := newQueue()
	l := telemetryLanes{queue: q, after: 15 * time.Second, rate: 50, window: 4}
	now := time.Unix(0, 0)
	l.begin(now)
	const n = 20
	for i := range n {
		q.put([]byte{byte(i + 1)})
		if _, ok := l.nextLive(now); !ok {
			t.Fatal("no live batch")
		}
	}
	if len(l.out) > 8 {
		t.Fatalf("%d batches are remembered, the window is 4", len(l.out))
	}
	sent := 0
	turns := 0
	for end := now.Add(10 * time.Minute); now.Before(end); now = l.due(now, now.Add(time.Second)) {
		if turns++; turns > 2000 {
			t.Fatal("turns without end")
		}
		for {
			if _, again, ok := l.nextBack(now); !ok {
				break
			} else if !again {
				t.Fatal("what was forgotten is sent while the cloud is silent")
			}
			sent++
		}
	}
	if sent < 8*4 || sent > 8*9 {
		t.Errorf("%d resends of 8 batches in 10 min of silence", sent)
	}
	// The cloud is back, and writes everything that comes; it had the first.
	var b books
	for seq := range uint64(4) {
		b.write(seq + 1)
	}
	for range 60 {
		l.covered(b.watermark().Watermarks[0], now)
		now = now.Add(time.Second)
		for {
			payload, _, ok := l.nextBack(now)
			if !ok {
				break
			}
			b.write(uint64(payload[0]))
		}
	}
	if q.waiting() != 0 {
		t.Errorf("%d of %d still wait", q.waiting(), n)
	}
}

func TestWhatTheOutboxGaveUpIsNoLongerWaitedFor(t *testing.T) {
	q := newQueue()
	l := telemetryLanes{queue: q, after: time.Second, rate: 50, window: 4}
	now := time.Unix(0, 0)
	l.begin(now)
	q.put(nil)
	l.nextLive(now)
	q.Ack(boot, 1, 1) // evicted
	now = now.Add(2 * time.Second)
	if _, _, ok := l.nextBack(now); ok {
		t.Error("sent what is gone")
	}
	if at := l.due(now, now.Add(time.Second)); !at.After(now) {
		t.Error("the lane goes on turning")
	}
}

func TestALiveLaneThatFallsBehindTurnsIntoBacklog(t *testing.T) {
	q := newQueue()
	l := telemetryLanes{queue: q, after: time.Second, rate: 1000, window: 100}
	l.begin(time.Unix(0, 0))
	for range liveLag + 10 {
		q.put(nil)
	}
	if _, ok := l.nextLive(time.Unix(1, 0)); !ok || l.live != liveLag+10 {
		t.Errorf("the next live batch is %d", l.live)
	}
	if _, _, ok := l.nextBack(time.Unix(1, 0)); !ok || l.back != 1 {
		t.Errorf("the next of the backlog is %d", l.back)
	}
}

func TestBoardsAreAppliedAndReported(t *testing.T) {
	addr := freeAddr(t)
	startBroker(t, addr)
	c := newCloud(t, addr)
	cfg := config(addr)
	cfg.StatusEvery = time.Hour
	g := start(t, cfg)
	c.status("the birth", online)
	e := care.Episode{1}
	b, err := wire.EncodeBoard(wire.Board{Version: 5, At: time.UnixMilli(5), Entries: []wire.BoardEntry{{Episode: e, State: wire.BoardAcknowledged}}})
	c.say(wire.LaneCommand, []byte("nonsense"), nil)
	c.say(wire.LaneCommand, b, err)
	c.status("the version", func(s wire.Status) bool { return s.BoardVersion == 5 })
	if got := <-g.boards; got.Version != 5 || got.Entries[0].Episode != e {
		t.Errorf("board %+v", got)
	}
	if g.count.malformed.Get() != 1 {
		t.Errorf("%d malformed messages", g.count.malformed.Get())
	}
}

func TestStatusInItsRhythmOnChangeAndAtTheEnd(t *testing.T) {
	addr := freeAddr(t)
	startBroker(t, addr)
	c := newCloud(t, addr)
	cfg := config(addr)
	cfg.StatusEvery = 100 * time.Millisecond
	g := start(t, cfg)
	for range 3 {
		c.status("status", online)
	}
	g.mu.Lock()
	g.status.Warnings = []string{"bus-stuck:bed-3"}
	g.mu.Unlock()
	g.Wake()
	c.status("the warning", func(s wire.Status) bool { return len(s.Warnings) == 1 })
	g.stop()
	c.status("the farewell", func(s wire.Status) bool { return s.Presence == wire.Stopping })
}

func TestTheStatusIsReadRarely(t *testing.T) {
	reads := 0
	l := statusLane{every: 30 * time.Second, read: func() wire.Status { reads++; return wire.Status{Boot: boot} }}
	l.begin()
	now := time.Unix(1000, 0)
	sent := 0
	for range 100_000 { // 100 s of a busy session, which somebody wakes all the time
		l.asked = true
		if _, ok, err := l.next(now); err != nil {
			t.Fatal(err)
		} else if ok {
			sent++
		}
		now = now.Add(time.Millisecond)
	}
	if reads > 2100 || sent != 4 {
		t.Errorf("read %d times, sent %d", reads, sent)
	}
}

func TestWhatTheBrokerKeptBeforeTheSubscriptionIsHandled(t *testing.T) {
	addr := freeAddr(t)
	door := &openDoor{shared: make(chan string, 1000)}
	startBrokerWith(t, addr, door)
	c := newCloud(t, addr)
	g := start(t, config(addr))
	c.status("the birth", online)
	g.alerts.putAlert(t)
	g.Wake()
	c.next("the alert", func(m message) bool { return m.lane == wire.LaneAlert })
	g.stop()
	c.receipt(wire.Receipt{Alerts: []wire.AlertReceipt{{Boot: boot, Seq: 1}}})
	door.handed(t, wire.LaneReceipt)
	cfg := config(addr)
	g.run(t, cfg)
	g.alerts.empty(t)
}
