package radio

import (
	"context"
	"errors"
	"time"

	"osmanthus/drivers/ble"
	"osmanthus/drivers/gatt"
)

// procedure is one handing out of records.
type procedure struct {
	*session
	service uint16
	begun   time.Time
	access  ble.Characteristic
	got     []record
}

// count asks how many records the device holds, 0 where it does not say.
func (p *procedure) count(ctx context.Context) (int, error) {
	a, err := p.ask(ctx, gatt.CountAll())
	return int(a.Count.Value), err
}

// run asks for records and takes them until the device says that these were all;
// it returns how that went.
func (p *procedure) run(ctx context.Context, ask []byte) (code uint8, err error) {
	a, err := p.ask(ctx, ask)
	return a.Code.Value, err
}

// ask asks and takes what comes until the answer.
func (p *procedure) ask(ctx context.Context, ask []byte) (answer gatt.RecordAccess, err error) {
	limit, stop := context.WithTimeout(ctx, callWait)
	err = p.conn.Write(limit, p.access, ask)
	stop()
	if err != nil {
		return answer, err
	}
	silence := time.NewTimer(recordWait)
	defer silence.Stop()
	for {
		for {
			a, ok := p.inbox.take()
			if !ok {
				break
			}
			if r := p.take(a); r != nil && answers(r, ask[0]) {
				return *r, nil
			}
			silence.Reset(recordWait)
		}
		select {
		case <-p.inbox.come:
		case <-ctx.Done():
			return answer, ctx.Err()
		case <-silence.C:
			limit, stop := context.WithTimeout(ctx, callWait)
			defer stop()
			return answer, errors.Join(errRecords, p.conn.Write(limit, p.access, gatt.AbortRecords()))
		}
	}
}

// answers reports whether r answers what was asked.
func answers(r *gatt.RecordAccess, ask uint8) bool {
	if ask == gatt.RecordsCount && r.Op == gatt.RecordsNumber {
		return true
	}
	return r.Op == gatt.RecordsResponse && r.RequestOp.Value == ask
}

// take takes a notification while records are handed out, and returns it where
// it is of the control point.
func (p *procedure) take(a arrival) *gatt.RecordAccess {
	p.session.heard, p.session.spoke = a.at, true
	short, _ := a.of.UUID.Short()
	service, _ := a.of.Service.Short()
	if service != p.service || short != recordAccess && short != stored[service] {
		p.arrived(a)
		return nil
	}
	if short == recordAccess {
		v, err := gatt.Decode(short, a.bytes)
		if err != nil {
			p.malformed(short, err, a.at)
			return nil
		}
		return v.(*gatt.RecordAccess)
	}
	p.counts.values.Add(1)
	list, _, err := p.decode(service, p.begun, a)
	if err != nil {
		p.malformed(short, err, a.at)
		return nil
	}
	p.wellFormed(a.at)
	for _, r := range list {
		if r.number < 0 && !r.dated { // of when it is nobody knows, and it comes each time
			p.counts.undated.Add(1)
			continue
		}
		p.got = append(p.got, r)
	}
	return nil
}
