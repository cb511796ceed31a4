package sim

import (
	"time"

	"osmanthus/drivers/remote/proto"
)

// serveSerial is a serial line until the client goes away or the line is
// unplugged.
func (s *session) serveSerial(port *Serial, baud int) error {
	l, err := port.open(baud)
	if err != nil {
		return s.refuse(err)
	}
	defer l.Close()
	if err := s.answer(proto.OK, nil); err != nil {
		return err
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for buf := make([]byte, 512); ; {
			n, err := s.conn.Read(buf)
			if n > 0 {
				_, _ = l.Write(buf[:n]) // who is unplugged hears nothing
			}
			if err != nil {
				return
			}
		}
	}()
	defer func() { s.conn.Close(); <-gone }()
	tick := time.NewTicker(serialStep)
	defer tick.Stop()
	for buf := make([]byte, 4096); ; {
		select {
		case <-gone:
			return nil
		case <-tick.C:
		}
		n, err := l.take(buf)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if _, err := s.conn.Write(buf[:n]); err != nil {
			return err
		}
	}
}
